"""Which rows are trained on and which are tested on: chosen openly, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    PredefinedSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from nbpipe.errors import DataError, UsageError, one_line
from nbpipe.evaluation.positions import GivenFolds, positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from nbpipe.evaluation.labels import Labels
    from nbpipe.evaluation.rows import Rows, Task


@dataclass(frozen=True, slots=True, repr=False)
class Split:
    """The folds of one cross-validation, and how they came about.

    Attributes
    ----------
    splitter : str
        The splitter as text.
    reason : str
        Why this splitter.
    folds : tuple of (train, test)
        Positions of rows in X, as integer arrays.
    in_time_order : bool
        True where every training row comes before every test row.
    order : ndarray of int, shape (n,)
        Positions of the rows in the order in which they were split.
    sorted_by : str
        What put them in that order, empty where they stood as they stand in X.
    notes : tuple of str
        What was done to the order of the rows and to groups, in words.
    """

    splitter: str
    reason: str
    folds: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]
    in_time_order: bool
    order: NDArray[np.intp]
    sorted_by: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Split {self.splitter}: {len(self.folds)} folds of {len(self.order):,} rows>"


def choose_splitter(cv: Any, rows: Rows, task: Task, *, gap: int, n_splits: int) -> tuple[Any, str]:
    """Return a scikit-learn splitter and the reason for it."""
    if cv is not None and not isinstance(cv, Integral):
        if gap:
            raise UsageError(
                "gap belongs to the time split that nbpipe chooses; "
                f"set it on your own splitter instead, as TimeSeriesSplit(gap={gap})."
            )
        return _given(cv), "given by you"
    n_splits = _check_counts(n_splits if cv is None else cv, gap, rows)
    if rows.time is not None and rows.groups is not None:
        raise UsageError(
            "time= and groups= ask for different splits, and no splitter of scikit-learn keeps to "
            "both; leave one out, or give cv= a splitter of your own."
        )
    if rows.time is not None:
        return TimeSeriesSplit(n_splits=n_splits, gap=gap), (
            f"time={rows.time_name}, so each fold trains on the past and tests on what follows"
        )
    if gap:
        raise UsageError("gap leaves out rows between past and future, so it needs time=.")
    if rows.groups is not None:
        found = len(np.unique(rows.groups))
        if found < n_splits:
            raise DataError(
                f"groups holds {found} different group{'s' * (found != 1)}, fewer than the "
                f"{n_splits} folds; use n_splits={max(found, 2)} or fewer, or other groups."
            )
        reason = "groups are given, so no group stands on both sides"
        if task in {"binary", "multiclass"}:
            return StratifiedGroupKFold(n_splits), f"{reason}; classes are kept in proportion"
        return GroupKFold(n_splits), reason
    why = "neither time= nor groups= was given, so rows count as independent"
    if task in {"binary", "multiclass"}:
        _check_classes(rows.y, n_splits)
        return StratifiedKFold(n_splits), f"{why}; classes are kept in proportion"
    return KFold(n_splits), why


def make_folds(
    splitter: Any, reason: str, rows: Rows, params: Mapping[str, Any] | None = None
) -> Split:
    """Split the rows, in time order where time is known.

    Parameters
    ----------
    splitter : scikit-learn splitter
    reason : str
        Why this splitter, for the report.
    rows : Rows
    params : mapping, optional
        Keyword arguments of ``splitter.split``, one value a row each.
    """
    order = in_X = np.arange(rows.n)
    notes: tuple[str, ...] = ()
    if rows.time is not None:
        order = np.argsort(rows.time, kind="stable")
        moved = int((order != in_X).sum())
        if moved and not isinstance(splitter, GivenFolds | PredefinedSplit):
            in_X = order
            note = (
                f"rows were not in time order: sorted by {rows.time_name} for splitting "
                f"({moved:,} of {rows.n:,} moved; X itself is unchanged)"
            )
            notes = (note,)
    X, y = (_take(rows.X, in_X), _take(rows.y, in_X)) if notes else (rows.X, rows.y)
    extra = {name: np.asarray(value)[in_X] for name, value in (params or {}).items()}
    try:
        found = [
            (in_X[positions(train, rows.n)], in_X[positions(test, rows.n)])
            for train, test in splitter.split(X, y, **extra)
        ]
    except Exception as error:
        raise DataError(
            f"{describe(splitter)} cannot split these {rows.n} rows: {one_line(error)}"
        ) from error
    for number, (train, test) in enumerate(found, start=1):
        if len(train) == 0 or len(test) == 0:
            side = "training" if len(train) == 0 else "test"
            raise DataError(f"Fold {number} of {describe(splitter)} has no {side} rows.")
    if not found:
        raise DataError(f"{describe(splitter)} yields no folds.")
    if rows.groups is not None:
        notes += _torn_groups(rows.groups, found)
    position = np.empty(rows.n, dtype=np.intp)
    position[order] = np.arange(rows.n)
    return Split(
        splitter=describe(splitter),
        reason=reason,
        folds=tuple(found),
        in_time_order=all(position[tr].max() < position[te].min() for tr, te in found),
        order=order,
        sorted_by=rows.time_name,
        notes=notes,
    )


def check_trained_classes(split: Split, labels: Labels) -> None:
    """Refuse folds that train on one class: nothing could be learned there."""
    for number, (train, _) in enumerate(split.folds, start=1):
        classes, _ = labels.at(train).counted()
        if len(classes) == 1:
            raise DataError(
                f"Fold {number} of {split.splitter} trains on one class only, "
                f"{classes.tolist()[0]!r}; use fewer folds, or a splitter that mixes the classes."
            )


def describe(splitter: Any) -> str:
    """Return the splitter as text on one line, without parameters that are None or False."""
    text = " ".join(repr(splitter).split())
    text = re.sub(r"\b\w+=(None|False)(, |(?=\)))", "", text).replace(", )", ")")
    return text if len(text) <= 80 else f"{type(splitter).__name__}(...)"  # noqa: PLR2004


def _torn_groups(groups: NDArray[Any], folds: Sequence[Any]) -> tuple[str, ...]:
    """Say how many test rows belong to a group that is also trained on, where any do."""
    values, codes = np.unique(groups, return_inverse=True)
    torn = tested = 0
    for train, test in folds:
        trained = np.zeros(len(values), dtype=bool)
        trained[codes[train]] = True
        torn += int(trained[codes[test]].sum())
        tested += len(test)
    share = f"{torn:,} of {tested:,} test rows belong to a group that is also trained on"
    return (f"{share}: this splitter does not keep groups apart",) if torn else ()


def _take(values: Any, order: NDArray[np.intp]) -> Any:
    return values.iloc[order] if hasattr(values, "iloc") else values[order]


def _given(cv: Any) -> Any:
    if not isinstance(cv, str | type) and hasattr(cv, "split"):
        return cv
    if isinstance(cv, str | type) or not isinstance(cv, Iterable):
        raise UsageError(
            f"cv={cv!r} is no splitter; give a number of folds, a scikit-learn splitter such as "
            "TimeSeriesSplit(5), or a list of (train, test) positions."
        )
    return GivenFolds(cv)


def _check_counts(n_splits: Any, gap: Any, rows: Rows) -> int:
    if isinstance(n_splits, bool) or not isinstance(n_splits, Integral) or int(n_splits) < 2:  # noqa: PLR2004
        raise UsageError(f"n_splits must be a whole number of at least 2, not {n_splits!r}.")
    if isinstance(gap, bool) or not isinstance(gap, Integral) or int(gap) < 0:
        raise UsageError(f"gap is a number of rows, 0 or more, not {gap!r}.")
    if int(n_splits) > rows.n - (rows.time is not None):
        raise DataError(
            f"{rows.n} rows cannot make {n_splits} folds; use a smaller n_splits or more rows."
        )
    return int(n_splits)


def _check_classes(y: Any, n_splits: int) -> None:
    classes, counts = np.unique(np.asarray(y), return_counts=True)
    if counts.min() < n_splits:
        rare = classes[[counts.argmin()]].tolist()[0]
        raise DataError(
            f"class {rare!r} has {counts.min()} row{'s' * (int(counts.min()) != 1)}, fewer than "
            f"the {n_splits} folds, so some fold would never see it; use a smaller n_splits or "
            "merge rare classes."
        )
