"""The types that nbpipe trusts in ``model.skops``.

A type is here if what it does with crafted values was reviewed: it calculates in numpy, which
checks its bounds, or `native` checks what its compiled code would follow. So support vector
machines with kernels, neighbours and clusters are not: their compiled code believes its arrays.
Third-party types are not either. The list is part of nbpipe; a bundle cannot add to it.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Files of older protocols are read by older code of skops, which was not reviewed.
_OLDEST_PROTOCOL = 2

_NUMBERS = frozenset(
    f"numpy.{name}"
    for name in (
        *("bool", "bool_", "float16", "float32", "float64", "str_", "datetime64"),
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    )
)

# What each loader of skops may make, by full name. Loaders that call what they are told to
# (constructors, methods, operators) are left out.
_TYPES = {
    "JsonNode": {"builtins.str"},
    "DictNode": {"builtins.dict", "sklearn.utils._bunch.Bunch"},
    "ListNode": {"builtins.list"},
    "TupleNode": {"builtins.tuple"},
    "SetNode": {"builtins.set"},
    "SliceNode": {"builtins.slice"},
    "TypeNode": {"builtins.int", "builtins.float", "builtins.bool", "builtins.str", *_NUMBERS},
    "NdArrayNode": {"numpy.ndarray", *_NUMBERS},
    "MaskedArrayNode": {"numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"},
    "DTypeNode": {"numpy.dtype"},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
    "RandomGeneratorNode": {"numpy.random._generator.Generator"},
    "PartialNode": {"functools.partial"},
    "FunctionNode": {
        "sklearn.utils.validation.check_array",  # within HistGradientBoosting
        "scipy.special._ufuncs.expit",
        "scipy.special._ufuncs.logit",
        *(f"numpy.{name}" for name in ("abs", "absolute", "sign", "square", "sqrt", "cbrt")),
        *(f"numpy.{name}" for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p")),
        *(f"numpy.{name}" for name in ("sin", "cos", "tan", "tanh", "arcsinh", "reciprocal")),
    },
    "TreeNode": {"sklearn.tree._tree.Tree"},
}

# Modules of which a loader may make whatever is defined in them.
_MODULES = {
    "FunctionNode": {
        "sklearn.feature_selection._univariate_selection",
        "sklearn.feature_selection._mutual_info",
        "sklearn.metrics._classification",
        "sklearn.metrics._ranking",
        "sklearn.metrics._regression",
    },
    "LossNode": {"sklearn._loss._loss", "_loss", "sklearn.linear_model._sgd_fast"},
    "ObjectNode": {
        "sklearn._loss.link",
        "sklearn._loss.loss",
        "sklearn.calibration",
        "sklearn.compose._column_transformer",
        "sklearn.compose._target",
        "sklearn.decomposition._pca",
        "sklearn.decomposition._truncated_svd",
        "sklearn.discriminant_analysis",
        "sklearn.dummy",
        "sklearn.ensemble._bagging",
        "sklearn.ensemble._forest",
        "sklearn.ensemble._gb",
        "sklearn.ensemble._hist_gradient_boosting.binning",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting",
        "sklearn.ensemble._hist_gradient_boosting.predictor",
        "sklearn.ensemble._iforest",
        "sklearn.ensemble._stacking",
        "sklearn.ensemble._voting",
        "sklearn.ensemble._weight_boosting",
        "sklearn.feature_selection._from_model",
        "sklearn.feature_selection._rfe",
        "sklearn.feature_selection._univariate_selection",
        "sklearn.feature_selection._variance_threshold",
        "sklearn.impute._base",
        "sklearn.linear_model._base",
        "sklearn.linear_model._bayes",
        "sklearn.linear_model._coordinate_descent",
        "sklearn.linear_model._glm.glm",
        "sklearn.linear_model._huber",
        "sklearn.linear_model._logistic",
        "sklearn.linear_model._passive_aggressive",
        "sklearn.linear_model._perceptron",
        "sklearn.linear_model._quantile",
        "sklearn.linear_model._ridge",
        "sklearn.linear_model._stochastic_gradient",
        "sklearn.metrics._scorer",
        "sklearn.model_selection._classification_threshold",
        "sklearn.model_selection._search",
        "sklearn.model_selection._split",
        "sklearn.multiclass",
        "sklearn.multioutput",
        "sklearn.naive_bayes",
        "sklearn.neural_network._multilayer_perceptron",
        "sklearn.neural_network._stochastic_optimizers",
        "sklearn.pipeline",
        "sklearn.preprocessing._data",
        "sklearn.preprocessing._discretization",
        "sklearn.preprocessing._encoders",
        "sklearn.preprocessing._function_transformer",
        "sklearn.preprocessing._label",
        "sklearn.preprocessing._polynomial",
        "sklearn.preprocessing._target_encoder",
        "sklearn.tree._classes",
    },
}
_LINEAR_MACHINES = {"sklearn.svm._classes.LinearSVC", "sklearn.svm._classes.LinearSVR"}


def audit(schema: bytes) -> tuple[set[str], list[str]]:
    """Return the types that a file would make, and those among them that are not trusted.

    Parameters
    ----------
    schema : bytes
        ``schema.json`` of the file.

    Returns
    -------
    names : set of str
        As ``module.name``.
    refused : list of str
        Sorted.

    Raises
    ------
    ValueError
        It is not such a schema, or of an older protocol.
    """
    root = json.loads(schema)
    protocol = root.get("protocol") if isinstance(root, dict) else None
    if type(protocol) is not int or protocol < _OLDEST_PROTOCOL:
        raise ValueError(f"its protocol is {protocol!r}")
    found = set(_made(root))
    refused = {f"{m}.{n}" for loader, m, n in found if not _trusts(loader, m, n)}
    return {f"{module}.{name}" for _, module, name in found}, sorted(refused)


def _made(root: Any) -> Iterator[tuple[str, str, str]]:
    """Give loader, module and name of every object that a schema describes."""
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("__loader__"), str):
                yield each["__loader__"], str(each.get("__module__")), str(each.get("__class__"))
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _trusts(loader: str, module: str, name: str) -> bool:
    full = f"{module}.{name}"
    if full in _TYPES.get(loader, ()):
        return True
    if module in _MODULES.get(loader, ()):
        try:
            found = getattr(import_module(module), name)
            here = found.__module__ == module  # and not merely imported there
        except (ImportError, AttributeError):
            return False
        return bool(here and isinstance(found, type) == (loader != "FunctionNode"))
    return loader == "ObjectNode" and full in _LINEAR_MACHINES
