"""A picture of the folds: which rows train, and which test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbpipe.evaluation.figures import MOST_TICKS, TEST, TRAIN, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from nbpipe.evaluation.report import CVReport

CELLS = 240  # along the rows: each some pixels wide, so that the picture stays small
UNUSED = "#eeeeee"


def draw_splits(report: CVReport) -> Figure:
    """Draw one band a fold, the deeper its colour the more of the rows there it uses.

    Contiguous folds are solid blocks; shuffled ones are even tints, since train and test rows
    stand side by side everywhere.
    """
    figure = new_figure(7.2, 0.38 * min(len(report.folds), MOST_TICKS) + 1.3)
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - only where it is installed
    from matplotlib.patches import Patch  # noqa: PLC0415 - likewise

    axes = figure.subplots()
    rank = np.empty(report.n_rows, dtype=int)
    rank[report.split.order] = np.arange(report.n_rows)
    sides = [("train", TRAIN, -0.4, 0.0), ("test", TEST, 0.0, 0.4)]
    for side, colour, top, bottom in sides:
        tints = LinearSegmentedColormap.from_list(side, [UNUSED, colour])
        for fold in report.folds:
            axes.imshow(
                _shares(rank[getattr(fold, side)], report.n_rows)[np.newaxis],
                extent=(0, report.n_rows, fold.number + bottom, fold.number + top),
                cmap=tints,
                vmin=0,
                vmax=1,
                aspect="auto",
                interpolation="nearest",
            )
    by = report.split.sorted_by
    in_order = f"in order of {by}" if by else "as they stand in X"
    axes.set(xlim=(0, report.n_rows), xlabel=f"rows, {in_order}", ylabel="fold")
    axes.set(ylim=(len(report.folds) + 0.6, 0.4))
    if len(report.folds) <= MOST_TICKS:
        axes.set(yticks=[fold.number for fold in report.folds])
    axes.set_title(report.split.splitter, fontsize=9, loc="left")
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)
    handles = [
        Patch(facecolor=TRAIN, label="train (upper)"),
        Patch(facecolor=TEST, label="test (lower)"),
        Patch(facecolor=UNUSED, label="not used"),
    ]
    note = "the deeper,\nthe more rows" if _mixed(report) else None
    axes.legend(
        handles=handles,
        title=note,
        title_fontsize=8,
        fontsize=8,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        frameon=False,
    )
    return figure


def _shares(positions: NDArray[np.intp], n_rows: int) -> NDArray[np.float64]:
    """Return the share of rows used in each of at most `CELLS` equal stretches of the rows."""
    cells = min(n_rows, CELLS)
    cell = np.arange(n_rows) * cells // n_rows
    used = np.bincount(cell[positions], minlength=cells)
    return np.asarray(np.minimum(used / np.bincount(cell, minlength=cells), 1))


def _mixed(report: CVReport) -> bool:
    """Tell whether test rows of a fold stand scattered among its training rows."""
    shares = _shares(report.folds[0].test, report.n_rows)
    return bool(((shares > 0) & (shares < 1)).sum() > 2)  # noqa: PLR2004 - a block has two ends
