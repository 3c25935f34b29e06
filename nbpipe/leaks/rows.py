"""Which rows a value holds: a source, and what was picked from it.

Two sets of rows meet unless something says that they cannot: another source, or two parts of one
split. So the checker never has to know the rows themselves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

Side = tuple[
    Any, ...
]  # ("part", name), ("range", low, high), ("in", labels), ("cmp", operator, value), ("not", side)
Pick = tuple[Any, Side]  # what was divided, and the side taken


class Atom(NamedTuple):
    """Rows of one source that lie on every one of these sides."""

    source: Any
    picks: frozenset[Pick]


Rows = frozenset[Atom]
NO_ROWS: Rows = frozenset()
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def source(key: Any) -> Rows:
    """Return all rows of the source `key`."""
    return frozenset({Atom(key, frozenset())})


def pick(rows: Rows, picks: frozenset[Pick]) -> Rows:
    """Return those of `rows` that lie on these sides, too."""
    return frozenset(Atom(atom.source, atom.picks | picks) for atom in rows) if picks else rows


@lru_cache(maxsize=4096)
def overlap(one: Rows, other: Rows) -> bool:
    """Say whether the two may share a row."""
    return any(
        a.source == b.source
        and not any(_apart(x, y) for key, x in a.picks for same, y in b.picks if key == same)
        for a in one
        for b in other
    )


@lru_cache(maxsize=4096)
def within(part: Rows, whole: Rows) -> bool:
    """Say whether every row of `part` is certainly among `whole`."""
    return all(any(a.source == b.source and b.picks <= a.picks for b in whole) for a in part)


def divided(rows: Rows) -> bool:
    """Say whether a function that divides at random or by folds made these rows."""
    return any(side[0] == "part" for atom in rows for _, side in atom.picks)


def parted(rows: Rows) -> bool:
    """Say whether the rows are a part that some split made."""
    return any(side[0] in {"part", "range"} for atom in rows for _, side in atom.picks)


def opposite(picks: frozenset[Pick]) -> frozenset[Pick]:
    """Return the other side of a mask; nothing is known of the other side of several at once."""
    if len(picks) != 1:
        return frozenset()
    ((key, side),) = picks
    if side[0] == "not":
        return frozenset({(key, side[1])})
    if side[0] == "cmp" and side[1] in _OPPOSITE:
        return frozenset({(key, ("cmp", _OPPOSITE[side[1]], side[2]))})
    return frozenset({(key, ("not", side))})


def _apart(one: Side, other: Side) -> bool:
    """Say whether two sides of one division share no row."""
    kind = one[0]
    if kind == "not" or other[0] == "not":
        return one == ("not", other) or other == ("not", one)
    if kind != other[0]:
        return False
    if kind == "part":
        return bool(one[1] != other[1])
    if kind == "range":
        return _ranges_apart(one[1:], other[1:])
    if kind == "in":
        return _sets_apart(one[1], other[1])
    return _compared_apart(one[1:], other[1:])


def _sets_apart(one: Any, other: Any) -> bool:
    """Say whether two lists of labels share none; two of which nothing is known are a split."""
    literal = isinstance(one, frozenset) and isinstance(other, frozenset)
    return not one & other if literal else bool(one != other)


def _ranges_apart(one: Side, other: Side) -> bool:
    """Say whether two slices share no row; what cannot be compared is taken to be a split."""
    if one[0] == other[0] or one[1] == other[1]:
        return False
    gaps = [(one[1], other[0]), (other[1], one[0])]
    return any(
        end == start or not _comparable(end, start) or end <= start
        for end, start in gaps
        if end is not None and start is not None
    )


def _comparable(one: Any, other: Any) -> bool:
    """Say whether both are numbers that count from the same end."""
    return isinstance(one, int) and isinstance(other, int) and (one < 0) == (other < 0)


def _compared_apart(one: Side, other: Side) -> bool:
    (op, value), (op2, value2) = one, other
    if op == "==" and op2 == "==":
        return bool(value != value2)
    if _OPPOSITE.get(op) == op2 and value == value2:
        return True
    low, high = (one, other) if op[0] == "<" else (other, one)
    if low[0][0] == "<" and high[0][0] == ">":
        try:
            return bool(low[1] <= high[1])
        except TypeError:
            return True
    return False
