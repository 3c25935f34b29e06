"""Whatever a caller gives as rows, taken apart into columns."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.arrow import columns_of, is_arrow, read_table
from nbpipe.bundle.rows.values import as_array
from nbpipe.errors import SchemaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.bundle.rows.values import Array


@dataclass(frozen=True, slots=True)
class Given:
    """Columns by name, before anything is known of their values.

    Attributes
    ----------
    columns : dict of str to ndarray of shape (count,)
    count : int
        Number of rows.
    absent : Mapping of str to ndarray of bool, shape (count,)
        The rows that lack a column which others have; None stands in these.
    index : pandas.Index or None
        That of a frame of pandas.
    """

    columns: dict[str, Array]
    count: int
    absent: Mapping[str, Array] = field(default_factory=dict)
    index: Any = None

    def take(self, positions: Array) -> Given:
        """Return some of the rows, without their index."""
        columns = {name: values[positions] for name, values in self.columns.items()}
        absent = {name: where[positions] for name, where in self.absent.items()}
        return Given(columns, len(positions), {k: v for k, v in absent.items() if v.any()})


def take_apart(rows: Any, columns: Sequence[str] | None = None) -> Given:
    """Return rows of any kind as columns; `columns` names those of an array.

    Raises
    ------
    SchemaError
        They are no rows, there are none, or two columns have one name.
    UsageError
        `columns` is no list of names.
    """
    given = _take_apart(rows, columns)
    if not given.count:
        raise SchemaError("The input has no rows.")
    return given


def _take_apart(rows: Any, columns: Sequence[str] | None) -> Given:
    if _is_of_pandas(rows, "DataFrame"):
        from nbpipe.bundle.rows.frames import take_apart as of_frame  # noqa: PLC0415 - it is imported

        _refuse_twice(rows.columns)
        return Given(of_frame(rows), len(rows), index=rows.index)
    if _is_of_pandas(rows, "Series"):
        _refuse_twice(rows.index)
        return _from_records([rows.to_dict()])
    if isinstance(rows, Mapping):
        return _from_records([rows])
    if isinstance(rows, Sequence) and rows and all(isinstance(row, Mapping) for row in rows):
        return _from_records(rows)
    if is_arrow(rows):
        table = read_table(rows)
        _refuse_twice(table.column_names)
        return Given(columns_of(table), len(table))
    return _from_array(rows, columns)


def _is_of_pandas(rows: Any, name: str) -> bool:
    """Say whether `rows` are a class of pandas, which is imported if there is one."""
    return isinstance(rows, getattr(sys.modules.get("pandas"), name, ()))


def _from_records(rows: Sequence[Mapping[Any, Any]]) -> Given:
    names = dict.fromkeys(name for row in rows for name in row)
    _refuse_twice(names)
    given = {str(name): as_array([row.get(name) for row in rows]) for name in names}
    absent = {}
    if any(len(row) < len(names) for row in rows):
        lacking = {str(name): np.array([name not in row for row in rows]) for name in names}
        absent = {name: where for name, where in lacking.items() if where.any()}
    return Given(given, len(rows), absent)


def _from_array(rows: Any, columns: Sequence[str] | None) -> Given:
    if not (
        isinstance(columns, (list, tuple, np.ndarray, type(None)))
        or _is_of_pandas(columns, "Index")
    ):
        raise UsageError(
            f"columns is a {type(columns).__name__}; pass a list of names, in the array's order."
        )
    own = getattr(getattr(rows, "dtype", None), "names", None)
    if isinstance(rows, np.ndarray) and own is not None:
        return Given({name: as_array(rows[name]) for name in own}, len(rows))
    if isinstance(rows, (np.ndarray, list, tuple)) and columns is not None:
        names = list(columns)
        _refuse_twice(names)
        array = rows if isinstance(rows, np.ndarray) else _of_objects(rows)
        if array.ndim != 2 or array.shape[1] != len(names):  # noqa: PLR2004 - rows and columns
            raise SchemaError(
                f"The array does not fit its {len(names)} columns: its shape is {array.shape}."
            )
        parts = zip(names, array.T, strict=True)
        return Given({str(name): as_array(part) for name, part in parts}, len(array))
    if isinstance(rows, np.ndarray):
        raise SchemaError(
            "An array has no column names, and in another order its columns would be predicted "
            "from in silence. Pass columns=[...] beside it, or a DataFrame."
        )
    if isinstance(rows, (list, tuple)) and not rows:
        raise SchemaError("The input has no rows.")
    raise SchemaError(
        "Rows are a dict, a list of dicts, a frame of pandas, Polars or Arrow, or an array with "
        f"columns=[...]; not {_kind(rows)}.{' Collect it first.' * hasattr(rows, 'collect')}"
    )


def _of_objects(rows: Sequence[Any]) -> Array:
    """Return rows of values as an array of objects, of one dimension if their lengths differ."""
    try:
        return np.array(rows, dtype=object)
    except ValueError:
        return np.fromiter(rows, object, len(rows))


def _refuse_twice(names: Iterable[Any]) -> None:
    """Raise if two columns have one name as text, so that one would hide the other."""
    twice = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if twice:
        raise SchemaError(
            f"The input has more than one column named {', '.join(map(repr, twice)):.200}."
        )


def _kind(rows: Any) -> str:
    name = type(rows).__name__
    return f"{name} of {type(rows[0]).__name__}" if isinstance(rows, (list, tuple)) else name
