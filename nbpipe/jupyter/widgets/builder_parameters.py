"""The parameters of the chosen estimator: the control that fits each, and its help."""

from __future__ import annotations

import ast
import inspect
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from nbpipe.errors import NbpipeError
from nbpipe.jupyter.widgets.style import NAMED, status
from nbpipe.pipeline.layout import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbpipe.pipeline.editing import Place
    from nbpipe.pipeline.editor import Editor, Setting
    from nbpipe.pipeline.parameters import Parameter

LAYOUT = {"width": "380px", "max_width": "100%"}
_FILLING = {"flex": "1 1 auto", "width": "auto"}
_SHORT = {"width": "70px"}


class Parameters:
    """A list of the parameters, and the control of the one that is chosen in it."""

    def __init__(self, editor: Editor, changed: Callable[[], None]) -> None:
        self._editor = editor
        self._changed = changed
        self._place: Place | None = None
        self._settings: dict[str, Setting] = {}
        self._drawn: tuple[Any, ...] = ()
        self.list = w.Select(description="Parameters", rows=7, layout=LAYOUT, style=NAMED)
        self.list.observe(self._chosen, "value")
        self.as_text = w.Checkbox(description="write it as an expression", indent=False)
        self.as_text.tooltip = "Write any Python expression: a number, a list, a variable"
        self.as_text.observe(lambda _: self._show_control(), "value")
        self.slot = w.HBox(layout=LAYOUT)
        self.problem = w.HTML()
        self._help = w.HTML()
        self.widget = w.VBox([self.list, self.slot, self.as_text, self.problem, self._help])

    def show(self, place: Place) -> None:
        """Show the parameters of the estimator at a place, and keep the choice among them."""
        before = self.list.value if place == self._place else None
        self._place = place
        try:
            settings = self._editor.settings(place)
        except NbpipeError:  # what cannot be looked up is told where the pipeline is built
            settings = ()
        self._settings = {each.parameter.name: each for each in settings}
        written = [name for name, each in self._settings.items() if each.text is not None]
        wanted = [before, *written, *self._settings]
        with quiet(self.list, self._chosen):
            self.list.options = [(_told(each), name) for name, each in self._settings.items()]
            self.list.value = next((name for name in wanted if name in self._settings), None)
        self.widget.layout.display = "" if settings else "none"
        self._show_one()

    def _chosen(self, _: Any) -> None:
        self._show_one()

    def _show_one(self) -> None:
        """Draw the chosen parameter, unless it is what its control shows: who types stays there."""
        setting = self._settings.get(self.list.value)
        if setting is None or self._drawn == (self._place, setting):
            return
        parameter = setting.parameter
        self.problem.value = ""
        self._help.value = (
            f"<details><summary>{escape(parameter.name)}: {escape(parameter.type)}</summary>"
            f'<div style="white-space:pre-line">{escape(parameter.help)}</div></details>'
        )
        plain = parameter.control != "text" and _is_shown(setting)
        self.as_text.disabled = not plain
        if self.as_text.value == plain:
            self.as_text.value = not plain  # which draws the control
        else:
            self._show_control()

    def _show_control(self) -> None:
        setting = self._settings[self.list.value]
        parameter = setting.parameter
        self._drawn = (self._place, setting)
        if self.as_text.value:
            control = _expression(setting)
            control.observe(lambda change: self._set(change["new"].strip() or None), "value")
            self.slot.children = (control,)
            return
        value = _value(setting)
        control = _control(parameter, value)
        control.description, control.tooltip = parameter.name, parameter.help
        none = w.Checkbox(value=value is None, description="None", indent=False, layout=_SHORT)
        shown = [control, none] if parameter.optional else [control]

        def choose(_: Any) -> None:
            control.disabled = parameter.optional and none.value
            text = control.value if parameter.control == "choice" else _text(control.value)
            text = "None" if control.disabled else text
            self._set(None if text == _text(parameter.default) else text)

        control.disabled = parameter.optional and none.value
        for each in shown:
            each.observe(choose, "value")
        self.slot.children = shown

    def _set(self, text: str | None) -> None:
        place, setting = self._drawn
        self._drawn = (place, replace(setting, text=text))
        self.problem.value = ""
        try:
            self._editor.set_parameter(place, setting.parameter.name, text)
            self._changed()
            self._editor.pipeline()
        except NbpipeError as error:
            self.problem.value = status(str(error), error=True)


@contextmanager
def quiet(chooser: Any, observer: Callable[[Any], None]) -> Iterator[None]:
    """Let a list be filled, which chooses its first entry for a moment, without a word of it."""
    chooser.unobserve(observer, "value")
    yield
    chooser.observe(observer, "value")


def _told(setting: Setting) -> str:
    if setting.text is not None:
        return f"{setting.parameter.name} = {setting.text}"
    return f"{setting.parameter.name} ({_default(setting.parameter)})"


def _default(parameter: Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return "required"
    return getattr(parameter.default, "__name__", None) or repr(parameter.default)


def _text(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def _value(setting: Setting) -> Any:
    if setting.text is None:
        return setting.parameter.default
    return ast.literal_eval(setting.text)


def _is_shown(setting: Setting) -> bool:
    try:
        return setting.parameter.shows(_value(setting))
    except (ValueError, SyntaxError):
        return False


def _expression(setting: Setting) -> Any:
    return w.Combobox(
        value=setting.text or "",
        options=[_text(each) for each in setting.parameter.choices],
        placeholder=_default(setting.parameter),
        description=setting.parameter.name,
        tooltip=setting.parameter.help,
        continuous_update=False,
        style=NAMED,
        layout=_FILLING,
    )


def _control(parameter: Parameter, value: Any) -> Any:
    look: dict[str, Any] = {"style": NAMED, "layout": _FILLING}
    if parameter.control == "flag":
        return w.Checkbox(value=value, indent=False, layout=_FILLING)
    if parameter.control == "choice":
        # A choice whose value is None would be no choice to ipywidgets.
        options = [(str(each), _text(each)) for each in parameter.choices]
        return w.Dropdown(options=options, value=_text(value), **look)
    low, high = parameter.bounds
    box, start = (
        (w.BoundedIntText, 1) if parameter.control == "whole" else (w.BoundedFloatText, 1.0)
    )
    start = min(max(start, low), high) if value is None else value
    return box(value=start, min=low, max=high, **look)
