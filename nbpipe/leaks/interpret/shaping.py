"""Functions that make frames and arrays, put them together, or change what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies, Windows
from nbpipe.leaks.interpret import judging
from nbpipe.leaks.interpret.mixing import union
from nbpipe.leaks.knowledge import functions as known
from nbpipe.leaks.knowledge.frames import WINDOWS
from nbpipe.leaks.rows import Rows, pick, source, within
from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Map, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_MAKERS = (
    "DataFrame", "Series", "array", "asarray", "Index", "csr_matrix", "csc_matrix", "coo_matrix",
    "Tensor", "FloatTensor", "LongTensor", "Variable", "ndarray", "matrix", "asfarray",
    "from_numpy", "tensor",
)  # fmt: skip
_EMPTY = ("zeros", "ones", "empty", "zeros_like", "full", "ones_like")


def learned(m: Machine, call: Call) -> Data:
    """Learn from rows and give them back changed, in one call: ``scale(X)``."""
    data = m.mix(call.args[:1])
    if call.literal(1, "axis") == 1 or not data.rows or data.form == "row":
        return data
    fits = m.learn(call.node, known.LEARNING[call.last], data, call.last)
    return data._replace(oid=0, learned=data.learned | fits)


def _cut(m: Machine, call: Call) -> Data:
    """Bin: by given edges nothing is learned, by a number of bins the range is."""
    data, bins = m.mix(call.args[:1]), call.argument(1, "bins")
    if isinstance(bins, Const) and isinstance(bins.value, int):
        fits = m.learn(call.node, "bins", data, "cut")
        return data._replace(oid=0, learned=data.learned | fits)
    return m.mix([data, bins])


def _categories(m: Machine, call: Call) -> Any:
    data = m.mix(call.args)
    fits = m.learn(call.node, "encode", data, call.last)
    result = data._replace(oid=0, learned=data.learned | fits)
    return Seq((result, UNKNOWN)) if call.last == "factorize" else result


def stacked(m: Machine, call: Call, values: list[Any]) -> Data:
    """Return rows below rows; the same rows twice are copies."""
    parts = [part for value in values for part in m.data_in(value)]
    held = [part for part in parts if part.rows]
    mixed = m.mix(values)
    if not held:
        return mixed
    copies = mixed.copies
    for number, part in enumerate(held):
        again = any(_repeats(part.rows, other.rows, loops=bool(m.loops)) for other in held[:number])
        if again and not part.fits:
            how = "rows joined to themselves"
            copies |= m.mark(Copies, call.node, part.rows, how)
    return mixed._replace(
        rows=frozenset().union(*(part.rows for part in held)),
        learned=union(part.taint for part in held),
        inside=frozenset(),
        stat=NONE,
        copies=copies,
        column="",
        picks=frozenset(),
        without=frozenset.intersection(*(part.without for part in held)),
    )


def _repeats(one: Rows, other: Rows, *, loops: bool) -> bool:
    """Say whether rows stand in both; in a loop, the same name may hold others each round."""
    if one == other:
        return not loops
    return within(one, other) or within(other, one)


def _joined(m: Machine, call: Call) -> Data:
    """``pd.concat``, ``np.concatenate``, ``np.append``."""
    values = call.args[: 2 if call.last == "append" else 1] or [call.kwargs.get("objs")]
    if any(isinstance(value, Map) for value in values):
        return m.mix(values)
    if call.literal(len(values), "axis") in {1, "columns", -1}:
        return m.mix(values)._replace(column="", only=None, without=frozenset())
    return stacked(m, call, values)


def _beside(m: Machine, call: Call) -> Data:
    """Put columns beside each other, or rows with their target into one holder."""
    return m.mix(call.given)


def _frame(m: Machine, call: Call) -> Data:
    """Make a frame or array: its rows are those of what it is made from."""
    value = call.argument(0, "data")
    parts = m.data_in(value)
    if _target_beside(m, parts):
        judging.given(m, call.with_args(value))
    data = m.mix([value])
    if not any((data.rows, data.fits, data.taint, data.varies, data.scores)):
        literal = isinstance(value, Seq | Map) and value.items
        return Data(rows=source(("made", m.cell, *call.site))) if literal else UNKNOWN
    column = data.column if call.last == "Series" or len(parts) == 1 else ""
    return data._replace(oid=0, column=column, form="" if data.form == "loc" else data.form)


def _target_beside(m: Machine, parts: list[Data]) -> bool:
    """Say whether predictions are put beside what they should be, as in no submission."""
    fits = (m.fit(number) for part in parts for number in part.fits)
    targets = {fit.target.column for fit in fits if fit.target is not None}
    return any(part.column in targets - {""} and not part.fits for part in parts)


def _product(m: Machine, call: Call) -> Data:
    """``np.dot(X_test, weights)``."""
    rows, weights = m.mix(call.args[:1]), m.mix(call.args[1:2])
    return judging.predicted_by_hand(m, call.node, rows, weights) or m.mix(call.given)


def _padded(m: Machine, call: Call) -> Data:
    """``pad_sequences(texts, maxlen=longest)``: a length is nothing that a model learns by."""
    return m.mix(call.args[:1])


def _windows(m: Machine, call: Call) -> Data:
    """Cut a series into windows that share values."""
    data = m.mix(call.given)
    if not data.rows:
        return data
    windows = m.mark(Windows, call.node, data.rows, call.last)
    bounds = (call.option("start_index"), call.option("end_index"))
    if any(bounds):
        rows = pick(data.rows, frozenset({("rows", ("range", *bounds))}))
        data = data._replace(rows=rows)
    return data._replace(oid=0, windows=data.windows | windows)


FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(known.CATEGORIES, _categories),
    **dict.fromkeys(known.CONCATENATIONS, _joined),
    **dict.fromkeys(known.DATA_HOLDERS, _beside),
    **dict.fromkeys(known.SIDE_BY_SIDE, _beside),
    **dict.fromkeys(_MAKERS, _frame),
    **dict.fromkeys(_EMPTY, lambda _m, _call: UNKNOWN),
    **dict.fromkeys(WINDOWS, _windows),
    "cut": _cut,
    "pad_sequences": _padded,
    **dict.fromkeys(("dot", "matmul"), _product),
}
