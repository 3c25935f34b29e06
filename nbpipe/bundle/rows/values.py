"""The values of one column, checked against its feature, with numpy alone.

Columns travel as numpy arrays, of objects where they are not plain numbers: a single row is then
cheap, and a million rows stay in bulk. Whether an object fits is a matter of its type, so that
there is one question for each type of a column, not one for each value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.problems import Finding
from nbpipe.bundle.rows.schema import logical_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from nbpipe.bundle.rows.schema import Feature

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_WHAT = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "text": "text",
    "datetime": "a time without a time zone, as ISO 8601 text or a datetime",
    "zoned": "a time with a time zone or offset, as ISO 8601 text or a datetime",
}
_FITTING: dict[str, tuple[type, ...]] = {
    "number": (Real, Decimal),
    "integer": (Real, Decimal),
    "boolean": (bool, np.bool_),
    "text": (str,),
    "datetime": (str, date, np.datetime64),
    "zoned": (str, date, np.datetime64),
}
_NO_NUMBERS = (bool, np.bool_, np.timedelta64)  # though Python or numpy count some as such
_WHOLE = 2.0**64  # below it, an exact number may be one of 64 bits
_PLAIN = (int, float, np.number, np.bool_)
_WITH_NAN = (float, complex, np.inexact, np.datetime64, np.timedelta64)


@dataclass(frozen=True, slots=True)
class Column:
    """A feature's values in a form that can be compared, and where they are missing."""

    feature: Feature
    values: Array
    missing: Array

    def plain(self) -> Any:
        """Return them as a plan reads them: floats, or text with None for missing."""
        if logical_kind(self.feature) in {"text", "datetime", "zoned"}:
            return put(self.values, self.missing, None)
        return floats(self.values, ~self.missing)


def as_array(values: Array | Sequence[Any]) -> Array:
    """Return plain numbers, booleans and times as they are, all else as an array of objects."""
    if isinstance(values, np.ma.MaskedArray):
        every = np.fromiter(values.data, dtype=object, count=len(values))
        return put(every, np.ma.getmaskarray(values), None)
    if isinstance(values, np.ndarray) and values.dtype.kind != "m":
        return values if values.dtype.kind in "biufMO" else values.astype(object)
    return np.fromiter(values, dtype=object, count=len(values))  # of durations, not their numbers


def check_column(
    given: Array, feature: Feature, absent: Array | None = None
) -> tuple[Column, list[Finding]]:
    """Return the values in a form that can be compared, and every problem among them.

    The rows that are marked in `absent` are told elsewhere, and not again as missing.
    """
    kind = logical_kind(feature)
    if given.dtype.kind == "M" and feature.type != "datetime":
        given = np.fromiter(given, dtype=object, count=len(given))
    values, missing, wrong = _sort_out(given, kind)
    if feature.type == "datetime":
        from nbpipe.bundle.rows.times import read_times  # noqa: PLC0415 - it takes pandas

        values, wrong = read_times(given, missing, wrong, zoned=kind == "zoned")
    found: list[Finding] = []

    def add(where: Array, kind: str, expected: str, near: Mapping[Any, str] | None = None) -> None:
        if where.any():
            rows = np.flatnonzero(where)
            found.append(Finding(feature.name, kind, expected, rows, given, near or {}))

    if not feature.nullable:
        told = missing if absent is None else missing & ~absent
        add(told, "missing", "a value, since training had none missing")
    add(wrong, "type", _WHAT[kind])
    good = ~(missing | wrong)
    comparable = values
    if feature.type in {"number", "integer"}:
        comparable = floats(values, good)
        top = np.finfo(feature.dtype).max if feature.dtype.startswith("float") else np.inf
        beyond = np.isinf(comparable) | (np.abs(comparable) > top)
        add(beyond, "infinity", "a finite number")
        good &= ~beyond
        if feature.type == "integer":
            unfit = good & misfits(comparable, feature.dtype)
            low = np.iinfo(feature.dtype.lower()).min
            edge = np.flatnonzero(comparable == low)  # where a float may have been rounded up
            unfit[edge] |= (values[edge] < low).astype(bool)
            add(unfit, "type", _WHAT["integer"])
            good &= ~unfit
    if feature.minimum is not None:
        low, high = _bounds(feature)
        outside = good & ((comparable < low) | (comparable > high))
        add(outside, "range", f"{feature.seen()}, as in training")
    if feature.categories is not None:
        good[good] = ~known(values[good], feature)
        add(good, "unseen", f"one of {feature.seen()}", _near(values[good], feature))
    return Column(feature, values, missing), found


def _sort_out(values: Array, kind: str) -> tuple[Array, Array, Array]:
    """Return the values, which of them are missing, and which are of a type that does not fit."""
    if values.dtype != object:
        missing: Array = values != values  # noqa: PLR0124 - NaN and NaT
        return values, missing, np.full(len(values), not _fits(values.dtype.type, kind)) & ~missing
    types = list(map(type, values.tolist()))
    different = set(types)
    missing = _among(types, {each for each in different if _is_null(each)})
    where = np.flatnonzero(_among(types, {t for t in different if issubclass(t, _WITH_NAN)}))
    missing[where] = values[where] != values[where]
    where = np.flatnonzero(_among(types, {t for t in different if issubclass(t, Decimal)}))
    missing[where] = [each.is_nan() for each in values[where]]  # a signaling NaN is not compared
    wrong = ~missing & _among(types, {each for each in different if not _fits(each, kind)})
    exact = {t for t in different if issubclass(t, Real | Decimal) and not issubclass(t, _PLAIN)}
    if kind in {"number", "integer"} and exact:
        where = np.flatnonzero(_among(types, exact) & ~missing)
        values = values.copy()
        values[where] = [_plain(each) for each in values[where]]
    return values, missing, wrong


def _among(types: list[type], chosen: set[type]) -> Array:
    if not chosen:
        return np.zeros(len(types), bool)
    return np.fromiter(map(chosen.__contains__, types), bool, len(types))


def _is_null(kind: type) -> bool:
    """Say whether a type is that of None, or of pandas's NA or NaT, which need no import."""
    return kind is type(None) or (
        kind.__name__ in {"NAType", "NaTType"} and kind.__module__.startswith("pandas.")
    )


def _plain(number: Any) -> int | float:
    """Return a decimal or a fraction as the whole number that it is, or as a float."""
    near = _float(number)
    return int(number) if abs(near) < _WHOLE and number == int(number) else near


def _fits(kind: type, what: str) -> bool:
    fitting = issubclass(kind, _FITTING[what])
    return fitting and not (what in {"number", "integer"} and issubclass(kind, _NO_NUMBERS))


def floats(values: Array, good: Array) -> Array:
    """Return numbers as float64: NaN where they are not good, infinite where too large."""
    if values.dtype == np.float64 and good.all():
        return values
    try:
        return np.where(good, values, np.nan).astype(float)
    except OverflowError:
        return np.array([_float(each) for each in np.where(good, values, np.nan)])


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf


def misfits(numbers: Array, dtype: str) -> Array:
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
    from nbpipe.bundle.rows.times import parse_times  # noqa: PLC0415 - it takes pandas

    low, high = parse_times(np.array([feature.minimum, feature.maximum], dtype=object))
    return low, high


def known(values: Array, feature: Feature) -> Array:
    """Mark the values that are among the categories."""
    categories = frozenset(feature.categories or ())
    return np.fromiter(map(categories.__contains__, values.tolist()), bool, len(values))


def _near(unseen: Array, feature: Feature) -> dict[Any, str]:
    """Map text that differs from a category in its case or the white space around it to that."""
    folded = {_fold(each): each for each in feature.categories or () if isinstance(each, str)}
    texts: Iterable[str] = {each for each in unseen.tolist() if isinstance(each, str)}
    return {each: folded[_fold(each)] for each in texts if _fold(each) in folded}


def _fold(text: str) -> str:
    return text.strip().casefold()


def put(values: Array, where: Array, null: Any) -> Array:
    """Return them as objects, with `null` in some places."""
    changed = values.astype(object)
    changed[where] = null
    return changed
