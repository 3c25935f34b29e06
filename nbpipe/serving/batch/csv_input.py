"""CSV, read by what the schema says of each column and never by what its cells look like."""

from __future__ import annotations

import csv
from functools import cached_property
from io import BytesIO, StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.errors import DataError
from nbpipe.serving.batch import csv_records
from nbpipe.serving.batch.blocks import LONGEST, Place, TextInput, decoded
from nbpipe.serving.batch.chunk import ROWS, Chunk
from nbpipe.serving.batch.typed import is_number, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbpipe.serving.batch.blocks import Source
    from nbpipe.serving.batch.chunk import Original, Wanted
    from nbpipe.serving.batch.csv_records import Places

_BOM = b"\xef\xbb\xbf"
# Since pandas 3.1 the default reads each number exactly, and the option is deprecated.
_PANDAS = tuple(map(int, pd.__version__.split(".")[:2]))
_EXACT: dict[str, Any] = {} if _PANDAS >= (3, 1) else {"float_precision": "round_trip"}
csv.field_size_limit(max(csv.field_size_limit(), LONGEST))  # of bad rows, that are told as given


class CsvInput(TextInput):
    """The rows of a CSV file with a header.

    Raises
    ------
    DataError
        The input cannot be read, or is no UTF-8.
    SchemaError
        The header lacks columns, or has one of them twice.
    """

    def __init__(self, source: Source, wanted: Wanted) -> None:
        super().__init__(source)
        self._wanted = wanted
        self._blocks = source.blocks(0, csv_records.ends)
        data, ends = next(self._blocks, (b"", np.empty(0, np.int64)))
        if not data:
            raise DataError(f"{source.name} is empty: there is not even a header.")
        at = int(ends[0])
        self._rest = data[at:], ends[1:] - at
        self._begin = Place(at, data.count(b"\n", 0, at))
        header = decoded(data[:at].removeprefix(_BOM), source.name, 0)
        self.names: Sequence[str] = next(csv.reader(StringIO(header, newline="")), [])
        wanted.check(self.names)
        self._features = {self.names.index(each.name): each for each in wanted.schema.features}

    def chunks(self, start: Place | None = None) -> Iterator[Chunk]:
        """Yield all rows, or those from where a block began.

        Raises
        ------
        DataError
        """
        blocks: Iterable[tuple[bytes, Places]] = chain([self._rest], self._blocks)
        if start is not None:
            blocks = self._source.blocks(start.offset, csv_records.ends)
        place = start or self._begin
        for data, ends in blocks:
            block = _Block(data, ends, place, self.names)
            decoded(data, self._source.name, place.lines)
            opened = csv_records.left_open(data)
            if opened is not None:
                line = place.lines + data.count(b"\n", 0, opened) + 1
                raise DataError(
                    f"Line {line} of {self._source.name} opens a quote that is never closed."
                )
            place = block.following
            yield from self._chunks(block)

    def _chunks(self, block: _Block) -> Iterator[Chunk]:
        faults = block.faults()
        for first in range(0, len(block.records), ROWS):
            records = block.records[first : first + ROWS]
            bad = np.isin(records, list(faults))
            numbers = block.place.rows + 1 + first + np.arange(len(records))
            text = block.text(records[~bad])
            last = first + ROWS >= len(block.records)
            yield Chunk(
                self._parse(text, int((~bad).sum()), block),
                numbers[~bad],
                self._kept(text),
                block.original,
                {int(numbers[i]): faults[records[i]] for i in np.flatnonzero(bad)},
                block.following if last else None,
            )

    def _parse(self, text: bytes, count: int, block: _Block) -> pd.DataFrame:
        """Return the model's columns of `count` records; pandas may only guess at numbers."""
        words = [i for i, feature in self._features.items() if not is_number(feature)]
        frame = self._read(text, list(self._features), words)
        if len(frame) != count:
            raise DataError(
                f"The rows of {self._source.name} between lines {block.place.lines + 1} and "
                f"{block.following.lines} cannot be told apart; is something wrong with quotes?"
            )
        guessed = [
            i
            for i, feature in self._features.items()
            if is_number(feature) and frame[i].dtype.kind not in "iuf"
        ]
        if guessed:
            frame[guessed] = self._read(text, guessed, guessed)[guessed].astype(object)
        return pd.DataFrame(
            {
                feature.name: typed(frame[i].to_numpy(), feature)
                if frame[i].dtype == object
                else frame[i]
                for i, feature in self._features.items()
            }
        )

    def _kept(self, text: bytes) -> dict[str, Sequence[Any]]:
        columns = {name: self.names.index(name) for name in self._wanted.keep}
        if not columns:
            return {}
        frame = self._read(text, list(columns.values()), list(columns.values()), na_filter=False)
        return {name: frame[i].tolist() for name, i in columns.items()}

    def _read(
        self, text: bytes, columns: list[int], words: list[int], **options: Any
    ) -> pd.DataFrame:
        if not text:
            return pd.DataFrame({i: np.empty(0, object if i in words else float) for i in columns})
        frame: pd.DataFrame = pd.read_csv(
            BytesIO(text),
            header=None,
            index_col=False,
            names=range(len(self.names)),
            usecols=columns,
            dtype=dict.fromkeys(words, object),
            keep_default_na=False,
            na_values=["", *self._wanted.na_values],
            skip_blank_lines=False,
            low_memory=False,
            **_EXACT,
            **options,
        )
        return frame


class _Block:
    """Bytes of whole records, and what they are the bytes of."""

    def __init__(self, data: bytes, ends: Places, place: Place, names: Sequence[str]) -> None:
        self._data, self._ends, self.place, self._names = data, ends, place, names
        self._starts = ends - np.diff(ends, prepend=0)
        self.records = np.flatnonzero(~csv_records.blank(data, ends))
        self.following = Place(
            place.offset + len(data),
            place.lines + data.count(b"\n"),
            place.rows + len(self.records),
        )

    def faults(self) -> dict[int, str]:
        """Say which records cannot be read, and why."""
        widths = csv_records.fields(self._data, self._ends)
        ragged = self.records[widths[self.records] != len(self._names)].tolist()
        told = f"fields where the header has {len(self._names)}"
        found = {each: f"has {widths[each]} {told}" for each in ragged}
        return found | csv_records.spoiled(self._data, self._ends)

    def text(self, records: Places) -> bytes:
        """Return the bytes of some records."""
        if not len(records):
            return b""
        first, last = records[0], records[-1]
        if last - first + 1 == len(records):
            return self._data[self._starts[first] : self._ends[last]]
        return b"".join([self._record(each) for each in records])

    def original(self, number: int) -> tuple[int | None, Original]:
        """Return the line and the cells of a row of this block; a last cell takes surplus ones."""
        record = self.records[number - self.place.rows - 1]
        text = self._record(record).decode()
        cells = next(csv.reader(StringIO(text, newline="")))
        end = len(self._names) - 1
        cells[end:] = [",".join(cells[end:])]
        line = self.place.lines + int(np.searchsorted(self._lines, self._starts[record])) + 1
        return line, dict(zip(self._names, cells, strict=False))

    def _record(self, record: int) -> bytes:
        return self._data[self._starts[record] : self._ends[record]]

    @cached_property
    def _lines(self) -> Places:
        return np.flatnonzero(np.frombuffer(self._data, np.uint8) == ord("\n"))
