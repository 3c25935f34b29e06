"""Rows of plain values that have nothing wrong with them, read without pandas.

The usual request is a dict of clean values, and takes microseconds here. Whatever else comes, be
it only a little odd, is left to `validate`, which decides and tells: the two never disagree.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.clean import Row, Table
from nbpipe.bundle.rows.schema import logical_kind

if TYPE_CHECKING:
    from nbpipe.bundle.rows.clean import Rows
    from nbpipe.bundle.rows.schema import Feature, Schema

_ABSENT = object()
_NUMBERS = frozenset({float, int, np.float64, np.int64})
_TYPES = {
    "number": _NUMBERS,
    "integer": frozenset({int, np.int64}),
    "boolean": frozenset({bool}),
    "text": frozenset({str}),
}


class Records:
    """Reads clean rows of `schema`."""

    def __init__(self, schema: Schema) -> None:
        self._names = frozenset(schema.names)
        self._allowed = frozenset((*schema.names, *schema.ignored))
        self._features = [_expected(feature) for feature in schema.features]

    def read(self, rows: Any) -> Rows | None:
        """Return `rows` as a plan reads them; None unless they are clean rows of plain values."""
        if type(rows) is dict:
            values = self._values(rows)
            return None if values is None else Row(values)
        if type(rows) is list and rows:
            return self._table(rows)
        record = _one_record(rows)
        return None if record is None else self.read(record)

    def _table(self, rows: list[Any]) -> Rows | None:
        read = []
        for row in rows:
            values = self._values(row) if type(row) is dict else None
            if values is None:
                return None
            read.append(values)
        if any(row.keys() != rows[0].keys() for row in rows):
            return None
        return Row(read[0]) if len(read) == 1 else Table(list(zip(*read, strict=True)), len(read))

    def _values(self, record: dict[Any, Any]) -> list[Any] | None:
        """Return the value of each feature, None where missing; None if one is not clean."""
        if len(record) != len(self._names) and not record.keys() <= self._allowed:
            return None
        values = []
        for name, types, nullable, low, high, known in self._features:
            value = record.get(name, _ABSENT)
            if type(value) in types and (
                (low is None or low <= value <= high) if known is None else value in known
            ):
                values.append(value)
            elif nullable and (value is None or (isinstance(value, float) and isnan(value))):
                values.append(None)
            else:
                return None
        return values


def _expected(feature: Feature) -> tuple[Any, ...]:
    """Return what a clean value of a feature is: its types, bounds, or categories."""
    kind = logical_kind(feature)
    low, high = feature.minimum, feature.maximum
    if low is None and kind in {"number", "integer"}:  # nothing was seen in training
        top = sys.float_info.max
        low, high = (-top, top) if kind == "number" else (1, 0)
    known = None if feature.categories is None else frozenset(feature.categories)
    return feature.name, _TYPES.get(kind, frozenset()), feature.nullable, low, high, known


def _one_record(rows: Any) -> dict[Any, Any] | None:
    """Return a Series, or a frame of one row, as a dict of its values."""
    if isinstance(rows, Mapping) or not hasattr(rows, "to_dict"):
        return None
    if hasattr(rows, "itertuples"):
        if len(rows) != 1 or not rows.columns.is_unique:
            return None
        return dict(zip(rows.columns, next(rows.itertuples(index=False, name=None)), strict=True))
    index = getattr(rows, "index", None)
    if index is None or not getattr(index, "is_unique", False):
        return None
    record = rows.to_dict()
    return record if type(record) is dict else None
