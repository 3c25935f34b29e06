"""``nbpipe.check_data``: look at a training set and its test set for signs of a leak."""

from __future__ import annotations

import time as clock
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import UsageError
from nbpipe.evaluation.columns import rank_columns
from nbpipe.evaluation.datareport import DataReport
from nbpipe.evaluation.findings import Finding, listed
from nbpipe.evaluation.order import order_in_time
from nbpipe.evaluation.overlap import groups_on_both_sides, overlap
from nbpipe.evaluation.sides import check_sides, guess_task
from nbpipe.evaluation.signs import giveaways, target_copies, unsearched
from nbpipe.evaluation.tables import (
    counting_columns,
    differing_columns,
    idle_columns,
    new_categories,
)
from nbpipe.evaluation.thresholds import Thresholds
from nbpipe.evaluation.verdict import rank

if TYPE_CHECKING:
    from nbpipe.evaluation.sides import Sides

DEFAULT = Thresholds()


def check_data(
    X_train: Any,
    X_test: Any,
    y_train: Any = None,
    y_test: Any = None,
    *,
    time: Any = None,
    groups: Any = None,
    thresholds: Thresholds = DEFAULT,
) -> DataReport:
    """Look at a training set and its test set for signs of a leak, without fitting anything.

    It looks for rows and groups on both sides, for training rows later than test rows, for
    features that hold or give away the target, and for columns that differ between the sides. The
    order of the data is that of `train_test_split`, so ``check_data(*train_test_split(X, y))``
    works.

    Parameters
    ----------
    X_train : DataFrame, array, sparse matrix or Series, shape (n_train, n_features)
    X_test : as X_train, shape (n_test, n_features)
    y_train : array-like, shape (n_train,), optional
        Left out, no feature can be compared with the target.
    y_test : array-like, shape (n_test,), optional
        Left out, rows on both sides are those with equal features.
    time : str or pair of array-like, optional
        When each row happened: the name of a column or index level of both sides, or the values of
        train and of test. Left out, rows are only checked where their index shows that they stood
        in time order.
    groups : str or pair of array-like, optional
        What each row belongs to, given likewise; a group should stand on one side.
    thresholds : Thresholds
        What is compared with: `shared_rows`, `giveaway` and `standout`.

    Returns
    -------
    DataReport
        Its `findings` are ``suspicious`` (evidence of a leak), ``watch`` (a person decides) or a
        ``note``, and `ok` where there are but notes.

    Raises
    ------
    UsageError
        When an argument makes no sense, such as data in another order.
    DataError
        When the data cannot be used: other lengths, no column in common, missing targets.

    Notes
    -----
    Rows are equal where a hash of all columns and the target is, columns that number the rows left
    aside; rows that are common by nature are told from copies as `nbpipe.cv` tells them. Features
    are ranked on 10,000 rows drawn from both sides.

    Examples
    --------
    >>> import nbpipe
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.model_selection import train_test_split
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> nbpipe.check_data(*train_test_split(X, y, random_state=0)).ok
    True
    >>> nbpipe.check_data(X[:400], X[300:], y[:400], y[300:]).findings[0].status
    'suspicious'
    """
    started = clock.perf_counter()
    if not isinstance(thresholds, Thresholds):
        raise UsageError(f"thresholds is a Thresholds object, not a {type(thresholds).__name__}.")
    sides = check_sides(X_train, X_test, y_train, y_test, time=time, groups=groups)
    counters = counting_columns(sides)
    labelled = sides.labelled()
    columns, _, n_skipped = (
        ((), 0, 0) if labelled is None else rank_columns(labelled, guess_task(labelled.y))
    )
    of_rows, shared = overlap(sides, counters, thresholds)
    of_order = order_in_time(sides)
    found = [
        *target_copies(columns),
        *of_rows,
        *groups_on_both_sides(sides),
        *giveaways(columns, thresholds),
        *of_order,
        *unsearched(n_skipped),
        *_new_classes(sides),
        *differing_columns(sides),
        *idle_columns(sides, counters),
        *new_categories(sides),
    ]
    return DataReport(
        n_train=sides.n_train,
        n_test=sides.n_test,
        n_features=int(sides.train.shape[1]),
        findings=tuple(sorted(found, key=lambda each: rank(each.status))),
        skipped=_skipped(sides, order_known=bool(of_order)),
        columns=columns,
        shared=shared,
        seconds=clock.perf_counter() - started,
    )


def _new_classes(sides: Sides) -> list[Finding]:
    """Name classes that stand on one side only."""
    y, n = sides.rows.y, sides.n_train
    if y is None or guess_task(y) not in {"binary", "multiclass"}:
        return []
    found = []
    for side, one, other in (("test", y[n:], y[:n]), ("training", y[:n], y[n:])):
        lacking = [str(each) for each in np.setdiff1d(other, one).tolist()]
        if lacking:
            found.append(
                Finding(
                    "watch",
                    f"no {side} row of class {listed(lacking)}",
                    "Split with stratify=y, or by a later moment, so that both sides have it.",
                )
            )
    return found


def _skipped(sides: Sides, *, order_known: bool) -> tuple[str, ...]:
    wanting = {
        "features against the target (no y_train)": sides.y_train is None,
        "targets of test rows (no y_test)": sides.y_train is not None and sides.rows.y is None,
        "time order (no time=)": sides.rows.time is None and not order_known,
        "groups (no groups=)": sides.rows.groups is None,
    }
    return tuple(what for what, lacks in wanting.items() if lacks)
