"""Parquet, read batch by batch, however large its row groups are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.arrow import columns_of
from nbpipe.bundle.rows.given import Given
from nbpipe.errors import DataError, extra, one_line
from nbpipe.serving.batch.chunk import ROWS, Chunk, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbpipe.serving.batch.chunk import Original, Wanted


def pyarrow() -> Any:
    """Import pyarrow.

    Raises
    ------
    MissingExtraError
    """
    with extra("parquet", "Parquet needs pyarrow"):
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    return pa


class ParquetInput:
    """The rows of a Parquet file.

    Raises
    ------
    DataError
        It cannot be read.
    SchemaError
        It lacks columns, or has one of them twice.
    MissingExtraError
    """

    unit = " rows"

    def __init__(self, path: str, wanted: Wanted) -> None:
        self._path, self._wanted, self._done = path, wanted, 0
        self._arrow = arrow = pyarrow()
        with self._telling("is no Parquet that can be read"):
            # buffered, a column's chunk is not read at once
            self._file = arrow.parquet.ParquetFile(path, buffer_size=2**16, pre_buffer=False)
            names = self._file.schema_arrow.names
        wanted.check(names)
        self.names: Sequence[str] = wanted.names
        self.total: int | None = int(self._file.metadata.num_rows)
        self.types: Mapping[str, Any] = {
            each.name: each.type.value_type if arrow.types.is_dictionary(each.type) else each.type
            for each in self._file.schema_arrow
        }

    def done(self) -> int:
        """Return how many rows were read."""
        return self._done

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def chunks(self, start: Place | None = None) -> Iterator[Chunk]:
        """Yield all rows, or those after a place.

        Raises
        ------
        DataError
        """
        begin, self._done = start or Place(), 0
        with self._telling("cannot be read"):
            for group in range(self._file.num_row_groups):
                rows = self._file.metadata.row_group(group).num_rows
                if self._done + rows <= begin.rows:
                    self._done += rows
                    continue
                for batch in self._file.iter_batches(ROWS, [group], list(self.names)):
                    self._done += len(batch)
                    if self._done > begin.rows:
                        yield self._chunk(self._arrow.Table.from_batches([batch]))

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, self._arrow.ArrowException) as error:
            raise DataError(f"{self._path} {what}: {one_line(error)}") from error

    def _chunk(self, table: Any) -> Chunk:
        before = self._done - len(table)

        def original(number: int) -> tuple[int | None, Original]:
            return None, table.slice(number - before - 1, 1).to_pylist()[0]

        return Chunk(
            Given(columns_of(table.select(list(self._wanted.schema.names))), len(table)),
            np.arange(before + 1, self._done + 1),
            {name: table.column(name).to_pylist() for name in self._wanted.keep},
            original,
            Place(rows=self._done),
        )
