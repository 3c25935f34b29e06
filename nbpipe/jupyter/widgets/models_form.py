"""Trying a model on one row, through a form made from its schema."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Combobox, Dropdown, Layout, Text, VBox

from nbpipe.bundle.form import attempt, fields
from nbpipe.bundle.loading import loading
from nbpipe.errors import NbpipeError
from nbpipe.jupyter.widgets.style import row, status, table

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from nbpipe.bundle.form import Field, Tried
    from nbpipe.bundle.model import Model
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.jupyter.widgets.work import Work

    Opened = tuple[Model, list[Field]]

_LABEL = "150px"
_MOST = 100  # controls; more features keep the values of the probe's first row


class Trial:
    """Loads the version chosen, and shows its form."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._source = ""
        self.open = Button(description="Open the form", tooltip="Load the model, show its features")
        self.open.on_click(lambda _: self._open())
        self.form: Form | None = None
        self.view = VBox([self.open])

    def show(self, bundle: Bundle, _: tuple[Bundle, ...]) -> None:
        """Be about another version, whose form is not open yet."""
        if bundle.source != self._source:
            self._source, self.form, self.view.children = bundle.source, None, (self.open,)

    def _open(self) -> None:
        source = self._source

        def steps() -> Generator[tuple[int, int, str], None, Opened]:
            model = yield from loading(source)
            return model, fields(model)

        def fill(opened: Opened) -> None:
            if source == self._source:  # no other was chosen meanwhile
                self.form = Form(*opened)
                self.view.children = (self.form.view,)

        self._work.start(steps, fill)


class Form:
    """A control for each feature, with what is expected there and what is wrong."""

    def __init__(self, model: Model, form: list[Field]) -> None:
        self._model = model
        self._form = form
        self.controls = {each.name: _control(each) for each in form[:_MOST]}
        under = Layout(margin=f"0 0 0 {_LABEL}")  # the control, not its label
        self.messages = {name: HTML(layout=under) for name in self.controls}
        self.predict = Button(description="Predict", button_style="primary", tooltip="Predict")
        self.predict.on_click(lambda _: self._predict())
        self.answer = HTML()
        rows = [
            VBox([row(self.controls[each.name], HTML(escape(each.hint))), self.messages[each.name]])
            for each in form[:_MOST]
        ]
        more = len(form) - len(rows)
        note = f"{more} more features keep the values of a row of training." if more else ""
        shown = VBox(rows, layout=Layout(max_height="420px", overflow="auto"))
        self.view = VBox([shown, HTML(status(note)), self.predict, self.answer])

    def _predict(self) -> None:
        texts = {each.name: each.text for each in self._form}
        texts |= {name: control.value for name, control in self.controls.items()}
        try:
            tried = attempt(self._model, self._form, texts)
        except NbpipeError as error:
            self.answer.value = status(str(error), error=True)
            return
        for name, message in self.messages.items():
            message.value = _message(name, tried)
        self.answer.value = self._told(tried)

    def _told(self, tried: Tried) -> str:
        if tried.errors:
            several = "s need other values" if len(tried.errors) > 1 else " needs another value"
            return status(f"Not predicted: {len(tried.errors)} field{several}.", error=True)
        name = self._model.manifest.target.name or "Prediction"
        rows = [(each, f"{p:.3f}") for each, p in tried.probabilities]
        shown = table("Probabilities", ("class", "probability"), rows) if rows else ""
        return status(f"{name}: {tried.prediction}") + shown


def _message(name: str, tried: Tried) -> str:
    if name in tried.errors:
        return status(tried.errors[name], error=True)
    return status(f"⚠ unlike training: {tried.warnings[name]}") if name in tried.warnings else ""


def _control(field: Field) -> Any:
    look: Mapping[str, Any] = {
        "description": field.name,
        "tooltip": field.hint,
        "style": {"description_width": _LABEL},
        "layout": Layout(width="380px"),
    }
    if field.options and not field.free:
        options = [(each or "(missing)", each) for each in field.options]
        return Dropdown(options=options, value=field.text, **look)
    if field.options:
        return Combobox(options=[each for each in field.options if each], value=field.text, **look)
    return Text(value=field.text, **look)
