"""Categories into numbers: whatever an encoder makes of a column, as a table of its values.

The encoder itself fills the table, one value at a time, with any imputer before it. So what it
does with rare, dropped, missing and unknown values needs no second description here.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    name, known = type(encoder).__name__, encoder.categories_
    if len(known) != block.width:
        raise NotCoveredError(f"the imputer before {name} drops or adds columns")

    def encode(rows: list[list[Any]]) -> tuple[Array, bool]:
        X = compiler.frame(block, rows)
        for step in (*imputers, encoder):
            X = step.transform(X)
        sparse = hasattr(X, "toarray")
        return np.asarray(X.toarray() if sparse else X), sparse

    keys = [_keys(categories, name) for categories in known]
    first = [each[0] if each else None for each in keys]
    base, sparse = encode([first])
    tables = [_table(encode, first, number, each) for number, each in enumerate(keys)]
    varying = np.zeros((len(tables), base.shape[1]), dtype=bool)
    for number, table in enumerate(tables):
        differs = [row is not None and ~_same(row, base[0]) for row in table]
        varying[number] = np.logical_or.reduce([each for each in differs if each is not False])
    if (varying.sum(axis=0) > 1).any():
        raise NotCoveredError(f"{name} mixes columns")
    arrays: dict[str, Any] = {
        "base": np.where(varying.any(axis=0), 0, base[0]).astype(base.dtype),
        "columns": np.array(compiler.positions(block)),
    }
    for number, table in enumerate(tables):
        arrays[f"keys{number}"] = _as_keys(keys[number])
        arrays[f"refused{number}"] = np.array([int(row is None) for row in table[-2:]])
        places, entries = _sparse(table, varying[number], base.shape[1], base.dtype)
        arrays[f"places{number}"], arrays[f"entries{number}"] = places, entries
    made = compiler.add("lookup", [block], base.shape[1], nan=True, **arrays)
    return made.with_sparse(sparse=sparse)


def _table(
    encode: Callable[[list[list[Any]]], tuple[Array, bool]],
    first: list[Any],
    number: int,
    keys: list[Any],
) -> list[Array | None]:
    """Return what the encoder makes of each key, of a gap and of an unknown; None if it raises."""

    def with_value(value: Any) -> list[Any]:
        return [*first[:number], value, *first[number + 1 :]]

    table: list[Array | None] = []
    if keys:
        table += list(encode([with_value(key) for key in keys])[0])
    unknown = "".join(keys) + "?" if keys and isinstance(keys[0], str) else _other(keys)
    for value in (None, unknown):
        try:
            table.append(encode([with_value(value)])[0][0])
        except (ValueError, TypeError):
            table.append(None)
    return table


def _other(keys: list[Any]) -> Any:
    return max(keys) + 1.0 if keys else "?"


def _sparse(
    table: list[Array | None], varying: Array, width: int, dtype: Any
) -> tuple[Array, Array]:
    """Write each row of a table as its entries that are not 0, and where they go."""
    own = np.flatnonzero(varying)
    rows = np.array([np.zeros(len(own)) if row is None else row[own] for row in table])
    rows = rows.reshape(len(table), len(own))
    filled = rows != 0
    most = max(1, int(filled.sum(axis=1).max(initial=0)))
    places = np.full((len(table), most), width, dtype=np.int32)
    entries = np.zeros((len(table), most), dtype=dtype if dtype.kind == "f" else np.float64)
    for number, (row, where) in enumerate(zip(rows, filled, strict=True)):
        found = np.flatnonzero(where)
        places[number, : len(found)] = own[found]
        entries[number, : len(found)] = row[found]
    return places, entries


def _same(a: Array, b: Array) -> Array:
    same: Array = (a == b) | ((a != a) & (b != b))  # noqa: PLR0124 - NaN
    return same


def _keys(categories: Array, name: str) -> list[Any]:
    """Return the categories but for a missing one, as text or as numbers."""
    keys = [each for each in categories.tolist() if each is not None and each == each]  # noqa: PLR0124
    if len(keys) ** 2 > _LIMIT:
        raise NotCoveredError(f"{name} knows {len(keys):,} categories of a column")
    if all(isinstance(key, str) for key in keys):
        return keys
    if not all(isinstance(key, (int, float)) and float(key) == key for key in keys):
        raise NotCoveredError(f"{name} knows categories that are neither text nor numbers")
    return keys


def _as_keys(keys: list[Any]) -> Array:
    text = bool(keys) and isinstance(keys[0], str)
    array = np.array(keys, dtype=np.str_ if text else np.float64)
    if array.tolist() != keys:
        raise NotCoveredError("a category ends in a null character")
    return array


STEPS = {"lookup": Lookup}
COVERS = dict.fromkeys(ENCODERS, compile_encoder)
