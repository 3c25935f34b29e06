"""Methods of frames, series and arrays."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies, Groups
from nbpipe.leaks.interpret import estimators, groups, judging, library, shaping, splits, store
from nbpipe.leaks.interpret.fitting import FITS
from nbpipe.leaks.interpret.models import make
from nbpipe.leaks.interpret.queries import queried
from nbpipe.leaks.interpret.reading import store as write
from nbpipe.leaks.interpret.subscripts import chosen_by, picks_of
from nbpipe.leaks.knowledge.frames import (
    ALWAYS_IN_PLACE,
    ELEMENTWISE,
    FILES,
    GROUPING,
    HARMLESS,
    NEIGHBOURS,
    SUMMARIES,
)
from nbpipe.leaks.knowledge.functions import GENERATORS, TRAIN_TEST_SPLITS
from nbpipe.leaks.rows import opposite, pick, source
from nbpipe.leaks.values import NONE, Const, Data, Function, Map, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_RANDOM = GENERATORS | {"permutation", "shuffle", "choice"}
_SPARK_READERS = frozenset({"csv", "parquet", "json", "table", "orc"})
_NULLS = {"isnull": "null", "isna": "null", "notnull": "there", "notna": "there"}
_MASKS = frozenset((
    "isin", "contains", "startswith", "endswith", "between", "eq", "ne", "gt", "lt", "ge", "le",
    "duplicated", "match",
))  # fmt: skip
# Somebody of whom there may be several rows, who is counted or gathered by.
_SOMEBODY = re.compile(
    r"(?i)(subject|patient|person|participant|speaker|donor|animal)s?"
    r"([_ #]?(id|no|nr|number|name|code)?#?)$"
)
_GATHERS = frozenset({"nunique", "unique", "value_counts", "groupby"})


def call(m: Machine, call: Call, owner: Data) -> Any:
    """Call a method of rows, or of something unknown."""
    name = call.last
    if name in FITS or (not owner.rows and name in {"train", "learn"}):
        return _fitted(m, call, owner)
    if owner.form == "columns":
        return owner.omitting(call.args)
    if owner.form == "groups":
        return groups.grouped(m, call, owner)
    if not owner.rows:
        return _of_unknown(m, call, owner)
    if name in _GATHERS:
        _gather(m, call, owner)
    how = _METHODS.get(name)
    if how is not None:
        return how(m, call, owner)
    if name in _NULLS or name in _MASKS:
        return _mask(m, call, owner)
    if name in FILES:
        write(m, call, owner, 0)
    if name in HARMLESS or name in FILES:
        return Data(varies=owner.varies)
    if name in SUMMARIES:
        return groups.summary(m, call, owner)
    if name in NEIGHBOURS:
        return groups.neighbours(m, call, owner)
    if name in ELEMENTWISE:
        return groups.mapped(m, call, owner)
    return _default(m, call, owner)


def _of_unknown(m: Machine, call: Call, owner: Data) -> Any:
    """Call a method of something of which no rows are known."""
    name = call.last
    if name in _RANDOM:
        return library.call(m, call._replace(name=f"numpy.random.{name}"))
    if name in _SPARK_READERS and isinstance(call.literal(0), str):
        return Data(rows=source(("file", call.literal(0))))
    if name in {"eq", "ne"}:
        return _mask(m, call, owner)
    if name in HARMLESS:
        return Data(varies=owner.varies)
    if any(isinstance(value, Model) for value in call.given):
        return library.unknown(m, call)
    return _default(m, call, owner)


def _gather(m: Machine, call: Call, owner: Data) -> None:
    """Note that rows are counted or gathered by whom they are of."""
    column = owner.column
    if call.last in GROUPING:
        by = call.argument(0, "by")
        keys = by.items if isinstance(by, Seq) else (by,)
        column = next((str(key.value) for key in keys if isinstance(key, Const)), "")
    if _SOMEBODY.match(column):
        m.record(Groups, call.node, rows=owner.rows, column=column)


def _mask(m: Machine, call: Call, owner: Data) -> Data:
    """Compare each row with something."""
    if call.last in {"eq", "ne"} and (owner.fits or m.mix(call.args).fits):
        return Data(rows=owner.rows, scores=judging.given(m, call.with_args(owner, *call.args)))
    chosen = m.mix(call.args[:1])
    picks = chosen.picks or picks_of(chosen) - picks_of(owner)
    if call.last == "isin" and picks:  # the rows of some of all subjects
        return Data(rows=owner.rows, picks=picks, form="mask")
    of = owner.column or ast.unparse(call.node.func)
    key, side = ("mask", ast.unparse(call.node)), ("part", "in")
    if call.last in _NULLS:
        key, side = ("null", of), ("part", _NULLS[call.last])
    elif call.last == "isin":
        key, side = ("isin", of), ("in", _labels(call))
    return Data(rows=owner.rows, picks=frozenset({(key, side)}), form="mask")


def _labels(call: Call) -> Any:
    """Return the labels that rows are looked for with, or a text that stands for them."""
    listed = call.argument(0, "values")
    items = listed.items if isinstance(listed, Seq) else ()
    literals = frozenset(each.value for each in items if isinstance(each, Const))
    return literals or ast.unparse(call.node)


def _default(m: Machine, call: Call, owner: Data) -> Any:
    """Return the rows as they are, with whatever the arguments bring in."""
    if any(isinstance(value, Function) for value in call.given):
        call = call._replace(args=[*call.args, owner]) if owner.rows else call
        return library.unknown(m, call)
    brought = m.data_in(Seq(tuple(call.given)))
    mixed = m.mix([owner, *brought]) if brought else owner
    picks = frozenset() if call.last in {"sum", "all", "any"} else owner.picks
    form = "" if owner.form in {"loc", "rolling"} else owner.form
    result = owner.like(mixed)._replace(fits=owner.fits, form=form, picks=picks)
    return _changed(m, call, owner, result)


def _changed(m: Machine, call: Call, owner: Data, result: Data) -> Any:
    """Return a changed frame, or change the frame itself where that is asked for."""
    if call.last not in ALWAYS_IN_PLACE and not call.says("inplace"):
        return result
    assert isinstance(call.node.func, ast.Attribute)
    place = call.node.func.value
    if isinstance(place, ast.Subscript | ast.Attribute):  # a column of a frame
        m.assign(place, result, call.node)
    else:
        m.change(owner, result)
    return Const(None)


def _fitted(m: Machine, call: Call, owner: Data) -> Any:
    """Fit something that came from elsewhere: from now on it is a model."""
    assert isinstance(call.node.func, ast.Attribute)
    place = call.node.func.value
    model = make(m, call.with_args(), "model")
    m.heap[model.oid] = m.estimator(model)._replace(
        setting=ast.unparse(place), data=owner if owner.rows else None, varies=owner.varies
    )
    if isinstance(place, ast.Name | ast.Attribute) and not owner.rows:
        m.assign(place, model, call.node)
    if call.last in {"train", "learn"}:
        call = call._replace(name="fit")
    return estimators.call(m, call, model)


def _drop(m: Machine, call: Call, owner: Data) -> Any:
    what = call.argument(0, "columns", "labels", "index")
    if isinstance(what, Data) and what.form == "index" and what.rows and not what.stat:
        rows = pick(owner.rows, opposite(picks_of(what) - picks_of(owner)))
        return _changed(m, call, owner, owner._replace(oid=0, rows=rows))
    names = Data().omitting([what]).without
    chosen = m.mix([] if names else [what])  # columns that something computed
    result = chosen_by(owner.leaving(names), chosen)
    return _changed(m, call, owner, result._replace(column=owner.column))


def _pop(m: Machine, call: Call, owner: Data) -> Data:
    name = call.literal(0, "item")
    if not isinstance(name, str):
        return owner._replace(oid=0)
    m.change(owner, owner.leaving(frozenset({name})))
    return owner.taking_one(name)


def _ends(_m: Machine, call: Call, owner: Data) -> Data:
    """Take the first or last rows."""
    value = call.argument(0, "n")
    count: Any = value.value if isinstance(value, Const) else ast.unparse(call.node)
    if isinstance(value, Data) and value.oid:
        count = f"#{value.oid}"
    side: tuple[Any, ...] = ("range", count, None)
    if call.last in {"head", "take"}:
        side = ("range", None, count)
    elif call.last == "tail" and isinstance(count, int):
        side = ("range", -count, None)
    return owner._replace(oid=0, rows=pick(owner.rows, frozenset({("rows", side)})))


def _divided(m: Machine, call: Call, owner: Data) -> Map:
    parts = splits.train_test(m, call.with_args(owner, **call.kwargs)).items
    return Map(tuple(zip(("train", "test"), parts, strict=False)))


def _appended(m: Machine, call: Call, owner: Data) -> Data:
    """Add rows: a frame gives a new one back, a list of rows changes."""
    longer = shaping.stacked(m, call, [owner, *call.args])
    m.change(owner, longer)
    return longer


def _deduplicated(m: Machine, call: Call, owner: Data) -> Any:
    return _changed(m, call, owner, owner._replace(oid=0, copies=NONE))


def _product(m: Machine, call: Call, owner: Data) -> Any:
    """``X_test.dot(weights)``: a prediction, if the weights were computed from other rows."""
    weights = m.mix(call.args)
    by_hand = judging.predicted_by_hand(m, call.node, owner, weights)
    return by_hand or _default(m, call, owner)


def _repeated(m: Machine, call: Call, owner: Data) -> Data:
    """``frame.index.repeat(3)``."""
    copies = m.mark(Copies, call.node, owner.rows, "repeat")
    return owner._replace(oid=0, copies=owner.copies | copies)


def _assigned(m: Machine, call: Call, owner: Data) -> Data:
    """``frame.assign(column=values)``."""
    for name, value in call.kwargs.items():
        given = m.enter(value, [owner], {}) if isinstance(value, Function) else value
        owner = store.with_column(m, owner, Const(name), m.mix([given]))
    return owner._replace(oid=0)


def _labels_of(_m: Machine, call: Call, owner: Data) -> Data:
    """Return the labels of a column, which may be divided instead of the rows."""
    name = f"{owner.column} {ast.unparse(call.node)}"
    return Data(form="order", column=name, varies=owner.varies)


def _keys(_m: Machine, _call: Call, owner: Data) -> Data:
    """Return the columns of a frame, or the index of something computed of columns."""
    return owner._replace(oid=0, form="index") if owner.stat else Data(form="columns")


def _as_series(_m: Machine, _call: Call, owner: Data) -> Data:
    """``resample("h")``: the rows of a series, fewer of them."""
    return owner._replace(oid=0, form="rolling")


_METHODS: dict[str, Any] = {
    "sample": splits.sampled,
    **dict.fromkeys(("drop", "difference"), _drop),
    "pop": _pop,
    **dict.fromkeys(("head", "tail", "take", "skip"), _ends),
    "query": queried,
    "randomSplit": splits.random_split,
    **dict.fromkeys(TRAIN_TEST_SPLITS, _divided),
    **dict.fromkeys(("append", "extend"), _appended),
    "drop_duplicates": _deduplicated,
    "dot": _product,
    "repeat": _repeated,
    "assign": _assigned,
    "keys": _keys,
    "unique": _labels_of,
    **dict.fromkeys(("resample", "asfreq"), _as_series),
    **dict.fromkeys(
        GROUPING, lambda _m, _call, owner: owner._replace(oid=0, form="groups", column="")
    ),
}
