"""Bytes of a file or a pipe, in blocks of whole records and of bounded size.

Where a block ends depends only on where it begins, so that a run that is resumed reads the very
blocks that an uninterrupted one does.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nbpipe.errors import DataError, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np

    Ends = np.ndarray[Any, np.dtype[np.int64]]
    Cut = Callable[[bytes, bool], Ends]

BLOCK = 4 * 2**20  # bytes
LONGEST = 16 * BLOCK  # bytes of one record
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block begins: bytes (of the text within a .gz), lines and rows before it."""

    offset: int = 0
    lines: int = 0
    rows: int = 0


class Source:
    """An input of text, unpacked on the way if it is packed.

    Parameters
    ----------
    path : str
        ``"-"`` is standard input.
    """

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == "-" else path
        with self._telling():
            raw: Any = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115, PTH123 - closed with self
            packed = raw.peek(2)[:2] == _GZIP
        self._raw = raw
        self.total = Path(path).stat().st_size if Path(path).is_file() else None
        self._stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw

    def blocks(self, start: int, cut: Cut) -> Iterator[tuple[bytes, Ends]]:
        """Yield blocks from a byte on, with the places at which their records end.

        Parameters
        ----------
        start : int
            Where the first block begins.
        cut : callable
            Given bytes, and whether they are the last, says where whole records end.

        Raises
        ------
        DataError
            The input cannot be read, or one record is longer than `LONGEST`.
        """
        held = b""
        with self._telling():
            if start:
                self._stream.seek(start)
            while True:
                size, ends, last = BLOCK, None, False
                while ends is None or (len(ends) == 0 and not last):
                    if size > LONGEST:
                        raise DataError(
                            f"A record of {self.name} that begins {start:,} bytes after its start "
                            f"is longer than {LONGEST // 2**20} MB; is a quote left open there?"
                        )
                    held += self._stream.read(max(0, size - len(held)))
                    last = len(held) < size
                    ends = cut(held[:size], last)
                    size *= 2
                if not len(ends):
                    return
                end = int(ends[-1])
                yield held[:end], ends
                held = held[end:]
                start += end

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
        except (OSError, EOFError, zlib.error) as error:
            told = getattr(error, "strerror", None) or one_line(error)
            raise DataError(f"{self.name} cannot be read: {told}.") from error


class TextInput:
    """What inputs of text have in common: progress is counted in bytes of the file."""

    unit = "B"
    types: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, source: Source) -> None:
        self._source = source
        self.total = source.total
        self.done = source.done
        self.close = source.close


def decoded(data: bytes, name: str, lines: int) -> str:
    """Return text, or say on which line it is none.

    Raises
    ------
    DataError
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = lines + data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"Line {line} of {name} is not UTF-8 (byte 0x{data[error.start]:02x}). Convert the "
            "file first, such as with: iconv -f latin1 -t utf-8"
        ) from error
