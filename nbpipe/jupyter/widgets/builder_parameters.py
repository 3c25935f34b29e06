"""The parameters of the chosen estimator: the control that fits each, and its help."""

from __future__ import annotations

import ast
import inspect
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from nbpipe.errors import NbpipeError
from nbpipe.jupyter.widgets.style import row, status
from nbpipe.pipeline.layout import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.pipeline.editing import Place
    from nbpipe.pipeline.editor import Editor, Setting
    from nbpipe.pipeline.parameters import Parameter

_WIDE = {"description_width": "150px"}
_LAYOUT = {"width": "400px", "max_width": "100%"}


class Parameters:
    """A list of the parameters, and the control of the one that is chosen in it."""

    def __init__(self, editor: Editor, changed: Callable[[], None]) -> None:
        self._editor = editor
        self._changed = changed
        self._place: Place | None = None
        self._settings: dict[str, Setting] = {}
        self._drawn: tuple[Any, ...] = ()
        self.list = w.Select(description="Parameters", rows=7, layout=_LAYOUT)
        self.list.observe(lambda _: self._show_one(), "value")
        self.as_text = w.Checkbox(description="as an expression", indent=False)
        self.as_text.tooltip = "Write any Python expression: a number, a list, a variable"
        self.as_text.observe(lambda _: self._show_control(), "value")
        self.slot = w.HBox()
        self.problem = w.HTML()
        self._help = w.HTML()
        self.widget = w.VBox([self.list, row(self.slot, self.as_text), self.problem, self._help])

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
        self.list.options = [(_told(each), name) for name, each in self._settings.items()]
        self.list.value = next((name for name in wanted if name in self._settings), None)
        self.widget.layout.display = "" if settings else "none"
        self._show_one()

    def _show_one(self) -> None:
        """Draw the chosen parameter, unless it is what its control shows: who types stays there."""
        setting = self._settings.get(self.list.value)
        if setting is None or self._drawn == (self._place, self.list.value, setting.text):
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
        self._drawn = (self._place, parameter.name, setting.text)
        if self.as_text.value:
            control = _expression(setting)
            control.observe(lambda change: self._set(change["new"].strip() or None), "value")
            self.slot.children = (control,)
            return
        value = _value(setting)
        control = _control(parameter, value)
        control.description, control.tooltip = parameter.name, parameter.help
        if not parameter.optional:
            control.observe(lambda change: self._set_value(change["new"]), "value")
            self.slot.children = (control,)
            return
        control.disabled = value is None
        none = w.Checkbox(value=value is None, description="None", indent=False)

        def choose(_: Any) -> None:
            control.disabled = none.value
            self._set_value(None if none.value else control.value)

        control.observe(choose, "value")
        none.observe(choose, "value")
        self.slot.children = (control, none)

    def _set_value(self, value: Any) -> None:
        default = self._settings[self.list.value].parameter.default
        same = type(value) is type(default) and value == default
        text = quoted(value) if isinstance(value, str) else repr(value)
        self._set(None if same else text)

    def _set(self, text: str | None) -> None:
        place, name = self._drawn[:2]
        self._drawn = (place, name, text)
        self.problem.value = ""
        try:
            self._editor.set_parameter(place, name, text)
            self._changed()
            self._editor.pipeline()
        except NbpipeError as error:
            self.problem.value = status(str(error), error=True)


def _told(setting: Setting) -> str:
    if setting.text is not None:
        return f"{setting.parameter.name} = {setting.text}"
    return f"{setting.parameter.name} ({_default(setting.parameter)})"


def _default(parameter: Parameter) -> str:
    return "required" if parameter.default is inspect.Parameter.empty else f"{parameter.default!r}"


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
        options=[quoted(e) if isinstance(e, str) else repr(e) for e in setting.parameter.choices],
        placeholder=_default(setting.parameter),
        description=setting.parameter.name,
        tooltip=setting.parameter.help,
        continuous_update=False,
        style=_WIDE,
        layout=_LAYOUT,
    )


def _control(parameter: Parameter, value: Any) -> Any:
    look: dict[str, Any] = {"style": _WIDE, "layout": _LAYOUT}
    if parameter.control == "flag":
        return w.Checkbox(value=value, indent=False, layout=_LAYOUT)
    if parameter.control == "choice":
        options = [(str(each), each) for each in parameter.choices]
        return w.Dropdown(options=options, value=value, **look)
    low, high = parameter.bounds
    box, start = (
        (w.BoundedIntText, 1) if parameter.control == "whole" else (w.BoundedFloatText, 1.0)
    )
    start = min(max(start, low), high) if value is None else value
    return box(value=start, min=low, max=high, **look)
