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

MOST_COLUMNS = 200
MOST_CLASSES = 10
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


def rank_columns(rows: Rows, sample: NDArray[np.intp], task: Task) -> tuple[ColumnFact, ...]:
    """Rank rows by each column alone; columns that hold the target first, then the best."""
    if task in {"multilabel", "other"} or np.asarray(rows.y).ndim > 1:
        return ()
    y = np.asarray(rows.y)[sample]
    measure: Literal["rank AUC", "rank correlation"]
    measure = "rank correlation" if task == "regression" else "rank AUC"
    found = []
    for name, values in _each_column(rows.X, sample):
        if len(y) >= 2 * FEWEST and _is_target(values, y, task):
            found.append(ColumnFact(name, measure, 1.0, is_target=True, is_target_mean=False))
            continue
        numbers = _as_numbers(values, y, task)
        if numbers is None:
            continue
        known = np.isfinite(numbers)
        strength = _strength(numbers[known], y[known], task)
        if strength is not None:
            mean = task == "binary" and _is_target_mean(numbers[known], y[known])
            found.append(ColumnFact(name, measure, strength, is_target=False, is_target_mean=mean))
    return tuple(sorted(found, key=lambda fact: (not fact.is_target, -fact.strength, fact.name)))


def _each_column(X: Any, sample: NDArray[np.intp]) -> list[tuple[str, Any]]:
    if isinstance(X, pd.DataFrame):
        some = X.iloc[sample, :MOST_COLUMNS]
        return [(str(name), some[name]) for name in some.columns]
    some = X[sample][:, :MOST_COLUMNS]
    some = some.toarray() if issparse(some) else some
    return [(f"column {at}", pd.Series(some[:, at])) for at in range(some.shape[1])]


def _is_target(values: Any, y: NDArray[Any], task: Task) -> bool:
    numeric = pd.api.types.is_numeric_dtype(values)
    if task == "regression":
        return numeric and np.array_equal(np.asarray(values, dtype=np.float64), y)
    plain = values if numeric else values.astype(str)
    # Codes count values in the order in which they first appear: equal codes, equal partition.
    codes = pd.factorize(plain, use_na_sentinel=False)[0]
    return bool(np.array_equal(codes, pd.factorize(y)[0]))


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
        return abs(float(np.corrcoef(ranks, target)[0, 1]))
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
