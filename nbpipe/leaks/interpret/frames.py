"""Methods of frames, series and arrays."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies, Groups, Windows
from nbpipe.leaks.interpret import calls, estimators, library, splits
from nbpipe.leaks.knowledge import functions as known
from nbpipe.leaks.knowledge.frames import (
    ALWAYS_IN_PLACE,
    ELEMENTWISE,
    GROUPING,
    HARMLESS,
    NEIGHBOURS,
    ROW_WISE_GROUPS,
    SUMMARIES,
)
from nbpipe.leaks.rows import opposite, pick, source
from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Function, Instance, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_GATHERS = frozenset({"nunique", "unique", "value_counts", "groupby"})
_SOMEBODY = re.compile(r"(?i)(subject|patient|person|participant|speaker|donor|animal)s?([_ #]?(id|no|nr|number|name|code)?#?)$")
_RANDOM = frozenset({"permutation", "shuffle", "choice", "rand", "random", "uniform", "random_sample"})
_SPARK_READERS = frozenset({"csv", "parquet", "json", "table", "orc"})
_NULLS = {"isnull": "null", "isna": "null", "notnull": "there", "notna": "there"}
_MASKS = frozenset({"isin", "contains", "startswith", "endswith", "between", "eq", "ne", "gt", "lt", "ge", "le", "duplicated", "match"})


def call(
    m: Machine, node: ast.Call, owner: Data, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a method of rows, or of something unknown."""
    if name in estimators.FITS or (not owner.rows and name in {"train", "learn"}):
        return _unknown_model(m, node, owner, name, args, kwargs)
    if owner.form == "columns":
        return leaving_out(owner, m, args)
    if owner.form == "groups":
        return _grouped(m, node, owner, name, args, kwargs)
    if name in _GATHERS and owner.rows:
        column = owner.column
        if name in GROUPING and args:
            column = next((str(each.value) for each in [args[0], *getattr(args[0], "items", ())] if isinstance(each, Const)), "")
        if _SOMEBODY.match(column):
            m.record(Groups, node, rows=owner.rows, column=column)
    how = _METHODS.get(name)
    if how is not None and owner.rows:
        return how(m, node, owner, args, kwargs)
    if name in _NULLS:
        key = ("null", owner.column or ast.unparse(node.func))
        picks = frozenset({(key, ("part", _NULLS[name]))})
        return Data(rows=owner.rows, picks=picks, form="mask")
    if name in {"eq", "ne"} and args and (owner.fits or m.mix(args).fits):
        before = len(m.facts)
        library.judge_given(m, node, [owner, *args], {})
        return Data(rows=owner.rows, scores=frozenset(range(before, len(m.facts))))
    if name in _MASKS and owner.rows:
        chosen = m.mix(args[:1])
        if name == "isin" and chosen.picks:  # some of all subjects
            return Data(rows=owner.rows, picks=chosen.picks, form="mask")
        key = ("mask", ast.unparse(node))
        return Data(rows=owner.rows, picks=frozenset({(key, ("part", "in"))}), form="mask")
    if name in HARMLESS:
        if name in {"to_csv", "to_pickle", "to_parquet", "to_feather", "save"}:
            library.store(m, owner, node, args[:1])
        return UNKNOWN
    if name in SUMMARIES:
        return summary(m, node, owner, name, kwargs, args)
    if name in GROUPING:
        return owner._replace(oid=0, form="groups", column="")
    if name in NEIGHBOURS and owner.rows:
        windows = frozenset({m.record(Windows, node, rows=owner.rows, how=name)})
        form = "rolling" if name in {"rolling", "expanding", "ewm"} else owner.form
        return owner._replace(oid=0, windows=owner.windows | windows, form=form)
    if name in {"resample", "asfreq"}:  # the rows of a series, fewer
        return owner._replace(oid=0, form="rolling")
    if name in known.TRAIN_TEST_SPLITS:
        parts = splits.train_test(m, node, name, [owner], kwargs).items
        return Map(tuple(zip(("train", "test"), parts, strict=False)))
    if name in ELEMENTWISE:
        return _mapped(m, node, owner, name, args, kwargs)
    return _default(m, node, owner, name, args, kwargs)


def leaving_out(owner: Data, m: Machine, names: list[Any]) -> Data:
    """Return a list of columns without these: ``frame.columns.drop("late")``."""
    items = [item for name in names for item in (name.items if isinstance(name, Seq) else (name,))]
    texts = {item.value for item in items if isinstance(item, Const) and isinstance(item.value, str)}
    return owner._replace(without=owner.without | texts)


def _default(
    m: Machine, node: ast.Call, owner: Data, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Return the rows as they are, with whatever the arguments bring in."""
    given = [*args, *kwargs.values()]
    functions = any(isinstance(value, Function) for value in given)
    if functions or (not owner.rows and any(isinstance(value, Model) for value in given)):
        return library.unknown(m, node, [*args, owner] if owner.rows else args, kwargs)
    if not owner.rows and name in _RANDOM:
        return library.call(m, node, Ref(f"numpy.random.{name}"), args, kwargs)
    if not owner.rows and name in _SPARK_READERS and args and isinstance(args[0], Const):
        return Data(rows=source(("file", args[0].value)))
    mixed = m.mix([owner, *given], node) if m.data_in(Seq(tuple(given))) else owner
    result = mixed._replace(
        oid=0,
        without=owner.without,
        only=owner.only,
        column=owner.column,
        fits=owner.fits,
        form="" if owner.form in {"loc", "rolling"} else owner.form,
        picks=owner.picks if name not in {"sum", "all", "any"} else frozenset(),
    )
    if name in ALWAYS_IN_PLACE or kwargs.get("inplace") == Const(value=True):
        _in_place(m, node, owner, result)
        return Const(None)
    return result


def _in_place(m: Machine, node: ast.Call, owner: Data, result: Data) -> None:
    """Change a frame, or the frame that a column was taken from."""
    from nbpipe.leaks.interpret.store import assign  # noqa: PLC0415 - they need each other

    assert isinstance(node.func, ast.Attribute)
    if isinstance(node.func.value, ast.Subscript | ast.Attribute):
        assign(m, node.func.value, result, node)
    elif owner.oid:
        m.change(owner, result)


def summary(
    m: Machine, node: ast.AST, owner: Data, name: str, kwargs: dict[str, Any], args: list[Any]
) -> Data:
    """Return a number that sums rows up, unless it is one for each row."""
    axis = kwargs.get("axis", args[0] if args else None)
    along = isinstance(axis, Const) and axis.value not in {0, None, "index", "rows"}
    along |= isinstance(axis, Seq) and Const(0) not in axis.items
    if owner.form == "rolling" or along or owner.form == "row":
        return owner._replace(oid=0, form="row" if owner.form == "row" else "")
    if owner.scores or owner.fits:
        return owner._replace(oid=0, rows=frozenset(), stat=NONE)
    if (owner.stat and owner.form != "table") or not owner.rows:
        return owner._replace(oid=0)
    learned = m.learn(node, SUMMARIES[name], owner, name)
    return Data(
        rows=owner.rows, stat=learned, learned=owner.learned, column=owner.column, varies=owner.varies
    )


def _grouped(
    m: Machine, node: ast.Call, owner: Data, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a method of groups of rows."""
    plain = owner._replace(oid=0, form="")
    if name in ROW_WISE_GROUPS:
        if name in NEIGHBOURS and plain.rows:
            windows = frozenset({m.record(Windows, node, rows=plain.rows, how=name)})
            plain = plain._replace(windows=plain.windows | windows)
        return plain._replace(form="rolling" if name in {"rolling", "expanding", "ewm"} else "")
    if name in {"get_group", "filter", "__iter__"}:
        return plain
    function = args[0] if args else kwargs.get("func")
    if name in {"transform", "apply"} and isinstance(function, Function):
        result = calls.enter(m, function, [plain], {}, node)
        return m.mix([plain, result])._replace(column=owner.column)
    rank = isinstance(function, Const) and function.value in {"cumsum", "cumcount", "shift", "rank", "diff"}
    if rank:
        return plain
    kind = "count" if name in {"count", "size", "nunique", "value_counts"} else "group"
    if isinstance(function, Const) and function.value in {"count", "size", "nunique"}:
        kind = "count"
    learned = m.learn(node, kind, plain, f"groupby.{name}")
    if name in {"transform", "fillna"}:
        return plain._replace(learned=plain.learned | learned)
    return plain._replace(stat=learned, form="table")


def _mapped(
    m: Machine, node: ast.Call, owner: Data, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a function on rows, columns, elements, or the whole."""
    function = args[0] if args else kwargs.get("func")
    if name == "pipe":
        if isinstance(function, Function | Ref):
            return calls.apply(m, node, function, [owner, *args[1:]], kwargs)
        return m.mix([owner, *args])
    if isinstance(function, Function):
        axis = kwargs.get("axis", args[1] if len(args) > 1 else None)
        columnwise = name in {"apply", "transform"} and axis in {None, Const(0), Const("index")}
        given = owner._replace(oid=0) if columnwise and not owner.column else owner._replace(oid=0, form="row")
        result = calls.enter(m, function, [given, *args[1:]], {}, node)
        mixed = m.mix([owner, *([result] if isinstance(result, Data | Seq) else [])])
        return mixed._replace(oid=0, form=owner.form, column=owner.column, without=owner.without, only=owner.only)
    if isinstance(function, Const) and function.value in SUMMARIES:
        return summary(m, node, owner, str(function.value), kwargs, [])
    if isinstance(function, Ref) and function.last in SUMMARIES and name in {"apply", "agg"}:
        return summary(m, node, owner, function.last, kwargs, [])
    mixed = m.mix([owner, *args])
    return mixed._replace(column=owner.column, without=owner.without, only=owner.only)


def _unknown_model(
    m: Machine, node: ast.Call, owner: Data, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Fit something that came from elsewhere: from now on it is a model."""
    model = estimators.make(m, node, "model" if not owner.rows else "fitted on construction", [], {})
    state = m.estimator(model)
    assert isinstance(node.func, ast.Attribute)
    setting = ast.unparse(node.func.value)
    m.heap[model.oid] = state._replace(
        setting=setting, data=owner if owner.rows else None, varies=owner.varies
    )
    if isinstance(node.func.value, ast.Name | ast.Attribute) and not owner.rows:
        from nbpipe.leaks.interpret.store import assign  # noqa: PLC0415 - they need each other

        assign(m, node.func.value, model, node)
    return estimators.call(m, node, model, "fit" if name == "train" else name, args, kwargs)


def _sample(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Data:
    share = kwargs.get("frac")
    literal = share.value if isinstance(share, Const) else None
    repeated = kwargs.get("replace") == Const(value=True) or (
        isinstance(literal, int | float) and literal > 1
    )
    if repeated:
        copies = frozenset({m.record(Copies, node, rows=owner.rows, how="sample(replace=True)")})
        return owner._replace(oid=0, copies=owner.copies | copies)
    if literal == 1:
        return owner._replace(oid=0)
    key = ("sample", m.cell, node.lineno, node.col_offset)
    m.split(node, "sample", owner.rows, key, shuffled=True)
    return owner._replace(oid=0, rows=pick(owner.rows, frozenset({(key, ("part", "sampled"))})))


def _drop(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Any:
    what = args[0] if args else kwargs.get("columns", kwargs.get("labels", kwargs.get("index")))
    if isinstance(what, Data) and what.form == "index" and what.rows and "columns" not in kwargs:
        known = frozenset().union(*(atom.picks for atom in owner.rows))
        extra = frozenset().union(*(atom.picks for atom in what.rows)) - known
        result = owner._replace(oid=0, rows=pick(owner.rows, opposite(extra)))
    else:
        names = what.items if isinstance(what, Seq) else (what,)
        dropped = {n.value for n in names if isinstance(n, Const) and isinstance(n.value, str)}
        chosen = m.mix([what]) if not dropped else UNKNOWN
        learned = chosen.stat if chosen.form != "mask" else NONE
        result = owner.leaving(frozenset(dropped))
        result = result._replace(
            learned=result.learned | learned, varies=owner.varies | chosen.varies
        )
    if kwargs.get("inplace") == Const(value=True):
        _in_place(m, node, owner, result)
        return Const(None)
    return result


def _pop(m: Machine, node: ast.Call, owner: Data, args: list[Any], _: dict[str, Any]) -> Data:
    name = args[0].value if args and isinstance(args[0], Const) else ""
    if not isinstance(name, str):
        return owner._replace(oid=0)
    m.change(owner, owner.leaving(frozenset({name})))
    return owner.taking_one(name)


def _ends(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Data:
    assert isinstance(node.func, ast.Attribute)
    first = args[0] if args else kwargs.get("n", Const(5))
    if not isinstance(first, Const):
        count: Any = f"#{first.oid}" if isinstance(first, Data) and first.oid else ast.unparse(node)
    else:
        count = first.value
    side = ("range", None, count) if node.func.attr in {"head", "take"} else ("range", count, None)
    if node.func.attr == "tail" and isinstance(count, int):
        side = ("range", -count, None)
    return owner._replace(oid=0, rows=pick(owner.rows, frozenset({("rows", side)})))


def _query(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Data:
    """Read a comparison out of a query, as it divides rows."""
    text = args[0].value if args and isinstance(args[0], Const) else ""
    try:
        tree = ast.parse(str(text).replace("@", ""), mode="eval").body
    except SyntaxError:
        return owner._replace(oid=0)
    if isinstance(tree, ast.Compare) and isinstance(tree.left, ast.Name) and len(tree.ops) == 1:
        column = owner._replace(column=tree.left.id, oid=0)
        m.frames[-1].names["<queried>"] = column
        from nbpipe.leaks.interpret.expressions import evaluate  # noqa: PLC0415 - they need each other

        tree.left = ast.copy_location(ast.Name("<queried>", ast.Load()), tree.left)
        mask = evaluate(m, tree)
        del m.frames[-1].names["<queried>"]
        if isinstance(mask, Data):
            return owner._replace(oid=0, rows=pick(owner.rows, mask.picks))
    return owner._replace(oid=0)


def _random_split(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``frame.randomSplit([0.8, 0.2])`` of Spark."""
    weights = args[0] if args else kwargs.get("weights")
    sides = ("train", "test") if not isinstance(weights, Seq) or len(weights.items) < 3 else ("train", "val", "test")  # noqa: PLR2004
    key = ("split", m.cell, node.lineno, node.col_offset)
    m.split(node, "randomSplit", owner.rows, key, shuffled=True)
    parts = (pick(owner.rows, frozenset({(key, ("part", side))})) for side in sides)
    return Seq(tuple(m.identified(owner._replace(oid=0, rows=rows)) for rows in parts))


def _appended(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Add rows: a frame gives a new one back, a list of rows changes."""
    joined = library.stacked(m, node, [owner, *args])
    m.change(owner, joined)
    return joined


def _deduplicated(m: Machine, node: ast.Call, owner: Data, args: list[Any], kwargs: dict[str, Any]) -> Any:
    result = owner._replace(oid=0, copies=NONE)
    if kwargs.get("inplace") == Const(value=True):
        _in_place(m, node, owner, result)
        return Const(None)
    return result


_METHODS: dict[str, Any] = {
    "sample": _sample,
    "drop": _drop,
    "pop": _pop,
    "head": _ends,
    "tail": _ends,
    "take": _ends,
    "skip": _ends,
    "query": _query,
    "randomSplit": _random_split,
    "append": _appended,
    "extend": _appended,
    "drop_duplicates": _deduplicated,
}
__all__ = ["Instance", "call", "summary"]
