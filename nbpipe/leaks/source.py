"""What is checked, read: a notebook's code cells or a script, each as a syntax tree.

Positions are those of the text as its author wrote it, whatever had to be repaired to parse it.
"""

from __future__ import annotations

import ast
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UnreadableError
from nbpipe.leaks.comments import comments
from nbpipe.leaks.findings import Place
from nbpipe.leaks.magics import normal
from nbpipe.leaks.recover import recover

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_REMEMBERED = 2_048  # cells: an editor asks again and again about one notebook


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell.

    Parameters
    ----------
    number : int
        Which code cell of a notebook, from 1; 0 in a script.
    text : str
        As its author wrote it.
    tree : ast.Module
        Its statements, without those that nothing could be made of. Shared: never change it.
    ignores : Mapping of int to tuple of str
        The codes of ``# nbpipe: ignore[...]`` on each line, () for all; line 0 is the whole file.
    execution_count : int or None
        When it was last run.
    left_out : tuple of int
        The lines at which statements begin that nothing could be made of.
    """

    number: int
    text: str
    tree: ast.Module
    ignores: Mapping[int, tuple[str, ...]]
    execution_count: int | None = None
    left_out: tuple[int, ...] = ()

    def place(self, node: ast.stmt | ast.expr | ast.excepthandler | ast.arg | ast.keyword) -> Place:
        """Return where a node stands, in characters: `ast` counts bytes."""
        line, end_line = node.lineno, node.end_lineno or node.lineno
        start, end = node.col_offset, node.end_col_offset or node.col_offset + 1
        if not self.text.isascii():
            rows = normal(self.text).split("\n")
            start, end = _characters(rows[line - 1], start), _characters(rows[end_line - 1], end)
        return Place(self.number, line, start + 1, end_line, end + 1)


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook's code cells, or a script as its one cell."""

    path: str
    cells: tuple[Cell, ...]

    def cell(self, number: int) -> Cell:
        """Return the cell of that number; a script's is 0."""
        return self.cells[max(number - 1, 0)]


def read(path: Path) -> Document:
    """Read a notebook or a script.

    Raises
    ------
    UnreadableError
        If it cannot be opened, is no text, or is called a notebook and is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"`{path}` cannot be read: {error.strerror}.") from None
    return parse(decode(data, str(path)), str(path))


def parse(text: str, path: str = "-") -> Document:
    """Parse a text, which is a notebook if it reads like one and otherwise a script."""
    named = path.endswith(".ipynb")
    text = text.removeprefix("\ufeff")
    if named or text.lstrip()[:1] == "{":
        cells = _notebook_cells(text)
        if cells is not None:
            return Document(path, cells)
        if named:
            raise UnreadableError(f"`{path}` is not a notebook: it holds no JSON with cells.")
    # Not remembered: a script is large, and asked about once.
    return Document(path, (_read_cell(text, 0),))


def decode(data: bytes, path: str) -> str:
    """Return the text of a file.

    Raises
    ------
    UnreadableError
        If it is no text.
    """
    if data[:2] in {BOM_UTF16_LE, BOM_UTF16_BE}:
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in data:
            raise UnreadableError(f"`{path}` is not text.") from None
        return data.decode("latin-1")  # old scripts, whose non-English letters are in comments


@lru_cache(_REMEMBERED)
def parse_cell(text: str, number: int, execution_count: int | None = None) -> Cell:
    """Parse one cell, whatever is in it; an unchanged one is not parsed again."""
    return _read_cell(text, number, execution_count)


def _read_cell(text: str, number: int, execution_count: int | None = None) -> Cell:
    body, left_out = recover(normal(text))
    tree = ast.Module(body=body, type_ignores=[])
    return Cell(number, text, tree, _ignores(text, number), execution_count, left_out)


def _notebook_cells(text: str) -> tuple[Cell, ...] | None:
    """Return the code cells of notebook formats 3 and 4, or None where this is no notebook."""
    if not text.strip():
        return ()  # Jupyter, too, opens an empty file as a new notebook
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets", [notebook])
    lists = [sheet.get("cells") for sheet in _dicts(sheets)]
    if not lists or not all(isinstance(cells, list) for cells in lists):
        return None
    if "py" not in _language(notebook):  # python, pyspark
        return ()
    code = [each for cells in lists for each in _dicts(cells) if each.get("cell_type") == "code"]
    return tuple(
        parse_cell(_joined(cell.get("source", cell.get("input"))), number, _count(cell))
        for number, cell in enumerate(code, 1)
    )


def _dicts(values: object) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _joined(source: object) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _count(cell: dict[str, Any]) -> int | None:
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if isinstance(count, int) else None


def _language(notebook: dict[str, Any]) -> str:
    """Return what a notebook says that it is written in; Python, unless it says anything."""
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict):
        return "python"
    told = [metadata.get("language")]
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        about = metadata.get(key)
        told.insert(0, about.get(name) if isinstance(about, dict) else None)
    return next((each.lower() for each in told if isinstance(each, str) and each), "python")


def _ignores(text: str, number: int) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for comment in comments(text, number):
        if comment.word == "ignore":
            found[comment.line] = comment.codes
        elif comment.word == "ignore-file" and comment.at_top:
            found[0] = comment.codes
    return MappingProxyType(found)


def _characters(line: str, offset: int) -> int:
    return len(line.encode(errors="replace")[:offset].decode(errors="replace"))
