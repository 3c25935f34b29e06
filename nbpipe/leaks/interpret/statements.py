"""Walking statements: branches are joined, known loops unrolled, others walked once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Choice
from nbpipe.leaks.interpret import operators
from nbpipe.leaks.interpret.loops import UNROLLED, once
from nbpipe.leaks.interpret.machine import BUDGET
from nbpipe.leaks.interpret.mixing import joined
from nbpipe.leaks.interpret.store import forget
from nbpipe.leaks.values import UNKNOWN, Class, Const, Data, Function, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbpipe.leaks.interpret.machine import Machine


def walk(m: Machine, body: Sequence[ast.stmt]) -> bool:
    """Walk statements in order; say whether the block was left by return, raise or break."""
    for statement in body:
        m.steps += 1
        how = _STATEMENTS.get(type(statement))
        if how is not None and how(m, statement):
            return True
    return False


def _assign(m: Machine, node: ast.Assign) -> None:
    value = m.evaluate(node.value)
    for target in node.targets:
        m.assign(target, value, node)


def _annotated(m: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        m.assign(node.target, m.evaluate(node.value), node)


def _augmented(m: Machine, node: ast.AugAssign) -> None:
    old = m.evaluate(node.target)
    added = m.evaluate(node.value)
    value = operators.combined(m, node, node.op, old, added)
    if (
        isinstance(value, Data)
        and isinstance(old, Data)
        and old.oid
        and isinstance(node.target, ast.Name)
    ):
        m.change(old, value)
        return
    m.assign(node.target, value, node)


def _expression(m: Machine, node: ast.Expr) -> None:
    m.evaluate(node.value)


def _if(m: Machine, node: ast.If) -> bool:
    known = m.truth(node.test)
    if known is not None:
        return walk(m, node.body if known else node.orelse)
    tested = m.evaluate(node.test)
    if isinstance(tested, Data) and tested.scores:
        again = bool(m.loops or m.rounds)
        m.record(Choice, node.test, scores=tested.scores, repeated=again)
    m.deciding.append(_deciding(m, tested))
    left = branch(m, [node.body, node.orelse])
    m.deciding.pop()
    return left


def _deciding(m: Machine, tested: Any) -> Data:
    """Return what a condition knows of features, such as how they go with the target."""
    if not isinstance(tested, Data):
        return UNKNOWN
    told = {number for number in tested.stat if m.fit(number).kind in {"select", "model"}}
    return Data(stat=frozenset(told))


def branch(m: Machine, bodies: Sequence[Sequence[ast.stmt]]) -> bool:
    """Walk alternatives from one state and go on with all their outcomes joined."""
    names, heap = m.frames[-1].names, m.heap
    start_names, start_heap = dict(names), dict(heap)
    outcomes = []
    for body in bodies:
        names.clear()
        names.update(start_names)
        m.heap = dict(start_heap)
        if walk(m, body):
            start_heap = {**m.heap, **start_heap}  # what it made may be returned
        else:
            outcomes.append((dict(names), m.heap))
    if not outcomes:
        m.heap = start_heap
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
    value = m.evaluate(node.iter)
    rounds = m.elements(value)
    if rounds is not None and len(rounds) <= UNROLLED and m.steps < BUDGET:
        m.rounds += 1
        for item in rounds:
            m.assign(node.target, item, node)
            if walk(m, node.body):
                break
        m.rounds -= 1
    else:
        with once(m, node, value) as item:
            m.assign(node.target, item, node)
            walk(m, node.body)
    walk(m, node.orelse)
    return False


def _while(m: Machine, node: ast.While) -> bool:
    m.evaluate(node.test)
    with once(m, node, UNKNOWN):
        walk(m, node.body)
    return walk(m, node.orelse)


def _with(m: Machine, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = m.evaluate(item.context_expr)
        if item.optional_vars is not None:
            m.assign(item.optional_vars, value, node)
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
    m.evaluate(node.subject)
    return branch(m, [*(case.body for case in node.cases), []])


def _function(m: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    function = Function(node, m.cell, m.surroundings())
    if len(m.frames) == 1:
        m.definitions.append(function)
    for mark in reversed(node.decorator_list):
        decorator = m.evaluate(mark)
        if isinstance(decorator, Function):  # a library's leaves the function what it is
            wrapped = m.enter(decorator, [function], {})
            if isinstance(wrapped, Function):
                function = wrapped
    m.bind(node.name, function)


def _class(m: Machine, node: ast.ClassDef) -> None:
    methods: dict[str, Any] = {}
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            methods[part.name] = Function(part, m.cell, {})
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            methods[part.targets[0].id] = m.identified(m.evaluate(part.value))
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            value = Const(None) if part.value is None else m.evaluate(part.value)
            methods[part.target.id] = m.identified(value)
    bases = tuple(m.evaluate(base) for base in node.bases)
    made = Class(node, m.cell, methods, bases)
    if len(m.frames) == 1:
        m.definitions.append(made)
    m.bind(node.name, made)


def _return(m: Machine, node: ast.Return) -> bool:
    value = Const(None) if node.value is None else m.evaluate(node.value)
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
    m.evaluate(node.test)


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
