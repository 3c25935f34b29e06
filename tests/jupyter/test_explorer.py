"""The gap explorer, driven as a page would drive it, without one."""

import re

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold
from sklearn.tree import DecisionTreeClassifier

import nbpipe
from nbpipe.errors import DataError
from nbpipe.evaluation import html
from nbpipe.evaluation.study import keep_studies, study_of
from nbpipe.jupyter import explore
from nbpipe.jupyter.widgets.display import hide_widgets, show_widgets
from nbpipe.jupyter.widgets.explorer import Explorer, SideBySide
from nbpipe.jupyter.widgets.explorer_curves import SEEN, UNKNOWN
from shells import run

X, Y = make_classification(400, 6, flip_y=0.2, random_state=0)
TREE = DecisionTreeClassifier(max_depth=4, random_state=0)
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def report():
    keep_studies(on=True)
    yield nbpipe.cv(TREE, X, Y, time=np.datetime64("2024-01-01") + np.arange(400), n_jobs=1)
    keep_studies(on=False)


@pytest.fixture
def explorer(report):
    explorer = Explorer(report, study_of(report))
    yield explorer
    for pane in (explorer.learning, explorer.validation):
        pane.work.stop()
        pane.work.wait(20)


def test_it_opens_as_the_report_shows_itself(report, explorer):
    assert explorer.scores.value == report._repr_html_()
    assert explorer.folds.value == ""
    assert f"{report.name}: {report.verdict.status}" in explorer.judge.verdicts.value


def test_the_verdict_follows_the_threshold_and_the_metric(report, explorer):
    gap = report.gap()
    assert f"watch (f1 gap {gap:.3f})" in explorer.judge.verdicts.value
    explorer.judge.threshold.value = gap - 0.01
    assert "⚠ DecisionTreeClassifier: overfitting" in explorer.judge.verdicts.value
    assert "<b>⚠ Overfitting.</b>" in explorer.scores.value
    explorer.judge.metric.value = "roc_auc"
    assert "<b>roc_auc</b>" in explorer.scores.value
    assert "Train and test roc_auc in each of 5 folds" in explorer.scores.value


def test_the_folds_show_which_rows_when_and_how_they_scored(report, explorer):
    explorer.tabs.selected_index = 1
    shown = explorer.folds.value
    assert "Which rows, in order of time, each of 5 folds" in shown
    assert "70 (2024-01-01 to 2024-03-10)" in shown
    for score in report.test():
        assert f"<td>{score:.3f}</td>" in shown
    explorer.judge.metric.value = "accuracy"
    assert '<th scope="col">test accuracy</th>' in explorer.folds.value


def compute(pane):
    pane.compute.click()
    pane.work.wait(60)


def test_a_learning_curve_is_drawn_with_its_numbers(report, explorer):
    compute(explorer.learning)
    shown = explorer.learning.shown.value
    test = report.test()
    assert f'<th scope="row">1 (202)</th><td>{test.mean():.3f} ± {test.std():.3f}</td>' in shown
    assert shown.count("<tr>") == 6
    assert 'alt="Mean f1 by share of training rows' in shown
    assert explorer.learning.compute.description == "Compute"


def test_a_validation_curve_proposes_and_takes_values(explorer):
    pane = explorer.validation
    parameter, values = pane._controls[:2]
    parameter.value = "max_depth"
    assert values.value == "1, 2, 4, 8, 16"
    values.value = "1, None"
    compute(pane)
    assert re.findall('<th scope="row">(.*?)</th>', pane.shown.value) == ["1", "None"]
    assert SEEN in pane.view.children[-1].value


def test_a_curve_is_stopped_and_gone_on_with(explorer):
    pane = explorer.validation
    parameter, values = pane._controls[:2]
    parameter.value, values.value = "max_depth", "1, 2, 3, 4"
    fits = []
    real = pane._make

    def stopping(*wishes):
        curve = real(*wishes)
        score = curve._score

        def counted(*args):
            fits.append(args[:2])
            if len(fits) == 7:
                pane.work.stop_button.click()
            return score(*args)

        curve._score = counted
        return curve

    pane._make = stopping
    compute(pane)
    assert "Stopped after 7 of 20." in pane.work.message.value
    assert re.findall('<th scope="row">(.*?)</th>', pane.shown.value) == ["1"]
    assert (pane.compute.description, pane.compute.disabled) == ("Continue", False)
    values.value = "1, 2"
    assert pane.compute.description == "Compute"
    values.value = "1, 2, 3, 4"
    compute(pane)
    assert len(fits) == len(set(fits)) == 20
    assert pane.shown.value.count("<tr>") == 5
    assert pane.work.message.value == ""


@pytest.mark.parametrize(
    ("wish", "told"),
    [("1, sqrt", "cannot be read as values"), ("", "at least one value"), ("-3", "-3, fold 1")],
)
def test_what_cannot_be_computed_is_told_in_the_widget(explorer, wish, told):
    pane = explorer.validation
    pane._controls[0].value = "max_depth"
    pane._controls[1].value = wish
    compute(pane)
    assert told in pane.work.message.value
    assert "nbpipe-error" in pane.work.message.value
    assert not pane.compute.disabled


def test_without_what_the_report_was_made_from_the_curves_say_what_to_call(report):
    explorer = Explorer(report, None)
    assert all(UNKNOWN in tab.value for tab in explorer.tabs.children[2:])
    assert explore(report, TREE, X, Y).children[2].children[2] is not None
    with pytest.raises(DataError, match="of 400 rows"):
        explore(report, TREE, X[:9], Y[:9])


def test_reports_side_by_side_follow_the_metric_and_the_threshold(report):
    never = nbpipe.cv(DummyClassifier(strategy="prior"), X, Y, cv=KFold(4), name="<never>")
    side = SideBySide(nbpipe.compare(report, never, metric="accuracy"))
    assert "&lt;never&gt;" in side.shown.value
    assert "<never>" not in side.shown.value
    assert 'alt="Test accuracy by fold. DecisionTreeClassifier: ' in side.shown.value
    assert side.shown.value.count("<td></td>") == 1  # four folds beside five
    side.judge.metric.value = "f1"
    assert "Test f1 in every fold" in side.shown.value
    side.judge.threshold.value = 0.05
    assert side.judge.verdicts.value.count("overfitting") == 1


@pytest.mark.parametrize("gap", [0.001, 3.0, float("inf")])
def test_a_report_opens_by_its_own_threshold_whatever_that_is(report, gap):
    asked = report.judged(overfit_gap=gap)
    explorer = Explorer(asked, None)
    assert explorer.scores.value == asked._repr_html_()
    assert 0 < explorer.judge.threshold.value <= 1
    both = SideBySide(nbpipe.compare(asked, report.judged(overfit_gap=0.001)))
    assert both.judge.verdicts.value.count("overfitting") == (2 if gap == 0.001 else 1)


def test_a_display_is_a_widget_and_what_it_was_before(shell, report):
    show_widgets(shell)
    for shown in (report, nbpipe.compare(report, report)):
        data, _ = shell.display_formatter.format(shown)
        assert set(data) == {VIEW, "text/html", "text/plain"}
        assert data["text/plain"] == str(shown)
        assert data["text/html"] == shown._repr_html_()
    hide_widgets(shell)
    assert VIEW not in shell.display_formatter.format(report)[0]


def test_a_display_draws_one_picture(shell, report, monkeypatch):
    drawn = []
    real = html.draw_gap
    monkeypatch.setattr(html, "draw_gap", lambda *given: drawn.append(1) or real(*given))
    show_widgets(shell)
    shell.display_formatter.format(report)
    hide_widgets(shell)
    assert drawn == [1]


def test_without_ipywidgets_the_static_rendering_stays(shell, report, monkeypatch):
    show_widgets(shell)
    monkeypatch.setitem(__import__("sys").modules, "nbpipe.jupyter.widgets.explorer", None)
    data, _ = shell.display_formatter.format(report)
    assert set(data) == {"text/html", "text/plain"}
    with pytest.raises(ImportError, match=r"nbpipe-sklearn\[lab\]"):
        explore(report)
    hide_widgets(shell)


def test_what_the_magic_judged_has_its_rows_at_hand(shell):
    show_widgets(shell)
    run(shell, "%%nbpipe build late\n['distance'] >> SimpleImputer()\nLogisticRegression()")
    found = run(shell, "%nbpipe cv late X y --time sched_dep --n-splits 3")
    assert study_of(found).job.rows.X is shell.user_ns["X"]
    hide_widgets(shell)
