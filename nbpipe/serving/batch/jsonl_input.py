"""JSON lines: one object a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import one_line
from nbpipe.serving.batch.blocks import Place, TextInput, decoded
from nbpipe.serving.batch.chunk import ROWS, Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbpipe.serving.batch.blocks import Ends, Source
    from nbpipe.serving.batch.chunk import Original, Wanted


class JsonlInput(TextInput):
    """The rows of a file of JSON lines."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        super().__init__(source)
        self._wanted = wanted
        # of a line that is no object, its text is all there is
        self.names: Sequence[str] = [*wanted.names, "text"]

    def chunks(self, start: Place | None = None) -> Iterator[Chunk]:
        """Yield all rows, or those from where a block began.

        Raises
        ------
        DataError
        """
        place = start or Place()
        for data, ends in self._source.blocks(place.offset, _ends):
            lines = decoded(data, self._source.name, place.lines).removesuffix("\n").split("\n")
            filled = [number for number, line in enumerate(lines) if line.strip()]
            following = Place(
                place.offset + len(data), place.lines + len(ends), place.rows + len(filled)
            )
            for first in range(0, len(filled), ROWS):
                at = filled[first : first + ROWS]
                last = first + ROWS >= len(filled)
                begin = Place(0, place.lines, place.rows + first)
                yield self._chunk(
                    {number: lines[number] for number in at}, begin, following if last else None
                )
            place = following

    def _chunk(self, lines: Mapping[int, str], begin: Place, following: Place | None) -> Chunk:
        read, numbers = _objects(list(lines.values())), begin.rows + 1 + np.arange(len(lines))
        faults = {
            int(number): f"is no JSON object{each}"
            for number, each in zip(numbers, read, strict=True)
            if isinstance(each, str)
        }
        rows = [each for each in read if not isinstance(each, str)]
        at = list(lines)

        def original(number: int) -> tuple[int | None, Original]:
            i = number - begin.rows - 1
            each = read[i]
            return begin.lines + at[i] + 1, {"text": lines[at[i]]} if isinstance(
                each, str
            ) else each

        names = self._wanted.schema.names
        return Chunk(
            [{name: row[name] for name in names if name in row} for row in rows],
            numbers[[not isinstance(each, str) for each in read]],
            {name: [row.get(name) for row in rows] for name in self._wanted.keep},
            original,
            faults,
            following,
        )


def _objects(lines: list[str]) -> list[dict[str, Any] | str]:
    """Parse the lines at once, or, if one is wrong, each by itself; text says what is wrong."""
    try:
        read = json.loads(f"[{','.join(lines)}]")
        if len(read) == len(lines) and all(type(each) is dict for each in read):
            return list(read)
    except (ValueError, RecursionError):
        pass
    return [_object(line) for line in lines]


def _object(line: str) -> dict[str, Any] | str:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f": {one_line(error)}"
    return read if isinstance(read, dict) else f" but {type(read).__name__}"


def _ends(data: bytes, last: bool) -> Ends:
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    whole = not last or not data or data.endswith(b"\n")
    return ends if whole else np.append(ends, len(data))
