"""Frames of Arrow and Polars, and whatever else hands out its columns as Arrow does.

The Arrow PyCapsule interface is what pyarrow, Polars, DuckDB, Ibis and others have in common:
https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.values import as_array, put
from nbpipe.errors import SchemaError, extra, one_line

if TYPE_CHECKING:
    from nbpipe.bundle.rows.values import Array


def is_arrow(rows: Any) -> bool:
    """Say whether `rows` hand out a table, or a batch of one, as Arrow."""
    return hasattr(rows, "__arrow_c_stream__") or hasattr(rows, "__arrow_c_array__")


def read_table(rows: Any) -> Any:
    """Return `rows` as a table of pyarrow, without a copy where there is a way.

    Raises
    ------
    MissingExtraError
        pyarrow is not installed.
    SchemaError
        They are no table, such as a single column, or have types that pyarrow does not know.
    """
    library = type(rows).__module__.partition(".")[0]
    with extra("parquet", f"Reading a {type(rows).__name__} of {library} takes pyarrow"):
        import pyarrow as pa  # noqa: PLC0415 - an extra
    try:
        return pa.table(rows)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise SchemaError(
            f"The {type(rows).__name__} cannot be read as a table: {one_line(error)}."
        ) from error


def columns_of(table: Any) -> dict[str, Array]:
    """Return a table's columns as arrays: of plain numbers, booleans and times, or of objects."""
    names = table.column_names
    return {name: _as_array(column) for name, column in zip(names, table.columns, strict=True)}


def _as_array(column: Any) -> Array:
    import pyarrow as pa  # noqa: PLC0415 - as above

    if pa.types.is_string_view(column.type):  # of Polars; little is done with it
        column = column.cast(pa.large_string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.dictionary_encode()  # each text once, not each row's
    kind = column.type
    if pa.types.is_dictionary(kind):
        return np.concatenate([np.empty(0, object), *map(_decoded, column.chunks)])
    if pa.types.is_integer(kind) and column.null_count:  # as floats, long ones would be rounded
        return put(column.fill_null(0).to_numpy(), column.is_null().to_numpy(), None)
    zoned = pa.types.is_timestamp(kind) and kind.tz
    if pa.types.is_primitive(kind) and not zoned:
        return as_array(column.to_numpy())
    if zoned and kind.unit == "ns":  # finer than what Python's own datetime holds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    return np.fromiter(column.to_pylist(), object, len(column))


def _decoded(chunk: Any) -> Array:
    known = np.fromiter([*chunk.dictionary.to_pylist(), None], object, len(chunk.dictionary) + 1)
    codes = chunk.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return put(known[codes], chunk.is_null().to_numpy(zero_copy_only=False), None)
