"""Estimators: what making, fitting, applying and scoring one means for rows."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies, Fit, Save
from nbpipe.leaks.interpret import library
from nbpipe.leaks.knowledge.estimators import (
    BASELINES,
    DATA_FIRST,
    KERAS,
    KINDS,
    SPLITTERS,
    STEERING_CALLBACKS,
    kind_of,
)
from nbpipe.leaks.rows import divided
from nbpipe.leaks.values import (
    NONE,
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Function,
    Ids,
    Instance,
    Map,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

FITS = frozenset(
    """fit partial_fit fit_generator fit_on_texts fit_on_sequences adapt train_on_batch fit_resample fit_sample
    sample_fit learn fit_transform fit_predict fit_one_cycle fit_regularized build_vocab""".split()
)
_RESAMPLES = frozenset({"fit_resample", "fit_sample", "sample"})
_APPLIES = frozenset(
    """transform texts_to_sequences texts_to_matrix inverse_transform sequences_to_matrix encode apply
    get_support doc2bow standardize""".split()
)
_PREDICTS = frozenset(
    """predict predict_proba predict_log_proba decision_function score_samples predict_classes predict_generator
    forecast get_forecast get_prediction predict_on_batch staged_predict predict_step predict_quantiles""".split()
)
_SCORES = frozenset({"score", "evaluate", "evaluate_generator", "test_on_batch", "eval"})
LAST_NETWORK = "<the network fitted last>"
_NETWORK = re.compile("(?i)net|model|sequential|lstm|gru|rnn|mlp|bert|former|parallel|classifi|regress")
RESTORES = frozenset({"load_state_dict", "load_weights", "set_weights"})
# In Spark, a fitted model predicts by transforming.
_PREDICTORS = ("Classifier", "Regressor", "Regression", "NaiveBayes")
_VALIDATES = (
    "validation_data", "eval_set", "evals", "valid_sets", "val_data", "validation_generator", "X_val",
    "watchlist", "eval_data",
)  # fmt: skip
_STEERS = frozenset({"early_stopping_rounds", "early_stopping", "use_best_model", "callbacks"})


def make(m: Machine, node: ast.Call, cls: str, args: list[Any], kwargs: dict[str, Any]) -> Model:
    """Make an estimator."""
    given = [*args, *kwargs.values()]
    steps = tuple(model for value in given for model in models_in(m, value))
    data = m.mix(given)
    state = Estimator(
        cls,
        _kind(m, cls, steps),
        _setting(m, node, cls, args, kwargs),
        data=data if cls in DATA_FIRST or data.rows else None,
        steps=steps,
        varies=data.varies | frozenset().union(*(m.estimator(step).varies for step in steps)),
        params=tuple(kwargs.items()),
        first=args[0] if args else None,
    )
    return m.new_estimator(state)


def _kind(m: Machine, cls: str, steps: tuple[Model, ...]) -> str:
    """Return what an estimator learns; of several steps, the gravest."""
    kind = kind_of(cls)
    if kind != "composite":
        return kind
    kinds = [m.estimator(step).kind for step in steps]
    if not kinds or any(each in {"model", "search"} for each in kinds):
        return "model"
    return max(kinds, key=lambda each: ("stateless", "note", "review", "error").index(KINDS.get(each, "stateless")))


def _setting(
    m: Machine, node: ast.Call, cls: str, args: list[Any], kwargs: dict[str, Any]
) -> str:
    """Return what tells two settings apart: the source, and what its names stand for."""
    if cls in KERAS:
        return f"{cls}#{m.number()}"
    literals = [each.value for each in (*args, *kwargs.values()) if isinstance(each, Const)]
    return f"{ast.unparse(node)} {literals}"


def models_in(m: Machine, value: Any) -> list[Model]:
    """Return the estimators that a value holds, however it is packed."""
    value = m.see(value)
    if isinstance(value, Model):
        return [value]
    if isinstance(value, Seq):
        return [model for item in value.items for model in models_in(m, item)]
    if isinstance(value, Map):
        return [model for _, item in value.items for model in models_in(m, item)]
    if isinstance(value, Ref) and value.last[:1].isupper() and kind_of(value.last) != "model":
        state = Estimator(value.last, kind_of(value.last), value.last)
        return [m.new_estimator(state)]
    return []


def call(
    m: Machine, node: ast.Call, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a method of an estimator."""
    state = m.estimator(model)
    if state.kind == "splitter":
        return _folds(m, state, args, kwargs) if name == "split" else UNKNOWN
    if name in FITS or name in _RESAMPLES:
        return _fit(m, node, model, name, args, kwargs)
    if name in _APPLIES:
        return _apply(m, model, m.mix(args or kwargs.values()))
    if name in _PREDICTS:
        return _predict(m, node, model, name, m.mix([*args[:1], *kwargs.values()]))
    if name in _SCORES:
        return _score(m, node, model, name, args, kwargs)
    if name in {"save", "save_model", "to_json", "save_weights"}:
        m.record(Save, node, how=name, oid=model.oid, fitted=bool(state.fits))
        return UNKNOWN
    if name == "set_params":
        changed = state.setting + ast.unparse(node)
        m.heap[model.oid] = state._replace(setting=changed, varies=state.varies | m.mix(kwargs.values()).varies)
        return model
    if name in {"get_feature_names", "get_feature_names_out", "get_params", "compile", "summary", "add"}:
        if name == "add":
            more = m.mix([*args, *(v for a in args if isinstance(a, Model) for _, v in m.estimator(a).params)])
            m.heap[model.oid] = state._replace(varies=state.varies | more.varies)
        return UNKNOWN
    if name in RESTORES:  # what a checkpoint kept of the fit before
        m.heap[model.oid] = state._replace(fits=state.fits or m.heap.get(LAST_NETWORK, UNKNOWN).fits)
        return model
    if name in {"eval", "train", "to", "cuda", "float", "build", "double", "half", "cpu"}:
        return model
    if any(isinstance(value, Function) for value in args):
        return library.unknown(m, node, args, kwargs)
    return m.mix([*args, *kwargs.values()])


def _folds(m: Machine, state: Estimator, args: list[Any], kwargs: dict[str, Any]) -> Data:
    """Return what a splitter gives in turn; `column` names it, `without` says that it shuffles."""
    data = m.mix([*args, *kwargs.values()])
    shuffles = SPLITTERS.get(state.cls)
    if shuffles is None:
        shuffles = dict(state.params).get("shuffle") == Const(value=True)
    return Data(
        rows=data.rows,
        form="folds",
        column=state.cls,
        without=frozenset({"shuffled"}) if shuffles else frozenset(),
        only=frozenset({"once"}) if _rounds(state) == Const(1) else None,
        copies=data.copies,
        windows=data.windows,
    )


def _rounds(state: Estimator) -> Any:
    """Return how often a splitter divides, as it was told."""
    return dict(state.params).get("n_splits", state.first)


def first_of(args: list[Any], kwargs: dict[str, Any], *names: str) -> Any:
    """Return an argument that is the first, or is given by one of these names."""
    if args:
        return args[0]
    return next((kwargs[name] for name in names if name in kwargs), UNKNOWN)


def _fit(
    m: Machine, node: ast.Call, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    state = m.estimator(model)
    data = m.mix([first_of(args, kwargs, "X", "x", "raw_documents", "train_data")]).as_rows()
    if not data.rows and state.data is not None:
        data = m.mix([state.data, data])
    target = m.mix([args[1] if len(args) > 1 else kwargs.get("y", UNKNOWN)]).as_rows()
    if target.column and not data.column:  # the target is not among the features, however they were listed
        data = data._replace(inside=frozenset(pair for pair in data.inside if pair[0] != target.column))
    if state.kind == "oversample" or (state.kind == "undersample" and name in _RESAMPLES):
        return _resample(m, node, state, data, target)
    if not data.rows:
        return model if name != "fit_transform" else data
    fits = _learn(m, node, model, state, data, target, keep=name == "partial_fit")
    if state.kind == "search":
        m.judge(node, state.cls, data, fits, folds=True, search=True, target=target.column)
    _validate(m, node, model, fits, args, kwargs)
    if name == "fit_transform":
        return _apply(m, model, data)
    if name == "fit_predict":
        return data._replace(oid=0, learned=data.learned | fits)
    return UNKNOWN if state.cls in KERAS else model


def _learn(
    m: Machine, node: ast.Call, model: Model, state: Estimator, data: Data, target: Data, *, keep: bool
) -> Ids:
    """Note the fit and put it into the estimator."""
    if state.kind == "stateless":
        return NONE
    fits = m.learn(
        node,
        state.kind,
        data._replace(form=""),
        state.cls,
        varies=state.varies | data.varies,
        setting=state.setting,
        supervised=bool(target.rows) and state.kind != "model",
        target=target,
        oid=model.oid,
    )
    kept = state.fits if keep else NONE
    m.heap[model.oid] = state._replace(fits=kept | fits, target=target.column)
    if state.cls in KERAS:
        m.heap[LAST_NETWORK] = Data(fits=fits)
    return fits


def _resample(m: Machine, node: ast.Call, state: Estimator, data: Data, target: Data) -> Seq:
    """Return resampled rows: made up from others, or only fewer."""
    if state.kind == "oversample" and data.rows:
        copies = frozenset({m.record(Copies, node, rows=data.rows, how=state.cls)})
        data = data._replace(copies=data.copies | copies)
        target = target._replace(copies=target.copies | copies)
    return Seq((m.identified(data._replace(oid=0)), m.identified(target._replace(oid=0))))


def _apply(m: Machine, model: Model, data: Data) -> Data:
    state = m.estimator(model)
    data = data._replace(varies=data.varies | state.varies)
    if state.kind == "stateless":
        return data._replace(oid=0)
    fits = state.fits or frozenset().union(*(m.estimator(step).fits for step in state.steps))
    inherited = frozenset().union(*(m.facts[each].learned for each in fits)) if fits else NONE
    data = data.as_rows()
    stat = data.stat and not data.rows
    return data._replace(
        oid=0,
        learned=data.taint | fits | inherited,
        inside=frozenset(),
        stat=NONE if stat else data.stat,
        made=frozenset(),
        only=None,
        without=data.without,
        fits=fits if state.cls.endswith(_PREDICTORS) else data.fits,
    )


def _predict(m: Machine, node: ast.Call, model: Model, name: str, data: Data) -> Data:
    state = m.estimator(model)
    if state.fits and not data.stat and divided(data.rows) and judges(m, state.fits):
        m.judge(node, name, data, state.fits, certain=False)
    return Data(
        rows=data.rows,
        fits=state.fits,
        learned=data.taint,
        copies=data.copies,
        windows=data.windows,
        varies=data.varies | state.varies,
        form="row" if data.form == "row" else "",
    )


def judges(m: Machine, fits: Ids) -> bool:
    """Say whether these are fits of models; what a transformer predicts is not judged."""
    return any(isinstance(m.facts[each], Fit) and m.facts[each].kind in {"model", "search"} for each in fits)


def _score(
    m: Machine, node: ast.Call, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Data:
    state = m.estimator(model)
    data = m.mix([first_of(args, kwargs, "X", "x")])
    target = m.mix([args[1] if len(args) > 1 else kwargs.get("y", UNKNOWN)])
    rows = data.rows or target.rows
    if data.fits:  # an evaluator, given predictions
        return Data(scores=m.judge(node, name, data, data.fits))
    if not rows or not judges(m, state.fits):
        return UNKNOWN
    scores = m.judge(node, name, data._replace(rows=rows), state.fits, target=target.column)
    return Data(scores=scores, varies=data.varies | state.varies)


def _validate(
    m: Machine, node: ast.Call, model: Model, fits: Ids, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Note the rows that a fit is watched with; stopping by them is choosing by them."""
    state = m.estimator(model)
    if not judges(m, fits):
        return
    steering = any(
        kwargs.get(each) not in {None, Const(None), Const(value=False), Const(0)} for each in _STEERS - {"callbacks"} if each in kwargs
    )
    steering |= any(m.estimator(each).cls in STEERING_CALLBACKS for each in models_in(m, kwargs.get("callbacks")))
    steering |= any(
        value not in {Const(None), Const(value=False)}
        for key, value in state.params
        if key in {"early_stopping_rounds", "use_best_model"}
    )
    watched = [kwargs[each] for each in _VALIDATES if each in kwargs]
    for data in (part for value in watched for part in _pairs(m, value)):
        if data.rows and not any(data.rows == m.facts[each].rows for each in fits):
            m.judge(node, _named(kwargs), data, fits, tuning=steering, certain=steering)


def _pairs(m: Machine, value: Any) -> list[Data]:
    """Return the features of ``(X, y)`` or of ``[(X, y), (X, y)]``, or a list of data sets."""
    value = m.see(value)
    if isinstance(value, Seq) and value.items:
        if all(isinstance(m.see(item), Seq) for item in value.items):
            return [part for item in value.items for part in _pairs(m, item)]
        parts = [m.mix([item]) for item in value.items]
        return parts if parts[-1].rows != parts[0].rows else parts[:1]
    return [m.mix([value])]


def _named(kwargs: dict[str, Any]) -> str:
    return next((each for each in _VALIDATES if each in kwargs), "validation")


def train(m: Machine, node: ast.Call, cls: str, args: list[Any], kwargs: dict[str, Any]) -> Model:
    """Make and fit a booster in one call: ``xgb.train(params, dtrain, evals=[...])``."""
    data = next((m.mix([arg]) for arg in [*args, *kwargs.values()] if m.mix([arg]).rows), UNKNOWN)
    model = make(m, node, cls, [], {})
    state = m.estimator(model)._replace(data=None, varies=m.mix([*args, *kwargs.values()]).varies)
    m.heap[model.oid] = state
    if data.rows:
        fits = _learn(m, node, model, state, data, data, keep=False)
        if len(args) > 3 and "evals" not in kwargs:  # noqa: PLR2004 - train(params, data, rounds, evals)
            kwargs = {**kwargs, "evals": args[3]}
        _validate(m, node, model, fits, args, kwargs)
    return model


def copy(m: Machine, model: Model, *, fitted: bool) -> Model:
    """Return another estimator of the same setting."""
    state = m.estimator(model)
    return m.new_estimator(state if fitted else state._replace(fits=NONE))


def called(m: Machine, node: ast.Call, model: Model, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call an object of a library's class: a network on rows, or a loss on predictions."""
    data = m.mix(args[:1])._replace(form="")
    if data.fits or any(part.fits for part in m.data_in(Seq(tuple(args)))):
        before = len(m.facts)
        library.judge_given(m, node, args, kwargs)
        return Data(scores=frozenset(range(before, len(m.facts))))
    state = m.estimator(model)
    if not state.fits and not _NETWORK.search(state.cls):
        return m.mix([*args, *kwargs.values()])
    if data.rows and not state.fits:
        fits = m.learn(node, "model", data, state.cls, setting=f"#{model.oid}", oid=model.oid)
        m.heap[model.oid] = state._replace(fits=fits)
        m.heap[LAST_NETWORK] = Data(fits=fits)
    return _predict(m, node, model, "predict", data)


def network(m: Machine, node: ast.Call, owner: Instance, args: list[Any]) -> Data:
    """Call a network of a local class; the rows that it is given first are those it is trained on."""
    data = m.mix(args)._replace(form="")
    fields = m.heap[owner.oid]
    fits = fields.get("<fits>", NONE)
    if data.rows and not fits:
        fits = m.learn(node, "model", data, owner.cls.node.name, setting=f"#{owner.oid}", oid=owner.oid)
        m.heap[owner.oid] = {**fields, "<fits>": fits}
        m.heap[LAST_NETWORK] = Data(fits=fits)
    return Data(rows=data.rows, fits=fits, learned=data.taint, copies=data.copies, windows=data.windows)


def baseline(cls: str) -> bool:
    """Say whether a model only gives others something to be compared with."""
    return cls in BASELINES
