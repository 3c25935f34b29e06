"""One small table, as aligned text and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns with two spaces between them."""
    table = [header, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def printable(text: str) -> str:
    """Escape what would colour a terminal's text or move its cursor."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def in_units(size: int) -> str:
    """Write a number of bytes for reading."""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"  # noqa: PLR2004


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Write a plain table; JupyterLab's own style suits light and dark themes."""

    def line(cells: Sequence[str], tag: str) -> str:
        opened = '<th style="text-align:left">' if tag == "th" else '<td style="text-align:left">'
        return "<tr>" + "".join(f"{opened}{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    head = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(line(row, "td") for row in rows)
    return f"<table>{head}<thead>{line(header, 'th')}</thead><tbody>{body}</tbody></table>"
