"""Pictures of a report, readable on white and on dark pages and without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import MissingExtraError
from nbpipe.evaluation.gaps import WEIGHTED, shows_weights
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nbpipe.evaluation.report import CVReport

# Okabe and Ito's palette, told apart by people with any common colour blindness.
TRAIN, TEST, BASELINE, GAP = "#0072B2", "#D55E00", "#8A8A8A", "#CC79A7"
PIXELS = 1200


def draw_gap(report: CVReport, metrics: Sequence[str]) -> Figure:
    """Draw train and test scores of each fold, one panel a metric."""
    figure = _figure(7.2, 2.9 * len(metrics) + 0.3)
    for axes, metric in zip(
        np.ravel(figure.subplots(len(metrics), 1, squeeze=False)), metrics, strict=True
    ):
        _draw_metric(axes, report, metric)
    return figure


def describe_gap(report: CVReport, metric: str | None = None) -> str:
    """Return in words what the picture shows, as its alternative text."""
    metric = report.known(metric)
    train, test, baseline = report.train(metric), report.test(metric), report.baselines.get(metric)
    text = (
        f"Train and test {metric} in each of {len(test)} folds. "
        f"Train: {', '.join(map(number, train))}. Test: {', '.join(map(number, test))}. "
        f"The {_gap_of(report, metric)}."
    )
    if baseline is not None:
        text += f" The baseline, {baseline.strategy}, has {number(baseline.mean)}."
    return text


def draw_splits(report: CVReport) -> Figure:
    """Draw one band a fold: which rows train, which test."""
    figure = _figure(7.2, 0.38 * len(report.folds) + 1.3)
    axes = figure.subplots()
    rank = np.empty(report.n_rows, dtype=int)
    rank[report.split.order] = np.arange(report.n_rows)
    for fold in report.folds:
        for rows, colour, hatch, top in (
            (fold.train, TRAIN, None, -0.36),
            (fold.test, TEST, "////", 0.0),
        ):
            axes.broken_barh(
                _runs(rank[rows], report.n_rows),
                (fold.number + top, 0.36),
                facecolor=colour,
                edgecolor="white",
                hatch=hatch,
                linewidth=0,
            )
    by = report.split.sorted_by
    in_order = f"in order of {by}" if by else "as they stand in X"
    axes.set(xlim=(0, report.n_rows), xlabel=f"rows, {in_order}", ylabel="fold")
    axes.set_yticks([fold.number for fold in report.folds])
    axes.invert_yaxis()
    axes.set_title(report.split.splitter, fontsize=9, loc="left")
    from matplotlib.patches import Patch  # noqa: PLC0415 - only where it is installed

    handles = [
        Patch(facecolor=TRAIN, label="train (upper)"),
        Patch(facecolor=TEST, edgecolor="white", hatch="////", label="test (lower)"),
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return figure


def _figure(width: float, height: float) -> Figure:
    try:
        # Not by pyplot, which would register the figure and show it twice.
        from nbpipe.evaluation.shown import ShownFigure  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(
            "Drawing needs matplotlib: pip install 'nbpipe-sklearn[lab]'.", extra="lab"
        ) from None
    # An opaque white page: dark themes show it as a card, and every colour keeps its contrast.
    return ShownFigure(figsize=(width, height), layout="constrained", facecolor="white")


def _draw_metric(axes: Axes, report: CVReport, metric: str) -> None:
    at = np.array([fold.number for fold in report.folds])
    train, test = report.train(metric), report.test(metric)
    axes.vlines(at, test, train, color=GAP, linewidth=5, alpha=0.35, label="gap")
    axes.plot(at, train, color=TRAIN, marker="s", label=f"train, mean {number(train.mean())}")
    axes.plot(
        at, test, color=TEST, marker="o", linestyle="--", label=f"test, mean {number(test.mean())}"
    )
    for x, upper, lower in zip(at, train, test, strict=True):
        axes.annotate(
            f"{upper - lower:+.3f}",
            (x, (upper + lower) / 2),
            xytext=(6, 0),
            textcoords="offset points",
            fontsize=8,
            va="center",
            color="#444444",
        )
    baseline = report.baselines.get(metric)
    if baseline is not None:
        label = f"baseline {number(baseline.mean)}\n({baseline.strategy})"
        axes.plot(at, baseline.scores, color=BASELINE, marker="x", linestyle=":", label=label)
    limit = report.thresholds.overfit_gap
    axes.plot(
        at,
        train - limit * report.scale(metric),
        color=GAP,
        linewidth=1,
        linestyle="-.",
        label=f"overfitting below (gap {limit:g})",
    )
    axes.set(xticks=at, xlabel="fold", ylabel=metric)
    axes.set_title(f"{metric}: {_gap_of(report, metric)}", fontsize=10, loc="left")
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.14)
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)


def _gap_of(report: CVReport, metric: str) -> str:
    """Return the mean gap in words, with what it is a share of and how folds weigh."""
    text = f"mean gap is {report.gap(metric):.3f}"
    text += " of the baseline's error" if report.scale(metric) != 1 else ""
    unequal = shows_weights(report.gaps(metric), report.n_train)
    return f"{text}, {WEIGHTED}" if unequal else text


def _runs(positions: Any, n_rows: int) -> list[tuple[float, float]]:
    """Join neighbouring positions into (start, length), to the width of a pixel."""
    bins = min(n_rows, PIXELS)
    present = np.zeros(bins + 2, dtype=np.int8)
    present[positions * bins // n_rows + 1] = 1
    edges = np.diff(present)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    wide = n_rows / bins
    return [(start * wide, (end - start) * wide) for start, end in zip(starts, ends, strict=True)]
