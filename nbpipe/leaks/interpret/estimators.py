"""Methods of estimators, and networks that are called like functions."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Predicted, Save
from nbpipe.leaks.interpret import judging, library
from nbpipe.leaks.interpret.call import Call, first
from nbpipe.leaks.interpret.fitting import FITS, LAST_NETWORK, RESAMPLES, fit, transform
from nbpipe.leaks.interpret.models import adapted, models_in
from nbpipe.leaks.knowledge.estimators import KINDS
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
    Model,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_APPLIES = frozenset((
    "transform", "texts_to_sequences", "texts_to_matrix", "inverse_transform", "encode", "apply",
    "sequences_to_matrix", "get_support", "doc2bow", "standardize",
))  # fmt: skip
_PREDICTS = frozenset((
    "predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples",
    "predict_classes", "predict_generator", "forecast", "get_forecast", "get_prediction",
    "predict_on_batch", "staged_predict", "predict_step", "predict_quantiles",
))  # fmt: skip
_SCORES = frozenset({"score", "evaluate", "evaluate_generator", "test_on_batch"})
_SAVES = frozenset({"save", "save_model", "to_json", "save_weights"})
_TELLS = frozenset({"get_feature_names", "get_feature_names_out", "get_params", "summary"})
RESTORES = frozenset({"load_state_dict", "load_weights", "set_weights"})
ITSELF = frozenset((
    "eval", "train", "to", "cuda", "cpu", "float", "double", "half", "build", "compile",
))  # fmt: skip
_NETWORK = re.compile(
    "(?i)net|model|sequential|lstm|gru|rnn|mlp|bert|former|parallel|classifi|regress"
)


def call(m: Machine, call: Call, model: Model) -> Any:
    """Call a method of an estimator."""
    state, name = m.estimator(model), call.last
    if state.kind == "splitter":
        return _folds(m, call, state) if name == "split" else UNKNOWN
    if name in FITS or name in RESAMPLES:
        return fit(m, call, model)
    if name == "train" and state.kind in KINDS and call.args:  # gensim's word vectors
        return fit(m, call._replace(name="fit"), model)
    if name in _APPLIES:
        return transform(m, model, m.mix(call.args or call.given))
    if name in _PREDICTS:
        return _predicted(m, call, model, m.mix([*call.args[:1], *call.kwargs.values()]))
    if name in _SCORES:
        return _score(m, call, model)
    if name in _SAVES:
        m.record(Save, call.node, how=name, oid=model.oid, fitted=bool(state.fits))
        return UNKNOWN
    return _set_up(m, call, model)


def _set_up(m: Machine, call: Call, model: Model) -> Any:
    """Call a method that changes or describes an estimator, or that nobody knows."""
    state, name = m.estimator(model), call.last
    given = m.mix([*call.given, *_settings(m, call)])
    if name in {"set_params", "add"}:  # a network's layers make another network
        setting = state.setting + (ast.unparse(call.node) if name == "set_params" else "")
        learned = state.learned | adapted(m, models_in(m, Seq(tuple(call.args))))
        varies = state.varies | given.varies
        m.heap[model.oid] = state._replace(setting=setting, varies=varies, learned=learned)
        return model
    if name in RESTORES:  # what a checkpoint kept of the fit before
        fits = state.fits or m.heap.get(LAST_NETWORK, UNKNOWN).fits
        m.heap[model.oid] = state._replace(fits=fits)
        return model
    if name in ITSELF:
        return model
    if name in _TELLS:
        return UNKNOWN
    if any(isinstance(value, Function) for value in call.args):
        return library.unknown(m, call)
    return m.mix(call.given)


def _settings(m: Machine, call: Call) -> list[Any]:
    """Return the parameters of the layers that are given."""
    layers = (m.estimator(value) for value in call.args if isinstance(value, Model))
    return [value for layer in layers for _, value in layer.params]


def _folds(m: Machine, call: Call, state: Estimator) -> Data:
    """Return what a splitter gives in turn; `column` names it, `without` says that it shuffles."""
    data = m.mix(call.given)
    once = dict(state.params).get("n_splits", state.first) == Const(1)
    return Data(
        rows=data.rows,
        form="folds",
        column=state.cls,
        without=frozenset({"shuffled"}) if state.shuffles else frozenset(),
        only=frozenset({"once"}) if once else None,
        copies=data.copies,
        windows=data.windows,
    )


def _predicted(m: Machine, call: Call, model: Model, data: Data) -> Data:
    state = m.estimator(model)
    if state.fits and not data.stat and divided(data.rows) and judging.judges(m, state.fits):
        m.judge(call.node, call.last, data, state.fits, certain=False)
    m.record(Predicted, call.node, rows=data.rows, fits=state.fits)
    return _predictions(data, state.fits)._replace(varies=state.varies)


def _predictions(data: Data, fits: Ids) -> Data:
    """Return what models predict for rows."""
    return Data(
        rows=data.rows,
        fits=fits,
        learned=data.taint,
        copies=data.copies,
        windows=data.windows,
        form="row" if data.form == "row" else "",
    )


def _score(m: Machine, call: Call, model: Model) -> Data:
    state = m.estimator(model)
    data = m.mix([first(call, "X", "x")])
    target = m.mix([call.argument(1, "y")])
    if data.fits:  # an evaluator, given predictions
        return Data(scores=m.judge(call.node, call.last, data, data.fits))
    rows = data.rows or target.rows
    if not rows or not judging.judges(m, state.fits):
        return UNKNOWN
    data = data._replace(rows=rows, varies=state.varies)
    scores = m.judge(call.node, call.last, data, state.fits, target=target.column)
    return Data(scores=scores, varies=data.varies | state.varies)


def called(m: Machine, call: Call, model: Model) -> Data:
    """Call an object of a library's class: a network on rows, or a loss on predictions."""
    if any(part.fits for value in call.args for part in m.data_in(value)):
        return Data(scores=judging.given(m, call))
    state = m.estimator(model)
    if state.kind in KINDS:  # an adapted layer
        data = m.mix(call.args[:1])
        return transform(m, model, data) if data.rows else Data(learned=state.fits)
    if not state.fits and not _NETWORK.search(state.cls):
        return m.mix(call.given)
    data = m.mix(call.args[:1])._replace(form="")
    if data.rows and not state.fits:
        fits = _first_seen(m, call, data, state.cls, model.oid)
        m.heap[model.oid] = state._replace(fits=fits)
    return _predicted(m, call, model, data)


def network(m: Machine, call: Call, owner: Instance) -> Data:
    """Call a network of a local class."""
    data = m.mix(call.args)._replace(form="")
    fields = m.heap[owner.oid]
    fits = fields.get(LAST_NETWORK, NONE)
    if data.rows and not fits:
        fits = _first_seen(m, call, data, owner.cls.node.name, owner.oid)
        m.heap[owner.oid] = {**fields, LAST_NETWORK: fits}
    return _predictions(data, fits)


def _first_seen(m: Machine, call: Call, data: Data, label: str, oid: int) -> Ids:
    """Note the rows that a network is given first: they are those that it is trained on."""
    fits = m.learn(call.node, "model", data, label, setting=f"#{oid}", oid=oid)
    m.heap[LAST_NETWORK] = Data(fits=fits)
    return fits
