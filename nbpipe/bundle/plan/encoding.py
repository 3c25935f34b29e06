"""Categories into numbers: whatever an encoder makes of a column, as a table of its values.

The encoder itself fills the table, one value at a time, with any imputer before it. So what it
does with rare, dropped, missing and unknown values needs no second description here.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.bundle.plan.compiling import Block, Compiler

ENCODERS = {"OneHotEncoder", "OrdinalEncoder", "TargetEncoder"}
_LIMIT = 2**26  # entries of one column's table


class _Column:
    """What the values of one column put where: entries of a row that starts as `base`."""

    def __init__(self, part: Part, number: int, source: int, width: int) -> None:
        self.source = source
        keys = part.get(f"keys{number}", "Uf", None)
        self.codes: dict[Any, int] = {key: code for code, key in enumerate(keys.tolist())}
        part.need(len(self.codes) == len(keys), "keys")
        self.codes[None] = len(keys)  # missing
        self.unknown = len(keys) + 1
        self.places = part.indices(f"places{number}", width + 1, len(keys) + 2, None)
        self.entries = part.get(f"entries{number}", "f", *self.places.shape)
        part.need(not np.isinf(self.entries).any(), "entries")
        refused = part.get(f"refused{number}", "iu", 2).tolist()  # what is missing, or unknown
        self.refused = {len(keys) + each for each in (0, 1) if refused[each]}
        both = zip(self.places.tolist(), self.entries.tolist(), strict=True)
        self.pairs = [list(zip(*each, strict=True)) for each in both]

    def find(self, values: Any) -> Array:
        """Return the code of each value: an array of numbers, or a list with None for missing."""
        known = values.tolist() if isinstance(values, np.ndarray) else values
        found = np.fromiter(map(self.codes.get, known, repeat(self.unknown)), np.intp, len(known))
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            found[np.isnan(values)] = self.codes[None]
        return found

    def check(self, codes: Sequence[int]) -> None:
        if self.refused and not self.refused.isdisjoint(codes):
            raise ValueError("Found a category that the encoder does not know")


class Lookup:
    """Columns of categories, by value."""

    def __init__(self, part: Part) -> None:
        base = part.get("base", "f", None)
        self.width = len(base)
        self.base = np.append(base, 0)  # the last takes what is put nowhere
        self.begin = self.base.tolist()
        sources = part.indices("columns", part.width, None).tolist()
        self.columns = [_Column(part, *each, self.width) for each in enumerate(sources)]
        self.raw = part.raw

    def row(self, values: Any) -> list[float]:
        out = self.begin.copy()
        for column in self.columns:
            value = values[column.source]
            missing = value != value  # noqa: PLR0124 - NaN
            code = column.codes.get(None if missing else value, column.unknown)
            if column.refused:
                column.check((code,))
            for place, entry in column.pairs[code]:
                out[place] = entry
        out.pop()
        return out

    def __call__(self, rows: Any) -> Array:
        out = np.repeat(self.base[None], len(rows), axis=0)
        line = np.arange(len(rows))[:, None]
        for column in self.columns:
            source = column.source
            codes = column.find(rows.columns[source] if self.raw else rows[:, source])
            if column.refused:
                column.check(codes.tolist())
            out[line, column.places[codes]] = column.entries[codes]
        return out[:, : self.width]


def compile_encoder(
    compiler: Compiler, encoder: Any, block: Block, imputers: Sequence[Any] = ()
) -> Block:
    """Compile an encoder, with the imputers before it."""
    name = type(encoder).__name__
    if len(encoder.categories_) != block.width:
        raise NotCoveredError(f"the imputer before {name} drops or adds columns")
    marks = [each.missing_values for each in imputers]
    if any(isinstance(each, (str, int, float, np.number)) and each == each for each in marks):  # noqa: PLR0124 - NaN
        raise NotCoveredError(f"the imputer before {name} looks for a value that is not missing")

    def encode(rows: list[list[Any]]) -> Any:
        X = compiler.frame(block, rows)
        for step in (*imputers, encoder):
            X = step.transform(X)
        return X

    keys = [_keys(categories.tolist(), name) for categories in encoder.categories_]
    first = [each[0] if each else None for each in keys]
    made = encode([first])
    base = _dense(made)[0]
    arrays: dict[str, Any] = {"columns": compiler.positions(block)}
    taken = np.zeros(len(base), dtype=bool)
    for number, own in enumerate(keys):

        def rows_of(values: list[Any], number: int = number) -> Array:
            return _dense(encode([[*first[:number], x, *first[number + 1 :]] for x in values]))

        rows, refused = [rows_of(own)] if own else [], [0, 0]
        for place, value in enumerate((None, unknown(own))):
            try:
                rows.append(rows_of([value]))
            except (ValueError, TypeError):
                rows.append(base[None])
                refused[place] = 1
        table = np.concatenate(rows)
        varying = ~((table == base) | (np.isnan(table) & np.isnan(base))).all(axis=0)
        if (varying & taken).any():
            raise NotCoveredError(f"{name} mixes columns")
        taken |= varying
        arrays[f"keys{number}"] = np.array(own, _dtype(own))
        arrays[f"refused{number}"] = refused
        arrays[f"places{number}"], arrays[f"entries{number}"] = _sparse(table, varying)
    arrays["base"] = np.where(taken, 0, base)
    return replace(
        compiler.add("lookup", [block], nan=True, **arrays), sparse=hasattr(made, "toarray")
    )


def _dense(X: Any) -> Array:
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=float)


def _sparse(table: Array, varying: Array) -> tuple[Array, Array]:
    """Write each row of a table as where its varying entries go that are not 0, and these."""
    own = np.flatnonzero(varying)
    filled = table[:, own] != 0
    most = int(filled.sum(axis=1).max())
    order = np.argsort(~filled, axis=1, kind="stable")[:, :most]
    entries = np.take_along_axis(table[:, own], order, axis=1)
    return np.where(entries != 0, own[order], len(varying)).astype(np.int32), entries


def _keys(categories: list[Any], name: str) -> list[Any]:
    """Return the categories but for a missing one, all text or all numbers."""
    keys = [each for each in categories if each is not None and each == each]  # noqa: PLR0124 - NaN
    if len(keys) ** 2 > _LIMIT:
        raise NotCoveredError(f"{name} knows {len(keys):,} categories of a column")
    if np.array(keys, _dtype(keys)).tolist() != keys:  # such as text that ends in a null character
        raise NotCoveredError(f"{name} knows categories that are neither plain text nor numbers")
    return keys


def _dtype(keys: list[Any]) -> type[np.generic]:
    return np.str_ if keys and isinstance(keys[0], str) else np.float64


def unknown(keys: Sequence[Any]) -> Any:
    """Return a value that is none of `keys`, small enough for any column of numbers."""
    if keys and not isinstance(keys[0], str):
        known = set(keys)
        return next(each for each in count(1) if each not in known)
    return "".join(keys) + "?"


STEPS = {"lookup": Lookup}
COVERS = dict.fromkeys(ENCODERS, compile_encoder)
