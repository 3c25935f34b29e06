"""Walking statements: branches are joined, known loops unrolled, others walked once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import calls, expressions
from nbpipe.leaks.facts import Choice
from nbpipe.leaks.interpret.machine import BUDGET, joined
from nbpipe.leaks.interpret.store import assign, forget
from nbpipe.leaks.values import Class, Const, Data, Function, Instance, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbpipe.leaks.interpret.machine import Machine

UNROLLED = 12  # a literal list of more is walked like any other loop


def walk(m: Machine, body: Sequence[ast.stmt]) -> bool:
    """Walk statements in order; say whether the block was left by return, raise or break."""
    for statement in body:
        m.steps += 1
        how = _STATEMENTS.get(type(statement))
        if how is not None and how(m, statement):
            return True
    return False


def _assign(m: Machine, node: ast.Assign) -> None:
    value = expressions.evaluate(m, node.value)
    for target in node.targets:
        assign(m, target, value, node)


def _annotated(m: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        assign(m, node.target, expressions.evaluate(m, node.value), node)


def _augmented(m: Machine, node: ast.AugAssign) -> None:
    old = expressions.evaluate(m, _loaded(node.target))
    added = expressions.evaluate(m, node.value)
    value = expressions.combine(m, node, node.op, old, added)
    if isinstance(value, Data) and isinstance(old, Data) and old.oid and isinstance(node.target, ast.Name):
        m.change(old, value)
        return
    assign(m, node.target, value, node)


def _loaded(target: ast.expr) -> ast.expr:
    """Return an assignment's target as an expression to evaluate; contexts are not looked at."""
    return target


def _expression(m: Machine, node: ast.Expr) -> None:
    expressions.evaluate(m, node.value)


def _if(m: Machine, node: ast.If) -> bool:
    known = expressions.truth(m, node.test)
    if known is not None:
        return walk(m, node.body if known else node.orelse)
    tested = expressions.evaluate(m, node.test)
    if isinstance(tested, Data) and tested.scores:
        m.record(Choice, node.test, scores=tested.scores)
    return branch(m, [node.body, node.orelse])


def branch(m: Machine, bodies: Sequence[Sequence[ast.stmt]]) -> bool:
    """Walk alternatives from one state and go on with all their outcomes joined."""
    names, heap = m.frames[-1].names, m.heap
    start_names, start_heap = dict(names), dict(heap)
    outcomes = []
    for body in bodies:
        names.clear()
        names.update(start_names)
        m.heap = dict(start_heap)
        if not walk(m, body):
            outcomes.append((dict(names), m.heap))
    if not outcomes:
        return True
    after_names, after_heap = outcomes[0]
    for other_names, other_heap in outcomes[1:]:
        after_names = _joined(after_names, other_names)
        after_heap = _joined(after_heap, other_heap)
    names.clear()
    names.update(after_names)
    m.heap = after_heap
    return False


def _joined(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    result = dict(other)
    for key, value in one.items():
        there = other.get(key)
        if there is not value:
            result[key] = joined(value, there)
    return result


def _for(m: Machine, node: ast.For | ast.AsyncFor) -> bool:
    value = expressions.evaluate(m, node.iter)
    rounds = expressions.elements(m, value)
    if rounds is not None and len(rounds) <= UNROLLED and m.steps < BUDGET:
        for item in rounds:
            assign(m, node.target, item, node)
            if walk(m, node.body):
                break
    else:
        with expressions.loop(m, node, value) as item:
            assign(m, node.target, item, node)
            walk(m, node.body)
    walk(m, node.orelse)
    return False


def _while(m: Machine, node: ast.While) -> bool:
    expressions.evaluate(m, node.test)
    with expressions.loop(m, node, None):
        walk(m, node.body)
    return walk(m, node.orelse)


def _with(m: Machine, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = expressions.evaluate(m, item.context_expr)
        if item.optional_vars is not None:
            assign(m, item.optional_vars, value, node)
    return walk(m, node.body)


def _try(m: Machine, node: ast.Try) -> bool:
    # Handlers rarely hold more than a message or a second way to the same: what the body did stays.
    left = walk(m, node.body)
    if not left:
        left = walk(m, node.orelse)
    for handler in node.handlers:
        branch(m, [handler.body, []])
    return walk(m, node.finalbody) or left


def _match(m: Machine, node: ast.Match) -> bool:
    expressions.evaluate(m, node.subject)
    return branch(m, [*(case.body for case in node.cases), []])


def _function(m: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    frame = m.frames[-1]
    around = {} if len(m.frames) == 1 else {**frame.around, **frame.names}
    function = Function(node, m.cell, around)
    if len(m.frames) == 1:
        m.definitions.append(function)
    for mark in reversed(node.decorator_list):
        decorator = expressions.evaluate(m, mark)
        if isinstance(decorator, Function):  # a library's leaves the function what it is
            wrapped = calls.enter(m, decorator, [function], {}, node)
            if isinstance(wrapped, Function):
                function = wrapped
    m.bind(node.name, function)


def _class(m: Machine, node: ast.ClassDef) -> None:
    methods: dict[str, Any] = {}
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            methods[part.name] = Function(part, m.cell, {})
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            methods[part.targets[0].id] = m.identified(expressions.evaluate(m, part.value))
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            value = Const(None) if part.value is None else expressions.evaluate(m, part.value)
            methods[part.target.id] = m.identified(value)
    bases = tuple(expressions.evaluate(m, base) for base in node.bases)
    made = Class(node, m.cell, methods, bases)
    if len(m.frames) == 1:
        m.definitions.append(made)
    m.bind(node.name, made)


def _return(m: Machine, node: ast.Return) -> bool:
    value = Const(None) if node.value is None else expressions.evaluate(m, node.value)
    m.frames[-1].returned.append(value)
    return True


def _left(_m: Machine, _node: ast.stmt) -> bool:
    return True


def _break(_m: Machine, _node: ast.stmt) -> bool:
    return False  # the rounds before it went on


def _import(m: Machine, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        m.bind(name, Ref(alias.name if alias.asname else name))


def _import_from(m: Machine, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name != "*":
            m.bind(alias.asname or alias.name, Ref(f"{node.module or ''}.{alias.name}"))


def _delete(m: Machine, node: ast.Delete) -> None:
    for target in node.targets:
        forget(m, target)


def _assert(m: Machine, node: ast.Assert) -> None:
    expressions.evaluate(m, node.test)


def _global(m: Machine, node: ast.Global) -> None:
    m.frames[-1].shared.update(node.names)


_STATEMENTS: dict[type[ast.stmt], Callable[[Machine, Any], bool | None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _left,
    ast.Continue: _break,
    ast.Break: _break,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Delete: _delete,
    ast.Assert: _assert,
}
__all__ = ["Instance", "Map", "Model", "Seq", "branch", "walk"]
