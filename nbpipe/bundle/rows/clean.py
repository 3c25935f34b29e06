"""Validated input, as a plan reads it: one row of plain values, or columns of many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Table:
    """Many rows: for each feature its values, as an array or a sequence with None for missing."""

    __slots__ = ("columns", "count")

    def __init__(self, columns: Sequence[Any], count: int) -> None:
        self.columns = columns
        self.count = count

    def __len__(self) -> int:
        return self.count

    def part(self, start: int, stop: int) -> Table:
        """Return some of the rows."""
        stop = min(stop, self.count)
        return Table([values[start:stop] for values in self.columns], stop - start)

    def take(self, chosen: NDArray[np.bool_]) -> Table:
        """Return the rows that a mask marks."""
        if chosen.all():
            return self
        columns = [np.asarray(values)[chosen] for values in self.columns]
        return Table(columns, int(chosen.sum()))


class Row:
    """One row: a value for each feature, None where it is missing."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return 1

    def table(self) -> Table:
        """Return it as a table of one row."""
        return Table([(value,) for value in self.values], 1)


Rows = Row | Table
