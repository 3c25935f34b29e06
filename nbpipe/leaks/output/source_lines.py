"""The source line of a place, as a terminal can show it, with what to underline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.magics import normal

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Place
    from nbpipe.leaks.source import Document

_WIDEST = 120
_BEFORE = 40  # columns shown before the place, where the line is too long


def printable(text: str) -> str:
    """Return a text that does nothing to a terminal but write."""
    return "".join(
        each if each.isprintable() or each in "\t\n" else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


def source_line(document: Document, place: Place) -> str:
    """Return the line at which a place starts."""
    rows = normal(document.cell(place.cell).text).split("\n")
    return rows[place.line - 1] if place.line <= len(rows) else ""


def underlined(document: Document, place: Place) -> tuple[str, str]:
    """Return that line and the carets below it, cut to what a screen shows."""
    line = printable(source_line(document, place)).rstrip()
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(min(end, len(line)), start + 1)
    if len(line) > _WIDEST:
        first = max(0, min(start - _BEFORE, len(line) - _WIDEST))
        line = line[first : first + _WIDEST]
        start, end = start - first, min(end - first, len(line))
    margin = "".join("\t" if each == "\t" else " " * _width(each) for each in line[:start])
    return line, margin + "^" * max(sum(map(_width, line[start:end])), 1)


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if character.isascii():
        return 1
    import unicodedata  # noqa: PLC0415 - most lines are ASCII

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
