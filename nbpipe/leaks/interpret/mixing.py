"""What is computed from several values, and what is one value or another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Estimator, Ids, Map, Seq

if TYPE_CHECKING:
    from collections.abc import Iterable


def mixed(parts: list[Data]) -> Data:
    """Return what is computed from several values: their rows and all that is in them."""
    if not parts:
        return UNKNOWN
    if len(parts) == 1:
        return parts[0]._replace(oid=0)
    rows = [part for part in parts if part.rows]
    main = next((part for part in rows if not part.stat), rows[0] if rows else parts[0])
    summaries = union(part.stat for part in parts)
    enters = main.rows and not main.stat  # a mean that is mixed with rows is in them now
    form = "row" if any(part.form == "row" for part in parts) else ""
    return Data(
        rows=main.rows,
        learned=union(part.taint for part in parts) | (summaries if enters else NONE),
        stat=NONE if enters else summaries,
        fits=union(part.fits for part in parts),
        scores=union(part.scores for part in parts),
        copies=union(part.copies for part in parts),
        windows=union(part.windows for part in parts),
        varies=union(part.varies for part in parts),
        form=form or ("table" if main.form == "table" else ""),
        made=frozenset().union(*(part.made for part in parts)),
        column=main.column if all(part.column in {"", main.column} for part in parts) else "",
    )


def union(sets: Iterable[Ids]) -> Ids:
    """Return all that is in any of the sets."""
    return frozenset().union(*sets)


def joined(one: Any, other: Any) -> Any:
    """Return a value that is one or the other, as after an ``if``."""
    if one == other or other is None:
        return one
    if one is None:
        return other
    if isinstance(one, Data) and isinstance(other, Data):
        return _joined_data(one, other)
    if isinstance(one, Estimator) and isinstance(other, Estimator):
        return other._replace(fits=one.fits | other.fits, varies=one.varies | other.varies)
    if isinstance(one, Seq) and isinstance(other, Seq) and len(one.items) == len(other.items):
        pairs = zip(one.items, other.items, strict=True)
        return Seq(tuple(joined(a, b) for a, b in pairs), other.oid)
    # What is known beats what is not: an unknown, a None, an empty list.
    return one if _knows_less(other) else other


def _knows_less(value: Any) -> bool:
    empty = isinstance(value, Seq | Map) and not value.items
    return empty or isinstance(value, Const) or (isinstance(value, Data) and not value.rows)


def _joined_data(one: Data, other: Data) -> Data:
    return other._replace(
        oid=other.oid if one.oid == other.oid else 0,
        rows=one.rows | other.rows,
        learned=one.learned | other.learned,
        inside=one.inside | other.inside,
        foretold=one.foretold | other.foretold,
        stat=one.stat | other.stat,
        fits=one.fits | other.fits,
        scores=one.scores | other.scores,
        copies=one.copies | other.copies,
        windows=one.windows | other.windows,
        varies=one.varies | other.varies,
        made=one.made | other.made,
    )
