"""Binary, unary and comparing operators."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import judging
from nbpipe.leaks.interpret.splits import rest
from nbpipe.leaks.interpret.subscripts import flag
from nbpipe.leaks.knowledge.frames import EXTREMES
from nbpipe.leaks.rows import opposite
from nbpipe.leaks.values import NO_PICKS, UNKNOWN, Const, Data, Seq

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.leaks.interpret.machine import Machine

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_LONGEST = 10_000  # literals grow no further


def binary(m: Machine, node: ast.BinOp) -> Any:
    """Return ``left + right``."""
    left, right = m.evaluate(node.left), m.evaluate(node.right)
    return combined(m, node, node.op, left, right)


def combined(m: Machine, node: ast.AST, op: ast.operator, left: Any, right: Any) -> Any:
    """Return the value of a binary operation."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _of_literals(op, left.value, right.value)
    if isinstance(op, ast.Add) and isinstance(left, Seq) and isinstance(right, Seq):
        return Seq((*left.items, *right.items))
    if isinstance(op, ast.Mult) and isinstance(left, Seq) and isinstance(right, Const | Data):
        return Seq(left.items * 2) if m.data_in(left) else left
    if isinstance(op, ast.RShift):  # columns >> transformer >> estimator, in a build cell
        return Seq((*_chain(left), *_chain(right)))
    if isinstance(op, ast.Sub) and isinstance(left, Data) and left.form == "columns":
        return left.omitting([right])
    if not (isinstance(left, Data) and isinstance(right, Data)):
        return m.mix([left, right])
    if isinstance(op, ast.Sub) and left.form == "order" and right.picks:
        return rest(left, right)
    if isinstance(op, ast.Sub | ast.Add) and (shifted := _shifted(m, left, right)):
        return shifted
    mixed = m.mix([left, right])
    if isinstance(op, ast.MatMult):
        return judging.predicted_by_hand(m, node, left, right) or mixed
    if isinstance(op, ast.BitAnd | ast.BitOr) and "row" not in {left.form, right.form}:
        both = left.picks | right.picks if isinstance(op, ast.BitAnd) else NO_PICKS
        return mixed._replace(picks=both, form="mask", column="")
    return mixed._replace(scores=mixed.scores | judging.by_hand(m, node, left, right))


def _shifted(m: Machine, left: Data, right: Data) -> Data | None:
    """Return rows that an extreme was subtracted from: every model sees the same in them."""
    for rows, number in ((left, right), (right, left)):
        if rows.rows and not rows.stat and number.stat:
            extremes = all(m.fit(each).label in EXTREMES for each in number.stat)
            return m.mix([rows]) if extremes else None
    return None


def _of_literals(op: ast.operator, left: Any, right: Any) -> Any:
    how = _ARITHMETIC.get(type(op))
    try:
        value = how(left, right) if how else None
    except Exception:  # noqa: BLE001 - the user's own mistake, which shows when it runs
        return UNKNOWN
    short = isinstance(value, int) or (isinstance(value, str) and len(value) < _LONGEST)
    return Const(value) if short else UNKNOWN


def _chain(value: Any) -> tuple[Any, ...]:
    return value.items if isinstance(value, Seq) else (value,)


def unary(m: Machine, node: ast.UnaryOp) -> Any:
    """Return ``-value``, ``~value`` or ``not value``."""
    value = m.evaluate(node.operand)
    if isinstance(value, Const):
        number = isinstance(node.op, ast.USub) and isinstance(value.value, int | float)
        return Const(-value.value) if number else UNKNOWN
    if isinstance(value, Data) and not isinstance(node.op, ast.UAdd):
        picks = opposite(value.picks or flag(value))
        return value._replace(
            oid=0, picks=picks, column="" if value.form == "mask" else value.column
        )
    return value


def comparison(m: Machine, node: ast.Compare) -> Any:
    """Return ``left < right``."""
    return compared(m, node, m.evaluate(node.left))


def compared(m: Machine, node: ast.Compare, left: Any) -> Any:
    """Compare `left` with what stands at the right: a mask, a score, or nothing that is known."""
    right = m.evaluate(node.comparators[0])
    if not isinstance(left, Data):
        left, right = right, left
    if not isinstance(left, Data):
        return UNKNOWN
    mixed = m.mix([left, right])
    if isinstance(right, Data):
        if judged := judging.by_hand(m, node, left, right):
            return mixed._replace(scores=mixed.scores | judged)
        if right.stat and left.rows:
            learned = m.learn(node, "threshold", right, "a threshold")
            mixed = mixed._replace(learned=left.learned, stat=learned)
    return mixed._replace(
        **_mask(m, node, left, right), form=left.form if left.form == "row" else "mask"
    )


def _mask(m: Machine, node: ast.Compare, left: Data, right: Any) -> dict[str, Any]:
    """Return which rows a comparison picks, and the column that it is."""
    op = _COMPARED.get(type(node.ops[0]))
    if op is None or len(node.ops) > 1 or left.form == "row":
        return {"column": ""}
    text = ast.unparse(node.comparators[0])
    if left.column:
        key: tuple[Any, ...] = ("column", left.column)
    elif left.oid:
        key = ("mask", left.oid)
    else:  # random numbers are others wherever they are drawn
        key = ("mask", ast.unparse(node.left), left.rows or (m.cell, node.lineno))
    value = right.value if isinstance(right, Const) else text
    picks = frozenset({(key, ("cmp", op, value))})
    return {"picks": picks, "column": f"{left.column}{op}{text}" if left.column else ""}
