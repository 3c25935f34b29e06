"""Evaluating expressions to abstract values."""

from __future__ import annotations

import ast
import operator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import calls, frames, select
from nbpipe.leaks.interpret.machine import joined
from nbpipe.leaks.rows import opposite, overlap
from nbpipe.leaks.values import (
    NONE,
    UNKNOWN,
    Class,
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
    from collections.abc import Callable, Iterator

    from nbpipe.leaks.interpret.machine import Machine

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_DEEPEST = 150  # nested expressions: beyond this nobody reads them


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
    op = type(node.ops[0])
    if left == Ref("__name__"):
        return True  # a script is checked as it runs
    if isinstance(right, Const) and right.value is None and op in {ast.Is, ast.IsNot, ast.Eq}:
        if isinstance(left, Const):
            return (left.value is None) == (op is not ast.IsNot)
        known = isinstance(left, Model | Instance | Seq | Map) or (isinstance(left, Data) and left.rows)
        return (op is ast.IsNot) if known else None
    if not (isinstance(left, Const) and isinstance(right, Const)):
        return None
    if op in {ast.Eq, ast.NotEq}:
        return bool(left.value == right.value) == (op is ast.Eq)
    return None


def elements(m: Machine, value: Any) -> list[Any] | None:
    """Return what a loop over a value gives in turn, where that is known."""
    value = m.see(value)
    if isinstance(value, Seq):
        return [m.see(item) for item in value.items]
    if isinstance(value, Map):
        return [Const(key) if not isinstance(key, tuple) else UNKNOWN for key, _ in value.items]
    return None


@contextmanager
def loop(m: Machine, node: ast.AST, value: Any) -> Iterator[Any]:
    """Walk a loop once for all its rounds; gives what stands for every element."""
    m.loop_count += 1
    number = m.loop_count
    data = m.mix([value]) if value is not None else UNKNOWN
    if data.form == "folds":
        item = select.fold(m, data, number, node)
        around = False
    else:
        item = _any_element(m, value, data)
        if not data.rows:  # a loop over rows chooses nothing
            item = _varying(item, number)
        around = True
    if around:
        m.loops.append(number)
    m.loop_data.append(data)
    try:
        yield item
    finally:
        m.loop_data.pop()
        if around:
            m.loops.pop()


def _any_element(m: Machine, value: Any, data: Data) -> Any:
    known = elements(m, value) if value is not None else None
    if known:
        result = known[0]
        for other in known[1:]:
            result = joined(result, other)
        if isinstance(result, Const):  # one of several literals
            return UNKNOWN
        return result
    return data._replace(oid=0, form="row" if data.rows else "", picks=frozenset())


def _varying(item: Any, number: int) -> Any:
    if isinstance(item, Data):
        return item._replace(varies=item.varies | {number})
    if isinstance(item, Seq):
        return Seq(tuple(_varying(each, number) for each in item.items))
    return item


def combine(m: Machine, node: ast.AST, op: ast.AST, left: Any, right: Any) -> Any:
    """Return the value of a binary operation."""
    if isinstance(left, Const) and isinstance(right, Const):
        how = _ARITHMETIC.get(type(op))  # type: ignore[arg-type]
        try:
            return Const(how(left.value, right.value)) if how else UNKNOWN
        except Exception:  # noqa: BLE001 - the user's own mistake, which shows when it runs
            return UNKNOWN
    if isinstance(op, ast.Add) and isinstance(left, Seq) and isinstance(right, Seq):
        return Seq((*left.items, *right.items))
    if isinstance(op, ast.Mult) and isinstance(left, Seq) and isinstance(right, Const | Data):
        return Seq(left.items * 2) if m.data_in(left) else left
    if isinstance(op, ast.RShift):  # columns >> transformer >> estimator, in a build cell
        return Seq((*_chain(left), *_chain(right)))
    if isinstance(op, ast.Sub) and isinstance(left, Data) and left.form == "columns":
        return frames.leaving_out(left, m, [right])
    mixed = m.mix([left, right], node)
    if isinstance(left, Data) and isinstance(right, Data):
        if isinstance(op, ast.BitAnd) and left.picks and right.picks:
            return mixed._replace(picks=left.picks | right.picks, form="mask")
        judged = _judged(m, node, left, right, "a comparison by hand")
        return mixed._replace(scores=mixed.scores | judged) if judged else mixed
    return mixed


def _chain(value: Any) -> tuple[Any, ...]:
    return value.items if isinstance(value, Seq) else (value,)


def _judged(m: Machine, node: ast.AST, left: Data, right: Data, how: str) -> frozenset[int]:
    """Note a score where predictions meet what was to be predicted."""
    for predicted, actual in ((left, right), (right, left)):
        rows = predicted.rows or actual.rows
        if predicted.fits and not actual.fits and actual.rows and (not actual.stat or actual.form == "table"):
            apart = predicted.rows and not overlap(predicted.rows, actual.rows)
            if apart and {a.source for a in predicted.rows} & {a.source for a in actual.rows}:
                continue
            varies = predicted.varies - actual.varies
            data = predicted._replace(rows=rows, varies=varies)
            return m.judge(node, how, data, predicted.fits, target=actual.column)
    return NONE


def _binary(m: Machine, node: ast.BinOp) -> Any:
    return combine(m, node, node.op, evaluate(m, node.left), evaluate(m, node.right))


def _compare(m: Machine, node: ast.Compare) -> Any:
    left, right = evaluate(m, node.left), evaluate(m, node.comparators[0])
    if not isinstance(left, Data):
        left, right = right, left
    if not isinstance(left, Data):
        return UNKNOWN
    mixed = m.mix([left, right], node)
    if isinstance(right, Data) and (judged := _judged(m, node, left, right, "a comparison by hand")):
        return mixed._replace(scores=mixed.scores | judged)
    if isinstance(right, Data) and right.stat and left.rows:
        learned = m.learn(node, "threshold", right, "a threshold")
        mixed = mixed._replace(learned=left.learned, stat=learned)
    op = _COMPARED.get(type(node.ops[0]))
    if op and len(node.ops) == 1 and left.form != "row":
        value = right.value if isinstance(right, Const) else ast.unparse(node.comparators[0])
        if left.column:
            key: tuple[Any, ...] = ("column", left.column)
        elif left.oid:
            key = ("mask", left.oid)
        else:  # random numbers are others wherever they are drawn
            key = ("mask", ast.unparse(node.left), None if left.rows else (m.cell, node.lineno))
        mixed = mixed._replace(picks=frozenset({(key, ("cmp", op, value))}))
    column = f"{left.column}{op}{ast.unparse(node.comparators[0])}" if left.column and op else ""
    return mixed._replace(form="mask" if mixed.form != "row" else "row", column=column)


def _unary(m: Machine, node: ast.UnaryOp) -> Any:
    value = evaluate(m, node.operand)
    if isinstance(value, Const):
        if isinstance(node.op, ast.USub) and isinstance(value.value, int | float):
            return Const(-value.value)
        return UNKNOWN
    if isinstance(value, Data):
        flipped = isinstance(node.op, ast.Invert | ast.Not | ast.USub)
        return value._replace(oid=0, picks=opposite(value.picks) if flipped else value.picks)
    return value


def _bool(m: Machine, node: ast.BoolOp) -> Any:
    result: Any = None
    for value in node.values:
        result = joined(result, evaluate(m, value))
    return result


def _attribute(m: Machine, node: ast.Attribute) -> Any:
    return select.attribute(m, node, evaluate(m, node.value), node.attr)


def _subscript(m: Machine, node: ast.Subscript) -> Any:
    return select.subscript(m, node, evaluate(m, node.value))


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


def _comprehension(m: Machine, node: Any) -> Any:
    names = m.frames[-1].names
    saved = dict(names)
    walked: list[Data] = []  # what it runs over and depends on, where the rounds are not known
    results = _rounds(m, node, list(node.generators), walked)
    names.clear()
    names.update(saved)
    if isinstance(node, ast.DictComp):
        return Map(tuple(results))
    if (columns := _listed_columns(m, node, walked)) is not None:
        return columns
    kept = any(isinstance(result, Model | Instance | Function) for result in results)
    return Seq(tuple(results)) if kept or not walked else _gathered(m, results, walked)


def _rounds(
    m: Machine, node: Any, generators: list[ast.comprehension], walked: list[Data]
) -> list[Any]:
    """Evaluate the element for each known round, or once for all."""
    from nbpipe.leaks.interpret.statements import UNROLLED  # noqa: PLC0415 - they need each other
    from nbpipe.leaks.interpret.store import assign  # noqa: PLC0415 - they need each other

    if not generators:
        if isinstance(node, ast.DictComp):
            key = evaluate(m, node.key)
            return [(key.value if isinstance(key, Const) else key, evaluate(m, node.value))]
        return [evaluate(m, node.elt)]
    first, *rest = generators
    over = evaluate(m, first.iter)
    rounds = elements(m, over)
    if rounds is not None and len(rounds) <= UNROLLED:
        results: list[Any] = []
        for item in rounds:
            assign(m, first.target, item, node)
            if all(truth(m, test) is not False for test in first.ifs):
                results.extend(_rounds(m, node, rest, walked))
        return results
    with loop(m, node, over) as item:
        assign(m, first.target, item, node)
        walked.extend([m.mix([over]), *(m.mix([evaluate(m, test)]) for test in first.ifs)])
        return _rounds(m, node, rest, walked)


def _listed_columns(m: Machine, node: Any, walked: list[Data]) -> Data | None:
    """Return the columns of ``[c for c in frame if c not in ("a", "b")]``."""
    first = node.generators[0]
    if not (walked and isinstance(node.elt, ast.Name) and len(first.ifs) == 1):
        return None
    test = first.ifs[0]
    left_out = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn | ast.NotEq)
    if not left_out or not isinstance(test.left, ast.Name) or test.left.id != node.elt.id:
        return None
    return frames.leaving_out(Data(form="columns"), m, [evaluate(m, test.comparators[0])])


def _gathered(m: Machine, results: list[Any], walked: list[Data]) -> Data:
    """Return the list that a comprehension over rows makes: these rows again."""
    mixed = m.mix([*results, *walked])
    return mixed._replace(form="", oid=0)


def _formatted(m: Machine, node: ast.JoinedStr) -> Any:
    parts = [evaluate(m, part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
    return m.mix(parts)._replace(rows=frozenset(), stat=NONE) if parts else UNKNOWN


def _lambda(m: Machine, node: ast.Lambda) -> Function:
    frame = m.frames[-1]
    around = {} if len(m.frames) == 1 else {**frame.around, **frame.names}
    return Function(node, m.cell, around)


def _walrus(m: Machine, node: ast.NamedExpr) -> Any:
    value = evaluate(m, node.value)
    if isinstance(node.target, ast.Name):
        m.bind(node.target.id, value)
    return value


def _inner(m: Machine, node: Any) -> Any:
    if node.value is None:
        return UNKNOWN
    value = evaluate(m, node.value)
    if isinstance(node, ast.Yield):
        m.frames[-1].yielded.append(value)
    return value


_EXPRESSIONS: dict[type[ast.expr], Callable[[Machine, Any], Any]] = {
    ast.Name: lambda m, node: m.look_up(node.id),
    ast.Constant: lambda _m, node: Const(node.value),
    ast.Call: lambda m, node: calls.call(m, node),
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.IfExp: _conditional,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _map,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.JoinedStr: _formatted,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Await: _inner,
    ast.Yield: _inner,
    ast.YieldFrom: _inner,
    ast.Starred: _inner,
}
__all__ = ["Class", "combine", "elements", "evaluate", "loop", "truth"]
