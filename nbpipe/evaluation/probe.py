"""A cheap look at the data and its folds for signs of a leak: facts, never a fit."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from nbpipe.evaluation.columns import ColumnFact, rank_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.labels import Labels
    from nbpipe.evaluation.rows import Rows, Task
    from nbpipe.evaluation.splits import Split

MOST_HASHES = 100_000  # about as many rows, chosen by hash so that copies stay together
MOST_RECOMBINED = 10_000
ODD = np.uint64(1_000_003)  # mixes hashes, in which order matters


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
    common : float
        Share, 0 to 1, of the rows seen more than once that need no copying to explain them: of
        rows recombined from two halves of the columns, those that stand in the data by chance,
        relative to `shared`; or, if greater, the repeated rows whose target is not always the
        same. 1 where no test row stands in train.
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
    common: float
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


def probe_data(rows: Rows, labels: Labels | None, split: Split, task: Task) -> Probe:
    """Look at rows and folds without fitting anything."""
    started = clock.perf_counter()
    if labels is not None:  # codes say as much as names, and are quicker to compare
        rows = replace(rows, y=labels.codes)
    columns, n_rows, n_skipped = rank_columns(rows, task)
    hashes = hash_rows(rows)
    folds = _folds(hashes, rows, labels, split)
    shared = max(fold.shared for fold in folds)
    common = common_by_nature(hashes, shared) if shared else 1.0
    ordered_by = "" if rows.time is not None else time_order(rows.X)
    return Probe(
        folds, common, columns, ordered_by, n_rows, n_skipped, clock.perf_counter() - started
    )


def _folds(whole: Hashes, rows: Rows, labels: Labels | None, split: Split) -> tuple[FoldFact, ...]:
    hashes = whole.row
    looked_at = hashes % np.uint64(-(-rows.n // (MOST_HASHES))) == 0
    same = np.zeros(rows.n, dtype=np.intp)
    same[looked_at] = pd.factorize(hashes[looked_at])[0]  # equal rows have equal numbers
    facts = []
    for train, test in split.folds:
        trained = np.zeros(rows.n, dtype=bool)
        trained[same[train[looked_at[train]]]] = True
        both = trained[same[test[looked_at[test]]]]
        late = 0.0
        if rows.time is not None:
            late = float((rows.time[train] > rows.time[test].min()).mean())
        lacking = () if labels is None else labels.classes[labels.at(test).counts() == 0].tolist()
        facts.append(
            FoldFact(
                n_test=len(test),
                shared=float(both.mean()) if len(both) else 0.0,
                from_the_future=late,
                missing_classes=tuple(map(str, lacking)),
            )
        )
    return tuple(facts)


@dataclass(frozen=True, slots=True)
class Hashes:
    """A hash of every other column, of the rest of them, and of the target, one a row each."""

    left: NDArray[np.uint64]
    right: NDArray[np.uint64]
    target: NDArray[np.uint64]

    @property
    def row(self) -> NDArray[np.uint64]:
        """Hash each row's features and target."""
        return (self.left * ODD + self.right) * ODD + self.target

    def at(self, rows: slice) -> Hashes:
        """Return the hashes of some rows."""
        return Hashes(self.left[rows], self.right[rows], self.target[rows])


def hash_rows(rows: Rows) -> Hashes:
    """Hash every row, so that equal rows are found without comparing each with each."""
    X = rows.X
    table = X.iloc if isinstance(X, pd.DataFrame) else X
    y = np.asarray(rows.y)
    target: Any = pd.util.hash_array(y) if y.ndim == 1 else _hash_numbers(y)
    # The halves of a single column are the column and the target.
    right = _hash(table[:, 1::2]) if X.shape[1] > 1 else target
    return Hashes(_hash(table[:, ::2]), right, target)


def _hash(X: Any) -> NDArray[np.uint64]:
    """Hash each row of a table."""
    if issparse(X):
        # Equal rows have equal projections; unequal rows have not, with probability 1.
        weights = np.random.default_rng(0).normal(size=X.shape[1])
        return _hash_numbers((X @ weights).reshape(-1, 1))
    if isinstance(X, pd.DataFrame):
        return _hash_frame(X)
    return _hash_numbers(X) if X.dtype.kind in "biuf" else _hash_frame(pd.DataFrame(X))


def common_by_nature(hashes: Hashes, shared: float) -> float:
    """Return `Probe.common`: copies of rich rows agree in all, honest common rows need not."""
    features = hashes.left * ODD + hashes.right
    some = np.random.default_rng(0).permutation(len(features))[:MOST_RECOMBINED]
    other = np.roll(some, 1)
    left, right = hashes.left, hashes.right
    new = (left[some] != left[other]) & (right[some] != right[other])
    recombined = left[some[new]] * ODD + right[other[new]]
    by_chance = float(np.isin(recombined, features).mean()) / shared if new.any() else 1.0
    seen = pd.DataFrame({"features": features, "target": hashes.target})
    repeated = seen[seen["features"].duplicated(keep=False)]
    differs = repeated.groupby("features")["target"].transform("nunique") > 1
    return min(1.0, max(by_chance, float(differs.mean()) if len(differs) else 0.0))


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
        hashes = hashes * ODD + pd.util.hash_array(np.ascontiguousarray(column))
    return hashes


def time_order(X: Any) -> str:
    """Name the index or the first column by which rows stand in time order, if any."""
    if not isinstance(X, pd.DataFrame):
        return ""
    if isinstance(X.index, pd.DatetimeIndex) and X.index.is_monotonic_increasing:
        return "its index"
    for name in X.columns:
        values = X[name]
        if pd.api.types.is_datetime64_any_dtype(values) or looks_like_dates(values):
            ordered = values.dropna()
            if (
                len(ordered)
                and ordered.is_monotonic_increasing
                and ordered.iloc[0] != ordered.iloc[-1]
            ):
                return f"column {str(name)!r}"
    return ""


def looks_like_dates(values: Any) -> bool:
    """Tell whether texts start as ISO dates do."""
    if not pd.api.types.is_string_dtype(values):
        return False
    head = values.dropna().iloc[:5].astype(str)
    return len(head) > 0 and bool(head.str.match(r"\d{4}-\d{2}-\d{2}").all())
