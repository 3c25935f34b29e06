"""Which columns a fitted pipeline reads, and which of them go through an encoder."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from sklearn.impute import KNNImputer, SimpleImputer

from nbpipe.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def encoded_columns(estimator: Any, names: Sequence[str]) -> dict[str, Encoded]:
    """Map the columns that an encoder reads to what it knows of them.

    An encoder is what learned ``categories_`` (OneHotEncoder, OrdinalEncoder, TargetEncoder). It is
    searched for in pipelines, ColumnTransformers and FeatureUnions, in one another to any depth.
    Before it stand at most imputers: behind anything else, its categories are not the column's.
    What an imputer takes for missing, such as "?", is known, too.
    """
    steps = list(_leaves(estimator))
    imputers = list(takewhile(lambda step: isinstance(step, _IMPUTERS), steps))
    filled = [each.missing_values for each in imputers if not pd.isna(each.missing_values)]
    first = next(iter(steps[len(imputers) :]), None)
    if getattr(first, "n_features_in_", len(names)) != len(names):
        return {}  # an imputer dropped columns or added some
    found: dict[str, Encoded] = {}
    for inner, read in _routes(first, names):
        for name, encoded in encoded_columns(inner, read).items():
            found[name] = _stricter(found.get(name, encoded), encoded)
    for name, categories in zip(names, getattr(first, "categories_", ()), strict=False):
        known = [each for each in categories if not pd.isna(each)]
        plain = tuple(dict.fromkeys(_plain(each) for each in (*known, *filled)))
        fails = getattr(first, "handle_unknown", "ignore") == "error"
        found[name] = Encoded(plain, "error" if fails else "warn")
    return found


def _routes(estimator: Any, names: Sequence[str]) -> list[tuple[Any, list[str]]]:
    """Return the parts of a ColumnTransformer or a FeatureUnion, and the columns that they read."""
    routes = [
        (inner, resolve(columns, tuple(names)))
        for _, inner, columns in getattr(estimator, "transformers_", ())
    ]
    routes += [(inner, list(names)) for _, inner in getattr(estimator, "transformer_list", ())]
    return [(inner, read) for inner, read in routes if not isinstance(inner, str)]


def _stricter(one: Encoded, other: Encoded) -> Encoded:
    """Return what two encoders of one column both know; the one that would raise decides."""
    if one.unseen != other.unseen:
        return one if one.unseen == "error" else other
    both = set(other.categories)
    return Encoded(tuple(each for each in one.categories if each in both), one.unseen)


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


def _leaves(estimator: Any) -> Iterator[Any]:
    """Yield the steps of a pipeline and of the pipelines within it, in order."""
    for step in _steps(estimator):
        if not hasattr(step, "steps"):
            yield step
        elif step is not estimator:  # which has only steps that pass through
            yield from _leaves(step)


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
