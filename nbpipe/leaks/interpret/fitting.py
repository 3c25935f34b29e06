"""Fits: what is learned from which rows, and what it is watched with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies
from nbpipe.leaks.interpret.call import Call, first
from nbpipe.leaks.interpret.judging import judges
from nbpipe.leaks.interpret.mixing import union
from nbpipe.leaks.interpret.models import make, models_in
from nbpipe.leaks.knowledge.estimators import KERAS, KINDS, STEERING_CALLBACKS
from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Estimator, Ids, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

FITS = frozenset((
    "fit", "partial_fit", "fit_generator", "fit_on_texts", "fit_on_sequences", "adapt",
    "train_on_batch", "fit_resample", "fit_sample", "sample_fit", "learn", "fit_transform",
    "fit_predict", "fit_one_cycle", "fit_regularized", "build_vocab",
))  # fmt: skip
RESAMPLES = frozenset({"fit_resample", "fit_sample", "sample"})
LAST_NETWORK = "<the network fitted last>"
# In Spark, a fitted model predicts by transforming.
_PREDICTORS = ("Classifier", "Regressor", "Regression", "NaiveBayes")
_VALIDATES = (
    "validation_data", "eval_set", "evals", "valid_sets", "val_data", "validation_generator",
    "X_val", "watchlist", "eval_data",
)  # fmt: skip
_STEERS = frozenset({"early_stopping_rounds", "early_stopping", "use_best_model"})
_OFF = (None, Const(None), Const(value=False), Const(0))


def fit(m: Machine, call: Call, model: Model) -> Any:
    """Fit an estimator, by whichever of its methods."""
    state = m.estimator(model)
    data = m.mix([first(call, "X", "x", "raw_documents", "train_data")]).as_rows()
    if not data.rows and state.data is not None:
        data = m.mix([state.data, data])
    target = m.mix([call.argument(1, "y")]).as_rows()
    if target.column and not data.column:  # it is not among the features, however they were listed
        inside = frozenset(pair for pair in data.inside if pair[0] != target.column)
        data = data._replace(inside=inside)
    if state.kind == "oversample" or (state.kind == "undersample" and call.last in RESAMPLES):
        return _resampled(m, call, state, data, target)
    if not data.rows:
        return data if call.last == "fit_transform" else model
    fits = _learned(m, call, model, data, target)
    if state.kind == "search":
        m.judge(call.node, state.cls, data, fits, folds=True, search=True, target=target.column)
    _watch(m, call, state, fits)
    if call.last == "fit_transform":
        return transform(m, model, data)
    if call.last == "fit_predict":
        return data._replace(oid=0, learned=data.learned | fits)
    return UNKNOWN if state.cls in KERAS else model


def train(m: Machine, call: Call) -> Model:
    """Make and fit a booster in one call: ``xgb.train(params, dtrain, evals=[...])``."""
    held = [m.mix([value]) for value in call.given]
    data = next((each for each in held if each.rows), UNKNOWN)
    model = make(m, call.with_args(), call.name)
    state = m.estimator(model)._replace(varies=union(each.varies for each in held))
    m.heap[model.oid] = state
    if data.rows:
        fits = _learned(m, call, model, data, data)
        evals = call.argument(3)  # train(params, data, rounds, evals)
        _watch(
            m,
            call if evals is None else call._replace(kwargs={**call.kwargs, "evals": evals}),
            state,
            fits,
        )
    return model


def transform(m: Machine, model: Model, data: Data) -> Data:
    """Return rows as a fitted transformer gives them back."""
    state = m.estimator(model)
    data = data.as_rows()._replace(oid=0, varies=data.varies | state.varies)
    if state.kind == "stateless":
        return data
    fits = state.fits or union(m.estimator(step).fits for step in state.steps)
    inherited = union(m.fit(number).learned for number in fits)
    return data._replace(
        learned=data.taint | fits | inherited,
        inside=frozenset(),
        stat=data.stat if data.rows else NONE,
        made=frozenset(),
        only=None,
        fits=fits if state.cls.endswith(_PREDICTORS) else data.fits,
    )


def _learned(m: Machine, call: Call, model: Model, data: Data, target: Data) -> Ids:
    """Note the fit and put it into the estimator."""
    state = m.estimator(model)
    if state.kind == "stateless" or (data.fits and state.kind in KINDS):
        return NONE  # what is learned of predictions enters no model
    fits = m.learn(
        call.node,
        state.kind,
        data._replace(form="", learned=data.learned | state.learned),
        state.cls,
        varies=state.varies | data.varies,
        setting=state.setting,
        target=target,
        oid=model.oid,
    )
    kept = state.fits if call.last == "partial_fit" else NONE
    m.heap[model.oid] = state._replace(fits=kept | fits)
    if state.cls in KERAS:
        m.heap[LAST_NETWORK] = Data(fits=fits)
    return fits


def _resampled(m: Machine, call: Call, state: Estimator, data: Data, target: Data) -> Seq:
    """Return resampled rows: made up from others, or only fewer."""
    if state.kind == "oversample" and data.rows:
        copies = m.mark(Copies, call.node, data.rows, state.cls)
        data = data._replace(copies=data.copies | copies)
        target = target._replace(copies=target.copies | copies)
    return Seq((m.identified(data._replace(oid=0)), m.identified(target._replace(oid=0))))


def _watch(m: Machine, call: Call, state: Estimator, fits: Ids) -> None:
    """Note the rows that a fit is watched with; stopping by them is choosing by them."""
    if not judges(m, fits):
        return
    options = {**dict(state.params), **call.kwargs}
    callbacks = models_in(m, call.kwargs.get("callbacks"))
    steering = any(options.get(each) not in _OFF for each in _STEERS)
    steering |= any(m.estimator(each).cls in STEERING_CALLBACKS for each in callbacks)
    for name in _VALIDATES:
        for data in _pairs(m, call.kwargs.get(name)):
            if data.rows and not any(data.rows == m.facts[number].rows for number in fits):
                m.judge(call.node, name, data, fits, tuning=steering, certain=steering)


def _pairs(m: Machine, value: Any) -> list[Data]:
    """Return the features of ``(X, y)`` or of ``[(X, y), (X, y)]``, or a list of data sets."""
    value = m.see(value)
    if isinstance(value, Seq) and value.items:
        if all(isinstance(m.see(item), Seq) for item in value.items):
            return [part for item in value.items for part in _pairs(m, item)]
        parts = [m.mix([item]) for item in value.items]
        return parts if parts[-1].rows != parts[0].rows else parts[:1]
    return [m.mix([value])]


FUNCTIONS = {"train": train}
