"""Summaries of rows, of all of them or by group, and functions that are given rows or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Windows
from nbpipe.leaks.interpret import shaping
from nbpipe.leaks.interpret.splits import sampled
from nbpipe.leaks.knowledge.frames import (
    AXIS_FIRST,
    NEIGHBOURS,
    OVER_NEIGHBOURS,
    ROW_WISE_GROUPS,
    SUMMARIES,
)
from nbpipe.leaks.knowledge.functions import LEARNING
from nbpipe.leaks.rows import within
from nbpipe.leaks.values import NONE, Const, Data, Function, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_COUNTS = frozenset({"count", "size", "nunique", "value_counts"})
_ALONG_ROWS = (0, None, "index", "rows")


def summary(m: Machine, call: Call, owner: Data) -> Data:
    """Return a number that sums rows up, unless it is one for each row."""
    axis = call.argument(0, "axis") if call.last in AXIS_FIRST else call.kwargs.get("axis")
    each_row = isinstance(axis, Const) and axis.value not in _ALONG_ROWS
    each_row |= isinstance(axis, Seq) and Const(0) not in axis.items
    if owner.form in {"rolling", "row"} or each_row:
        return owner._replace(oid=0, form="row" if owner.form == "row" else "")
    if owner.form == "mask" and not owner.scores:
        return Data(varies=owner.varies)  # a share, such as that of missing values
    if owner.scores or owner.fits:
        return owner._replace(oid=0, rows=frozenset(), stat=NONE)
    if (owner.stat and owner.form != "table") or not owner.rows:
        return owner._replace(oid=0)
    fits = m.learn(call.node, SUMMARIES[call.last], owner, call.last)
    return Data(
        rows=owner.rows, stat=fits, learned=owner.learned, column=owner.column, varies=owner.varies
    )


def neighbours(m: Machine, call: Call, owner: Data) -> Data:
    """Give each row values of the rows around it: ``shift``, ``rolling``."""
    windows = m.mark(Windows, call.node, owner.rows, call.last)
    form = "rolling" if call.last in OVER_NEIGHBOURS else owner.form
    return owner._replace(oid=0, windows=owner.windows | windows, form=form)


def grouped(m: Machine, call: Call, owner: Data) -> Data:
    """Call a method of groups of rows."""
    plain = owner._replace(oid=0, form="")
    if call.last in NEIGHBOURS and plain.rows:
        return neighbours(m, call, plain)
    if call.last in ROW_WISE_GROUPS or call.last in {"get_group", "filter"}:
        return plain
    function = call.argument(0, "func")
    if call.last == "sample":
        return sampled(m, call, plain)
    if call.last in {"transform", "apply"} and isinstance(function, Function):
        result = m.enter(function, [plain], {})
        return _given_back(m, plain, result)._replace(column=owner.column)
    named = function.value if isinstance(function, Const) else ""
    if named in ROW_WISE_GROUPS:
        return plain
    kind = "count" if {call.last, named} & _COUNTS else "group"
    fits = m.learn(call.node, kind, plain, f"groupby.{call.last}")
    if call.last in {"transform", "fillna"}:
        return plain._replace(learned=plain.learned | fits)
    return plain._replace(stat=fits, form="table")


def _given_back(m: Machine, owner: Data, result: Any) -> Data:
    """Return rows with what a function made of them; it may give some of them back."""
    mixed = m.mix([owner, result] if isinstance(result, Data | Seq) else [owner])
    fewer = isinstance(result, Data) and result.rows and within(result.rows, owner.rows)
    return mixed._replace(rows=result.rows) if fewer else mixed


def mapped(m: Machine, call: Call, owner: Data) -> Any:
    """Call a function on rows, columns, elements, or the whole."""
    function, rest = call.argument(0, "func"), call.args[1:]
    if call.last == "pipe" and isinstance(function, Function | Ref):
        return m.apply(call.with_args(owner, *rest, **call.kwargs), function)
    if isinstance(function, Function):
        axis = call.argument(1, "axis")
        whole = call.last in {"apply", "transform"} and axis in {None, Const(0), Const("index")}
        form = "" if whole and not owner.column else "row"
        given = owner._replace(oid=0, form=form)
        result = m.enter(function, [given, *rest], {})
        return owner.like(_given_back(m, owner, result))
    if isinstance(function, Ref) and function.last in LEARNING:
        return shaping.learned(m, call.with_args(owner)._replace(name=function.last))
    named = function.value if isinstance(function, Const) else getattr(function, "last", "")
    if named in SUMMARIES and call.last != "map":
        return summary(m, call._replace(name=str(named), args=[]), owner)
    return owner.like(m.mix([owner, *call.args]))
