"""How well each column alone tells the target: a ranking, never a fit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.rows import Rows, Task

MOST_ROWS = 10_000
FEWEST_ROWS = 1_000
MOST_CELLS = 2_000_000  # wide tables are looked at on fewer rows
MOST_COLUMNS = MOST_CELLS // FEWEST_ROWS
MOST_CLASSES = 10
QUICK_LOOK = 100
FEWEST = 20  # rows of a class, or distinct values, below which a ranking says nothing


@dataclass(frozen=True, slots=True, repr=False)
class ColumnFact:
    """How well one column alone tells the target.

    Attributes
    ----------
    name : str
    measure : str
        What `strength` is: "rank AUC" for classes, "rank correlation" for a numeric target.
    strength : float
        Area under the ROC curve of the column's own order, 0.5 to 1, of the pair of classes that it
        tells apart worst; for a numeric target the absolute value of Spearman's rho, 0 to 1.
    is_target : bool
        True where the column holds the target itself: equal numbers, or classes one for one.
    is_target_mean : bool
        True where the column's value equals the mean of the target over the rows that share it,
        as it does when it was computed from the target of these very rows.
    """

    name: str
    measure: Literal["rank AUC", "rank correlation"]
    strength: float
    is_target: bool
    is_target_mean: bool

    def __repr__(self) -> str:
        what = "the target itself" if self.is_target else f"{self.measure} {self.strength:.3f}"
        return f"<ColumnFact {self.name}: {what}>"


def rank_columns(rows: Rows, task: Task) -> tuple[tuple[ColumnFact, ...], int, int]:
    """Rank rows by each column alone; columns that hold the target first, then the best.

    Returns
    -------
    facts : tuple of ColumnFact
    n_rows : int
        Rows looked at: fewer where there are many rows or columns.
    n_skipped : int
        Columns beyond the `MOST_COLUMNS` looked at.
    """
    if task in {"multilabel", "other"} or np.asarray(rows.y).ndim > 1:
        return (), 0, 0
    n_columns = min(rows.X.shape[1], MOST_COLUMNS)
    everything = np.asarray(rows.y)
    sample = _sample(everything, task, min(MOST_ROWS, MOST_CELLS // n_columns))
    y = everything[sample]
    measure: Literal["rank AUC", "rank correlation"]
    measure = "rank correlation" if task == "regression" else "rank AUC"
    found = []
    for at, (name, values) in enumerate(_each_column(rows.X, sample, n_columns)):
        # What looks like the target in a sample is looked at again in all rows.
        if _is_target(values, y, task) and _is_target(_column(rows.X, at), everything, task):
            found.append(ColumnFact(name, measure, 1.0, is_target=True, is_target_mean=False))
            continue
        if pd.api.types.is_datetime64_any_dtype(values) and (
            task == "regression" or name == rows.time_name
        ):
            continue  # a trend is no leak, nor is the time by which rows were split
        numbers, named = _as_numbers(values)
        known = np.isfinite(numbers)
        strength = _strength(numbers[known], y[known], task, named=named)
        if strength is not None:
            mean = task == "binary" and not named and _is_target_mean(numbers[known], y[known])
            found.append(ColumnFact(name, measure, strength, is_target=False, is_target_mean=mean))
    facts = sorted(found, key=lambda fact: (not fact.is_target, -fact.strength, fact.name))
    return tuple(facts), len(sample), rows.X.shape[1] - n_columns


def _sample(y: NDArray[Any], task: Task, most: int) -> NDArray[np.intp]:
    """Choose rows at random, half of them in equal shares of each class.

    At random, since rows may follow a rhythm; by class, since a rare one would be missed.
    """
    if len(y) <= most:
        return np.arange(len(y))
    shuffled = np.random.default_rng(0).permutation(len(y))
    if task != "regression":
        classes = pd.factorize(y[shuffled])[0]
        place = pd.Series(classes).groupby(classes).cumcount().to_numpy()
        wanted = place < most // (2 * (classes.max() + 1))
        shuffled = np.r_[shuffled[wanted], shuffled[~wanted]]
    return np.sort(shuffled[:most])


def _each_column(X: Any, sample: NDArray[np.intp], most: int) -> list[tuple[str, Any]]:
    if isinstance(X, pd.DataFrame):
        some = X.iloc[sample, :most]
        return [(str(name), some[name]) for name in some.columns]
    some = X[sample][:, :most]
    some = some.toarray() if issparse(some) else some
    return [(f"column {at}", pd.Series(some[:, at])) for at in range(some.shape[1])]


def _column(X: Any, at: int) -> Any:
    if isinstance(X, pd.DataFrame):
        return X.iloc[:, at]
    return pd.Series(X[:, [at]].toarray().ravel() if issparse(X) else X[:, at])


def _is_target(values: Any, y: NDArray[Any], task: Task) -> bool:
    if len(y) < 2 * FEWEST:
        return False
    numeric = pd.api.types.is_numeric_dtype(values)
    if task == "regression":
        same = numeric and np.array_equal(np.asarray(values, dtype=np.float64), y)
        return same and bool(y.min() < y.max())
    # Codes count values in the order in which they first appear: equal codes, equal partition.
    for rows in (slice(QUICK_LOOK), slice(None)):  # nearly all columns differ in the first rows
        plain = values.iloc[rows] if numeric else values.iloc[rows].astype(str)
        codes = pd.factorize(plain, use_na_sentinel=False)[0]
        if not np.array_equal(codes, pd.factorize(y[rows])[0]):
            return False
    return bool(codes.any())


def _as_numbers(values: Any) -> tuple[NDArray[np.float64], bool]:
    """Return a column as numbers to rank by, or as codes, and whether these stand for names."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = (values - values.min()) / pd.Timedelta(1, "s")
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return np.array(values, dtype=np.float64), False
    return pd.factorize(values.astype(str))[0].astype(np.float64), True


def _target_means(codes: NDArray[np.float64], y: NDArray[Any]) -> NDArray[np.float64]:
    """Return for each row the target's mean over the rows of its code in the other half.

    So a row never tells its own target. The halves are drawn at random, as `_sample` is.
    """
    half = np.random.default_rng(0).integers(0, 2, len(y))
    here = 2 * np.unique(codes, return_inverse=True)[1] + half
    counts = np.bincount(here, minlength=here.max() + 2)
    sums = np.bincount(here, weights=y, minlength=len(counts))
    means = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return np.asarray(means[here + 1 - 2 * half])


def _strength(
    numbers: NDArray[np.float64], y: NDArray[Any], task: Task, *, named: bool
) -> float | None:
    if len(numbers) < 2 * FEWEST or numbers.min() == numbers.max():
        return None
    if task == "regression":
        return _correlation(_target_means(numbers, y) if named else numbers, y)
    return _weakest_pair(numbers, y, named=named)


def _correlation(numbers: NDArray[np.float64], y: NDArray[Any]) -> float | None:
    known = np.isfinite(numbers)
    if known.sum() < 2 * FEWEST:
        return None
    ranks, target = _ranks(numbers[known]), _ranks(y[known])
    if ranks.min() == ranks.max() or target.min() == target.max():
        return None
    return abs(float(np.corrcoef(ranks, target)[0, 1]))


def _weakest_pair(numbers: NDArray[np.float64], y: NDArray[Any], *, named: bool) -> float | None:
    classes, counts = np.unique(y, return_counts=True)
    classes = classes[counts >= FEWEST]
    if not 2 <= len(classes) <= MOST_CLASSES:  # noqa: PLR2004 - ranking needs two sides
        return None
    weakest = 1.0
    for first, second in combinations(classes, 2):
        both = (y == first) | (y == second)
        ours = y[both] == second
        of_both = _target_means(numbers[both], ours) if named else numbers[both]
        known = np.isfinite(of_both)
        if min(ours[known].sum(), (~ours[known]).sum()) < FEWEST:
            return None
        weakest = min(weakest, _rank_auc(_ranks(of_both[known]), ours[known]))
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
