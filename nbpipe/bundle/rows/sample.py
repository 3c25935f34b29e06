"""Choosing the rows of the training data that become the probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.bundle.rows.policy import POLICY
from nbpipe.bundle.rows.validate import to_frame
from nbpipe.bundle.trust.probe import Probe, as_lists, asking
from nbpipe.errors import ExportError, ProbeMismatchError, SchemaError, one_line

if TYPE_CHECKING:
    from nbpipe.bundle.rows.schema import Schema

SIZE = 20  # rows
_CHOSEN = 15  # at most, for what they hold; the rest are spread over the data


def frame(rows: tuple[Any, ...], schema: Schema) -> pd.DataFrame:
    """Rebuild probe rows as the pipeline's input."""
    return to_frame(list(rows), schema, dict.fromkeys(POLICY, "ignore"))


def take(estimator: Any, X: pd.DataFrame, schema: Schema) -> Probe:
    """Choose about 20 rows of `X` and record what `estimator` predicts for them.

    Raises
    ------
    ExportError
        It predicts something else when the rows are rebuilt from plain values by the schema.
    """
    chosen = X.iloc[_choose(X, schema)]
    rows = tuple(
        {name: plain(value) for name, value in zip(schema.names, row, strict=True)}
        for row in chosen[list(schema.names)].itertuples(index=False, name=None)
    )
    try:
        answer = asking(estimator, chosen)
        predicted, proba = (as_lists(answer(method)) for method in ("predict", "predict_proba"))
    except Exception as error:  # whatever its steps raise
        raise ExportError(f"The pipeline cannot predict rows of X: {one_line(error)}") from error
    probe = Probe(rows, tuple(predicted or ()), None if proba is None else tuple(proba))
    try:
        probe.compare(asking(estimator, frame(rows, schema)))
    except (ProbeMismatchError, SchemaError) as error:
        raise ExportError(
            "Rows given as plain values would be predicted differently from rows of X, so a column "
            f"has values that the schema cannot describe. {error}"
        ) from error
    return probe


def _choose(X: pd.DataFrame, schema: Schema) -> list[int]:
    """Choose rows greedily: each feature with a value missing, each category, then evenly."""
    wanted: list[np.ndarray[Any, Any]] = []
    for feature in schema.features:
        column = X[feature.name]
        if feature.nullable:
            wanted.append(column.isna().to_numpy())
        categories = (feature.categories or ())[:SIZE]
        wanted += [(column == each).to_numpy(bool, na_value=False) for each in categories]
    chosen: list[int] = []
    for mask in wanted:
        if len(chosen) < _CHOSEN and mask.any() and not mask[chosen].any():
            chosen.append(int(mask.argmax()))
    spread = np.linspace(0, len(X) - 1, SIZE).astype(int).tolist()
    return list(dict.fromkeys([*chosen, *spread]))[:SIZE]


def plain(value: Any) -> Any:
    """Return a value of a frame as JSON has it."""
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
