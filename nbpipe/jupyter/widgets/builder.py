"""The builder: a pipeline for a frame, made with a mouse, and the cell that builds it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as w
from IPython.core.getipython import get_ipython
from sklearn.pipeline import Pipeline
from sklearn.utils import estimator_html_repr

from nbpipe.errors import NbpipeError, SpecError, UsageError
from nbpipe.jupyter.arguments import new_variable
from nbpipe.jupyter.widgets.builder_columns import Columns
from nbpipe.jupyter.widgets.builder_cv import cv_steps
from nbpipe.jupyter.widgets.builder_data import examine
from nbpipe.jupyter.widgets.builder_steps import Steps
from nbpipe.jupyter.widgets.insert import insert_cell
from nbpipe.jupyter.widgets.style import NAMED, STYLE, button, framed, row, status
from nbpipe.jupyter.widgets.work import Work
from nbpipe.pipeline.editor import Editor
from nbpipe.pipeline.propose import MODELS, Proposal, propose
from nbpipe.pipeline.reverse import to_spec

if TYPE_CHECKING:
    from nbpipe.evaluation.report import CVReport

_CODE = (
    "<style>.nbpipe-builder textarea,.nbpipe-builder select{font-family:"
    "var(--jp-code-font-family,monospace);font-size:12px}"
    # What scikit-learn's script would do, which does not run in a widget.
    ".nbpipe-builder .sk-top-container{--sklearn-color-background:var(--jp-layout-color0,white);"
    "--sklearn-color-text-on-default-background:var(--jp-content-font-color1,black);"
    "--sklearn-color-border-box:var(--jp-content-font-color1,black);--sklearn-color-icon:#878787}"
    ".nbpipe-builder .copy-paste-icon{display:none}</style>"
)
_COPY = (
    '<button class="jupyter-widgets jupyter-button widget-button" style="width:auto" '
    "onclick=\"this.closest('.nbpipe-builder').querySelector('textarea').select();"
    "document.execCommand('copy');this.textContent='Copied';"
    "setTimeout(()=>{this.textContent='Copy'},2000)\">Copy</button>"
)


class Builder:
    """A pipeline for a frame, shown and changed in a notebook.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
    y : array-like of shape (n,), optional
        Without it no model is proposed, and nothing is cross-validated.
    name : str
        The variable that the pipeline is for. Where it holds a pipeline, the builder starts from
        that one, and otherwise from a proposal for the columns.
    namespace : dict, optional
        Where the variable and the names in the text are; those of the notebook by default.

    Attributes
    ----------
    editor : Editor
        The state: what the widgets show, without them.
    report : CVReport or None
        What the last cross-validation found.

    Raises
    ------
    DataError
        `X` or `y` cannot be used.
    UsageError
        `name` cannot be a variable, or no column can be used as it is.
    """

    def __init__(
        self, X: Any, y: Any = None, *, name: str = "pipeline", namespace: Any = None
    ) -> None:
        shell = get_ipython()
        self.namespace = namespace if namespace is not None else getattr(shell, "user_ns", {})
        new_variable(name, self.namespace)
        self.report: CVReport | None = None
        self._X, self._y = X, y
        self.columns, self._target = examine(X, y)
        start = self._start(name)
        self.editor = Editor(name, start.spec, X, self.namespace)
        self._make(start)
        self.show()

    def _start(self, name: str) -> Proposal:
        held = self.namespace.get(name)
        if isinstance(held, Pipeline):
            try:
                return Proposal(to_spec(held), "", (f"This is the pipeline that {name} holds.",))
            except UsageError as error:
                return self._propose(None, f"{name} was left aside. {error}")
        return self._propose(None)

    def _propose(self, model: Any, *reasons: str) -> Proposal:
        found = propose(self.columns, len(self._X), self._target, model)
        return replace(found, reasons=(*reasons, *found.reasons))

    def _make(self, start: Proposal) -> None:
        known = self._target is not None
        options = [("what it holds", ""), *((each, each) for each in MODELS)]
        self.model = w.Dropdown(
            options=options[0 if not start.model else 1 :],
            value=start.model,
            description="Start with",
            layout={"display": "" if known else "none"},
        )
        self.model.observe(lambda change: self._restart(change["new"]), "value")
        self._reasons = w.HTML(_listed(start.reasons))
        self.choices = Columns(self.editor, self.columns, self.show)
        self.steps = Steps(self.editor, self.show)
        self.tabs = w.Tab([self.choices.widget, self.steps.widget], titles=("Columns", "Steps"))
        self._diagram = w.HTML(layout={"overflow": "auto"})
        self.text = w.Textarea(
            description="Cell",
            rows=14,
            continuous_update=False,
            style=NAMED,
            layout={"width": "auto"},
        )
        self.text.observe(lambda change: self._read(change["new"]), "value")
        self.problem = w.HTML()
        self.insert = button("Insert cell", "Put this text into a new cell below", self._insert)
        self.build = button("Build", "Put the pipeline into its variable", self._build)
        self.run = button("Cross-validate", "Fit and score it, fold by fold", self._cross_validate)
        self.run.disabled = not known
        times = [each.name for each in self.columns if each.kind == "time"]
        self.time = w.Dropdown(
            options=[("nothing", ""), *((each, each) for each in times)],
            value=times[0] if times else "",
            description="In time order of",
            style=NAMED,
            layout={"display": "" if times and known else "none"},
        )
        self.said = w.HTML()
        self.work = Work()
        self.output = w.Output()
        self.view = framed(
            w.HTML(_CODE, layout={"display": "none"}),
            row(self.model),
            self._reasons,
            self.tabs,
            self.problem,
            self._diagram,
            self.text,
            row(self.insert, w.HTML(_COPY), self.build, self.run, self.time),
            self.said,
            self.work,
            self.output,
        )
        self.view.add_class("nbpipe-builder")

    def show(self) -> None:
        """Show the spec as it is now, everywhere."""
        self.text.value = self.editor.cell
        self.choices.show()
        self.steps.show()
        try:
            self._diagram.value = estimator_html_repr(self.editor.pipeline())
            self.problem.value = ""
        except NbpipeError as error:  # the diagram stays as it was
            self._tell(error)

    def _tell(self, error: NbpipeError) -> None:
        said = status(str(error), error=True)
        if isinstance(error, SpecError) and error.source_line:
            lines = error._render_traceback_()[1:]
            said += f"<pre>{escape(chr(10).join(lines))}</pre>"
        self.problem.value = said

    def _restart(self, model: str) -> None:
        if model:
            start = self._propose(model)
            self._reasons.value = _listed(start.reasons)
            self.editor.change(start.spec)
            self.show()

    def _read(self, text: str) -> None:
        if text != self.editor.cell:
            try:
                self.editor.read(text)
            except NbpipeError as error:
                self._tell(error)
                return
            self.show()

    def _insert(self) -> None:
        def answered(inserted: bool) -> None:
            done = "The text stands in a new cell below: run it."
            self.said.value = status(done if inserted else "Copy the text into a cell below.")

        insert_cell(self.editor.cell, answered)

    def _build(self) -> None:
        name = self.editor.name
        try:
            self.namespace[new_variable(name, self.namespace)] = self.editor.pipeline()
        except NbpipeError as error:
            self._tell(error)
            return
        self.said.value = status(f"The variable {name} now holds this pipeline, unfitted.")

    def _cross_validate(self) -> None:
        def done(report: CVReport) -> None:
            self.report = report
            self.output.outputs = ()
            self.output.append_display_data(report)

        try:
            pipeline, used = self.editor.pipeline(), self.editor.used()
        except NbpipeError as error:
            self._tell(error)
            return
        # A verdict is of the columns that are read, not of those that were left out.
        time = self._X[self.time.value] if self.time.value else None
        options = {"time": time, "name": self.editor.name}
        self.work.start(partial(cv_steps, pipeline, self._X[used], self._y, **options), done)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            **self.view._repr_mimebundle_(),
            "text/plain": self.editor.cell,
            "text/html": self._repr_html_(),
        }

    def _repr_html_(self) -> str:
        cell = escape(self.editor.cell)
        return f'{STYLE}<div class="nbpipe-widget">{self.choices.as_html()}<pre>{cell}</pre></div>'


def _listed(reasons: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(each)}</li>" for each in reasons)
    return f"<details open><summary>Why this pipeline</summary><ul>{items}</ul></details>"
