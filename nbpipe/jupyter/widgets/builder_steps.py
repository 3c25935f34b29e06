"""The steps of the pipeline: choose one, move it, remove it, add another from a searchable list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as w

from nbpipe.errors import NbpipeError
from nbpipe.jupyter.widgets.builder_parameters import LAYOUT, Parameters, quiet
from nbpipe.jupyter.widgets.style import NAMED, button, row, status
from nbpipe.pipeline import editing
from nbpipe.pipeline.catalogue import estimators, written
from nbpipe.pipeline.spec import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.pipeline.editing import Place
    from nbpipe.pipeline.editor import Editor
    from nbpipe.pipeline.spec import Spec

_LONGEST = 60


class Steps:
    """The list of steps with its buttons, beside the parameters of the chosen one."""

    def __init__(self, editor: Editor, changed: Callable[[], None]) -> None:
        self._editor = editor
        self._changed = changed
        self.parameters = Parameters(editor, changed)
        self.list = w.Select(description="Steps", rows=7, layout=LAYOUT, style=NAMED)
        self.list.observe(self._chosen, "value")
        self.up = button("Up", "Move the chosen step up", lambda: self._move(-1))
        self.down = button("Down", "Move the chosen step down", lambda: self._move(1))
        self.remove = button("Remove", "Take the chosen step away", self._remove)
        self.undo = button("Undo", "Take the last change back", self._undo)
        self.type = w.Dropdown(
            options=list(estimators()), description="Type", layout=LAYOUT, style=NAMED
        )
        self.type.observe(lambda _: self._search(), "value")
        self.search = w.Combobox(
            description="Estimator", placeholder="type to search", layout=LAYOUT, style=NAMED
        )
        self.add = button("Add below", "Add it after the chosen step", self._add)
        self.replace = button("Replace", "Put it in the place of the chosen step", self._replace)
        self.problem = w.HTML()
        self._search()
        left = w.VBox(
            [
                self.list,
                row(self.up, self.down, self.remove, self.undo),
                self.type,
                self.search,
                row(self.add, self.replace),
                self.problem,
            ]
        )
        self.widget = w.HBox(
            [left, self.parameters.widget], layout={"flex_flow": "row wrap", "grid_gap": "10px"}
        )

    def show(self, place: Place | None = None) -> None:
        """Show the steps as they are now, `place` chosen, or else the one that was."""
        spec, chosen = self._editor.spec, place or self.list.value
        there = list(editing.places(spec))
        if chosen not in there:
            chosen = there[-1]
        with quiet(self.list, self._chosen):
            self.list.options = [(_told(spec, each), each) for each in there]
            self.list.value = chosen
        self.undo.disabled = not self._editor.can_undo
        self.parameters.show(chosen)

    def _chosen(self, _: Any) -> None:
        self.parameters.show(self.list.value)

    def _search(self) -> None:
        self.search.options = estimators()[self.type.value]

    def _add(self) -> None:
        self._use(lambda text: editing.add_step(self._editor.spec, self.list.value, text))

    def _replace(self) -> None:
        place = self.list.value
        spec = self._editor.spec
        self._use(lambda text: (editing.replace_estimator(spec, place, text), place))

    def _use(self, change: Callable[[str], tuple[Spec, Place]]) -> None:
        """Change the spec by what was searched for."""
        if self.search.value.strip():
            self._change(lambda: change(written(self.search.value, self._editor.namespace)))

    def _move(self, by: int) -> None:
        self._change(lambda: editing.move_step(self._editor.spec, self.list.value, by))

    def _remove(self) -> None:
        place = self.list.value
        self._change(lambda: (editing.remove_step(self._editor.spec, place), place))

    def _undo(self) -> None:
        self._editor.undo()
        self._changed()

    def _change(self, change: Callable[[], tuple[Spec, Place]]) -> None:
        self.problem.value = ""
        try:
            spec, place = change()
        except NbpipeError as error:
            self.problem.value = status(str(error), error=True)
            return
        self._editor.change(spec)
        self.show(place)
        self._changed()


def _told(spec: Spec, place: Place) -> str:
    part, text = spec.parts[place.part], editing.estimator_at(spec, place).text
    if isinstance(part, Route):
        before = f"{part.name or part.columns.text[:20]} >> "
    else:
        before = f"{part.name} = " if part.name else ""
    told = before + text
    return told if len(told) <= _LONGEST else told[: _LONGEST - 3] + "..."
