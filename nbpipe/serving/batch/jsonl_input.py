"""JSON lines: one object a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.given import Given
from nbpipe.bundle.rows.values import as_array
from nbpipe.errors import one_line
from nbpipe.serving.batch.chunk import ROWS, Chunk, Place
from nbpipe.serving.batch.lines import BLOCK, TextInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbpipe.serving.batch.chunk import Original, Wanted
    from nbpipe.serving.batch.lines import Lines


class JsonlInput(TextInput):
    """The rows of a file of JSON lines."""

    def __init__(self, lines: Lines, wanted: Wanted) -> None:
        super().__init__(lines)
        self._wanted = wanted
        # of a line that is no object, its text is all there is
        self.names: Sequence[str] = [*wanted.names, "text"]

    def chunks(self, start: Place | None = None) -> Iterator[Chunk]:
        """Yield all rows, or those from where a chunk began.

        Raises
        ------
        DataError
        """
        place, lines = start or self._lines.place(0), self._lines
        lines.go_to(place) if start else None
        filled: list[tuple[int, str]] = []
        end = place.offset + BLOCK
        for line in lines:
            if line.strip():
                filled.append((lines.number, line))
            if len(filled) == ROWS or lines.offset >= end:
                following = lines.place(place.rows + len(filled))
                yield self._chunk(filled, place.rows, following)
                place, filled, end = following, [], following.offset + BLOCK
        yield self._chunk(filled, place.rows, lines.place(place.rows + len(filled)))

    def _chunk(self, filled: list[tuple[int, str]], before: int, following: Place) -> Chunk:
        read = [_object(line) for _, line in filled]
        rows = [each for each in read if isinstance(each, dict)]

        def original(number: int) -> tuple[int, Original]:
            (line, text), given = filled[number - before - 1], read[number - before - 1]
            return line, given if isinstance(given, dict) else {"text": text.rstrip("\r\n")}

        names = self._wanted.schema.names
        lacking = {name: np.array([name not in row for row in rows], bool) for name in names}
        return Chunk(
            Given(
                {name: as_array([row.get(name) for row in rows]) for name in names},
                len(rows),
                {name: where for name, where in lacking.items() if where.any()},
            ),
            before + 1 + np.flatnonzero([isinstance(each, dict) for each in read]),
            {name: [row.get(name) for row in rows] for name in self._wanted.keep},
            original,
            following,
            {before + i: each for i, each in enumerate(read, 1) if isinstance(each, str)},
        )


def _object(line: str) -> dict[str, Any] | str:
    """Parse a line, or say what is wrong with it."""
    try:
        read = json.loads(line, object_pairs_hook=_once)
        if "\\u" in line:  # half of a surrogate pair is no text that could be written
            json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return f"is no JSON object: {one_line(error)}"
    return read if isinstance(read, dict) else f"is no JSON object but {type(read).__name__}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in an object."""
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        raise ValueError(f"{twice!r:.60} stands twice in it")
    return read
