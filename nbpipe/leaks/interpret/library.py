"""Functions of libraries, known by the last part of their name, and functions that nobody knows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies, Save, Windows
from nbpipe.leaks.interpret import builtin, calls, estimators, frames, splits
from nbpipe.leaks.interpret.machine import union
from nbpipe.leaks.knowledge import functions as known
from nbpipe.leaks.knowledge.estimators import DATA_FIRST, KERAS, kind_of
from nbpipe.leaks.knowledge.frames import HARMLESS, SUMMARIES, WINDOWS
from nbpipe.leaks.rows import overlap, pick, source
from nbpipe.leaks.values import (
    NONE,
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Function,
    Instance,
    Map,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_SKLEARN_SETS = ("load_", "fetch_")
_LOADS = ("load", "read", "get", "fetch", "make", "create", "prepare", "import", "build", "gen", "simulate", "download")
_FRAMES = frozenset("DataFrame Series array asarray Index csr_matrix csc_matrix coo_matrix Tensor FloatTensor LongTensor Variable ndarray matrix asfarray from_numpy tensor".split())
_ESTIMATOR_ENDINGS = ("Classifier", "Regressor", "Regression", "CV", "NB", "SVC", "SVR", "Net", "Model", "Tree", "Forest", "Lasso", "Ridge", "Encoder", "Scaler", "Selector", "Imputer", "Transformer")


def call(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call something by its dotted name."""
    name = ref.last
    how = _FUNCTIONS.get(name)
    if how is not None:
        return how(m, node, ref, args, kwargs)
    if name in known.PLAIN:
        return UNKNOWN
    if name in known.TRAIN_TEST_SPLITS:
        return splits.train_test(m, node, name, args, kwargs)
    if name in known.FOLD_SCORES:
        return _fold_score(m, node, name, args, kwargs)
    if _is_metric(name):
        return _metric(m, node, name, args, kwargs)
    if name in known.LEARNING and args:
        return _learned(m, node, name, args, kwargs)
    if name in SUMMARIES and args and isinstance(args[0], Data):
        return frames.summary(m, node, args[0], name, kwargs, args[1:])
    if name in HARMLESS:
        return UNKNOWN
    if name in known.READERS or name in known.MAKERS or name.startswith(_SKLEARN_SETS):
        return _read(m, node, ref, args, kwargs)
    if name[:1].isupper() or kind_of(name) != "model" or name in DATA_FIRST:
        return _made(m, node, name, args, kwargs)
    return unknown(m, node, args, kwargs)


def _is_metric(name: str) -> bool:
    if name in known.NO_METRIC:
        return False
    return name in known.METRICS or name.endswith(known.METRIC_ENDINGS)


def _made(m: Machine, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Make an object of a library's class; unless it is known, one that holds rows is these rows."""
    data = m.mix([*args, *kwargs.values()])
    side = kwargs.get("train", kwargs.get("split"))
    if isinstance(side, Const) and not data.rows:  # torchvision.datasets.CIFAR10(root, train=True)
        part = {True: "train", False: "test"}.get(side.value, str(side.value))
        return Data(rows=pick(source(("dataset", name)), frozenset({("dataset", ("part", part))})))
    estimator = (
        kind_of(name) != "model" or name in DATA_FIRST or name in KERAS or name.endswith(_ESTIMATOR_ENDINGS)
    )
    if data.rows and not estimator:
        judge_given(m, node, args, kwargs)
        return data
    return estimators.make(m, node, name, args, kwargs)


def unknown(m: Machine, node: ast.Call, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a function that nobody knows: rows go through it."""
    given = [*args, *kwargs.values()]
    for function in given:
        if isinstance(function, Function):
            _tried(m, node, function)
    if judge_given(m, node, args, kwargs):
        return UNKNOWN
    data = m.mix(given)
    if data.rows or data.learned or data.fits or data.varies or data.scores:
        return data._replace(form="" if data.form in {"index", "loc", "groups", "file"} else data.form, column="" if data.form == "file" else data.column)
    models = [model for value in given for model in estimators.models_in(m, value)]
    if models:
        return models[0]
    name = calls_name(node)
    if name.lower().startswith(_LOADS) or "data" in name.lower() or "split" in name.lower():
        return Data(rows=source(("call", ast.unparse(node))))
    return UNKNOWN


def _tried(m: Machine, node: ast.Call, function: Function) -> None:
    """Walk a function that somebody else calls again and again: ``study.optimize(objective)``."""
    m.loop_count += 1
    number = m.loop_count
    m.loops.append(number)
    parameters = function.node.args.args
    moved = [Data(varies=frozenset({number}), oid=m.number()) for _ in parameters]
    calls.enter(m, function, moved[: len(parameters) - len(function.bound)], {}, node)
    m.loops.pop()


def calls_name(node: ast.Call) -> str:
    """Return the last part of the called name."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def judge_given(m: Machine, node: ast.Call, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Note a score where a function is given predictions with the truth, or a model with rows."""
    given = [*args, *kwargs.values()]
    parts = [part for value in given for part in m.data_in(value)]
    name = calls_name(node)
    predicted = [p for p in parts if p.fits and not p.stat]
    actual = [p for p in parts if p.rows and not p.fits and (not p.stat or p.form == "table")]
    if predicted and (actual or _is_metric(name)):
        truth = actual[0] if actual else UNKNOWN
        for each in {p.fits: p for p in predicted}.values():
            judged = each._replace(rows=each.rows or truth.rows, varies=each.varies - truth.varies)
            m.judge(node, name, judged, each.fits, target=truth.column)
        return True
    models = [model for value in given for model in estimators.models_in(m, value)]
    for model in models:
        fits = m.estimator(model).fits
        tested = [
            p for p in actual if all(not overlap(p.rows, m.facts[each].rows) for each in fits)
        ]
        if fits and tested and estimators.judges(m, fits):
            m.judge(node, name, tested[0], fits, certain=_is_metric(name))
            return True
    return False


def _metric(m: Machine, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    before = len(m.facts)
    judge_given(m, node, args, kwargs)
    scores = frozenset(range(before, len(m.facts)))
    given = m.mix([*args, *kwargs.values()])
    return Data(scores=scores, varies=given.varies, stat=NONE)


def _fold_score(
    m: Machine, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Cross-validate: the rows given train and judge in turn."""
    models = [model for value in args[:1] for model in estimators.models_in(m, value)]
    models += [m_ for key in ("estimator",) if key in kwargs for m_ in estimators.models_in(m, kwargs[key])]
    values = [value for value in args if not isinstance(value, Model)]
    data = m.mix([estimators.first_of(values, kwargs, "X")])
    target = m.mix([values[1] if len(values) > 1 else kwargs.get("y", UNKNOWN)])
    if not data.rows:
        return UNKNOWN
    label = m.estimator(models[0]).cls if models else ""
    fits = NONE
    if models:
        state = m.estimator(models[0])
        fits = m.learn(
            node, "model", data, label, setting=state.setting, varies=state.varies | data.varies,
            target=target, oid=models[0].oid,
        )  # fmt: skip
    scores = m.judge(node, name, data, fits, folds=True, target=target.column)
    if name == "cross_val_predict":
        return Data(rows=data.rows, learned=data.learned)
    return Data(scores=scores, varies=data.varies)


def _learned(m: Machine, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Learn from rows and give them back changed, in one call."""
    data = m.mix(args[:1])
    if kwargs.get("axis") == Const(1) or not data.rows or data.form == "row":
        return data
    learned = m.learn(node, known.LEARNING[name], data, name)
    return data._replace(oid=0, learned=data.learned | learned, column=data.column)


def _cut(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Bin: by given edges nothing is learned, by a number of bins the range is."""
    data = m.mix(args[:1])
    bins = args[1] if len(args) > 1 else kwargs.get("bins")
    if isinstance(bins, Seq) and not m.data_in(bins):
        return data
    if isinstance(bins, Const) and isinstance(bins.value, int):
        learned = m.learn(node, "bins", data, "cut")
        return data._replace(oid=0, learned=data.learned | learned)
    return m.mix([data, bins])


def _categories(m: Machine, node: ast.Call, ref: Ref, args: list[Any], _: dict[str, Any]) -> Any:
    data = m.mix(args)
    learned = m.learn(node, "encode", data, ref.last)
    result = data._replace(oid=0, learned=data.learned | learned)
    return Seq((result, UNKNOWN)) if ref.last == "factorize" else result


def _read(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read rows: the same file read again gives the same rows."""
    path = estimators.first_of(args, kwargs, "filepath_or_buffer", "path", "io")
    if isinstance(path, Const):
        stored = m.heap.get(f"<file {path.value}>")
        if stored is not None:
            return m.see(stored)
        if isinstance(path.value, str) and ref.last in known.READERS:
            return Data(rows=source(("file", path.value)))
    return Data(rows=source(("read", ast.unparse(node))))


def store(m: Machine, value: Any, node: ast.Call, paths: list[Any]) -> None:
    """Remember what was written to a file."""
    for path, text in zip(paths, node.args[-len(paths) :] if paths else (), strict=False):
        m.heap[_file(path, text)] = m.identified(value)


def _file(path: Any, node: ast.expr) -> str:
    """Return what stands for a file among the variables."""
    if isinstance(path, Data) and path.form == "file":
        return path.column
    return f"<file {path.value if isinstance(path, Const) else ast.unparse(node)}>"


def _dump(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    value = args[0] if args else UNKNOWN
    store(m, value, node, args[1:])
    for model in estimators.models_in(m, value):
        state = m.estimator(model)
        m.record(Save, node, how=ref.name, oid=model.oid, fitted=bool(state.fits))
    return UNKNOWN


def _load(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    path = args[0] if args else None
    stored = m.heap.get(_file(path, node.args[0])) if node.args else None
    if stored is not None:
        return m.see(stored)
    return Data(rows=source(("file", ast.unparse(node))), form="archive")


def _open(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not args or not node.args:
        return UNKNOWN
    name = _file(args[0], node.args[0])
    return Data(rows=source(("file", name)), form="file", column=name)


def stacked(m: Machine, node: ast.Call, values: list[Any]) -> Data:
    """Return rows below rows; the same rows twice are copies."""
    parts = [part for value in values for part in m.data_in(value)]
    held = [part for part in parts if part.rows]
    if not held:
        return m.mix(values)
    mixed = m.mix(parts)
    copies = mixed.copies
    seen: list[Data] = []
    for part in held:
        if any(part.rows == other.rows for other in seen) and not part.fits and not m.loops:
            copies |= {m.record(Copies, node, rows=part.rows, how="rows joined to themselves")}
        seen.append(part)
    return mixed._replace(
        rows=frozenset().union(*(part.rows for part in held)),
        learned=union(part.learned for part in held),
        stat=NONE,
        copies=copies,
        column="",
        picks=frozenset(),
        without=frozenset.intersection(*(part.without for part in held)),
    )


def _concat(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    axis = kwargs.get("axis", args[1] if len(args) > 1 else None)
    values = args[:1] if ref.last != "append" else args[:2]
    if "objs" in kwargs:
        values = [kwargs["objs"]]
    sideways = isinstance(axis, Const) and axis.value in {1, "columns", -1}
    if any(isinstance(value, Map) for value in values):
        return m.mix(values)
    if sideways:
        mixed = m.mix(values)
        return mixed._replace(column="", only=None, without=frozenset())
    return stacked(m, node, values)


def _frame(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Make a frame or array: its rows are those of what it is made from."""
    values = args[:1] or [kwargs[each] for each in ("data",) if each in kwargs]
    if _target_beside(m, values):
        judge_given(m, node, values, {})
    data = m.mix(values)
    if not data.rows and not data.fits and not data.learned and not data.varies and not data.scores:
        literal = any(isinstance(value, Seq | Map) and value.items for value in values)
        return Data(rows=source(("made", m.cell, node.lineno, node.col_offset))) if literal else UNKNOWN
    column = data.column if ref.last == "Series" or len(m.data_in(values[0])) == 1 else ""
    return data._replace(oid=0, column=column, form="" if data.form in {"loc"} else data.form)


def _target_beside(m: Machine, values: list[Any]) -> bool:
    """Say whether predictions are put beside what they should be; a submission has other columns."""
    parts = [part for value in values for part in m.data_in(value)]
    targets = {m.facts[number].target.column for part in parts for number in part.fits if m.facts[number].target}
    return any(part.column in targets - {""} and not part.fits for part in parts)


def _zeros(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return UNKNOWN


def _holder(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return m.mix([*args, *kwargs.values()])


def _train(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return estimators.train(m, node, ref.name, args, kwargs)


def _cv(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``nbpipe.cv(pipeline, X, y)``, ``xgb.cv(params, dtrain)``."""
    return _fold_score(m, node, ref.name, args, kwargs)


def _clone(m: Machine, node: ast.Call, ref: Ref, args: list[Any], _: dict[str, Any]) -> Any:
    value = args[0] if args else UNKNOWN
    if isinstance(value, Model):
        return estimators.copy(m, value, fitted=ref.last != "clone")
    if isinstance(value, Data | Seq | Map):
        return value._replace(oid=0)
    if isinstance(value, Instance):
        return value
    return value


def _build(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``nbpipe.build(steps)``, ``make_pipeline`` of what a build cell lists."""
    if ref.name.partition(".")[0] == "nbpipe":
        return estimators.make(m, node, "Pipeline", args, kwargs)
    return unknown(m, node, args, kwargs)


def _windows(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Cut a series into windows that share values."""
    data = m.mix([*args, *kwargs.values()])
    if not data.rows:
        return data
    windows = frozenset({m.record(Windows, node, rows=data.rows, how=ref.last)})
    return data._replace(oid=0, windows=data.windows | windows)


def _generator(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Ref:
    return Ref("numpy.random")


def _network(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Load a network: the one fitted here last, as a checkpoint kept it."""
    fits = m.heap.get(estimators.LAST_NETWORK, UNKNOWN).fits
    return m.new_estimator(Estimator("Model", "model", ref.name, fits=fits)) if fits else UNKNOWN


def _partial(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    function, *bound = args or [UNKNOWN]
    if isinstance(function, Function):
        return function._replace(bound=(*function.bound, *bound))
    return function


_FUNCTIONS: dict[str, Any] = {
    **builtin.FUNCTIONS,
    **splits.FUNCTIONS,
    **dict.fromkeys(known.ARCHIVES, _load),
    **dict.fromkeys(("dump", "dumps", "save", "savez", "savez_compressed", "save_model", "log_model"), _dump),
    **dict.fromkeys(known.CATEGORIES, _categories),
    **dict.fromkeys(known.CONCATENATIONS, _concat),
    **dict.fromkeys(known.DATA_HOLDERS, _holder),
    **dict.fromkeys(known.SIDE_BY_SIDE, _holder),
    **dict.fromkeys(("zeros", "ones", "empty", "zeros_like", "full", "ones_like"), _zeros),
    **dict.fromkeys(_FRAMES, _frame),
    **dict.fromkeys(("RandomState", "default_rng", "Random"), _generator),
    "load_model": _network,
    **dict.fromkeys(("clone", "deepcopy", "copy"), _clone),
    "cut": _cut,
    "open": _open,
    **dict.fromkeys(WINDOWS, _windows),
    "load_dataset": _load,
    "build": _build,
    "cv": _cv,
    "train": _train,
    "partial": _partial,
}
__all__ = ["call", "calls", "stacked", "store", "unknown"]
