"""CSV, read by what the schema says of each column and never by what its cells look like."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.given import Given
from nbpipe.errors import DataError
from nbpipe.serving.batch.chunk import ROWS, Chunk
from nbpipe.serving.batch.csv_block import is_plain, parsed
from nbpipe.serving.batch.lines import BLOCK, LONGEST, TextInput
from nbpipe.serving.batch.typed import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbpipe.serving.batch.chunk import Original, Place, Wanted
    from nbpipe.serving.batch.lines import Lines

_OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
csv.field_size_limit(max(csv.field_size_limit(), LONGEST))


class CsvInput(TextInput):
    """The rows of a CSV file with a header.

    Raises
    ------
    DataError
        The input cannot be read, is no UTF-8, or its columns are not separated by commas.
    SchemaError
        The header lacks columns, or has one of them twice.
    """

    def __init__(self, lines: Lines, wanted: Wanted) -> None:
        super().__init__(lines)
        self._wanted = wanted
        header = self._record(csv.reader(lines, strict=True))
        if header is None:
            raise DataError(f"{lines.name} is empty: there is not even a header.")
        if isinstance(header, str):
            raise DataError(f"The header of {lines.name} {header}.")
        self.names: Sequence[str] = header
        other = next((told for code, told in _OTHERS.items() if code in "".join(header)), None)
        if other and len(header) == 1 and header[0] not in wanted.names:
            raise DataError(f"The columns of {lines.name} are separated by {other}, not commas.")
        wanted.check(header)
        self._begin = lines.place(0)

    def chunks(self, start: Place | None = None) -> Iterator[Chunk]:
        """Yield all rows, or those from where a chunk began.

        Raises
        ------
        DataError
        """
        if start is not None:
            self._lines.go_to(start)
        place = start or self._begin
        while block := self._lines.ahead(ROWS, BLOCK):
            chunk = self._plain(block, place.rows) or self._chunk(place.rows)
            place = chunk.following
            yield chunk

    def _plain(self, block: list[bytes], before: int) -> Chunk | None:
        """Return the block as a chunk if it is plain."""
        names, schema, missing = self.names, self._wanted.schema, self._wanted.na_values
        columns = parsed(block, names, schema, missing) if is_plain(block, len(names)) else None
        if columns is None:
            return None
        begun = self._lines.number + 1
        self._lines.skip(block)

        def cells(line: bytes) -> list[str]:
            return line.decode().rstrip("\r\n").split(",")

        def original(number: int) -> tuple[int, Original]:
            i = number - before - 1
            return begun + i, dict(zip(names, cells(block[i]), strict=True))

        keep = self._wanted.keep
        kept = zip(*map(cells, block), strict=True) if keep else ()
        by_name = dict(zip(names, kept, strict=False))
        following = self._lines.place(before + len(block))
        return Chunk(
            Given(columns, len(block)),
            np.arange(before + 1, following.rows + 1),
            {name: by_name[name] for name in keep},
            original,
            following,
        )

    def _chunk(self, before: int) -> Chunk:
        reader = csv.reader(self._lines, strict=True)
        lines, width, end = self._lines, len(self.names), self._lines.offset + BLOCK
        records: list[list[str]] = []
        begun: list[int] = []
        faults: dict[int, str] = {}
        while len(records) < ROWS and lines.offset < end:
            line = lines.number + 1
            record = self._record(reader)
            if record is None:
                break
            if not record:
                continue  # an empty line
            begun.append(line)
            records.append(record if isinstance(record, list) else [])
            if len(records[-1]) != width:
                told = f"has {len(record)} fields where the header has {width}"
                faults[before + len(records)] = record if isinstance(record, str) else told

        def original(number: int) -> tuple[int, Original]:
            i = number - before - 1
            # the last cell takes those that are too many
            cells = [*records[i][: width - 1], ",".join(records[i][width - 1 :])]
            return begun[i], dict(zip(self.names, cells, strict=False))

        good = [record for record in records if len(record) == width] if faults else records
        at = {name: self.names.index(name) for name in self._wanted.names}
        cells = {name: [record[i] for record in good] for name, i in at.items()}
        missing = self._wanted.na_values
        features = self._wanted.schema.features
        numbers = np.arange(before + 1, before + 1 + len(records))
        return Chunk(
            Given(
                {each.name: typed(cells[each.name], each, missing) for each in features}, len(good)
            ),
            np.setdiff1d(numbers, list(faults)),
            {name: cells[name] for name in self._wanted.keep},
            original,
            lines.place(before + len(records)),
            faults,
        )

    def _record(self, reader: Any) -> list[str] | str | None:
        """Return the cells of the next record, or what is wrong with it; None at the end.

        Quotes are taken strictly: with those that are not, it is unclear where a record ends.
        """
        line, offset = self._lines.number + 1, self._lines.offset
        try:
            return next(reader, None)
        except csv.Error as error:
            if self._lines.ended or self._lines.offset - offset >= LONGEST:
                raise DataError(
                    f"Line {line} of {self._lines.name} opens a quote that is never closed, or "
                    f"not within {LONGEST >> 20} MB."
                ) from error
            if "new-line" in str(error):
                return "holds a carriage return that ends no line"
            return "has a quote within a quoted field that is not doubled"
