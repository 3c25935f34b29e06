"""Columns of pandas: taken apart into arrays, and put together as training had them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.bundle.rows.values import as_array, floats, known, misfits, put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.bundle.rows.values import Array, Column

_NULLS = {"NaN": np.nan, "None": None, "NA": pd.NA}
_TEXT: Any = "str" if int(pd.__version__.split(".")[0]) >= 3 else object  # noqa: PLR2004 - pandas 3


def take_apart(frame: pd.DataFrame) -> dict[str, Array]:
    """Return the columns as arrays: of plain numbers, booleans and times, or of objects."""
    return {str(name): _as_array(column) for name, column in frame.items()}


def put_together(columns: Iterable[Column], index: pd.Index[Any] | None = None) -> pd.DataFrame:
    """Return a frame of checked columns with the dtypes of training."""
    frame = pd.DataFrame({each.feature.name: _rebuild(each) for each in columns})
    if index is not None:
        frame.index = index
    return frame


def _as_array(column: pd.Series[Any]) -> Array:
    dtype = column.dtype
    if isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype)):  # each value once, not each row's
        codes, different = pd.factorize(column)
        known_and_null: Array = np.array([*different, dtype.na_value], dtype=object)
        return known_and_null[codes]
    plain = isinstance(dtype, np.dtype)
    return as_array(column.to_numpy() if plain else column.to_numpy(object))


def _rebuild(column: Column) -> Any:
    """Give checked values the dtype of training, so that the pipeline sees what it knows."""
    feature, missing = column.feature, column.missing
    values = column.values  # noqa: PD011 - not pandas's
    dtype: Any = feature.dtype
    if dtype == "category":
        return _categorical(column)
    if feature.type == "datetime":
        times = pd.DatetimeIndex(values).tz_localize("UTC")
        return times.astype(dtype) if "," in dtype else times.tz_localize(None).astype(dtype)
    if dtype == "object":
        # As a Series: of a bare array, pandas 3 would make its own text with its own null.
        return pd.Series(put(values, missing, _NULLS[feature.null]), dtype=object)
    if (
        dtype.startswith(("Int", "UInt"))
        and misfits(floats(values, ~missing), dtype)[~missing].any()
    ):
        dtype = "Float64"  # as a whole column with gaps is one of floats elsewhere
    if dtype.startswith(("str", "Int", "UInt", "Float", "boolean")):  # pandas's own dtypes
        return pd.array(put(values, missing, np.nan), dtype=_TEXT if dtype == "str" else dtype)
    if dtype == "bool" or not missing.any():
        return values.astype(object if missing.any() else dtype)
    return floats(values, ~missing).astype(dtype if dtype.startswith("float") else "float64")


def _categorical(column: Column) -> pd.Categorical:
    """Keep unseen values as further categories: what becomes of them is for the pipeline to say."""
    values, feature = put(column.values, column.missing, None), column.feature
    unseen = ~column.missing & ~known(values, feature)
    categories = [*(feature.categories or ()), *dict.fromkeys(values[unseen])]
    return pd.Categorical(values, categories, feature.ordered)
