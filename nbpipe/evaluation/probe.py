"""A cheap look at the data and its folds for signs of a leak: facts, never a fit."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from nbpipe.evaluation.columns import ColumnFact, rank_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.rows import Rows, Task
    from nbpipe.evaluation.splits import Split

MOST_HASHES = 100_000  # about as many rows, chosen by hash so that copies stay together


@dataclass(frozen=True, slots=True)
class FoldFact:
    """What the probe saw of one fold.

    Attributes
    ----------
    n_test : int
    shared : float
        Share of test rows that also stand in train, features and target alike.
    from_the_future : float
        Share of training rows later than the earliest test row; 0 where time is unknown.
    missing_classes : tuple of str
        Classes of the target that the test rows lack.
    """

    n_test: int
    shared: float
    from_the_future: float
    missing_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Probe:
    """Everything the probe found.

    Attributes
    ----------
    folds : tuple of FoldFact
    columns : tuple of ColumnFact
        The best first; only columns that could be ranked.
    ordered_by : str
        The column or index by which rows stand in time order, where time was not given.
    n_rows : int
        Rows looked at for `columns`; fewer than there are on large data.
    n_skipped : int
        Columns not looked at, where there are very many.
    seconds : float
        What the probe cost.
    """

    folds: tuple[FoldFact, ...]
    columns: tuple[ColumnFact, ...]
    ordered_by: str
    n_rows: int
    n_skipped: int
    seconds: float

    def __repr__(self) -> str:
        best = "".join(f", best {each.name} {each.strength:.3f}" for each in self.columns[:1])
        seen = f"{self.n_rows:,} rows and {len(self.columns)} columns"
        return f"<Probe of {seen}: {self.shared:.1%} of test rows in train{best}>"

    @property
    def shared(self) -> float:
        """Return the share of test rows that also stand in train, over all folds."""
        n_test = sum(fold.n_test for fold in self.folds)
        return sum(fold.shared * fold.n_test for fold in self.folds) / n_test


def probe_data(rows: Rows, split: Split, task: Task) -> Probe:
    """Look at rows and folds without fitting anything."""
    started = clock.perf_counter()
    columns, n_rows, n_skipped = rank_columns(rows, task)
    folds = _folds(rows, split, task)
    ordered_by = "" if rows.time is not None else _time_order(rows.X)
    return Probe(folds, columns, ordered_by, n_rows, n_skipped, clock.perf_counter() - started)


def _folds(rows: Rows, split: Split, task: Task) -> tuple[FoldFact, ...]:
    hashes = _row_hashes(rows)
    looked_at = hashes % np.uint64(-(-rows.n // (MOST_HASHES))) == 0
    y = np.asarray(rows.y)
    classes = np.unique(y) if task in {"binary", "multiclass"} else np.array([])
    facts = []
    for train, test in split.folds:
        here = test[looked_at[test]]
        both = np.isin(hashes[here], hashes[train[looked_at[train]]])
        late = 0.0
        if rows.time is not None:
            late = float((rows.time[train] > rows.time[test].min()).mean())
        lacking = np.setdiff1d(classes, y[test]) if len(classes) else classes
        facts.append(
            FoldFact(
                n_test=len(test),
                shared=float(both.mean()) if len(both) else 0.0,
                from_the_future=late,
                missing_classes=tuple(str(each) for each in lacking.tolist()),
            )
        )
    return tuple(facts)


def _row_hashes(rows: Rows) -> NDArray[np.uint64]:
    """Hash each row's features and target."""
    y = np.asarray(rows.y)
    features: Any
    target: Any = pd.util.hash_array(y) if y.ndim == 1 else _hash_numbers(y)
    if issparse(rows.X):
        # Equal rows have equal projections; unequal rows have not, with probability 1.
        weights = np.random.default_rng(0).normal(size=rows.X.shape[1])
        features = _hash_numbers((rows.X @ weights).reshape(-1, 1))
    elif isinstance(rows.X, pd.DataFrame):
        features = _hash_frame(rows.X)
    elif rows.X.dtype.kind in "biuf":
        features = _hash_numbers(rows.X)
    else:
        features = _hash_frame(pd.DataFrame(rows.X))
    mixed: NDArray[np.uint64] = features * np.uint64(31) + target
    return mixed


def _hash_frame(frame: pd.DataFrame) -> NDArray[np.uint64]:
    try:
        hashes = pd.util.hash_pandas_object(frame, index=False)
    except TypeError:  # lists and the like have no hash, but a text
        hashes = pd.util.hash_pandas_object(frame.astype(str), index=False)
    return np.asarray(hashes, dtype=np.uint64)


def _hash_numbers(values: NDArray[Any]) -> NDArray[np.uint64]:
    """Hash the rows of a numeric array, column by column."""
    hashes = np.zeros(len(values), dtype=np.uint64)
    for column in np.asarray(values, dtype=np.float64).T:
        hashes = hashes * np.uint64(1_000_003) + pd.util.hash_array(np.ascontiguousarray(column))
    return hashes


def _time_order(X: Any) -> str:
    """Name the index or the first column by which rows stand in time order, if any."""
    if not isinstance(X, pd.DataFrame):
        return ""
    if isinstance(X.index, pd.DatetimeIndex) and X.index.is_monotonic_increasing:
        return "its index"
    for name in X.columns:
        values = X[name]
        if pd.api.types.is_datetime64_any_dtype(values) or _looks_like_dates(values):
            ordered = values.dropna()
            if (
                len(ordered)
                and ordered.is_monotonic_increasing
                and ordered.iloc[0] != ordered.iloc[-1]
            ):
                return f"column {str(name)!r}"
    return ""


def _looks_like_dates(values: Any) -> bool:
    if not pd.api.types.is_string_dtype(values):
        return False
    head = values.dropna().iloc[:5].astype(str)
    return len(head) > 0 and bool(head.str.match(r"\d{4}-\d{2}-\d{2}").all())
