"""Functions that divide rows, or put them into another order."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies
from nbpipe.leaks.interpret.subscripts import picks_of
from nbpipe.leaks.rows import Rows, opposite, pick, source
from nbpipe.leaks.values import UNKNOWN, Const, Data, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_TWO, _THREE = ("train", "test"), ("train", "val", "test")
_OTHER_SPLITS = ("re.", "os.", "tf.", "shlex.")  # of texts and paths


def train_test(m: Machine, call: Call) -> Seq:
    """Return the parts of each array; equal rows split with equal seeds give equal parts."""
    values = [value for value in call.args if not isinstance(value, Const | Model)]
    lengths = None
    if call.last == "random_split":  # random_split(data, [800, 100, 100])
        values, lengths = values[:1], call.argument(1, "lengths")
    arrays = [m.mix([value]).as_rows() for value in values] or [m.mix(call.kwargs.values())]
    rows = next((data.rows for data in arrays if data.rows), None)
    rows = rows or source(("split", m.cell, *call.site))
    key = _key(m, call, rows)
    ordered = call.option("shuffle") is False or call.last.startswith("temporal")
    m.split(call.node, call.last, rows, key, shuffled=not ordered)
    three = isinstance(lengths, Seq) and len(lengths.items) == len(_THREE)
    sides = _THREE if three or "_val_" in call.last else _TWO
    parts = [_part(data, data.rows or rows, key, side) for data in arrays for side in sides]
    return Seq(tuple(m.identified(part) for part in parts))


def _part(data: Data, rows: Rows, key: object, side: str) -> Data:
    picks = frozenset({(key, ("part", side))})
    if data.form == "order":  # positions
        return Data(form="index", picks=picks)
    form = data.form if data.form == "index" else ""
    return data._replace(oid=0, rows=pick(rows, picks), form=form)


def _key(m: Machine, call: Call, rows: Rows) -> tuple[Any, ...]:
    seed = call.kwargs.get("random_state")
    size = call.kwargs.get("test_size", call.kwargs.get("train_size"))
    size = size if isinstance(size, Const) else None
    if isinstance(seed, Const) and isinstance(seed.value, int):
        return ("split", rows, seed.value, size)
    if call.option("shuffle") is False:
        return ("split", rows, None, size)
    if isinstance(seed, Data) and seed.oid and not seed.varies:
        return ("split", rows, seed.oid, size)
    return ("split", m.cell, *call.site, len(m.facts))


def random_split(m: Machine, call: Call, owner: Data) -> Seq:
    """``frame.randomSplit([0.8, 0.2])`` of Spark."""
    weights = call.argument(0, "weights")
    three = isinstance(weights, Seq) and len(weights.items) == len(_THREE)
    key = ("split", m.cell, *call.site)
    m.split(call.node, "randomSplit", owner.rows, key, shuffled=True)
    parts = (_part(owner, owner.rows, key, side) for side in (_THREE if three else _TWO))
    return Seq(tuple(m.identified(part) for part in parts))


def sampled(m: Machine, call: Call, owner: Data) -> Data:
    """``frame.sample(frac=0.8)``: some rows, or with replacement some repeatedly."""
    share = call.option("frac")
    if call.says("replace") or (isinstance(share, int | float) and share > 1):
        how = "sample(replace=True)"
        copies = m.mark(Copies, call.node, owner.rows, how)
        return owner._replace(oid=0, copies=owner.copies | copies)
    if share == 1:
        return owner._replace(oid=0)
    key = ("sample", m.cell, *call.site)
    m.split(call.node, "sample", owner.rows, key, shuffled=True)
    return owner._replace(oid=0, rows=pick(owner.rows, frozenset({(key, ("part", "sampled"))})))


def _cut(m: Machine, call: Call) -> Any:
    """``np.split(rows, [a, b])``."""
    data, where = m.mix(call.args[:1]), call.argument(1, "indices_or_sections")
    if call.name.startswith(_OTHER_SPLITS):
        return UNKNOWN
    if not isinstance(where, Seq) or not (data.rows or data.form == "order"):
        return data
    key = ("cut", m.cell, *call.site)
    if data.rows:
        m.split(call.node, call.last, data.rows, key, shuffled=False)
    parts = []
    for number in range(len(where.items) + 1):
        picks = frozenset({(key, ("part", number))})
        part = data._replace(oid=0, rows=pick(data.rows, picks))
        parts.append(part if data.rows else Data(form="index", picks=picks))
    return Seq(tuple(m.identified(part) for part in parts))


def _shuffled(m: Machine, call: Call) -> Any:
    """Return rows or positions in a random order."""
    arrays = [value for value in call.args if isinstance(value, Data)]
    some = call.last in {"sample", "choice"}
    if some and arrays and arrays[0].rows:
        return sampled(m, call._replace(kwargs={}), arrays[0])
    if len(arrays) > 1 and not some:
        return Seq(tuple(m.identified(data._replace(oid=0)) for data in arrays))
    if arrays and not some and (arrays[0].rows or arrays[0].form == "order"):
        return arrays[0]._replace(oid=0 if arrays[0].form != "order" else arrays[0].oid)
    order = f"{m.cell}:{call.node.lineno}:{call.node.col_offset}"
    picks = frozenset({(("order", order), ("part", "chosen"))}) if some else frozenset()
    return Data(form="order", column=order, picks=picks)


def _others(m: Machine, call: Call) -> Data:
    """``np.setdiff1d(all, some)``: the positions or labels that are not among some."""
    every, some = m.mix(call.args[:1]), m.mix(call.args[1:2])
    return rest(every, some)


def rest(every: Data, some: Data) -> Data:
    """Return all rows or positions but some."""
    if some.picks:
        return Data(form="index", picks=opposite(some.picks))
    picks = opposite(picks_of(some) - picks_of(every))
    return every._replace(oid=0, rows=pick(every.rows, picks))


def _resampled(m: Machine, call: Call) -> Any:
    """``sklearn.utils.resample``: with replacement unless told otherwise."""
    arrays = [m.mix([value]) for value in call.args if not isinstance(value, Const)]
    if call.option("replace") is not False:
        rows = next((data.rows for data in arrays if data.rows), frozenset())
        copies = m.mark(Copies, call.node, rows, "resample")
        arrays = [data._replace(copies=data.copies | copies) for data in arrays]
    parts = [m.identified(data._replace(oid=0)) for data in arrays]
    return parts[0] if len(parts) == 1 else Seq(tuple(parts))


def _repeated(m: Machine, call: Call) -> Data:
    """``np.repeat(rows, n, axis=0)``."""
    data = m.mix(call.args[:1])
    if not data.rows or call.literal(2, "axis") not in {0, None}:
        return data
    copies = m.mark(Copies, call.node, data.rows, call.last)
    return data._replace(oid=0, copies=data.copies | copies)


def _dataset(m: Machine, call: Call) -> Any:
    """``mnist.load_data()``: both parts as they are distributed."""
    if "." not in call.name:
        return Data(rows=source(("call", ast.unparse(call.node))))
    rows = source(("dataset", call.name))
    parts = [_part(UNKNOWN, rows, "dataset", side) for side in _TWO]
    pairs = (Seq((m.identified(part), m.identified(part))) for part in parts)
    return Seq(tuple(pairs))


FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(("split", "array_split", "vsplit"), _cut),
    **dict.fromkeys(("shuffle", "permutation", "sample", "choice", "randperm"), _shuffled),
    **dict.fromkeys(("repeat", "tile"), _repeated),
    "resample": _resampled,
    "setdiff1d": _others,
    "load_data": _dataset,
}
