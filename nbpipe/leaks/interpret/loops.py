"""Loops and comprehensions: known rounds are told apart, others walked once for all."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import subscripts
from nbpipe.leaks.interpret.mixing import joined
from nbpipe.leaks.values import UNKNOWN, Const, Data, Function, Instance, Map, Model, Seq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.interpret.machine import Machine

UNROLLED = 12  # rounds; a longer list is walked like any other loop


@contextmanager
def once(m: Machine, node: ast.AST, value: Any) -> Iterator[Any]:
    """Walk a loop once for all its rounds; gives what stands for every element."""
    m.loop_count += 1
    number = m.loop_count
    data = m.mix([value])
    folds = data.form == "folds"
    if folds:  # each round has rows of its own: no setting is tried again
        item: Any = subscripts.fold(m, data, number, node)
    else:
        item = _any_element(m, value, data)
        item = item if data.rows else _varying(item, number)  # a loop over rows chooses nothing
        m.loops.append(number)
    m.loop_data.append(data)
    try:
        yield item
    finally:
        m.loop_data.pop()
        if not folds:
            m.loops.pop()


def _any_element(m: Machine, value: Any, data: Data) -> Any:
    result: Any = None
    for item in m.elements(value) or ():
        result = joined(result, item)
    if isinstance(result, Const):  # one of several literals
        return UNKNOWN
    if result is not None:
        return result
    return data._replace(oid=0, form="row" if data.rows else "", picks=frozenset())


def _varying(item: Any, number: int) -> Any:
    if isinstance(item, Data):
        return item._replace(varies=item.varies | {number})
    if isinstance(item, Seq):
        return Seq(tuple(_varying(each, number) for each in item.items))
    return item


def comprehension(m: Machine, node: Any) -> Any:
    """Return a list, set, dict or generator that is written as a loop."""
    names = m.frames[-1].names
    saved = dict(names)
    walked: list[Data] = []  # what it runs over and depends on, where the rounds are not known
    results = _rounds(m, node, list(node.generators), walked)
    names.clear()
    names.update(saved)
    if isinstance(node, ast.DictComp):
        return Map(tuple(results))
    if walked and (columns := _listed_columns(m, node)) is not None:
        return columns
    apart = any(isinstance(result, Model | Instance | Function) for result in results)
    if apart or not walked:
        return Seq(tuple(results))
    return m.mix([*results, *walked])._replace(form="", oid=0)


def _rounds(
    m: Machine, node: Any, generators: list[ast.comprehension], walked: list[Data]
) -> list[Any]:
    """Evaluate the element for each known round, or once for all."""
    if not generators:
        if isinstance(node, ast.DictComp):
            key = m.evaluate(node.key)
            value = m.evaluate(node.value)
            return [(key.value if isinstance(key, Const) else key, value)]
        return [m.evaluate(node.elt)]
    first, *rest = generators
    over = m.evaluate(first.iter)
    rounds = m.elements(over)
    if rounds is not None and len(rounds) <= UNROLLED:
        results: list[Any] = []
        for item in rounds:
            m.assign(first.target, item, node)
            if all(m.truth(test) is not False for test in first.ifs):
                results.extend(_rounds(m, node, rest, walked))
        return results
    with once(m, node, over) as item:
        m.assign(first.target, item, node)
        walked.extend(m.mix([each]) for each in (over, *(m.evaluate(test) for test in first.ifs)))
        return _rounds(m, node, rest, walked)


def _listed_columns(m: Machine, node: Any) -> Data | None:
    """Return the columns of ``[c for c in frame if c not in ("a", "b")]``."""
    first = node.generators[0]
    test = first.ifs[0] if len(first.ifs) == 1 else None
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn | ast.NotEq)):
        return None
    if not (isinstance(node.elt, ast.Name) and isinstance(test.left, ast.Name)):
        return None
    if node.elt.id != test.left.id:
        return None
    left_out = m.evaluate(test.comparators[0])
    return Data(form="columns").omitting([left_out])
