"""The gap explorer: what displaying a report gives, or two and more of them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Dropdown, FloatSlider, Layout, Tab, VBox

from nbpipe.evaluation.compare import Comparison, compare
from nbpipe.evaluation.figures import draw_comparison
from nbpipe.evaluation.foldtable import (
    describe_comparison,
    describe_splits,
    fold_rows,
    folds_beside,
)
from nbpipe.evaluation.html import as_html, comparison_as_html, image
from nbpipe.evaluation.text import heading
from nbpipe.jupyter.widgets.explorer_curves import learning_pane, validation_pane, without_study
from nbpipe.jupyter.widgets.style import NAMED, framed, row, status, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.evaluation.report import CVReport
    from nbpipe.evaluation.study import Study

LEAST_GAP, MOST_GAP, GAP_STEP = 0.01, 1.0, 0.01


class Judge:
    """A metric picker and a movable threshold, and the reports as judged by the two."""

    def __init__(self, reports: tuple[CVReport, ...], metric: str) -> None:
        shared = [each for each in reports[0].metrics if all(each in r.metrics for r in reports)]
        limit = min(reports[0].thresholds.overfit_gap, MOST_GAP)
        self._reports, self._limit = reports, limit
        self.metric = Dropdown(options=shared, value=metric, description="Metric", style=NAMED)
        self.threshold = FloatSlider(
            value=limit,
            min=min(LEAST_GAP, limit),
            max=MOST_GAP,
            step=GAP_STEP,
            description="Overfitting: gap above",
            continuous_update=False,  # each value draws a picture
            style=NAMED,
            layout=Layout(width="400px"),
        )
        self.verdicts = HTML()
        self.view = VBox([row(self.metric, self.threshold), self.verdicts])

    def reports(self) -> tuple[CVReport, ...]:
        """Return the reports as they are judged now, and say their verdicts.

        Until the threshold is moved, each report is judged by its own.
        """
        metric, gap = self.metric.value, self.threshold.value
        gap = None if gap == self._limit else gap
        judged = tuple(each.judged(metric, overfit_gap=gap) for each in self._reports)
        self.verdicts.value = "".join(status(_verdict(each)) for each in judged)
        return judged

    def observe(self, redraw: Callable[[], None]) -> None:
        """Call `redraw` where another metric or threshold is chosen."""
        for each in (self.metric, self.threshold):
            each.observe(lambda _: redraw(), "value")


class Explorer:
    """One report: its scores, its folds, and curves under its folds.

    Parameters
    ----------
    report : CVReport
    study : Study or None
        What it was made from, where that is known; the curves need it.

    Attributes
    ----------
    view : Widget
    static : str
        What the report shows where there are no widgets.
    """

    def __init__(self, report: CVReport, study: Study | None) -> None:
        self._times = None if study is None else study.job.rows.time
        self.judge = Judge((report,), report.main)
        self.scores, self.folds = HTML(), HTML()
        curves: list[Any] = [without_study(), without_study()]
        if study is not None:
            self.learning = learning_pane(report, study, self.judge.metric)
            self.validation = validation_pane(report, study, self.judge.metric)
            curves = [self.learning.view, self.validation.view]
        titles = ("Scores", "Folds", "Learning curve", "Validation curve")
        self.tabs = Tab([self.scores, self.folds, *curves], titles=titles)
        self.tabs.selected_index = 0
        self.judge.observe(self.redraw)
        self.tabs.observe(lambda _: self.redraw(), "selected_index")
        self.view = framed(self.judge.view, self.tabs)
        self.redraw()
        self.static = self.scores.value

    def redraw(self) -> None:
        """Draw what can be seen, and no more."""
        (report,) = self.judge.reports()
        if self.tabs.selected_index == 0:
            self.scores.value = as_html(report)
        elif self.tabs.selected_index == 1:
            head, *rows = fold_rows(report, self._times)
            picture = image(report.plot_splits, describe_splits(report))
            self.folds.value = picture + table("Every fold", head, rows)


class SideBySide:
    """Two or more reports, compared with the first of them."""

    def __init__(self, comparison: Comparison) -> None:
        self.judge = Judge(comparison.reports, comparison.metric)
        self.shown, self.static = HTML(), comparison_as_html(comparison)
        self.judge.observe(self.redraw)
        self.view = framed(self.judge.view, self.shown)
        self.redraw()

    def redraw(self) -> None:
        """Compare by the metric and the threshold chosen."""
        found = compare(*self.judge.reports(), metric=self.judge.metric.value)
        head, *rows = folds_beside(found)
        self.shown.value = (
            comparison_as_html(found)
            + image(lambda: draw_comparison(found), describe_comparison(found))
            + table(f"Test {found.metric} in every fold", head, rows)
        )


def _verdict(report: CVReport) -> str:
    """Return the verdict in a line, and what its gap alone would mean."""
    verdict = report.verdict
    told = f"{'✓' if verdict.ok else '⚠'} {report.name}: {heading(verdict)}"
    gap = f"{report.main} gap {report.gap():.3f}"
    besides = "" if verdict.status == verdict.gap_range else f", by itself {verdict.gap_range}"
    return f"{told} ({gap}{besides})"
