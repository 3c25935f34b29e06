"""Functions and classes of libraries, known by the last part of their name, and unknown ones."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import builtin, fitting, groups, judging, reading, shaping, splits
from nbpipe.leaks.interpret.models import copy, make, models_in
from nbpipe.leaks.knowledge import functions as known
from nbpipe.leaks.knowledge.estimators import DATA_FIRST, KERAS, kind_of
from nbpipe.leaks.knowledge.frames import HARMLESS, SUMMARIES
from nbpipe.leaks.rows import pick, source
from nbpipe.leaks.values import (
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Function,
    Map,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

# What a function of such a name gives back is rows, though nobody knows which.
_LOADS = (
    "load", "read", "get", "fetch", "make", "create", "prepare", "import", "build", "gen",
    "simulate", "download",
)  # fmt: skip
_ESTIMATORS = (
    "Classifier", "Regressor", "Regression", "CV", "NB", "SVC", "SVR", "Net", "Model", "Tree",
    "Forest", "Lasso", "Ridge", "Encoder", "Scaler", "Selector", "Imputer", "Transformer",
)  # fmt: skip


def call(m: Machine, call: Call) -> Any:
    """Call something by its dotted name."""
    name = call.last
    how = _FUNCTIONS.get(name)
    if how is not None:
        return how(m, call)
    if name in known.PLAIN or name in HARMLESS:
        return UNKNOWN
    if ".read." in call.name and isinstance(call.literal(0), str):  # spark.read.csv("a.csv")
        return Data(rows=source(("file", call.literal(0))))
    if name in known.TRAIN_TEST_SPLITS:
        return splits.train_test(m, call)
    if name in known.FOLD_SCORES:
        return judging.over_folds(m, call)
    if judging.is_metric(name):
        return judging.metric(m, call)
    if name in known.LEARNING and call.args:
        return shaping.learned(m, call)
    if name in SUMMARIES and call.args and isinstance(call.args[0], Data):
        if name == "crosstab" and (scores := judging.given(m, call)):  # (y_test, predicted)
            return Data(scores=scores)
        return groups.summary(m, call._replace(args=call.args[1:]), call.args[0])
    if name in known.GENERATORS and ".random" in call.name and _many(call):
        return Data(rows=source(("random", m.cell, *call.site)))
    if name in known.READERS or name in known.MAKERS or name.startswith(("load_", "fetch_")):
        return reading.read(m, call)
    if name[:1].isupper() or kind_of(name) != "model" or name in DATA_FIRST:
        return _made(m, call)
    return unknown(m, call)


def _many(call: Call) -> bool:
    """Say whether random numbers are asked for by the table: ``normal(size=(100, 20))``."""
    shape = call.last in {"rand", "randn"} or any(isinstance(each, Seq) for each in call.args)
    return shape or call.argument(2, "size") is not None


def _made(m: Machine, call: Call) -> Any:
    """Make an object of a class; unless that is known, one that holds rows is these rows."""
    name, data = call.last, m.mix(call.given)
    side = call.kwargs.get("train", call.kwargs.get("split"))
    if isinstance(side, Const) and not data.rows:  # torchvision.datasets.CIFAR10(root, train=True)
        part = {True: "train", False: "test"}.get(side.value, str(side.value))
        return Data(rows=pick(source(("dataset", name)), frozenset({("dataset", ("part", part))})))
    estimator = kind_of(name) != "model" or name in DATA_FIRST | KERAS or name.endswith(_ESTIMATORS)
    if data.rows and not estimator:
        judging.given(m, call)
        return data
    return make(m, call, name)


def unknown(m: Machine, call: Call) -> Any:
    """Call a function that nobody knows: rows go through it."""
    for function in call.given:
        if isinstance(function, Function):
            m.try_out(function)
    if judging.given(m, call):
        return UNKNOWN
    data = m.mix(call.given)
    if data.rows or data.learned or data.fits or data.varies or data.scores:
        if data.form == "file":
            return data._replace(form="", column="")
        return data._replace(form="" if data.form in {"index", "loc", "groups"} else data.form)
    models = [model for value in call.given for model in models_in(m, value)]
    if models:
        return models[0]
    name = call.last.lower()
    if name.startswith(_LOADS) or "data" in name or "split" in name:
        return Data(rows=source(("call", ast.unparse(call.node))))
    return UNKNOWN


def _cloned(m: Machine, call: Call) -> Any:
    value = call.argument(0, "estimator", "x")
    if isinstance(value, Model):
        return copy(m, value, fitted=call.last != "clone")
    return value._replace(oid=0) if isinstance(value, Data | Seq | Map) else value


def _built(m: Machine, call: Call) -> Any:
    """``nbpipe.build(steps)``: what a build cell lists."""
    return make(m, call, "Pipeline") if call.name.startswith("nbpipe.") else unknown(m, call)


def _network(m: Machine, call: Call) -> Any:
    """Load a network: the one fitted here last, as a checkpoint kept it."""
    fits = m.heap.get(fitting.LAST_NETWORK, UNKNOWN).fits
    return m.new_estimator(Estimator("Model", "model", call.name, fits=fits)) if fits else UNKNOWN


def _partial(_m: Machine, call: Call) -> Any:
    function, *bound = call.args or [UNKNOWN]
    if isinstance(function, Function):
        return function._replace(bound=(*function.bound, *bound))
    return function


_FUNCTIONS: dict[str, Any] = {
    **builtin.FUNCTIONS,
    **splits.FUNCTIONS,
    **shaping.FUNCTIONS,
    **reading.FUNCTIONS,
    **fitting.FUNCTIONS,
    **judging.FUNCTIONS,
    **dict.fromkeys(
        ("RandomState", "default_rng", "Random"), lambda _m, _call: Ref("numpy.random")
    ),
    **dict.fromkeys(("clone", "deepcopy", "copy"), _cloned),
    "load_model": _network,
    "build": _built,
    "partial": _partial,
}
