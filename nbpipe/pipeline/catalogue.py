"""scikit-learn's estimators by what they are for, and a chosen one as text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sklearn.base import ClassifierMixin, ClusterMixin, RegressorMixin

from nbpipe.errors import UsageError
from nbpipe.pipeline.names import estimator_names, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = "all"
_TYPES = {"classifiers": ClassifierMixin, "regressors": RegressorMixin, "clusterers": ClusterMixin}
_FOR_THE_TARGET = {"LabelBinarizer", "LabelEncoder", "MultiLabelBinarizer"}


@cache
def estimators() -> dict[str, tuple[str, ...]]:
    """List the names of scikit-learn's estimators for columns of X: all, and those of each type."""
    names = [name for name in estimator_names() if name not in _FOR_THE_TARGET]
    classes: dict[str, Any] = {name: resolve(name, {}) for name in names}
    found = {ALL: tuple(names)}
    found["transformers"] = tuple(n for n, cls in classes.items() if hasattr(cls, "transform"))
    for type_, mixin in _TYPES.items():
        found[type_] = tuple(name for name, cls in classes.items() if issubclass(cls, mixin))
    return found


def written(choice: str, namespace: Mapping[str, Any]) -> str:
    """Return the text of an estimator: a class by its name gets its call, other text stays.

    Raises
    ------
    UsageError
        Where a name stands for nothing; the message names what is near.
    """
    choice = choice.strip()
    if not choice.isidentifier():
        return choice
    try:
        value = resolve(choice, namespace)
    except LookupError as error:
        raise UsageError(str(error.args[0])) from None
    return f"{choice}()" if isinstance(value, type) else choice
