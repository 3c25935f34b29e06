"""Every fold in a row: what it trains and tests on, and how it scored."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.evaluation.figures import MOST_TICKS
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.compare import Comparison
    from nbpipe.evaluation.report import CVReport


def fold_rows(report: CVReport, times: NDArray[Any] | None = None) -> list[tuple[str, ...]]:
    """Return the folds as a table of texts: a heading, then one row each.

    Parameters
    ----------
    report : CVReport
    times : ndarray, shape (n_rows,), optional
        When each row happened; the table then says from when to when, else from which row to which.
    """
    metric = report.main
    head = ("fold", "train rows", "test rows", f"train {metric}", f"test {metric}", "gap", "fit")
    scores = zip(report.train(), report.test(), report.gaps(), strict=True)
    return [
        head,
        *(
            (str(fold.number), *sides, number(train), number(test), f"{gap:+.3f}",
             f"{fold.fit_seconds:.2f} s")
            for fold, sides, (train, test, gap) in zip(
                report.folds, _sides(report, times), scores, strict=True
            )
        ),
    ]  # fmt: skip


def describe_splits(report: CVReport) -> str:
    """Return in words what the picture of the splits shows, as its alternative text."""
    by = f"in order of {report.split.sorted_by}" if report.split.sorted_by else "as they stand in X"
    text = f"Which rows, {by}, each of {len(report.folds)} folds trains and tests on."
    for fold, (train, test) in zip(report.folds[:MOST_TICKS], _sides(report, None), strict=False):
        text += f" Fold {fold.number} trains on {train} and tests on {test}."
    return text


def _sides(report: CVReport, times: NDArray[Any] | None) -> list[tuple[str, str]]:
    """Say of each fold how many rows each side has, from which to which."""
    order = report.split.order
    rank = np.empty(report.n_rows, dtype=np.intp)
    rank[order] = np.arange(report.n_rows)

    def told(rows: NDArray[np.intp]) -> str:
        ends = [rank[rows].min(), rank[rows].max()]
        first, last = (f"{at + 1:,}" if times is None else _moment(times[order[at]]) for at in ends)
        return f"{len(rows):,} ({first} to {last})"

    return [(told(fold.train), told(fold.test)) for fold in report.folds]


def _moment(time: Any) -> str:
    if isinstance(time, np.datetime64):
        return f"{pd.Timestamp(time):%Y-%m-%d}"
    return str(time)


def folds_beside(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return the test scores of several reports as a table of texts: a heading, then the folds."""
    tests = [report.test(comparison.metric) for report in comparison.reports]
    head = ("fold", *(report.name for report in comparison.reports))
    scores = zip_longest(*tests)
    rows = [
        (str(fold), *("" if each is None else number(each) for each in row))
        for fold, row in enumerate(scores, start=1)
    ]
    return [head, *rows]


def describe_comparison(comparison: Comparison) -> str:
    """Return in words what the picture of a comparison shows, as its alternative text."""
    told = (
        f"{report.name}: {', '.join(map(number, report.test(comparison.metric)[:MOST_TICKS]))}."
        for report in comparison.reports
    )
    return f"Test {comparison.metric} by fold. {' '.join(told)}"
