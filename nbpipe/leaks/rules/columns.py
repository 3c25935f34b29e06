"""Which columns a model is given, where that can be read off the source without a doubt."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from nbpipe.leaks.knowledge.estimators import kind_of
from nbpipe.leaks.knowledge.functions import READERS, TRAIN_TEST_SPLITS
from nbpipe.leaks.rules import names
from nbpipe.leaks.rules.names import argument, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fit
    from nbpipe.leaks.view import View

_DEEPEST = 20
_KEEP = frozenset(
    {"copy", "to_numpy", "fillna", "dropna", "astype", "reset_index", "sample", "head", "tail"}
    | {"sort_values", "drop_duplicates", "round", "replace", "sort_index", "ffill", "bfill"}
)
_LOSING = frozenset({"rename", "set_index", "pop", "drop", "insert", "set_axis"})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an expression.

    Parameters
    ----------
    frame : str
        The variable that the rows were read into.
    frames : frozenset of str
        All variables that the rows went through.
    node : ast.expr
        What took columns last: ``df.drop(columns="late")``, or the frame.
    cell : int
        Where that stands.
    listed : tuple of str or None
        The columns that were chosen; all, if None.
    dropped : frozenset of str
        Those that were left out.
    """

    frame: str
    frames: frozenset[str]
    node: ast.expr
    cell: int
    listed: tuple[str, ...] | None = None
    dropped: frozenset[str] = frozenset()
    bare: bool = False  # an array, whose columns have no names

    def hold(self, column: str) -> bool:
        """Say whether a column of the frame is among these."""
        return column not in self.dropped and (self.listed is None or column in self.listed)


def given(view: View, fit: Fit) -> Columns | None:
    """Return the columns that a model is fitted on; None where anything is unclear."""
    called = _called(fit.node) if isinstance(fit.node, ast.Call) else ""
    X = argument(
        fit.node, 0 if called.startswith("fit") else 1, "X"
    )  # or cross_val_score(model, X)
    return of(view, X, fit.cell, getattr(fit.node, "lineno", 0)) if X is not None else None


def of(view: View, node: ast.expr, cell: int, line: int, depth: int = 0) -> Columns | None:
    """Return the columns of an expression that stands at a line."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name):
        return _of_name(view, node, cell, line, depth)
    if isinstance(node, ast.Attribute) and node.attr == "values":
        inner = of(view, node.value, cell, line, depth + 1)
        return replace(inner, bare=True) if inner else None
    if isinstance(node, ast.Call):
        return _of_call(view, node, cell, line, depth)
    if isinstance(node, ast.Subscript):
        return _of_part(view, node, cell, line, depth)
    return None


def literal(view: View, node: ast.expr | None, cell: int, line: int) -> tuple[str, ...] | None:
    """Return the column names of a literal, or of a variable that was assigned one."""
    if isinstance(node, ast.Name):
        found = names.defined(view, node.id, cell, line)
        value = names.value_of(found[1], node.id) if found else None
        return literal(view, value, found[0], found[1].lineno) if found else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.List | ast.Tuple):
        values = [each.value for each in node.elts if isinstance(each, ast.Constant)]
        listed = tuple(each for each in values if isinstance(each, str))
        return listed if len(listed) == len(node.elts) else None
    return None


def _of_name(view: View, node: ast.Name, cell: int, line: int, depth: int) -> Columns | None:
    found = names.defined(view, node.id, cell, line)
    if found is None or node.id in _lossy(view):
        return None
    where, stated = found
    made = [text(each) for each in names.targets(stated)]
    value = names.value_of(stated, node.id)
    if value is None and _called(stated.value) in TRAIN_TEST_SPLITS:
        value = argument(stated.value, made.index(node.id) // 2)
    if _called(value) in READERS:
        return Columns(node.id, frozenset({node.id}), node, cell)
    if value is None:
        return None
    inner = of(view, value, where, stated.lineno, depth + 1)
    if inner is None:
        return None
    whole = inner.node if not isinstance(inner.node, ast.Name) else value
    return replace(inner, frames=inner.frames | {node.id}, node=whole, cell=where)


def _of_call(view: View, node: ast.Call, cell: int, line: int, depth: int) -> Columns | None:
    called = _called(node)
    if not isinstance(node.func, ast.Attribute):
        return None
    if called in {"fit_transform", "transform"} and node.args:
        found = names.defined(view, text(node.func.value), cell, line)
        made = _called(found[1].value if found else node.func.value)
        inner = of(view, node.args[0], cell, line, depth + 1)
        known = inner is not None and kind_of(made) in {"scale", "impute"}
        return replace(inner, bare=True) if inner is not None and known else None
    inner = of(view, node.func.value, cell, line, depth + 1)
    if inner is None or called not in _KEEP | {"drop"}:
        return None
    if called != "drop":
        return replace(inner, bare=inner.bare or called == "to_numpy")
    dropped = literal(view, _dropped(node), cell, line)
    if dropped is None:
        return None
    return replace(inner, dropped=inner.dropped | set(dropped), node=node, cell=cell)


def _dropped(node: ast.Call) -> ast.expr | None:
    """Return what a call drops, where it drops columns."""
    axis = argument(node, 1, "axis")
    if isinstance(axis, ast.Constant) and axis.value in {1, "columns"}:
        return argument(node, 0, "labels")
    return argument(node, len(node.args), "columns")


def _of_part(view: View, node: ast.Subscript, cell: int, line: int, depth: int) -> Columns | None:
    inner = of(view, node.value, cell, line, depth + 1)
    if inner is None:
        return None
    if isinstance(node.slice, ast.Slice | ast.Compare):
        return inner  # some of the rows
    listed = literal(view, node.slice, cell, line)
    if listed is None or (isinstance(node.slice, ast.Constant)):
        return None
    return replace(inner, listed=listed, dropped=frozenset(), node=node, cell=cell)


def _called(node: ast.expr | None) -> str:
    return text(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


@lru_cache(8)
def _lossy(view: View) -> frozenset[str]:
    """Return the variables whose columns are renamed or dropped in place, by unknown names."""
    return frozenset().union(*(_losing(cell.tree) for cell in view.document.cells))


@lru_cache(2_048)
def _losing(tree: ast.Module) -> frozenset[str]:
    """Return the variables of a cell whose columns change in a way that cannot be read off."""
    return frozenset(name for node in ast.walk(tree) for name in _lost(node))


def _lost(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Assign):
        parts = [each for each in node.targets if isinstance(each, ast.Attribute)]
        return [text(each.value) for each in parts if each.attr in {"columns", "index"}]
    if isinstance(node, ast.Delete):
        cut = [each for each in node.targets if isinstance(each, ast.Subscript)]
        return [text(each.value) for each in cut if not isinstance(each.slice, ast.Constant)]
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return []
    lost = call.func.attr in _LOSING and not _plain(call)
    return [text(call.func.value)] if lost else []


def _plain(call: ast.Call) -> bool:
    """Say whether a call drops columns by literal names."""
    what = argument(call, 0, "columns", "labels", "item")
    literals = what.elts if isinstance(what, ast.List | ast.Tuple) else [what]
    known = all(isinstance(each, ast.Constant) for each in literals)
    return isinstance(call.func, ast.Attribute) and call.func.attr in {"drop", "pop"} and known
