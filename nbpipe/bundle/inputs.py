"""Which columns a fitted pipeline reads, and which of them go through an encoder."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from sklearn.impute import KNNImputer, SimpleImputer

from nbpipe.errors import ExportError

_IMPUTERS = (SimpleImputer, KNNImputer)


class Encoded(NamedTuple):
    """What an encoder knows of a column: its categories, and what any other value does to it."""

    categories: tuple[Any, ...]
    unseen: Literal["warn", "error"]


def feature_names(pipeline: Any) -> tuple[str, ...]:
    """Return the names that the pipeline was fitted with.

    Raises
    ------
    ExportError
        It was fitted on an array, or its columns are not named by text.
    """
    for estimator in (pipeline, *(step for _, step in getattr(pipeline, "steps", ()))):
        names = getattr(estimator, "feature_names_in_", None)
        if names is not None:
            return tuple(str(name) for name in names)
    raise ExportError(
        "The pipeline has features without names, because it was fitted on an array or on columns "
        "that are not all text: columns in another order would be predicted from in silence. Fit "
        "it on a DataFrame whose column names are text."
    )


def columns_read(pipeline: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `names` that a leading ColumnTransformer does not drop."""
    first = _steps(pipeline)[0]
    if not hasattr(first, "transformers_"):
        return names
    read = {
        name
        for _, transformer, columns in first.transformers_
        if not (isinstance(transformer, str) and transformer == "drop")
        for name in resolve(columns, names)
    }
    return tuple(name for name in names if name in read)


def encoded_columns(pipeline: Any, names: tuple[str, ...]) -> dict[str, Encoded]:
    """Map the columns that an encoder reads to what it knows of them.

    An encoder is what learned ``categories_`` (OneHotEncoder, OrdinalEncoder, TargetEncoder).
    Before it stand at most imputers: behind anything else, its categories are not the column's.
    """
    first = _steps(pipeline)[0]
    routes = getattr(first, "transformers_", [("", pipeline, list(names))])
    found: dict[str, Encoded] = {}
    for _, transformer, columns in routes:
        steps = dropwhile(lambda step: isinstance(step, _IMPUTERS), _steps(transformer))
        encoder, read = next(steps, None), resolve(columns, names)
        known = getattr(encoder, "categories_", ())
        if len(known) == len(read):  # an imputer may drop columns or add some
            fails = getattr(encoder, "handle_unknown", "ignore") == "error"
            for name, categories in zip(read, known, strict=True):
                plain = tuple(_plain(each) for each in categories if not pd.isna(each))
                found[name] = Encoded(plain, "error" if fails else "warn")
    return found


def rows_fitted(estimator: Any) -> int:
    """Return how many rows `estimator` was fitted on at least, as far as its steps can tell."""
    counts = [0]
    for step in _steps(estimator):
        if hasattr(step, "fit_resample"):
            break  # what follows saw other rows
        counts += [rows_fitted(inner) for _, inner, _ in getattr(step, "transformers_", ())]
        parts = getattr(step, "estimators_", None)
        tree: Any = getattr(parts[0] if isinstance(parts, list) and parts else step, "tree_", 0)
        counts += [
            int(np.max(getattr(step, "n_samples_seen_", 0))),
            int(getattr(step, "n_samples_fit_", 0)),
            int(tree.n_node_samples[0]) if hasattr(tree, "n_node_samples") else 0,
        ]
    return max(counts)


def _steps(estimator: Any) -> list[Any]:
    """Return the steps of a pipeline, without those that pass through, or the estimator itself.

    Of a search, they are those of the best estimator that it found.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    return [step for step in steps if step is not None and not isinstance(step, str)] or [estimator]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def resolve(columns: Any, names: tuple[Any, ...]) -> list[Any]:
    """Turn whatever a ColumnTransformer accepts for its columns into names."""
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, int):
        return [names[columns]]
    if isinstance(columns, slice):
        if isinstance(columns.start, str) or isinstance(columns.stop, str):
            start = 0 if columns.start is None else names.index(columns.start)
            stop = len(names) if columns.stop is None else names.index(columns.stop) + 1
            return list(names[start : stop : columns.step])
        return list(names[columns])
    picked = list(columns)
    if picked and all(type(pick).__name__ in {"bool", "bool_"} for pick in picked):
        return [name for name, pick in zip(names, picked, strict=True) if pick]
    return [pick if isinstance(pick, str) else names[pick] for pick in picked]
