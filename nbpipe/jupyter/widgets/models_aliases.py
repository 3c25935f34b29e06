"""Moving an alias to the version chosen, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Combobox, Layout, Text, VBox

import nbpipe
from nbpipe.jupyter.widgets.style import row, status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.bundle.store.listing import Models
    from nbpipe.jupyter.widgets.work import Work

_USUAL = "production"


class Aliases:
    """An alias, a reason, two buttons, and what has been done so far."""

    def __init__(self, work: Work, where: str, moved: Callable[[Models], None]) -> None:
        self._work = work
        self._where = where
        self._moved = moved
        self._chosen: Bundle | None = None
        self.alias = Combobox(value=_USUAL, description="Alias")
        self.reason = Text(description="Reason", layout=Layout(width="420px"))
        self.promote = Button(description="Promote", tooltip="Let the alias stand for this version")
        self.rollback = Button(
            description="Roll back", tooltip="Let it stand for what it stood for before"
        )
        self.done = HTML()
        self.promote.on_click(lambda _: self._promote())
        self.rollback.on_click(lambda _: self._rollback())
        buttons = row(self.promote, self.rollback)
        self.view = VBox([row(self.alias, self.reason), buttons, self.done])

    def show(self, bundle: Bundle, versions: tuple[Bundle, ...]) -> None:
        """Be about another version, and the aliases of its model."""
        if self._chosen is None or _model(bundle) != _model(self._chosen):
            self.done.value = ""
        self._chosen = bundle
        ours = [
            name for each in versions if _model(each) == _model(bundle) for name in each.aliases
        ]
        self.alias.options = sorted({_USUAL, *ours})

    def _promote(self) -> None:
        chosen, alias, why = self._chosen, self.alias.value, self.reason.value or None
        if chosen is not None:
            model, version = _model(chosen), chosen.version
            self._start(model, lambda: nbpipe.promote(model, version, alias, reason=why))

    def _rollback(self) -> None:
        chosen, alias, why = self._chosen, self.alias.value, self.reason.value or None
        if chosen is not None:
            model = _model(chosen)
            self._start(model, lambda: nbpipe.rollback(model, alias, reason=why))

    def _start(self, model: str, move: Callable[[], Any]) -> None:
        def steps() -> Generator[tuple[int, int, str], None, Any]:
            yield 0, 1, "checking the files"
            return move(), nbpipe.history(model), nbpipe.models(self._where)

        def tell(result: Any) -> None:
            made, history, found = result
            self._moved(found)
            self.done.value = f"{status(repr(made))}<div>{history._repr_html_()}</div>"

        self._work.start(steps, tell)


def _model(bundle: Bundle) -> str:
    """Return where the model lies that a version is of."""
    return bundle.url.rpartition("/")[0] or str(bundle.path.parent)
