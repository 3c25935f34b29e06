"""A report judged again: the same scores, another metric or another gap."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.evaluation.foldtable import describe_splits, fold_rows
from nbpipe.evaluation.html import image

X, Y = make_classification(600, 6, flip_y=0.2, random_state=0)


@pytest.fixture(scope="module")
def report():
    tree = DecisionTreeClassifier(max_depth=6, random_state=0)
    return nbpipe.cv(tree, X, Y, time=np.arange(600)[::-1], n_jobs=1)


@pytest.mark.parametrize("gap", [0.05, 0.12, 0.15, 0.5])
def test_another_gap_gives_what_cv_itself_would_have_given(report, gap):
    tree = DecisionTreeClassifier(max_depth=6, random_state=0)
    asked = nbpipe.cv(tree, X, Y, time=np.arange(600)[::-1], n_jobs=1, overfit_gap=gap)
    judged = report.judged(overfit_gap=gap)
    assert judged.verdict == asked.verdict
    assert judged.thresholds == asked.thresholds
    assert judged.folds is report.folds


def test_the_verdict_follows_the_gap_and_the_metric(report):
    gap = report.gap()
    below, above = (report.judged(overfit_gap=gap + by).verdict for by in (-0.001, 0.001))
    assert (below.gap_range, above.gap_range) == ("overfitting", "watch")
    other = report.judged("roc_auc")
    assert other.main == "roc_auc"
    assert other.verdict.reason.startswith("roc_auc")
    assert other.judged("f1").verdict == report.verdict
    assert report.judged() == report


def test_what_was_not_computed_or_makes_no_sense_is_refused(report):
    with pytest.raises(UsageError, match="Did you mean 'accuracy'"):
        report.judged("acuracy")
    with pytest.raises(UsageError, match="overfit_gap must be greater than 0"):
        report.judged(overfit_gap=0)


def test_every_fold_stands_in_a_row_with_its_rows_in_time_order(report):
    head, first, *rest = fold_rows(report)
    assert head[:5] == ("fold", "train rows", "test rows", "train f1", "test f1")
    assert first[:3] == ("1", "100 (1 to 100)", "100 (101 to 200)")
    assert [float(row[4]) for row in (first, *rest)] == report.test().round(3).tolist()
    assert [float(row[5]) for row in (first, *rest)] == report.gaps().round(3).tolist()
    told = describe_splits(report)
    assert "in order of time" in told
    assert "Fold 5 trains on 500 (1 to 500) and tests on 100 (501 to 600)." in told


@pytest.mark.parametrize(
    ("times", "span"),
    [
        (np.datetime64("2024-01-31") + np.arange(600)[::-1], "2024-01-31 to 2024-05-09"),
        (np.arange(600)[::-1] / 2, "0.0 to 49.5"),
        (np.arange(600)[::-1].astype("timedelta64[D]"), "0 days to 99 days"),
    ],
)
def test_times_are_told_where_they_are_known(report, times, span):
    assert fold_rows(report, times)[1][1] == f"100 ({span})"


def test_a_picture_brings_its_words_escaped(report):
    shown = image(report.plot_splits, 'a "word" & more')
    assert shown.startswith('<img alt="a &quot;word&quot; &amp; more" src="data:image/png;base64,')


def test_a_judged_report_pickles(report):
    judged = report.judged("accuracy", overfit_gap=0.3)
    assert str(pickle.loads(pickle.dumps(judged))) == str(judged)
