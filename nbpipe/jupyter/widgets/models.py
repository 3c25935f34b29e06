"""The model browser: the versions in a folder, and what can be done with one of them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Dropdown, Layout, Tab

from nbpipe.bundle.plan import arrays
from nbpipe.bundle.store.listing import scored, written_at
from nbpipe.bundle.tables import in_units
from nbpipe.bundle.trust.environment import match
from nbpipe.jupyter.widgets.models_aliases import Aliases
from nbpipe.jupyter.widgets.models_comparison import Comparison
from nbpipe.jupyter.widgets.models_form import Trial
from nbpipe.jupyter.widgets.models_loading import Check
from nbpipe.jupyter.widgets.style import framed, table
from nbpipe.jupyter.widgets.work import Work

if TYPE_CHECKING:
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.bundle.store.listing import Models

_HEAD = ("model", "aliases", "created (UTC)", "test score", "verdict", "environment", "size")


class Browser:
    """A listing, a version of it chosen, and a tab for each thing to do with that.

    Parameters
    ----------
    found : Models
    namespace : dict
        The variables of the notebook, to load into.
    """

    def __init__(self, found: Models, namespace: dict[str, Any]) -> None:
        self.work = Work()
        self.listing = HTML(layout=Layout(max_height="320px", overflow="auto"))
        self.version = Dropdown(description="Version", layout=Layout(width="420px"))
        self.check = Check(self.work, namespace)
        self.comparison = Comparison()
        self.trial = Trial(self.work)
        self.aliases = Aliases(self.work, found.where, self.show)
        self.panels: dict[str, Any] = {
            "Verify and load": self.check,
            "Compare": self.comparison,
            "Predict": self.trial,
            "Aliases": self.aliases,
        }
        self.tabs = Tab([each.view for each in self.panels.values()], titles=tuple(self.panels))
        self.tabs.selected_index = 0
        self.version.observe(self._choose, "value")
        parts = (self.version, self.tabs, self.work) if found else ()
        self.view = framed(self.listing, *parts)
        self.show(found)

    def show(self, found: Models) -> None:
        """Show a listing, and keep the version chosen if it is still there; else the latest."""
        self._found = {each.source: each for each in found}
        self.listing.value = _listing(found)
        if found:
            chosen = self.version.value
            self.version.unobserve(self._choose, "value")  # new options choose their first
            self.version.options = [(_label(each), each.source) for each in found]
            self.version.value = chosen if chosen in self._found else found[-1].source
            self.version.observe(self._choose, "value")
            self._choose()

    def _choose(self, _: object = None) -> None:
        chosen = self._found[self.version.value]
        for panel in self.panels.values():
            panel.show(chosen, tuple(self._found.values()))


def _label(bundle: Bundle) -> str:
    names = f" ({', '.join(bundle.aliases)})" if bundle.aliases else ""
    return f"{bundle.name} {bundle.version}{names}"


def _listing(found: Models) -> str:
    """Write the versions as a table, or where there is none, why."""
    unreadable = "".join(
        f'<p class="nbpipe-error">⚠ Unreadable: {escape(str(each))}</p>' for each in found.damaged
    )
    if not found:
        return f"<p>{escape(repr(found).splitlines()[0])}</p>{unreadable}"
    fits: dict[str, str] = {}  # to look at what is installed takes time, and most made it alike
    rows = [_row(each, fits) for each in found]
    return table(f"Models in {found.where}", _HEAD, rows) + unreadable


def _row(bundle: Bundle, fits: dict[str, str]) -> tuple[str, ...]:
    manifest = bundle.manifest
    made, planned = manifest.environment, arrays.FILE in manifest.files
    key = f"{planned} {made}"
    fits[key] = fits.get(key) or match(made, planned=planned)
    return (
        f"{bundle.name} {bundle.version}",
        ", ".join(bundle.aliases),
        written_at(bundle),
        scored(bundle),
        bundle.verdict or "",
        fits[key],
        in_units(bundle.size),
    )
