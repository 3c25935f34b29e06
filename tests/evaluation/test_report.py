"""A report reads well, survives pickling, holds no rows, and draws what it says."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import nbpipe
from nbpipe.errors import UsageError

TIMING = re.compile(r"fit \d.* s, score .*")
X, Y = make_classification(600, 6, flip_y=0.2, random_state=0)


@pytest.fixture(scope="module")
def report():
    return nbpipe.cv(DecisionTreeClassifier(max_depth=6, random_state=0), X, Y, time=np.arange(600))


def test_the_text_fits_100_columns_and_only_one_line_varies(report):
    text = str(report)
    assert max(map(len, text.splitlines())) <= 100
    assert [bool(TIMING.search(line)) for line in text.splitlines()].count(True) == 1
    again = nbpipe.cv(
        DecisionTreeClassifier(max_depth=6, random_state=0), X, Y, time=np.arange(600)
    )
    assert TIMING.sub("", text) == TIMING.sub("", str(again))
    assert TIMING.sub("", report._repr_html_()) == TIMING.sub("", again._repr_html_())


def test_the_text_shows_what_scikit_learn_computes(report):
    theirs = cross_validate(
        DecisionTreeClassifier(max_depth=6, random_state=0),
        X,
        Y,
        cv=report.split.folds,
        scoring=["f1"],
        return_train_score=True,
    )
    test, train = theirs["test_f1"], theirs["train_f1"]
    assert f"{test.mean():.3f} ± {test.std():.3f}" in str(report)
    weighted = np.average(train - test, weights=[100, 200, 300, 400, 500])
    assert report.gap() == pytest.approx(weighted, abs=1e-12)
    assert f"gap {weighted:.3f}" in " ".join([report.verdict.reason, str(report.verdict.others)])
    f1 = next(line for line in str(report).splitlines() if line.split()[:1] == ["f1"])
    assert f"{weighted:.3f}" in f1
    assert abs(weighted - (train.mean() - test.mean())) > 0.001
    assert "gap: folds weighted by training rows" in str(report)
    assert "gap: folds weighted by training rows" in report._repr_html_()
    assert "folds weighted by training rows" in report.plot().axes[0].get_title(loc="left")


def test_html_is_light_escaped_and_describes_its_picture():
    names = ["accuracy", "f1", "precision", "recall", "roc_auc", "neg_log_loss"]
    report = nbpipe.cv(LogisticRegression(), X, Y, scoring=names, name="<script>alert(1)</script>")
    html = report._repr_html_()
    assert len(html.encode()) < 50_000
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    alt = re.search('alt="([^"]+)"', html).group(1)
    assert f"mean gap {report.gap():.3f}" in alt
    assert "weighted" not in html
    assert report._repr_mimebundle_()["text/plain"] == str(report)


def test_a_report_pickles_and_keeps_no_rows():
    wide = np.random.default_rng(0).normal(size=(500, 2000))
    report = nbpipe.cv(Ridge(), wide, wide[:, 0])
    assert len(pickle.dumps(report)) < wide.nbytes / 50
    copy = pickle.loads(pickle.dumps(report))
    assert str(copy) == str(report)
    pd.testing.assert_frame_equal(copy.frame, report.frame)


def test_parts_of_a_report_echo_in_one_line(report):
    shown = [repr(each) for each in (report.split, report.verdict, report.probe, report.folds[0])]
    shown += [repr(report.probe.columns[0]), repr(report), repr(report.baselines["f1"])]
    for each in shown:
        assert "\n" not in each
        assert "array" not in each
        assert len(each) < 250
    assert shown[0] == "<Split TimeSeriesSplit(gap=0, n_splits=5): 5 folds of 600 rows>"
    assert shown[1].startswith(f"<Verdict {report.verdict.status}: ")
    assert f"test accuracy {report.test('accuracy')[0]:.3f}, precision " in shown[3]


def test_sentences_end_in_one_full_stop():
    bad = np.where(np.arange(600) < 3, 1, 0)
    report = nbpipe.cv(LogisticRegression(max_iter=1), X, bad, cv=3)
    assert "warned in every fold: lbfgs failed" in str(report)
    assert not re.search(r"(?<!\.)\.\.(?!\.)", str(report) + report._repr_html_())


def test_the_frame_is_tidy(report):
    frame = report.frame
    assert list(frame.columns) == ["fold", "metric", "side", "score", "n_rows"]
    assert len(frame) == 5 * 5 * 2
    means = frame[frame.side == "test"].groupby("metric").score.mean()
    assert means["f1"] == pytest.approx(report.test("f1").mean())


def test_plain_data_is_json_and_complete(report):
    data = json.loads(report.to_json())
    assert data == report.to_dict()
    assert data["n_rows"] == 600
    assert data["splitter"] == "TimeSeriesSplit(gap=0, n_splits=5)"
    assert data["metrics"]["f1"]["test_mean"] == report.test().mean()
    assert data["metrics"]["f1"]["gap"] == report.gap()
    assert data["metrics"]["f1"]["baseline_strategy"] == report.baselines["f1"].strategy
    assert data["verdict"]["status"] == report.verdict.status
    assert [fold["n_train"] for fold in data["folds"]] == [100, 200, 300, 400, 500]


def test_plain_data_keeps_all_that_varies_in_one_place(report):
    again = nbpipe.cv(
        DecisionTreeClassifier(max_depth=6, random_state=0), X, Y, time=np.arange(600)
    )
    first, second = report.to_dict(), again.to_dict()
    assert first.pop("seconds").keys() == second.pop("seconds").keys()
    assert first == second


def test_scores_that_are_not_numbers_become_null():
    y = np.r_[np.zeros(100), np.ones(100)].astype(int)
    folds = [(np.arange(0, 200, 2), np.arange(1, 100, 2)), (np.arange(0, 200, 2), [1, 101, 103])]
    report = nbpipe.cv(LogisticRegression(), X[:200], y, cv=folds, scoring=["roc_auc", "accuracy"])
    data = json.loads(report.to_json())
    assert data["folds"][0]["test"]["roc_auc"] is None
    assert "Only one class is present" in str(report)
    assert max(map(len, str(report).splitlines())) <= 100
    assert report.plot() is not None


def test_a_metric_that_was_not_computed_is_refused(report):
    with pytest.raises(UsageError, match="Did you mean 'accuracy'"):
        report.plot("acuracy")


def test_pictures_say_in_words_what_they_show(report):
    before = plt.get_fignums()
    figure = report.plot(["f1", "roc_auc"])
    assert plt.get_fignums() == before
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "test below this: overfitting\n(gap above 0.15)" in labels
    assert any(label.startswith("baseline") for label in labels)
    lines = {line.get_label().split(",")[0]: line for line in figure.axes[0].lines}
    np.testing.assert_array_equal(lines["train"].get_ydata(), report.train("f1"))
    np.testing.assert_array_equal(lines["test"].get_ydata(), report.test("f1"))
    assert lines["train"].get_marker() != lines["test"].get_marker()
    gaps = [each.get_text().split("\n")[1] for each in figure.axes[0].get_xticklabels()]
    assert gaps == [f"{gap:+.3f}" for gap in report.train("f1") - report.test("f1")]
    for axes in figure.axes:
        low, high = axes.get_ylim()
        assert low <= 0
        assert 1 <= high < 1.1


def test_bands_show_blocks_as_blocks_and_shuffled_rows_as_tints(report):
    blocks = [image.get_array() for image in report.plot_splits().axes[0].get_images()]
    assert {0.0, 1.0} == set(np.unique(np.concatenate(blocks)))
    folds = KFold(5, shuffle=True, random_state=0)
    mixed = nbpipe.cv(LogisticRegression(), np.tile(X, (10, 1)), np.tile(Y, 10), cv=folds)
    figure = mixed.plot_splits()
    images = [np.asarray(image.get_array()) for image in figure.axes[0].get_images()]
    assert [image.mean() for image in images] == pytest.approx([0.8] * 5 + [0.2] * 5)
    assert max(image[0, :].max() for image in images[5:]) < 0.8
    assert len(figure._repr_png_()) < 40_000


def test_regression_is_drawn_in_its_own_unit():
    A, b = make_regression(200, 4, noise=9, random_state=0)
    report = nbpipe.cv(Ridge(), A, b, scoring="neg_mean_absolute_error")
    axes = report.plot().axes[0]
    assert axes.get_ylabel() == "neg_mean_absolute_error"
    assert axes.get_ylim()[1] >= 0
    assert "of the baseline's error" in axes.get_title(loc="left")


SLOW_RUN = """
import time, numpy as np, nbpipe
from sklearn.linear_model import LogisticRegression
class Slow(LogisticRegression):
    def fit(self, X, y):
        time.sleep({seconds})
        return super().fit(X, y)
X = np.random.default_rng(0).normal(size=(100, 2))
nbpipe.cv(Slow(), X, (X[:, 0] > 0).astype(int), progress={progress}, n_jobs=1)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "progress", "silenced", "shown"),
    [(0.4, True, "", True), (0.4, None, "", False), (0, False, "", False), (0.4, True, "1", False)],
)
def test_progress_shows_each_score_and_can_be_silenced(seconds, progress, silenced, shown):
    done = subprocess.run(
        [sys.executable, "-c", SLOW_RUN.format(seconds=seconds, progress=progress)],
        env={**os.environ, "TQDM_DISABLE": silenced},
        capture_output=True,
        text=True,
        check=True,
    )
    assert bool(re.search(r"fold \d: f1 [01]\.\d{3}", done.stderr)) is shown
    if not shown:
        assert done.stderr == ""


def test_the_users_object_is_never_changed_and_cores_go_to_one_place():
    from joblib import cpu_count
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier

    from nbpipe.evaluation import cores

    forest = RandomForestClassifier(5, n_jobs=-1, random_state=0)
    inner = make_column_transformer((StandardScaler(), [0, 1]), n_jobs=-1)
    pipeline = make_pipeline(inner, forest)
    before = repr(pipeline.get_params())
    nbpipe.cv(pipeline, X, Y, n_jobs=2)
    nbpipe.cv(pipeline, X, Y)
    assert repr(pipeline.get_params()) == before
    assert pipeline[0] is inner
    assert pipeline[-1] is forest
    alone = cores.alone(pipeline)
    assert (alone[0].n_jobs, alone[1].n_jobs) == (1, 1)
    here = cores.in_process(pipeline)
    assert (here[0].n_jobs, here[1].n_jobs) == (1, -1)
    modest = make_pipeline(RandomForestClassifier())
    assert cores.in_process(modest)[-1].n_jobs is None
    assert cores.in_process(modest, spread=True)[-1].n_jobs == cpu_count()


def test_work_goes_where_it_ends_first(monkeypatch):
    from sklearn.ensemble import RandomForestClassifier

    from nbpipe.evaluation import cores

    monkeypatch.setattr(cores, "cpu_count", lambda: 2)
    even, growing = [4.0] * 4, [2.0, 4.0, 6.0, 8.0]
    greedy, modest = RandomForestClassifier(n_jobs=2), RandomForestClassifier()
    monkeypatch.setattr(cores, "_running", lambda: 0)
    assert cores.fastest(LogisticRegression(), [0.5] * 4) == "here"
    assert cores.fastest(LogisticRegression(), even) == "workers"
    assert cores.fastest(greedy, growing) == "here"  # its threads fill the cores already
    assert cores.fastest(greedy, [30.0] * 4) == "workers"
    monkeypatch.setattr(cores, "_running", lambda: 2)
    assert cores.fastest(LogisticRegression(), [0.1] * 4) == "here"
    assert cores.fastest(LogisticRegression(), [0.5] * 4) == "workers"
    assert cores.fastest(greedy, growing) == "workers"
    assert cores.fastest(modest, [20.0] * 3) == "threads"  # one worker would idle


@pytest.mark.slow
def test_workers_that_wait_are_counted():
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    from nbpipe.evaluation import cores

    get_reusable_executor().shutdown(wait=True)
    assert cores._running() == 0
    Parallel(n_jobs=2)(delayed(abs)(number) for number in range(4))
    assert cores._running() == 2
    get_reusable_executor().shutdown(wait=True)
    assert cores._running() == 0


@pytest.mark.parametrize("n_folds", [31, 600])
def test_a_report_of_many_folds_stays_light(n_folds):
    folds = KFold(n_folds)
    report = nbpipe.cv(LogisticRegression(), X, Y, cv=folds, scoring="accuracy")
    assert len(report._repr_html_().encode()) < 50_000
    assert len(str(report)) < 2_500
    assert f"and {n_folds - 30} more in report.test()" in str(report)
    assert len(report.plot().axes[0].get_xticks()) < 30
    assert ("<img" in report._repr_html_()) is (n_folds == 31)


def test_a_report_of_many_long_names_stays_light():
    names = {f"{'long ' * 12}{at}": "accuracy" for at in range(25)}
    report = nbpipe.cv(LogisticRegression(), X, Y, cv=50, scoring=names)
    assert len(report._repr_html_().encode()) < 50_000


def test_a_thousand_missing_classes_are_counted_not_listed():
    y = np.repeat(np.arange(300), 2)
    halves = [(np.arange(600), np.arange(0, 60)), (np.arange(600), np.arange(60, 120))]
    report = nbpipe.cv(DecisionTreeClassifier(), X, y, cv=halves, scoring="accuracy")
    assert "and 290 more in all 2 folds" in " ".join(str(report).split())
    assert len(str(report).splitlines()) < 20
