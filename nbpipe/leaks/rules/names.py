"""The user's own code around a fact: its statement, and what the names in it stand for."""

from __future__ import annotations

import ast
from bisect import bisect_left
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from nbpipe.leaks.order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbpipe.leaks.facts import Fact
    from nbpipe.leaks.source import Cell
    from nbpipe.leaks.view import View

_NOTHING: Mapping[Any, str] = MappingProxyType({})
_REMEMBERED = 2_048  # cells
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(8 * _REMEMBERED)
def text(node: ast.AST | None) -> str:
    """Return source for a node; empty for what Python cannot write back."""
    if node is None:
        return ""
    try:
        return ast.unparse(node)
    except (ValueError, RecursionError):  # f-strings that only newer versions can write
        return ""


def simple(node: ast.AST | None) -> bool:
    """Say whether an expression is short enough to be quoted, and a variable or a part of one."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and len(text(node)) < 50  # noqa: PLR2004 - of a line


@lru_cache(_REMEMBERED)
def _around(tree: ast.Module) -> Mapping[int, tuple[ast.stmt, ...]]:
    """Return the statements around each node, from the outermost, by the node's identity."""
    found: dict[int, tuple[ast.stmt, ...]] = {}
    stack: list[tuple[ast.AST, tuple[ast.stmt, ...]]] = [(tree, ())]
    while stack:
        node, above = stack.pop()
        if isinstance(node, ast.stmt):
            above = (*above, node)
        found[id(node)] = above
        stack.extend((child, above) for child in ast.iter_child_nodes(node))
    return MappingProxyType(found)


@lru_cache(_REMEMBERED)
def _assignments(tree: ast.Module) -> Mapping[str, tuple[ast.Assign, ...]]:
    """Return the statements that assign each variable, attribute or column, in order."""
    found: dict[str, tuple[ast.Assign, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in targets(node):
                name = text(target)
                found[name] = (*found.get(name, ()), node)
    return MappingProxyType(found)


@lru_cache(_REMEMBERED)
def modules(tree: ast.Module) -> frozenset[str]:
    """Return the names that a cell imports."""
    return frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


@lru_cache(8)
def order(view: View) -> tuple[Cell, ...]:
    """Return the cells as they were run."""
    return tuple(in_order(view.document.cells))


@lru_cache(8)
def imported(view: View) -> frozenset[str]:
    """Return all names that are imported."""
    return frozenset().union(*(modules(cell.tree) for cell in view.document.cells))


def cell_of(view: View, fact: Fact) -> Cell:
    """Return the cell of a fact."""
    return view.document.cell(fact.cell)


def statement(view: View, fact: Fact) -> ast.stmt | None:
    """Return the statement that a fact's node stands in."""
    return around(view, fact.cell, fact.node)


def around(view: View, number: int, node: ast.AST) -> ast.stmt | None:
    """Return the statement that a node stands in."""
    above = _around(view.document.cell(number).tree).get(id(node))
    return above[-1] if above else None


def function(view: View, fact: Fact) -> ast.AST | None:
    """Return the local function or lambda that a fact's node stands in."""
    above = _around(cell_of(view, fact).tree).get(id(fact.node), ())
    for each in ast.walk(above[-1]) if above else ():
        if isinstance(each, ast.Lambda) and any(fact.node is part for part in ast.walk(each)):
            return each
    return next((each for each in above if isinstance(each, _FUNCTIONS)), None)


def in_loop(view: View, fact: Fact) -> bool:
    """Say whether a fact stands in the body of a loop."""
    above = _around(cell_of(view, fact).tree).get(id(fact.node), ())
    return any(isinstance(each, ast.For | ast.While) for each in above)


def targets(node: ast.stmt | None) -> list[ast.expr]:
    """Return what a statement assigns, tuples taken apart."""
    if not isinstance(node, ast.Assign):
        return []
    return [
        part
        for target in node.targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]


def assigned(stated: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """Return what a statement assigns with its value: ``X, y = a, b`` is two pairs."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for target in stated.targets:
        left, right = getattr(target, "elts", None), getattr(stated.value, "elts", None)
        plain = not any(isinstance(each, ast.Starred) for each in (*(left or ()), *(right or ())))
        if left and right and plain and len(left) == len(right):
            pairs += zip(left, right, strict=True)
        else:
            pairs.append((target, stated.value))
    return pairs


def value_of(stated: ast.Assign, name: str) -> ast.expr | None:
    """Return what a statement assigns to `name`; None where a call returns several values."""
    return next((value for target, value in assigned(stated) if text(target) == name), None)


def definition(view: View, name: str, fact: Fact) -> ast.Assign | None:
    """Return the last statement above a fact that assigns `name`."""
    found = defined(view, name, fact.cell, getattr(fact.node, "lineno", 0))
    return found[1] if found else None


def defined(view: View, name: str, number: int, line: int) -> tuple[int, ast.Assign] | None:
    """Return the last statement above a line that assigns `name`, and its cell."""
    places = _places(view)
    above = places.assigned.get(name, [])
    here = bisect_left(above, (places.run[number], line), key=lambda each: each[:2])
    return above[here - 1][2:] if here else None


class _Places(NamedTuple):
    """Where in a document what is assigned, in the order in which cells are run."""

    run: dict[int, int]
    assigned: dict[str, list[tuple[int, int, int, ast.Assign]]]  # order, line, cell, statement


@lru_cache(8)
def _places(view: View) -> _Places:
    assigned: dict[str, list[tuple[int, int, int, ast.Assign]]] = {}
    for i, cell in enumerate(order(view)):
        for name, statements in _assignments(cell.tree).items():
            lines = ((i, each.lineno, cell.number, each) for each in statements)
            assigned.setdefault(name, []).extend(sorted(lines, key=itemgetter(1)))
    return _Places({cell.number: i for i, cell in enumerate(order(view))}, assigned)


def receiver(fact: Fact) -> ast.expr | None:
    """Return `scaler` of ``scaler.fit(X)``."""
    node = fact.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return None


def fitted_as(view: View, fact: Fact) -> str:
    """Return the variable that holds what is fitted: `scaler = StandardScaler().fit(X)`."""
    owner, stated = receiver(fact), statement(view, fact)
    if simple(owner):
        return text(owner)
    made = targets(stated)
    fitted = isinstance(stated, ast.Assign) and stated.value is fact.node and len(made) == 1
    method = text(fact.node.func).rpartition(".")[2] if isinstance(fact.node, ast.Call) else ""
    return text(made[0]) if fitted and method == "fit" else ""


def following(view: View, fact: Fact, stated: ast.stmt) -> ast.Assign | None:
    """Return the next statement of the cell that assigns something made of what `stated` made."""
    made = {text(each) for each in targets(stated)}
    body = cell_of(view, fact).tree.body
    for each in body[body.index(stated) + 1 :] if stated in body else []:
        loads = {part.id for part in ast.walk(each) if isinstance(part, ast.Name)}
        if isinstance(each, ast.Assign) and loads & made:
            return each
    return None


def argument(node: ast.AST, position: int, *keywords: str) -> ast.expr | None:
    """Return an argument of a call, by its position or its name."""
    if not isinstance(node, ast.Call):
        return None
    given = next((each.value for each in node.keywords if each.arg in keywords), None)
    if given is None and position < len(node.args):
        given = node.args[position]
    return None if isinstance(given, ast.Starred) else given


def maker(view: View, fact: Fact, made: ast.expr | None) -> ast.expr | None:
    """Return the call that made an estimator: ``StandardScaler()``."""
    if isinstance(made, ast.Call):
        inner = made.func
        if isinstance(inner, ast.Attribute) and inner.attr == "fit":  # StandardScaler().fit(X)
            return maker(view, fact, inner.value)
        called = text(inner).rpartition(".")[2]
        return made if called[:1].isupper() or called == "make_pipeline" else None
    if made is None:
        return None
    stated = definition(view, text(made), fact)
    value = value_of(stated, text(made)) if stated is not None else None
    return maker(view, fact, value) if isinstance(value, ast.Call) else None


def root(node: ast.expr | None, libraries: frozenset[str]) -> str:
    """Return the variable that an expression starts from: `df` of ``df["age"].mean()``."""
    while node is not None:
        if isinstance(node, ast.Name):
            return "" if node.id in libraries else node.id
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            inside = root(node.func, libraries) if isinstance(node.func, ast.Attribute) else ""
            if inside:
                return inside
            node = node.args[0] if node.args else None
        elif isinstance(node, ast.BinOp | ast.Compare):
            node = node.left
        elif isinstance(node, ast.List | ast.Tuple):
            node = node.elts[0] if node.elts else None
        else:
            return ""
    return ""


def swapped(
    node: Any, names: Mapping[str, str] = _NOTHING, nodes: Mapping[int, str] = _NOTHING
) -> Any:
    """Return a copy of a node with variables and nodes replaced; what stays is not shared."""
    if isinstance(node, list):
        return [swapped(each, names, nodes) for each in node]
    if not isinstance(node, ast.AST):
        return node
    if (written := nodes.get(id(node))) is not None:
        return ast.parse(written, mode="eval").body
    if isinstance(node, ast.Name) and node.id in names:
        return ast.parse(names[node.id], mode="eval").body
    fields = {field: swapped(value, names, nodes) for field, value in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)
