"""Learn a schema from the training frame and the pipeline fitted on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from nbpipe.bundle.rows.inputs import columns_read, encoded_columns, feature_names
from nbpipe.bundle.rows.schema import Feature, LogicalType, Scalar, Schema
from nbpipe.errors import DataError, ExportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.bundle.rows.inputs import Encoded

_OBJECTS: dict[str, LogicalType] = {  # what pandas finds in a column of objects
    "string": "text",
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "empty": "text",
}
_NULLS = {type(None): "None", type(pd.NA): "NA", float: "NaN", np.float64: "NaN"}


def learn(pipeline: Any, X: Any) -> Schema:
    """Describe the columns of `X` that `pipeline` reads.

    Raises
    ------
    DataError
        `X` is not a frame, is empty, or has other columns than the pipeline was fitted with.
    ExportError
        A column holds values that the schema cannot describe.
    """
    check_frame(X)
    names = feature_names(pipeline)
    _check_agreement(names, tuple(X.columns))
    read = columns_read(pipeline, names)
    encoded = encoded_columns(pipeline, names)
    return Schema(
        features=tuple(describe(X[name], encoded.get(name)) for name in read),
        ignored=tuple(name for name in names if name not in set(read)),
    )


def check_frame(X: Any) -> None:
    """Raise `DataError` unless `X` is a frame with rows and distinct names of text."""
    if not isinstance(X, pd.DataFrame):
        raise DataError(
            f"X is a {type(X).__name__}, so its features are without names. Pass the DataFrame "
            "that the pipeline was fitted on."
        )
    if X.empty:
        raise DataError(f"X is empty ({len(X)} rows, {X.shape[1]} columns): nothing to describe.")
    unnamed = [name for name in X.columns if not isinstance(name, str)]
    if unnamed:
        raise DataError(f"Column names must be text; these are not: {unnamed[:5]}.")
    if not X.columns.is_unique:
        twice = list(X.columns[X.columns.duplicated()].unique())
        raise DataError(f"X has more than one column named {', '.join(map(repr, twice[:5]))}.")


def describe(column: pd.Series[Any], encoded: Encoded | None = None) -> Feature:
    """Describe one column; `encoded` is what an encoder that reads it knows."""
    kind = _logical_type(column)
    missing = column.isna()
    values = column[~missing]
    facts: dict[str, Any] = {}
    if isinstance(column.dtype, pd.CategoricalDtype):
        declared = column.cat.categories.tolist()
        facts["categories"] = _in_order(declared, encoded.categories if encoded else declared)
        facts["ordered"] = bool(column.cat.ordered)
        facts["unseen"] = encoded.unseen if encoded else "warn"
    elif (
        encoded
        and kind != "datetime"
        and all(isinstance(each, Scalar) for each in encoded.categories)
    ):
        facts["categories"], facts["unseen"] = encoded
        kind = "category" if kind == "text" else kind
    elif kind in {"number", "integer"} and len(values):
        facts["minimum"], facts["maximum"] = _range(values)
    elif kind == "datetime" and len(values):
        facts["minimum"], facts["maximum"] = values.min().isoformat(), values.max().isoformat()
    if column.dtype == object and missing.any():
        facts["null"] = _null(column[missing])
    return Feature(
        name=str(column.name),
        type=kind,
        dtype=_dtype_name(column.dtype),
        nullable=bool(missing.any()),
        **facts,
    )


def _in_order(declared: list[Any], known: Sequence[Any]) -> tuple[Any, ...]:
    """Return the `known` categories, in the order of the dtype where it declares them."""
    among = dict.fromkeys(known)
    named = dict.fromkeys(each for each in declared if each in among)
    return tuple(named | among)


def _logical_type(column: pd.Series[Any]) -> LogicalType:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        if all(isinstance(each, (str, int, float, bool)) for each in dtype.categories.tolist()):
            return "category"
    elif _is_lost_as_text(dtype):
        pass  # rows given one by one could not be turned back into it
    elif types.is_bool_dtype(dtype):
        return "boolean"
    elif types.is_integer_dtype(dtype):
        return "number" if column.isna().any() else "integer"
    elif types.is_float_dtype(dtype):
        return "number"
    elif types.is_datetime64_any_dtype(dtype):
        return "datetime"
    elif types.is_string_dtype(dtype) or types.is_object_dtype(dtype):
        found = types.infer_dtype(column, skipna=True)
        if found in _OBJECTS:
            return _OBJECTS[found]
        raise ExportError(
            f"Column {column.name!r} mixes kinds of values ({found}), which a schema cannot "
            "describe. Convert it to one kind before fitting."
        )
    raise ExportError(
        f"Column {column.name!r} has dtype {dtype}, which a schema cannot describe. Convert it to "
        "numbers, text, booleans, categories or times before fitting."
    )


def _is_lost_as_text(dtype: Any) -> bool:
    """Say whether a dtype is sparse, or has a time zone that its name does not stand for."""
    if isinstance(dtype, pd.DatetimeTZDtype):
        try:
            return bool(types.pandas_dtype(str(dtype)) != dtype)
        except (TypeError, ValueError, KeyError):
            return True
    return isinstance(dtype, pd.SparseDtype)


def _dtype_name(dtype: Any) -> str:
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if isinstance(dtype, pd.ArrowDtype):  # as pandas's own, so that pyarrow need not be there
        own: Any = "string" if types.is_string_dtype(dtype) else dtype.numpy_dtype  # type: ignore[attr-defined]
        return {"bool": "boolean"}.get(str(own), str(own).replace("int", "Int").replace("uI", "UI"))
    return str(dtype)


def _null(missing: pd.Series[Any]) -> Any:
    """Return how the column writes a missing value, which an encoder of objects learns."""
    kinds = {_NULLS.get(type(each), "other") for each in missing}
    if len(kinds) > 1 or "other" in kinds:
        place = f"X[{missing.name!r}]"
        raise ExportError(
            f"Column {missing.name!r} writes missing values in several ways (such as None and "
            f"NaN), which an encoder tells apart and a row of plain values cannot. Make them one, "
            f"{place} = {place}.where({place}.notna(), None), and fit again."
        )
    return kinds.pop()


def _range(values: pd.Series[Any]) -> tuple[int | float, int | float]:
    low, high = _plain(values.min()), _plain(values.max())
    if low == -np.inf or high == np.inf:
        raise ExportError(
            f"Column {values.name!r} holds infinity, which is refused at prediction. Replace it by "
            "a missing value or a number, and fit again."
        )
    return low, high


def _plain(value: Any) -> int | float:
    plain: int | float = value.item() if isinstance(value, np.generic) else value
    return plain


def _check_agreement(fitted: tuple[str, ...], given: tuple[str, ...]) -> None:
    if fitted == given:
        return
    missing = [name for name in fitted if name not in given]
    added = [name for name in given if name not in fitted]
    told = [f"X lacks {', '.join(map(repr, missing[:5]))}"] if missing else []
    told += [f"X also has {', '.join(map(repr, added[:5]))}"] if added else []
    if not told:
        told = [
            "the order differs: "
            + next(
                f"{b!r} stands where {a!r} did"
                for a, b in zip(fitted, given, strict=True)
                if a != b
            )
        ]
    raise DataError(
        f"X is not the frame that the pipeline was fitted on: {' and '.join(told)}. "
        "Pass the training frame as it was given to fit."
    )
