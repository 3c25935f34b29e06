"""Rows and groups that stand on both sides of a split, or twice on one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.evaluation.findings import Finding, listed
from nbpipe.evaluation.probe import common_by_nature, hash_rows
from nbpipe.evaluation.signs import COMMON, shared_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbpipe.evaluation.probe import Hashes
    from nbpipe.evaluation.sides import Sides
    from nbpipe.evaluation.thresholds import Thresholds

MOST_EXAMPLES = 3


def overlap(
    sides: Sides, counters: Sequence[Any], limits: Thresholds
) -> tuple[list[Finding], NDArray[np.intp]]:
    """Find equal rows by their hashes, without the columns that only count rows.

    Returns
    -------
    findings : list of Finding
    shared : ndarray of int
        Positions in test of the rows that also stand in train.
    """
    rows = sides.rows
    X = rows.X
    if 0 < len(counters) < X.shape[1]:
        X = X.drop(columns=list(counters))
    target = np.zeros(rows.n) if rows.y is None else rows.y
    hashes = hash_rows(replace(rows, X=X, y=target))
    n = sides.n_train
    train, test = hashes.row[:n], hashes.row[n:]
    shared = np.flatnonzero(np.isin(test, train))
    found = [
        *_on_both_sides(sides, hashes, shared, limits),
        *_repeated("training", hashes.at(slice(n)), limits),
        *_repeated("test", hashes.at(slice(n, None)), limits),
    ]
    return found, shared


def groups_on_both_sides(sides: Sides) -> list[Finding]:
    """Name the groups that are both trained on and tested on."""
    groups = sides.rows.groups
    if groups is None:
        return []
    codes, values = pd.factorize(groups)  # numpy compares objects one with each
    train, test = codes[: sides.n_train], codes[sides.n_train :]
    torn = np.isin(test, train)
    count = int(torn.sum())
    if not count:
        return []
    names = [repr(values[[at]].tolist()[0]) for at in np.unique(test[torn])]
    return [
        Finding(
            "suspicious",
            f"{_share(count, len(test), 'test')} belong{'s' * (count == 1)} to a group that "
            f"is also trained on: {listed(names)}",
            "Split by group, for example with GroupShuffleSplit, so that each stands on one side.",
        )
    ]


def _on_both_sides(
    sides: Sides, hashes: Hashes, shared: NDArray[np.intp], limits: Thresholds
) -> list[Finding]:
    row, n = hashes.row, sides.n_train
    n_labels, n_same = _same_labels(sides, row)
    n_test, share = sides.n_test, len(shared) / sides.n_test
    many = len(shared) > 1 and share > limits.shared_rows  # one pair is no pattern
    who = f"{_share(len(shared), n_test, 'test')} also stand{'s' * (len(shared) == 1)} in train"
    alike = "features alone" if sides.rows.y is None else "target included"
    pairs = [(at, int(np.argmax(row[:n] == row[n + at]))) for at in shared[:MOST_EXAMPLES]]
    such = _examples(pairs, " of X_test", " of X_train")
    found = []
    # Where most rows that share a label are equal, labels name rows, and the rows are the same.
    if n_same and n_same >= COMMON * n_labels:
        found = [
            Finding(
                "suspicious" if many else "watch",
                f"{who}, {n_same:,} of them under the same index label: {such}",
                "Take both sides from one split, and resample after it, training rows alone.",
            )
        ]
    elif many:
        common = common_by_nature(hashes, share)
        if sides.rows.y is None and sides.rows.X.shape[1] == 1:  # no halves to recombine
            common = 1 - len(np.unique(row)) / len(row)
        finding = shared_rows(who, alike, common, limits)
        found = [replace(finding, reason=f"{finding.reason}: {such}")]
    elif len(shared):
        step = "If a pair is one thing recorded twice, drop one; few pairs move no score."
        found = [Finding("note", f"{who}, {alike}: {such}", step)]
    elsewhere = n_labels if n_same < COMMON * n_labels else 0
    return [*found, *_labels_again(sides, elsewhere)]


def _labels_again(sides: Sides, count: int) -> list[Finding]:
    """Ask about labels of other rows, where an index holds more than numbers, times or values."""
    indexes = (sides.train.index, sides.test.index) if count else ()
    if not count or any(
        isinstance(index, pd.DatetimeIndex)
        or pd.api.types.is_float_dtype(index)
        or _numbers_rows(index)
        for index in indexes
    ):
        return []
    return [
        Finding(
            "note",
            f"{_share(count, sides.n_test, 'test')} with an index label that also stands in train, "
            "but with other content",
            "If a label names one thing, such as a patient, give it as groups=; rows that were "
            "numbered anew are fine.",
        )
    ]


def _same_labels(sides: Sides, row: NDArray[np.uint64]) -> tuple[int, int]:
    """Count test rows whose index label stands in train, and those equal to the row there."""
    if not isinstance(sides.train, pd.DataFrame):
        return 0, 0
    ours, theirs = sides.train.index, sides.test.index
    if _numbers_rows(ours) and _numbers_rows(theirs):
        return 0, 0
    labels = pd.Index(ours.to_numpy(), dtype=object, tupleize_cols=False)
    first = np.flatnonzero(~labels.duplicated())
    others = pd.Index(theirs.to_numpy(), dtype=object, tupleize_cols=False)
    at = labels[first].get_indexer(others)
    known = at >= 0
    same = row[first[at[known]]] == row[sides.n_train :][known]
    return int(known.sum()), int(same.sum())


def _numbers_rows(index: pd.Index[Any]) -> bool:
    """Tell whether an index counts rows from 0, as a table has it by default."""
    return pd.api.types.is_integer_dtype(index) and index.equals(pd.RangeIndex(len(index)))


def _repeated(side: str, hashes: Hashes, limits: Thresholds) -> list[Finding]:
    row = hashes.row
    again = np.flatnonzero(pd.Series(row).duplicated())
    if not len(again):
        return []
    share = len(again) / len(row)
    pairs = [(at, int(np.argmax(row == row[at]))) for at in again[:MOST_EXAMPLES]]
    such = _examples(pairs)
    verb = "repeats" if len(again) == 1 else "repeat"
    reason = f"{_share(len(again), len(row), side)} {verb} another {side} row"
    if share > limits.shared_rows and common_by_nature(hashes, share) >= COMMON:
        reason += ", as rows of few different values do by chance"
    elif side == "test" and len(again) > 1 and share > limits.shared_rows:
        return [
            Finding(
                "watch",
                f"{reason}: {such}",
                "Never resample test rows: a score on them is not the score of real rows.",
            )
        ]
    step = "Drop copies, unless you resampled the training rows on purpose, after the split."
    return [Finding("note", f"{reason}: {such}", step if side == "training" else "Drop copies.")]


def _share(count: int, n: int, side: str) -> str:
    return f"{count:,} of {n:,} {side} rows ({count / n:.1%})"


def _examples(pairs: list[tuple[int, int]], of: str = "", of_other: str = "") -> str:
    """Name pairs of equal rows by their positions, from 0; the first pair says where they are."""
    (at, other), *more = pairs or [(0, 0)]
    first = f"row {at}{of} is row {other}{of_other}"
    return listed([first, *(f"row {at} is row {other}" for at, other in more)])
