"""Where the records of a CSV file end, found in bulk.

A quote that begins a field makes delimiters and line ends text, until it is closed; a doubled
one within is closed and opened again. A quote elsewhere is text, as Python's and pandas' readers
have it, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Places = np.ndarray[Any, np.dtype[np.int64]]

_QUOTE, _DELIMITER, _LINE, _RETURN, _NUL = b'",\n\r\0'
_OPENED_AFTER = np.isin(np.arange(256), [_DELIMITER, _LINE, _RETURN])


def ends(data: bytes, last: bool) -> Places:
    """Return the place after each whole record; the last of a file may lack its line end."""
    places = _outside(_find(data, _LINE), _quotes(data)) + 1
    whole = not last or (len(places) and places[-1] == len(data)) or not data
    return places if whole else np.append(places, len(data))


def fields(data: bytes, places: Places) -> Places:
    """Return how many fields each record has."""
    delimiters = _outside(_find(data, _DELIMITER), _quotes(data))
    return np.diff(np.searchsorted(delimiters, places), prepend=0) + 1


def blank(data: bytes, places: Places) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the records that are nothing but a line end."""
    lengths = np.diff(places, prepend=0)
    first = np.frombuffer(data, np.uint8)[places - lengths]
    return np.asarray(((lengths == 1) | ((lengths == 2) & (first == _RETURN))) & (first <= _RETURN))  # noqa: PLR2004 - two bytes


def spoiled(data: bytes, places: Places) -> dict[int, str]:
    """Say of which records no reader makes sense, and why."""
    found = {}
    if _NUL in data:
        found.update(dict.fromkeys(_records(_find(data, _NUL), places), "holds a NUL byte"))
    if data.count(b"\r") > data.count(b"\r\n"):
        returns = _outside(_find(data, _RETURN), _quotes(data))
        following = np.frombuffer(data + b"\n", np.uint8)[returns + 1]
        alone = _records(returns[following != _LINE], places)
        found.update(dict.fromkeys(alone, "holds a carriage return that ends no line"))
    return found


def left_open(data: bytes) -> int | None:
    """Return where the quote is that is never closed, if there is one."""
    quotes = _quotes(data)
    return int(quotes[-1]) if len(quotes) % 2 else None


def _records(where: Places, places: Places) -> list[int]:
    return list(map(int, np.unique(np.searchsorted(places, where, side="right"))))


def _find(data: bytes, code: int) -> Places:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == code)


def _outside(where: Places, quotes: Places) -> Places:
    """Return the places that are not within quotes."""
    return where[np.searchsorted(quotes, where) % 2 == 0] if len(quotes) else where


def _quotes(data: bytes) -> Places:
    """Return the quotes that open and close, in turn."""
    if _QUOTE not in data:
        return np.empty(0, np.int64)
    found = _find(data, _QUOTE)
    opening = found[::2]
    codes = np.frombuffer(b"\n" + data, np.uint8)  # that before a place stands at the place
    doubled = np.append(False, opening[1:] == found[1::2][: len(opening) - 1] + 1)
    if (_OPENED_AFTER[codes[opening]] | doubled).all():
        return found
    kept: list[int] = []
    for at in found.tolist():  # some stand within unquoted text: go through them one by one
        opened = len(kept) % 2 == 1
        if opened or _OPENED_AFTER[codes[at]] or (kept and kept[-1] == at - 1):
            kept.append(at)
    return np.array(kept, np.int64)
