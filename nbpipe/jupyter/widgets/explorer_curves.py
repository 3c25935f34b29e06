"""Learning curve and validation curve: chosen, computed on demand, stopped and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Dropdown, Text, VBox

from nbpipe.errors import NbpipeError
from nbpipe.evaluation.candidates import candidates, values_of
from nbpipe.evaluation.curvefigure import describe_curve, draw_curve
from nbpipe.evaluation.curves import SHARES, Curve, LearningCurve, ValidationCurve
from nbpipe.evaluation.html import image
from nbpipe.jupyter.widgets.style import NAMED, row, status, table
from nbpipe.jupyter.widgets.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from nbpipe.evaluation.report import CVReport
    from nbpipe.evaluation.study import Study

UNKNOWN = (
    "A report holds no rows, and what this one was made from is not known here: "
    "nbpipe.jupyter.explore(report, pipeline, X, y) draws its curves."
)
LATEST = "A share of the training rows is the latest of them, as if the history were shorter."
DRAWN = "A share of the training rows is drawn at random, the smaller among the larger."
SEEN = (
    "A value chosen here was chosen on these very test folds, so its score is a little too good: "
    "judge the model that you settle on by rows that none of them has seen."
)
_FIELD = {"style": NAMED, "layout": {"width": "380px"}}


class CurvePane:
    """A curve that is computed where it is asked for, and gone on with where it was stopped.

    Parameters
    ----------
    make : callable
        Returns the curve for the values of `controls`.
    controls : sequence of Widget
        The last is the metric's, which stands elsewhere.
    note : str
        What to keep in mind when reading the curve.
    """

    def __init__(self, make: Callable[..., Curve], controls: Sequence[Any], note: str) -> None:
        self._make, self._controls = make, controls
        self._curve: Curve | None = None
        self._asked: tuple[Any, ...] = ()
        self.compute = Button(description="Compute", tooltip="Compute the curve, fold by fold")
        self.compute.on_click(lambda _: self._begin())
        self.work = Work()
        self.shown = HTML()
        note = f"<p><small>{note}</small></p>"
        self.view = VBox([row(*controls[:-1], self.compute), self.work, self.shown, HTML(note)])
        self.work.observe(lambda _: self._refresh(), "running")
        for each in controls:
            each.observe(lambda _: self._refresh(), "value")

    def _wishes(self) -> tuple[Any, ...]:
        return tuple(each.value for each in self._controls)

    def _begun(self) -> Curve | None:
        """Return the curve that is asked for, where it was begun and has not come to its end."""
        if self._curve is None or self._curve.finished or self._asked != self._wishes():
            return None
        return self._curve

    def _begin(self) -> None:
        if self.work.running:  # a click that came before the button was disabled
            return
        try:
            curve = self._begun() or self._make(*self._wishes())
        except NbpipeError as error:
            self.work.say(str(error), error=True)
            return
        self._curve, self._asked = curve, self._wishes()
        self.work.start(lambda: self._steps(curve), lambda _: self._draw(curve))

    def _steps(self, curve: Curve) -> Generator[tuple[int, int, str], None, None]:
        drawn = -1
        for step in curve.steps():
            if drawn != (drawn := len(curve.points)):
                self._draw(curve)
            yield step

    def _draw(self, curve: Curve) -> None:
        if not curve.points:
            self.shown.value = ""
            return
        head, *rows = curve.rows
        picture = image(lambda: draw_curve(curve), describe_curve(curve))
        self.shown.value = picture + table(f"{curve.metric} by {curve.axis}", head, rows)

    def _refresh(self) -> None:
        running = self.work.running
        self.compute.disabled = running
        self.compute.description = "Continue" if self._begun() and not running else "Compute"


def learning_pane(report: CVReport, study: Study, metric: Any) -> CurvePane:
    """Return the pane of scores along shares of the training rows."""
    proposed = ", ".join(map(str, SHARES))
    shares = Text(proposed, description="Shares of the training rows", **_FIELD)

    def make(text: str, name: str) -> Curve:
        return LearningCurve(report, study, name, values_of(text))

    return CurvePane(make, (shares, metric), LATEST if report.split.in_time_order else DRAWN)


def validation_pane(report: CVReport, study: Study, metric: Any) -> CurvePane:
    """Return the pane of scores along the values of a parameter."""
    proposed = candidates(study.pipeline)
    parameter = Dropdown(options=list(proposed), description="Parameter", style=NAMED)
    values = Text(description="Values", **_FIELD)

    def propose(_: Any = None) -> None:
        values.value = ", ".join(map(repr, proposed.get(parameter.value, ())))

    propose()
    parameter.observe(propose, "value")

    def make(name: str, text: str, scored: str) -> Curve:
        return ValidationCurve(report, study, scored, name, values_of(text))

    return CurvePane(make, (parameter, values, metric), SEEN)


def without_study() -> HTML:
    """Return the words that stand where a curve cannot be computed."""
    return HTML(status(UNKNOWN))
