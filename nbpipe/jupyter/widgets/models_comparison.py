"""What changed from one version to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import HTML, Dropdown, Layout, VBox

from nbpipe.bundle.differences import SECTIONS, compare
from nbpipe.jupyter.widgets.style import NAMED, status, table

if TYPE_CHECKING:
    from nbpipe.bundle.differences import Differences
    from nbpipe.bundle.store.entry import Bundle

_CAPTIONS = {name: name.capitalize() for name in SECTIONS}
_CAPTIONS["parameters"] += " (- is the default, or there is none)"


class Comparison:
    """The version chosen, beside another that is chosen here."""

    def __init__(self) -> None:
        self._chosen: Bundle | None = None
        self._others: dict[str, Bundle] = {}
        self.since = Dropdown(
            description="Changed since",
            style=NAMED,
            layout=Layout(width="420px"),
        )
        self.found = HTML()
        self.since.observe(lambda _: self._redraw(), "value")
        self.view = VBox([self.since, self.found])

    def show(self, bundle: Bundle, versions: tuple[Bundle, ...]) -> None:
        """Compare a version, at first with the one before it."""
        self._chosen = bundle
        self._others = {each.source: each for each in versions if each.source != bundle.source}
        self.since.options = [(f"{e.name} {e.version}", s) for s, e in self._others.items()]
        if self._others:
            before = versions[: [each.source for each in versions].index(bundle.source)]
            ours = [each.source for each in before if each.name == bundle.name]
            self.since.value = (ours or list(self._others))[-1]
        self._redraw()

    def _redraw(self) -> None:
        other = self._others.get(self.since.value)
        if self._chosen is None or other is None:
            self.found.value = status("There is no other version to compare it with.")
        else:
            self.found.value = _tables(compare(other, self._chosen))


def _tables(found: Differences) -> str:
    rows = found.rows()
    head = ("what", *found.header[2:])
    parts = [(name, [cells for section, *cells in rows if section == name]) for name in SECTIONS]
    tables = [table(_CAPTIONS[name], head, changed) for name, changed in parts if changed]
    return status(found.summary) + "".join(tables)
