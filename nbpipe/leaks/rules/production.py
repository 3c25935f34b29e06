"""Predictions and the fits that they go back to, as the source has them."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.rules import names
from nbpipe.leaks.rules.names import argument, receiver, statement, text

if TYPE_CHECKING:
    from nbpipe.leaks.view import View

PREDICTS = frozenset({"predict", "predict_proba", "decision_function", "score"})
# What changes values so that the model cannot do without; gaps and categories may be absent.
CHANGES = frozenset({"scale", "reduce", "select", "text", "bins"})
_ARRAYS = frozenset({"array", "asarray", "DataFrame"})


@lru_cache(8)
def predictions(view: View) -> tuple[tuple[int, ast.Call, Fit], ...]:
    """Return each prediction by a named model, its cell, and the model's last fit above it."""
    fits: dict[str, list[Fit]] = {}
    for fit in view.facts:
        if isinstance(fit, Fit) and fit.kind in {"model", "search"}:
            stated = statement(view, fit)
            made = names.targets(stated) if getattr(stated, "value", None) is fit.node else []
            for name in {text(receiver(fit)), *map(text, made[:1])} - {""}:
                fits.setdefault(name, []).append(fit)
    order = {cell.number: i for i, cell in enumerate(names.order(view))}
    found = []
    for cell in view.document.cells:
        for owner, call in _calls(cell.tree) if fits else ():
            at = (order[cell.number], call.lineno)
            above = [each for each in fits.get(owner, ()) if _at(order, each) <= at]
            if above:
                found.append((cell.number, call, max(above, key=lambda each: _at(order, each))))
    return tuple(found)


@lru_cache(2_048)
def _calls(tree: ast.Module) -> tuple[tuple[str, ast.Call], ...]:
    """Return the calls of a cell that predict or score, with what they are methods of."""
    return tuple(
        (text(node.func.value), node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PREDICTS
    )


def _at(order: dict[int, int], fit: Fit) -> tuple[int, int]:
    return order.get(fit.cell, 0), getattr(fit.node, "lineno", 0)


def handmade(view: View, node: ast.expr | None, cell: int, line: int) -> ast.expr | None:
    """Return the literal rows that an expression stands for: ``[[5.1, 3.5]]``, or an array."""
    if isinstance(node, ast.Name):
        found = names.defined(view, node.id, cell, line)
        if found is None or len(names.targets(found[1])) != 1:
            return None
        return handmade(view, found[1].value, found[0], found[1].lineno)
    if isinstance(node, ast.Call) and text(node.func).rpartition(".")[2] in _ARRAYS:
        return node if handmade(view, argument(node, 0, "data"), cell, line) is not None else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return handmade(view, node.func.value, cell, line) if node.func.attr == "reshape" else None
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        rows = all(isinstance(each, ast.List | ast.Tuple | ast.Dict) for each in node.elts)
        numbers = all(isinstance(each, ast.Constant | ast.UnaryOp) for each in node.elts)
        return node if rows or numbers else None
    return node if isinstance(node, ast.Dict) and node.keys else None


def transformers(view: View, fit: Fit) -> list[Fit]:
    """Return the fitted transformers that a model's rows went through, and that it depends on."""
    found = (view.facts[number] for number in sorted(fit.learned))
    return [each for each in found if isinstance(each, Fit) and each.oid and each.kind in CHANGES]
