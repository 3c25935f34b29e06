"""The columns of X: what each is like, which route takes it, and moving them to another."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets as w

from nbpipe.errors import NbpipeError
from nbpipe.jupyter.widgets.style import NAMED, button, row, status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbpipe.pipeline.editor import Editor
    from nbpipe.pipeline.frame import Column

_HEAD = ("column", "type", "missing", "distinct", "distribution", "route", "look out")
_OUT = "left out"


class Columns:
    """A table of all columns, a list to choose some from, and where to move them."""

    def __init__(
        self, editor: Editor, columns: Sequence[Column], changed: Callable[[], None]
    ) -> None:
        self._editor = editor
        self._columns = columns
        self._changed = changed
        self._table = w.HTML(layout={"max_height": "340px", "overflow": "auto"})
        self.list = w.SelectMultiple(
            description="Columns",
            rows=6,
            layout={"width": "380px"},
            style=NAMED,
            tooltip="Choose with Ctrl",
        )
        self.to = w.Dropdown(description="Move to", layout={"width": "240px"}, style=NAMED)
        self.move = button("Move", "Move the chosen columns", self._move)
        self.problem = w.HTML()
        self.widget = w.VBox(
            [self._table, row(self.list, w.VBox([row(self.to, self.move), self.problem]))]
        )

    def as_html(self) -> str:
        """Write the columns, with the routes that take them, as an accessible table."""
        taken = self._taken()
        head = "".join(f'<th scope="col">{each}</th>' for each in _HEAD)
        rows = "".join(_row(each, taken.get(each.name) or _OUT) for each in self._columns)
        return (
            '<div class="nbpipe-scroll" tabindex="0" role="region" aria-label="The columns of X">'
            f'<table style="line-height:1.3"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _taken(self) -> dict[str, str]:
        """Return the routes that take each column, by name."""
        try:
            routes, where = self._editor.routes(), self._editor.where()
        except NbpipeError:  # told where the pipeline is built
            return {}
        return {name: ", ".join(routes[n] for n in numbers) for name, numbers in where.items()}

    def show(self) -> None:
        """Show where the columns go now."""
        routes, taken = self._editor.routes(), self._taken()
        self._table.value = self.as_html()
        chosen = self.list.value
        self.list.options = [
            (f"{each.name}  ({taken.get(each.name) or _OUT})", each.name) for each in self._columns
        ]
        self.list.value = chosen
        to = self.to.value
        options: list[tuple[str, int | str]] = [(name, n) for n, name in routes.items()]
        options += [(_OUT, _OUT), ("a new route", len(self._editor.spec.parts))]
        self.to.options = options
        self.to.value = to if to in {number for _, number in options} else options[0][1]

    def _move(self) -> None:
        self.problem.value = ""
        try:
            to = None if self.to.value == _OUT else self.to.value
            self._editor.move_columns(self.list.value, to)
        except NbpipeError as error:
            self.problem.value = status(str(error), error=True)
            return
        self._changed()


def _row(column: Column, route: str) -> str:
    missing = f"{column.missing:.1%}" if column.missing else "none"
    doubt = column.suspicion
    why = f"⚠ <b>{doubt.kind}</b>: {escape(doubt.reason)}" if doubt else ""
    cells = (column.dtype, missing, f"{column.distinct:,}")
    return (
        f'<tr><th scope="row">{escape(column.name)}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in cells)
        + f'<td>{_bars(column)}</td><td style="white-space:nowrap">{escape(route)}</td>'
        f'<td style="min-width:200px">{why}</td></tr>'
    )


def _bars(column: Column) -> str:
    """Draw the counts; the words that say the same stand in the picture's label."""
    if not column.counts:
        return ""
    most = max(column.counts)
    bars = "".join(
        f'<rect x="{6 * n}" y="{20 - 20 * count / most:.1f}" width="5" '
        f'height="{20 * count / most:.1f}"/>'
        for n, count in enumerate(column.counts)
    )
    label = escape(column.shown, quote=True)
    return (
        f'<svg role="img" aria-label="{label}" width="{6 * len(column.counts)}" height="20" '
        f'fill="currentColor"><title>{label}</title>{bars}</svg>'
    )
