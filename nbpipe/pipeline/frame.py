"""What each column of a frame is like: kind, gaps, values, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from pandas.api import types

from nbpipe.pipeline.columns import selectors

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["number", "category", "text", "time", "other"]

MOST_ROWS = 100_000  # distinct values and bars come from as many rows, chosen at random
BARS = 12
ROWS_PER_VALUE = 5  # a value of fewer rows, on average, names single things
FEWEST = 20  # rows or distinct values, below which nothing is called an identifier
WORDS = 4  # of a text, on average; names of things are shorter
_LOOSE = {"string", "boolean", "empty"}  # what an encoder takes in a column of objects


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a column should not simply go into a model.

    Attributes
    ----------
    kind : str
        "target", "constant", "identifier", or "unusable" for what no step here takes as it is.
    reason : str
        Plain words, with what to do.
    """

    kind: Literal["target", "constant", "identifier", "unusable"]
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame.

    Attributes
    ----------
    name, dtype : str
    kind : str
    missing : float
        Share of all rows, 0 to 1.
    distinct : int
        Different values among the rows looked at, at most `MOST_ROWS`.
    counts : tuple of int
        Rows in each of `BARS` bins of equal width for numbers and times; otherwise rows of each of
        the most frequent values.
    shown : str
        What `counts` is of: the range, or the values.
    nullable : bool
        True where ``pandas.NA`` stands for what is missing.
    suspicion : Suspicion or None
    """

    name: str
    dtype: str
    kind: Kind
    missing: float
    distinct: int
    counts: tuple[int, ...]
    shown: str
    nullable: bool = False
    suspicion: Suspicion | None = None


def look(X: pd.DataFrame) -> tuple[Column, ...]:
    """Describe every column of a frame whose columns have distinct names of text."""
    some = X if len(X) <= MOST_ROWS else X.sample(MOST_ROWS, random_state=0)
    numeric, categorical = (set(select(X)) for select in selectors().values())
    found = []
    for name in X.columns:
        kind: Kind = "other"
        if name in numeric:
            kind = "number"
        elif name in categorical:
            kind = _of_words(some[name])
        elif types.is_datetime64_any_dtype(X[name]):
            kind = "time"
        found.append(_describe(some[name], kind, float(X[name].isna().mean()), len(X)))
    return tuple(found)


def _of_words(column: pd.Series[Any]) -> Kind:
    if column.dtype == object and types.infer_dtype(column, skipna=True) not in _LOOSE:
        return "other"
    known = column.dropna()
    if isinstance(column.dtype, pd.CategoricalDtype) or types.is_bool_dtype(known):
        return "category"
    few = known.nunique() < max(FEWEST, len(known) / ROWS_PER_VALUE)
    if few or known.astype(str).str.count(" ").mean() + 1 < WORDS:
        return "category"
    return "text"


def _describe(column: pd.Series[Any], kind: Kind, missing: float, n_rows: int) -> Column:
    known = column.dropna()
    nullable = bool(missing) and any(value is pd.NA for value in column[column.isna()].iloc[:1])
    distinct = 0 if kind == "other" else known.nunique()
    counts, shown = ((), "") if kind == "other" else _bars(known, kind)
    suspicion = _suspicion(known, kind, distinct, missing=missing, nullable=nullable)
    if suspicion is None and _names_single_things(known, kind, distinct, n_rows):
        told = f"{distinct:,} values in {len(known):,} rows"
        told = "every row has its own value" if distinct == len(known) else told
        reason = f"{told}: it names single things, which models memorise"
        suspicion = Suspicion("identifier", reason)
    return Column(
        name=str(column.name),
        dtype=str(column.dtype),
        kind=kind,
        missing=missing,
        distinct=distinct,
        counts=counts,
        shown=shown,
        nullable=nullable,
        suspicion=suspicion,
    )


def _bars(known: pd.Series[Any], kind: Kind) -> tuple[tuple[int, ...], str]:
    if kind in {"category", "text"}:
        top = known.value_counts().head(BARS)
        return tuple(top[top > 0].tolist()), ", ".join(str(each)[:20] for each in top.index[:3])
    numbers = known if kind == "number" else (known - known.min()) / pd.Timedelta(1, "s")
    values = np.asarray(numbers, dtype=np.float64)
    inside = np.isfinite(values)
    if not inside.any():
        return (), ""
    low, high = (_written(each) for each in (known[inside].min(), known[inside].max()))
    return tuple(np.histogram(values[inside], bins=BARS)[0].tolist()), f"{low} to {high}"


def _written(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else f"{float(value):.4g}"


def _suspicion(
    known: pd.Series[Any], kind: Kind, distinct: int, *, missing: float, nullable: bool
) -> Suspicion | None:
    if known.empty or (distinct == 1 and not missing):
        what = "no value at all" if known.empty else "the same value in every row"
        return Suspicion("constant", f"{what}: there is nothing to learn from it")
    if kind == "other":
        return Suspicion("unusable", "convert it to numbers, text, categories or times first")
    if kind == "time":
        return Suspicion("unusable", "split by it, or compute numbers from it, such as the hour")
    if kind == "text":
        return Suspicion("unusable", "free text: give it a route of its own with TfidfVectorizer")
    if kind == "category" and nullable:
        reason = "pandas.NA among text, which encoders refuse: convert it to the dtype category"
        return Suspicion("unusable", reason)
    return None


def _names_single_things(known: pd.Series[Any], kind: Kind, distinct: int, n_rows: int) -> bool:
    if kind == "category":
        return distinct > FEWEST and distinct * ROWS_PER_VALUE > len(known)
    # Whole numbers that are all different may still measure something; keys lie close together.
    whole = types.is_integer_dtype(known) and distinct == len(known) > FEWEST
    return bool(whole and known.max() - known.min() < 2 * n_rows)


def sound(columns: Sequence[Column], kind: Kind) -> list[Column]:
    """Return the columns of a kind that nothing speaks against."""
    return [each for each in columns if each.kind == kind and each.suspicion is None]
