"""Evaluating expressions to abstract values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import attributes, calls, loops, operators, subscripts
from nbpipe.leaks.interpret.mixing import joined
from nbpipe.leaks.rows import NO_ROWS
from nbpipe.leaks.values import (
    NONE,
    UNKNOWN,
    Const,
    Data,
    Function,
    Instance,
    Map,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.leaks.interpret.machine import Machine


def evaluate(m: Machine, node: ast.expr) -> Any:
    """Return the abstract value of an expression."""
    how = _EXPRESSIONS.get(type(node))
    return UNKNOWN if how is None else how(m, node)


def truth(m: Machine, node: ast.expr) -> bool | None:
    """Return whether a condition holds, where that is known."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        known = truth(m, node.operand)
        return None if known is None else not known
    if isinstance(node, ast.BoolOp):
        parts = [truth(m, value) for value in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared_truth(m, node)
    value = evaluate(m, node)
    if isinstance(value, Const):
        return bool(value.value)
    return True if isinstance(value, Model | Instance | Function) else None


def _compared_truth(m: Machine, node: ast.Compare) -> bool | None:
    left, right = evaluate(m, node.left), evaluate(m, node.comparators[0])
    equal = isinstance(node.ops[0], ast.Is | ast.Eq)
    if not equal and not isinstance(node.ops[0], ast.IsNot | ast.NotEq):
        return None
    if left == Ref("__name__"):
        return equal  # a script is checked as it runs
    if isinstance(left, Const) and isinstance(right, Const):
        return bool(left.value == right.value) == equal
    known = isinstance(left, Model | Instance | Seq | Map) or (isinstance(left, Data) and left.rows)
    return not equal if known and right == Const(None) else None


def _bool(m: Machine, node: ast.BoolOp) -> Any:
    result: Any = None
    for value in node.values:
        result = joined(result, evaluate(m, value))
    return result


def _conditional(m: Machine, node: ast.IfExp) -> Any:
    known = truth(m, node.test)
    if known is not None:
        return evaluate(m, node.body if known else node.orelse)
    test = evaluate(m, node.test)
    result = joined(evaluate(m, node.body), evaluate(m, node.orelse))
    return m.mix([test]) if isinstance(result, Const) and isinstance(test, Data) else result


def _sequence(m: Machine, node: ast.Tuple | ast.List | ast.Set) -> Seq:
    items: list[Any] = []
    for part in node.elts:
        value = evaluate(m, part.value if isinstance(part, ast.Starred) else part)
        if isinstance(part, ast.Starred) and isinstance(value, Seq):
            items.extend(value.items)
        else:
            items.append(m.identified(value) if isinstance(part, ast.Name) else value)
    return Seq(tuple(items))


def _map(m: Machine, node: ast.Dict) -> Map:
    items: list[tuple[Any, Any]] = []
    for key, part in zip(node.keys, node.values, strict=True):
        value = evaluate(m, part)
        if key is None:
            items.extend(value.items if isinstance(value, Map) else [])
            continue
        name = evaluate(m, key)
        items.append((name.value if isinstance(name, Const) else name, m.identified(value)))
    return Map(tuple(items))


def _formatted(m: Machine, node: ast.JoinedStr) -> Data:
    parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    return m.mix([evaluate(m, part) for part in parts])._replace(rows=NO_ROWS, stat=NONE)


def _lambda(m: Machine, node: ast.Lambda) -> Function:
    return Function(node, m.cell, m.surroundings())


def _walrus(m: Machine, node: ast.NamedExpr) -> Any:
    value = evaluate(m, node.value)
    m.bind(node.target.id, value)
    return value


def _yielded(m: Machine, node: ast.Yield | ast.YieldFrom) -> Data:
    if node.value is not None:
        value = evaluate(m, node.value)
        if isinstance(node, ast.Yield):
            m.frames[-1].yielded.append(value)
    return UNKNOWN


_EXPRESSIONS: dict[type[ast.expr], Callable[[Machine, Any], Any]] = {
    ast.Name: lambda m, node: m.look_up(node.id),
    ast.Constant: lambda _m, node: Const(node.value),
    ast.Call: calls.evaluate,
    ast.Attribute: lambda m, node: attributes.attribute(m, evaluate(m, node.value), node.attr),
    ast.Subscript: lambda m, node: subscripts.subscript(m, node, evaluate(m, node.value)),
    ast.BinOp: operators.binary,
    ast.UnaryOp: operators.unary,
    ast.Compare: operators.comparison,
    ast.BoolOp: _bool,
    ast.IfExp: _conditional,
    **dict.fromkeys((ast.Tuple, ast.List, ast.Set), _sequence),
    ast.Dict: _map,
    **dict.fromkeys(
        (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
        loops.comprehension,
    ),
    ast.JoinedStr: _formatted,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    **dict.fromkeys((ast.Await, ast.Starred), lambda m, node: evaluate(m, node.value)),
    **dict.fromkeys((ast.Yield, ast.YieldFrom), _yielded),
}
