"""The lines of a file or a pipe, and how far they were read."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections import deque
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nbpipe.errors import DataError, one_line
from nbpipe.serving.batch.chunk import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BLOCK = 2**21  # bytes of a chunk, give or take a record
LONGEST = 2**26  # bytes of one record
_GZIP, _BOM = b"\x1f\x8b", b"\xef\xbb\xbf"


class Lines:
    """Lines of UTF-8, unpacked on the way if they are packed.

    Parameters
    ----------
    path : str
        ``"-"`` is standard input.

    Attributes
    ----------
    offset, number : int
        Bytes and lines that were read.
    ended : bool
        Whether there are no more.
    total : int or None
        Size of the file.
    """

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == "-" else path
        self.offset = self.number = 0
        self.ended = False
        self._held: deque[bytes] = deque()  # read, but not yet given out
        with self._telling():
            raw: Any = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115, PTH123 - closed with self
            packed = raw.peek(2)[:2] == _GZIP
            self._raw = raw
            self._stream = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if packed else raw
            if self._stream.peek(3)[:3] == _BOM:
                self.offset = len(self._stream.read(3))
        self.total = Path(path).stat().st_size if Path(path).is_file() else None

    def __iter__(self) -> Iterator[str]:
        """Yield the lines from here on, with their ends.

        Raises
        ------
        DataError
            The input cannot be read, is no UTF-8, or one line is longer than `LONGEST`.
        """
        with self._telling():
            while line := self._held.popleft() if self._held else self._line():
                self.offset += len(line)
                self.number += 1
                yield line.decode()
            self.ended = True

    def ahead(self, count: int, size: int) -> list[bytes]:
        """Return the next lines, so many or about so many bytes, without taking them."""
        with self._telling():
            left = size - sum(map(len, self._held))
            while len(self._held) < count and left > 0:
                line = self._line()
                if not line:
                    break
                self._held.append(line)
                left -= len(line)
        return list(islice(self._held, count))

    def _line(self) -> bytes:
        line: bytes = self._stream.readline(LONGEST)
        if len(line) == LONGEST:
            number = self.number + len(self._held) + 1
            raise DataError(f"Line {number} of {self.name} is longer than {LONGEST >> 20} MB.")
        return line

    def skip(self, lines: Sequence[bytes]) -> None:
        """Take lines that `ahead` has returned."""
        for _ in lines:
            self._held.popleft()
        self.offset += sum(map(len, lines))
        self.number += len(lines)

    def place(self, rows: int) -> Place:
        """Return where we are, behind so many rows."""
        return Place(self.offset, self.number, rows)

    def go_to(self, place: Place) -> None:
        """Go on from a place."""
        with self._telling():
            self._stream.seek(place.offset)
        self.offset, self.number, self._held = place.offset, place.lines, deque()

    def done(self) -> int:
        """Return how many bytes of the file were read."""
        return self._raw.tell() if self.total is not None else 0

    def close(self) -> None:
        """Close the file."""
        if self._raw is not sys.stdin.buffer:
            self._raw.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise DataError(
                f"Line {self.number} of {self.name} is not UTF-8 (byte "
                f"0x{error.object[error.start]:02x}). Convert the file first, such as with: "
                "iconv -f latin1 -t utf-8"
            ) from error
        except (OSError, EOFError, zlib.error) as error:
            told = getattr(error, "strerror", None) or one_line(error)
            raise DataError(f"{self.name} cannot be read: {told}.") from error


class TextInput:
    """What inputs of text have in common: progress is counted in bytes of the file."""

    unit = "B"
    types: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.total, self.done, self.close = lines.total, lines.done, lines.close
