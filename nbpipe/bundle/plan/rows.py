"""Validated input, as a plan reads it: one row of plain values, or columns of many rows."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbpipe.bundle.plan.arrays import Array


class Row:
    """One row: a value for each feature, None where it is missing."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def numbers(self, columns: Callable[[Sequence[Any]], Any]) -> Array:
        """Return the columns that an `itemgetter` of two or more picks, as float64 (1, k)."""
        return np.array([columns(self.values)], dtype=np.float64)

    def column(self, number: int) -> tuple[Any]:
        """Return the values of one column."""
        return (self.values[number],)

    def __len__(self) -> int:
        return 1


class Table:
    """Many rows: for each feature its values, as an array or a list with None for missing."""

    __slots__ = ("columns", "count")

    def __init__(self, columns: Sequence[Any], count: int) -> None:
        self.columns = columns
        self.count = count

    def numbers(self, columns: Callable[[Sequence[Any]], Any]) -> Array:
        """Return the columns that an `itemgetter` of two or more picks, as float64 (n, k)."""
        picked = columns(self.columns)
        block = np.empty((self.count, len(picked)))
        for number, values in enumerate(picked):
            block[:, number] = values
        return block

    def column(self, number: int) -> Any:
        """Return the values of one column: an array of numbers, or a list."""
        return self.columns[number]

    def __len__(self) -> int:
        return self.count

    def part(self, start: int, stop: int) -> Table:
        """Return some of the rows."""
        stop = min(stop, self.count)
        return Table([values[start:stop] for values in self.columns], stop - start)

    def take(self, chosen: Array) -> Table:
        """Return the rows that a mask marks."""
        if chosen.all():
            return self
        columns = [np.asarray(values)[chosen] for values in self.columns]
        return Table(columns, int(chosen.sum()))


Rows = Row | Table


def getter(columns: Sequence[int]) -> Callable[[Sequence[Any]], Any]:
    """Return what picks `columns` of a sequence as a tuple, also where it is one or none."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda values: tuple(values[each] for each in columns)
