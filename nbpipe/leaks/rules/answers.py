"""Which models are fitted where the answer may be among the features."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.knowledge.frames import GROUPING, NEIGHBOURS, SUMMARIES
from nbpipe.leaks.rules import columns, names
from nbpipe.leaks.rules.names import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.rules.columns import Columns
    from nbpipe.leaks.view import View

# A Pipeline that chooses its columns itself: what else it is given does no harm.
_CHOOSES = re.compile(
    "(?i)column_?transformer|mapper|columnselector|functiontransformer|featureunion"
)
_COMPARED = re.compile("[<>=!]")


def supervised(view: View) -> Iterator[tuple[Fit, str, Columns]]:
    """Return each model's fit with its target column and the columns that it is given."""
    seen = set()
    for fit in view.facts:
        if not isinstance(fit, Fit) or fit.kind not in {"model", "search"} or id(fit.node) in seen:
            continue
        data, target = fit.data, fit.target
        if data is None or target is None or data.windows or target.windows or data.column:
            continue
        column = _COMPARED.split(target.column)[0]
        same = {atom.source for atom in data.rows} == {atom.source for atom in target.rows}
        if not column or column.startswith("#") or not same or _chooses(view, fit):
            continue
        seen.add(id(fit.node))
        given = columns.given(view, fit)
        if given is not None:
            yield fit, column, given


def _chooses(view: View, fit: Fit) -> bool:
    """Say whether a model takes its columns out of what it is given."""
    waiting, seen = [names.receiver(fit) or fit.node], set()
    while waiting:
        node = waiting.pop()
        if _CHOOSES.search(text(node)):
            return True
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id not in seen:
                seen.add(part.id)
                if stated := names.definition(view, part.id, fit):
                    waiting.append(stated.value)
    return False


def compared(fit: Fit) -> bool:
    """Say whether the target is no column but a comparison of one: ``df["arr_delay"] > 15``."""
    return fit.target is not None and bool(_COMPARED.search(fit.target.column))


def computed(
    view: View, frames: frozenset[str], target: str
) -> Iterator[tuple[int, ast.Assign, str, str]]:
    """Return columns computed row by row from the target, and the one that it was computed from.

    Gives the cell, the statement, the column that it makes, and the column that it is made from.
    """
    makers = (each for frame in frames for each in _makers(view).get(frame, ()))
    for cell, node, column, value in makers:
        made = _column(column, frames)
        used = {_column(each, frames) for each in ast.walk(value)} - {""}
        if made != target and target in used:
            yield cell, node, made, target
        elif made == target and len(used) == 1 and target not in used:
            yield cell, node, made, used.pop()


@lru_cache(8)
def _makers(view: View) -> dict[str, list[tuple[int, ast.Assign, ast.expr, ast.expr]]]:
    """Return the statements that make a column of each frame out of the same row's values."""
    found: dict[str, list[tuple[int, ast.Assign, ast.expr, ast.expr]]] = {}
    for cell in view.document.cells:
        for frame, node, column, value in _made(cell.tree):
            found.setdefault(frame, []).append((cell.number, node, column, value))
    return found


@lru_cache(2_048)
def _made(tree: ast.Module) -> tuple[tuple[str, ast.Assign, ast.expr, ast.expr], ...]:
    return tuple(
        (text(column.value), node, column, value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for column, value in names.assigned(node)
        if isinstance(column, ast.Subscript | ast.Attribute) and not _gathers(value)
    )


def _column(node: ast.AST, frames: frozenset[str]) -> str:
    """Return the column that an expression like ``df["late"]`` or ``df.late`` is."""
    if isinstance(node, ast.Subscript | ast.Attribute) and text(node.value) in frames:
        if isinstance(node, ast.Attribute):
            return node.attr
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
    return ""


def _gathers(node: ast.expr) -> bool:
    """Say whether values of other rows enter: what is known of the past may be a feature."""
    called = {
        each.func.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    }
    return bool(called & (NEIGHBOURS | GROUPING | SUMMARIES.keys() | {"merge", "map_dict"}))


def without(view: View, given: Columns, column: str) -> str:
    """Return the statement that takes the features, without one column."""
    if given.listed is not None:
        taken = f"{given.frame}[{[each for each in given.listed if each != column]!r}]"
    else:
        taken = f"{text(given.node)}.drop(columns={column!r})"
    stated = names.around(view, given.cell, given.node)
    if not isinstance(stated, ast.Assign):
        return taken
    return text(names.swapped(stated, nodes={id(given.node): taken}))
