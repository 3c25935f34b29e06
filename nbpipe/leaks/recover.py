"""Statements from a cell that Python alone cannot parse: all but the smallest that are broken."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.magics import HEAD, UNKNOWN, Rows, cut, next_statement
from nbpipe.leaks.python2 import as_python3

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CELL_MAGIC = re.compile(
    r"(?:[ \t\f]*+(?:#[^\n]*)?\n)*+[ \t]*%%(?P<name>[\w!]+)(?P<words>[^\n]*)\n?"
)
# Cell magics whose body is not Python, or is not run here; every other one keeps its body.
_NOT_PYTHON = re.compile(
    r"!|ai|bash|bigquery|cmd|configure|cpp|cuda|cython|file|html5?|java(?:script)?|js|julia|latex"
    r"|local|markdown|matlab|mermaid|octave|perl|powershell|py|pypy[23]?|python[23]?|r|ruby|sage"
    r"|scala|script|sh|spark_?sql|sql|svg|system|sx|writefile",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:elif|else|except|finally)\b")
_IN_PARTS = re.compile(r"(?:elif|else|except|finally|try)\b")
_DECORATED = re.compile(r"@|(?:async|class|def)\b")
_WORD = re.compile(r"@|[a-z]*")
# What must stand before and after it for Python to read one part alone.
_AROUND = {
    "elif": ("if _: _\n", ""),
    "else": ("if _: _\n", ""),
    "except": ("try: _\n", ""),
    "finally": ("try: _\n", ""),
    "try": ("", "\nfinally: _"),
    "@": ("", "\ndef _(): _"),
}
# What stands in for a broken head, so that what is below it keeps its place.
_BROKEN_HEAD = {"async": "def _():", "class": "class _:", "def": "def _():", "except": "except _:"}
_MOST_BLOCKS = 90  # Python allows 100 levels of indentation


def recover(text: str) -> tuple[list[ast.stmt], tuple[int, ...]]:
    """Return the statements of a cell, whatever is in it, with the positions of its text.

    Also the lines at which stands what is neither Python 3 or 2 nor IPython, and was left out.
    """
    body = _attempt(text)
    if body is not None:
        return body, ()
    magic = _CELL_MAGIC.match(text)
    if magic is None:
        return _recover_rows(text)
    if _NOT_PYTHON.fullmatch(magic["name"]):
        return [], ()
    head = magic.end()
    if not text[head:].strip():
        return _recover_rows(text.replace("%%", " %", 1))  # `%%time f()` runs what is beside it
    body, left_out = _recover_rows("\n" * text.count("\n", 0, head) + text[head:])
    words = [word for word in magic["words"].split() if not word.startswith("--")]
    if magic["name"] == "nbpipe" and len(words) == 2 and words[0] == "build":  # noqa: PLR2004
        return _built(words[1], body), left_out
    return body, left_out


def _built(name: str, body: list[ast.stmt]) -> list[ast.stmt]:
    """Write ``%%nbpipe build NAME`` as ``NAME = nbpipe.build(...)``, one argument a step."""
    steps = [each.value for each in body if isinstance(each, ast.Assign | ast.Expr)]
    if not steps or not name.isidentifier():
        return []
    where: dict[str, Any] = {
        "lineno": body[0].lineno,
        "col_offset": body[0].col_offset,
        "end_lineno": body[-1].end_lineno,
        "end_col_offset": body[-1].end_col_offset,
    }
    build = ast.Attribute(ast.Name("nbpipe", ast.Load(), **where), "build", ast.Load(), **where)
    target = ast.Name(name, ast.Store(), **where)
    return [ast.Assign([target], ast.Call(build, steps, [], **where), **where)]


def _attempt(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except Exception:  # noqa: BLE001 - whatever the parser raises, also RecursionError, MemoryError
        return None


def _recover_rows(text: str) -> tuple[list[ast.stmt], tuple[int, ...]]:
    """Parse what is Python but for magics; else each statement at the margin by itself."""
    pieces = list(cut(text))
    body = _attempt("".join(piece.text for piece in pieces))
    if body is not None:
        return body, ()
    body = []
    left_out: list[int] = []
    for chunk in _chunks(pieces):
        first = chunk[0].first
        text = "".join(piece.text for piece in chunk)
        parsed = _attempt(text)
        body += _repaired(chunk, left_out) if parsed is None else _moved(parsed, first - 1, {})
    return body, tuple(left_out)


def _chunks(pieces: Iterable[Rows]) -> Iterator[list[Rows]]:
    """Group the rows into statements at the margin, each with the blocks below it."""
    chunk: list[Rows] = []
    decorated = False
    for piece in pieces:
        starts = piece.is_code and not (piece.indent or decorated or _GOES_ON.match(piece.text))
        if starts and chunk:
            yield chunk
            chunk = []
        chunk.append(piece)
        decorated = piece.text.startswith("@") or (decorated and not piece.is_code)
    if chunk:
        yield chunk


def _repaired(chunk: list[Rows], left_out: list[int]) -> list[ast.stmt]:
    """Parse a chunk without the rows that are broken; at last without its structure."""
    pieces = [sound for piece in chunk if piece.is_code for sound in _sound(piece, left_out)]
    for flat in (False, True):
        text, shifts = _laid_out(pieces, flat=flat)
        body = _attempt(text)
        if body is not None:
            return _moved(body, pieces[0].first - 1, shifts)
    return [
        statement
        for piece in pieces
        for statement in _moved(
            _attempt(piece.text.lstrip()) or [], piece.first - 1, {1: len(piece.indent)}
        )
    ]


def _sound(piece: Rows, left_out: list[int]) -> Iterator[Rows]:
    """Give the rows back as Python reads them alone, and something else for what is broken."""
    waiting = [piece]
    while waiting:
        piece = waiting.pop()
        bare = piece.text.strip()
        text = next((each for each in (bare, as_python3(bare)) if _reads(each)), None)
        if text is None:
            left_out.append(piece.first)
            word = _WORD.match(bare)[0]  # type: ignore[index]  # matches everywhere
            text = _BROKEN_HEAD.get(word, "if _:") if HEAD.match(bare) else UNKNOWN
            rest = next_statement(piece.text)
            first = piece.first + piece.text.count("\n", 0, rest)
            others = [*cut(piece.text[rest:], first, hurried=True)]
            waiting += [other for other in reversed(others) if other.is_code]
        yield Rows(piece.first, piece.indent + text)


def _reads(text: str) -> bool:
    before, after = _AROUND.get(_WORD.match(text)[0], ("", ""))  # type: ignore[index]  # as above
    body = " _" if HEAD.match(text) else ""
    return _attempt(before + text + body + after) is not None


def _laid_out(pieces: list[Rows], *, flat: bool) -> tuple[str, dict[int, int]]:
    """Write rows below one another as their indentation means it, one column a block.

    Returns the text and by how many columns each of its rows was moved to the left. Where it is
    `flat`, ``try`` and ``else`` become plain blocks: what they belonged to is lost.
    """
    rows: list[str] = []
    shifts: dict[int, int] = {}
    blocks: list[int] = []  # the widths of the open heads
    for piece, below in zip(pieces, [*pieces[1:], None], strict=True):
        width = piece.width
        while blocks and width <= blocks[-1]:
            blocks.pop()
        bare = piece.text.lstrip()
        if flat and _IN_PARTS.match(bare):
            bare = "if _:" if HEAD.match(bare) else UNKNOWN
        if bare.startswith("@") and not (below and _DECORATED.match(below.text.lstrip())):
            bare = UNKNOWN
        rows += [""] * (piece.first - pieces[0].first - len(rows))
        shifts[len(rows) + 1] = len(piece.indent) - len(blocks)
        margin = " " * len(blocks)
        if HEAD.match(bare):
            if below and below.width > width and len(blocks) < _MOST_BLOCKS:
                blocks.append(width)
            else:
                bare += " _"
        rows += (margin + bare).split("\n")
    return "\n".join(rows), shifts


def _moved(body: list[ast.stmt], rows: int, shifts: dict[int, int]) -> list[ast.stmt]:
    """Put nodes back where their text stands: so many rows down, each row its columns right."""
    nodes: Any = [each for stmt in body if rows or shifts for each in ast.walk(stmt)]
    for node in nodes:
        if hasattr(node, "lineno"):
            node.col_offset += shifts.get(node.lineno, 0)
            node.end_col_offset += shifts.get(node.end_lineno, 0)
            node.lineno += rows
            node.end_lineno += rows
    return body
