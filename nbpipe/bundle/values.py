"""The values of one column: checked against its feature, and given the dtype of training.

Columns travel as numpy arrays, of objects where they are not plain numbers: a single row is
then cheap, and a million rows stay vectorised.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from nbpipe.bundle.problems import Finding
from nbpipe.bundle.schema import logical_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from nbpipe.bundle.schema import Feature

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_NULLS = {"NaN": np.nan, "None": None, "NA": pd.NA}
_TEXT: Any = "str" if int(pd.__version__.split(".")[0]) >= 3 else object  # noqa: PLR2004 - pandas 3
_WHAT = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "text": "text",
    "datetime": "a time without a time zone, as ISO 8601 text or a datetime",
    "zoned": "a time with a time zone or offset, as ISO 8601 text or a datetime",
}
_ISO = re.compile(r"\d[^T ]*(?:[T ].*?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?", re.IGNORECASE)


def as_array(values: pd.Series[Any] | Sequence[Any]) -> Array:
    """Return plain numbers, booleans and times as they are, all else as an array of objects."""
    if isinstance(values, pd.Series):
        return values.to_numpy() if _is_plain(values.dtype) else values.to_numpy(object)
    return np.fromiter(values, dtype=object, count=len(values))


def _is_plain(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "biufM"


def check_column(
    given: Array, feature: Feature, absent: Array | None = None
) -> tuple[Array, list[Finding]]:
    """Return the values in a form that can be compared, and every problem among them.

    The rows that are marked in `absent` are told elsewhere, and not again as missing.
    """
    if given.dtype.kind == "M" and feature.type != "datetime":
        given = pd.Series(given).to_numpy(object)
    missing = np.asarray(pd.isna(given))
    wrong, values = _CHECKS[logical_kind(feature)](given, missing)
    found: list[Finding] = []

    def add(where: Array, kind: str, expected: str) -> None:
        if where.any():
            found.append(Finding(feature.name, kind, expected, np.flatnonzero(where), given))

    if not feature.nullable:
        told = missing if absent is None else missing & ~absent
        add(told, "missing", "a value, since training had none missing")
    add(wrong, "type", _WHAT[logical_kind(feature)])
    good = ~missing & ~wrong
    comparable = values
    if feature.type in {"number", "integer"}:
        comparable = _floats(values, good)
        add(np.isinf(comparable), "infinity", "a finite number")
        good &= np.isfinite(comparable)
        if feature.type == "integer":
            unfit = good & _unfit(comparable, feature.dtype)
            add(unfit, "type", _WHAT["integer"])
            good &= ~unfit
    if feature.minimum is not None:
        low, high = _bounds(feature)
        outside = good & ((comparable < low) | (comparable > high))
        add(outside, "range", f"{feature.seen()}, as in training")
    if feature.categories is not None:
        good[good] = ~_known(values[good], feature)
        add(good, "unseen", f"one of {feature.seen()}")
    return values, found


def rebuild(values: Array, feature: Feature) -> Any:
    """Give checked values the dtype of training, so that the pipeline sees what it knows."""
    missing = np.asarray(pd.isna(values))
    dtype: Any = feature.dtype
    if dtype == "category":
        return _categorical(_put(values, missing, None), missing, feature)
    if feature.type == "datetime":
        times = pd.DatetimeIndex(values).tz_localize("UTC")
        return times.astype(dtype) if "," in dtype else times.tz_localize(None).astype(dtype)
    if dtype == "object":
        # As a Series: of a bare array, pandas 3 would make its own text with its own null.
        return pd.Series(_put(values, missing, _NULLS[feature.null]), dtype=object)
    if (
        dtype.startswith(("Int", "UInt"))
        and _unfit(_floats(values, ~missing), dtype)[~missing].any()
    ):
        dtype = "Float64"  # as a whole column with gaps is one of floats elsewhere
    if dtype.startswith(("str", "Int", "UInt", "Float", "boolean")):  # pandas's own dtypes
        return pd.array(_put(values, missing, np.nan), dtype=_TEXT if dtype == "str" else dtype)
    if dtype == "bool" or not missing.any():
        return values.astype(object if missing.any() else dtype)
    return _floats(values, ~missing).astype(dtype if dtype.startswith("float") else "float64")


def as_plain(values: Array, feature: Feature) -> Any:
    """Give checked values as a plan reads them: floats, or text with None for missing."""
    missing = np.asarray(pd.isna(values))
    if logical_kind(feature) in {"text", "datetime", "zoned"}:
        return _put(values, missing, None)
    return _floats(values, ~missing)


def _categorical(values: Array, missing: Array, feature: Feature) -> pd.Categorical:
    """Keep unseen values as further categories: what becomes of them is for the pipeline to say."""
    unseen = ~missing & ~_known(values, feature)
    categories = [*(feature.categories or ()), *dict.fromkeys(values[unseen])]
    return pd.Categorical(values, categories, feature.ordered)


def _check_numbers(values: Array, missing: Array) -> tuple[Array, Array]:
    if values.dtype.kind in "iuf" or _inferred(
        values, "integer", "floating", "mixed-integer-float"
    ):
        return np.zeros(len(values), bool), values
    return _unless(values, missing, _is_number), values


def _check_booleans(values: Array, missing: Array) -> tuple[Array, Array]:
    if values.dtype.kind == "b" or _inferred(values, "boolean"):
        return np.zeros(len(values), bool), values
    return _unless(values, missing, lambda each: isinstance(each, (bool, np.bool_))), values


def _check_text(values: Array, missing: Array) -> tuple[Array, Array]:
    if _inferred(values, "string"):
        return np.zeros(len(values), bool), values
    return _unless(values, missing, lambda each: isinstance(each, str)), values


def _check_times(values: Array, missing: Array, *, zoned: bool = False) -> tuple[Array, Array]:
    if values.dtype.kind == "M":
        return ~missing & zoned, values
    wrong = _unless(values, missing, lambda each: _has_zone(each) is zoned)
    times = _times(_put(values, wrong | missing, None))
    return wrong | (np.isnat(times) & ~missing), times


_CHECKS: dict[str, Callable[[Array, Array], tuple[Array, Array]]] = {
    "number": _check_numbers,
    "integer": _check_numbers,
    "boolean": _check_booleans,
    "text": _check_text,
    "datetime": _check_times,
    "zoned": partial(_check_times, zoned=True),
}


def _inferred(values: Array, *kinds: str) -> bool:
    return values.dtype == object and infer_dtype(values, skipna=True) in {*kinds, "empty"}


def _unless(values: Array, missing: Array, fits: Callable[[Any], bool]) -> Array:
    """Mark the present values that do not fit, one by one: the slow path of a column."""
    return np.fromiter(
        (not gone and not fits(each) for each, gone in zip(values, missing, strict=True)),
        dtype=bool,
        count=len(values),
    )


def _has_zone(value: Any) -> bool | None:
    """Return whether a time has a time zone; None for what is no time."""
    if isinstance(value, str):
        iso = _ISO.fullmatch(value)
        return iso and iso["zone"] is not None
    if isinstance(value, (date, np.datetime64)):
        return getattr(value, "tzinfo", None) is not None
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_, np.timedelta64))


def _floats(values: Array, good: Array) -> Array:
    """Return numbers as float64: NaN where they are not good, infinite where too large."""
    try:
        return np.where(good, values, np.nan).astype(float)
    except OverflowError:
        return np.array([_float(each) for each in np.where(good, values, np.nan)])


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf


def _unfit(numbers: Array, dtype: str) -> Array:
    """Mark what is not whole or too large for an integer dtype."""
    limits = np.iinfo(dtype.lower())
    high = float(limits.max)
    if int(high) > limits.max:  # rounded up: the last float before an overflow
        high = np.nextafter(high, 0)
    unfit: Array = (numbers != np.floor(numbers)) | (numbers < limits.min) | (numbers > high)
    return unfit


def _bounds(feature: Feature) -> tuple[Any, Any]:
    if feature.type != "datetime":
        return feature.minimum, feature.maximum
    low, high = _times(np.array([feature.minimum, feature.maximum], dtype=object))
    return low, high


def _known(values: Array, feature: Feature) -> Array:
    """Mark the values that are among the categories."""
    column = pd.Series(values, dtype=values.dtype)
    known: Array = column.isin(list(feature.categories or ())).to_numpy(bool)
    return known


def _put(values: Array, where: Array, null: Any) -> Array:
    """Return a copy, as objects, with `null` in some places."""
    changed = values.astype(object)
    changed[where] = null
    return changed


def _times(values: Array) -> Array:
    """Parse times; those without a zone count as UTC, and all come back as UTC without a zone."""
    parsed = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    return pd.DatetimeIndex(parsed).tz_localize(None).to_numpy()
