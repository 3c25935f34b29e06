"""A cheap look at the data and its folds for signs of a leak: facts, never a fit."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.rows import Rows, Task
    from nbpipe.evaluation.splits import Split

MOST_ROWS = 10_000  # for columns; shared rows use a sample by hash, ten times as large
MOST_COLUMNS = 200
MOST_CLASSES = 10
FEWEST = 20  # rows of a class, or distinct values, below which a ranking says nothing


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """How well one column alone tells the target.

    Attributes
    ----------
    name : str
    auc : float
        Area under the ROC curve of the column's own order, 0.5 to 1, of the pair of classes that it
        tells apart worst; for a numeric target ``(1 + abs(Spearman's rho)) / 2``.
    is_target_mean : bool
        True where the column's value equals the mean of the target over the rows that share it,
        as it does when it was computed from the target of these very rows.
    """

    name: str
    auc: float
    is_target_mean: bool


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


@dataclass(frozen=True, slots=True)
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
    seconds : float
        What the probe cost.
    """

    folds: tuple[FoldFact, ...]
    columns: tuple[ColumnFact, ...]
    ordered_by: str
    n_rows: int
    seconds: float

    @property
    def shared(self) -> float:
        """Return the share of test rows that also stand in train, over all folds."""
        n_test = sum(fold.n_test for fold in self.folds)
        return sum(fold.shared * fold.n_test for fold in self.folds) / n_test


def probe_data(rows: Rows, split: Split, task: Task) -> Probe:
    """Look at rows and folds without fitting anything."""
    started = clock.perf_counter()
    step = -(-rows.n // MOST_ROWS)
    sample = np.arange(0, rows.n, step)
    columns = _columns(rows, sample, task)
    folds = _folds(rows, split, task)
    ordered_by = "" if rows.time is not None else _time_order(rows.X)
    return Probe(folds, columns, ordered_by, len(sample), clock.perf_counter() - started)


def _folds(rows: Rows, split: Split, task: Task) -> tuple[FoldFact, ...]:
    hashes = _row_hashes(rows)
    looked_at = hashes % np.uint64(-(-rows.n // (10 * MOST_ROWS))) == 0
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
        features = pd.util.hash_pandas_object(rows.X, index=False).to_numpy()
    elif rows.X.dtype.kind in "biuf":
        features = _hash_numbers(rows.X)
    else:
        features = pd.util.hash_pandas_object(pd.DataFrame(rows.X), index=False).to_numpy()
    mixed: NDArray[np.uint64] = features * np.uint64(31) + target
    return mixed


def _hash_numbers(values: NDArray[Any]) -> NDArray[np.uint64]:
    """Hash the rows of a numeric array, column by column."""
    hashes = np.zeros(len(values), dtype=np.uint64)
    for column in np.asarray(values, dtype=np.float64).T:
        hashes = hashes * np.uint64(1_000_003) + pd.util.hash_array(np.ascontiguousarray(column))
    return hashes


def _columns(rows: Rows, sample: NDArray[np.intp], task: Task) -> tuple[ColumnFact, ...]:
    if task in {"multilabel", "other"} or np.asarray(rows.y).ndim > 1:
        return ()
    y = np.asarray(rows.y)[sample]
    found = []
    for name, values in _each_column(rows.X, sample):
        numbers = _as_numbers(values, y, task)
        if numbers is None:
            continue
        known = np.isfinite(numbers)
        auc = _strength(numbers[known], y[known], task)
        if auc is not None:
            mean = task == "binary" and _is_target_mean(numbers[known], y[known])
            found.append(ColumnFact(name, auc, mean))
    return tuple(sorted(found, key=lambda fact: (-fact.auc, fact.name)))


def _each_column(X: Any, sample: NDArray[np.intp]) -> list[tuple[str, Any]]:
    if isinstance(X, pd.DataFrame):
        some = X.iloc[sample, :MOST_COLUMNS]
        return [(str(name), some[name]) for name in some.columns]
    some = X[sample][:, :MOST_COLUMNS]
    some = some.toarray() if issparse(some) else some
    return [(f"column {at}", pd.Series(some[:, at])) for at in range(some.shape[1])]


def _as_numbers(values: Any, y: NDArray[Any], task: Task) -> NDArray[np.float64] | None:
    """Return a column as numbers to rank by; categories become the target's mean elsewhere."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return np.array(values, dtype=np.float64)
    if pd.api.types.is_datetime64_any_dtype(values) or task == "multiclass":
        return None
    target = np.unique(y, return_inverse=True)[1] if task == "binary" else y
    even = np.arange(len(y)) % 2 == 0
    frame = pd.DataFrame({"key": np.asarray(values.astype(str)), "y": target})
    # Means of the even rows rank the odd ones and the reverse: a row never tells its own target.
    known = [frame[side].groupby("key")["y"].mean() for side in (even, ~even)]
    keys = frame["key"]
    return np.where(even, keys.map(known[1]), keys.map(known[0])).astype(np.float64)


def _strength(numbers: NDArray[np.float64], y: NDArray[Any], task: Task) -> float | None:
    if len(numbers) < 2 * FEWEST:
        return None
    ranks = _ranks(numbers)
    if ranks.min() == ranks.max():
        return None
    if task == "regression":
        target = _ranks(y)
        if target.min() == target.max():
            return None
        return float((1 + abs(np.corrcoef(ranks, target)[0, 1])) / 2)
    classes, counts = np.unique(y, return_counts=True)
    classes = classes[counts >= FEWEST]
    if not 2 <= len(classes) <= MOST_CLASSES:  # noqa: PLR2004 - ranking needs two sides
        return None
    weakest = 1.0
    for first, second in combinations(classes, 2):
        both = (y == first) | (y == second)
        of_both = ranks if both.all() else _ranks(numbers[both])
        weakest = min(weakest, _rank_auc(of_both, y[both] == second))
    return weakest


def _ranks(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Rank as scipy's `rankdata` does, five times as fast where no two values are equal."""
    order = np.argsort(numbers)
    ordered = numbers[order]
    if (ordered[1:] == ordered[:-1]).any():
        return np.asarray(rankdata(numbers))
    ranks = np.empty(len(numbers))
    ranks[order] = np.arange(1, len(numbers) + 1)
    return ranks


def _rank_auc(ranks: NDArray[np.float64], ours: NDArray[np.bool_]) -> float:
    """AUC = (rank sum - n (n + 1) / 2) / (n m) (Mann and Whitney, 1947), either way round."""
    n, m = int(ours.sum()), int((~ours).sum())
    auc = (float(ranks[ours].sum()) - n * (n + 1) / 2) / (n * m)
    return max(auc, 1 - auc)


def _is_target_mean(numbers: NDArray[np.float64], y: NDArray[Any]) -> bool:
    if numbers.min() < 0 or numbers.max() > 1:
        return False
    target = np.unique(y, return_inverse=True)[1].astype(np.float64)
    values, group = np.unique(numbers, return_inverse=True)
    if len(values) < FEWEST:
        return False
    means = np.bincount(group, weights=target) / np.bincount(group)
    return bool(np.allclose(means, values, atol=1e-6) or np.allclose(1 - means, values, atol=1e-6))


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
