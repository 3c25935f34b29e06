"""Pictures of a report, readable on white and on dark pages and without colour."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from nbpipe.errors import extra
from nbpipe.evaluation.gaps import WEIGHTED, shows_weights
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nbpipe.evaluation.compare import Comparison
    from nbpipe.evaluation.report import CVReport

# Okabe and Ito's palette, told apart by people with any common colour blindness.
TRAIN, TEST, BASELINE, GAP = "#0072B2", "#D55E00", "#8A8A8A", "#CC79A7"
_LINES = tuple(zip((TEST, TRAIN, "#009E73", "#CC79A7", "#000000"), "osD^x", strict=True))
_DASHES = ("-", "--", ":")
MOST_LABELS = 10  # folds whose labels stand side by side without touching
MOST_TICKS = 30  # folds of which each has a tick, a marker and a place in the description
MOST_SCORE = 1.1  # the upper limit of axes that show scores of at most 1


def draw_gap(report: CVReport, metrics: Sequence[str]) -> Figure:
    """Draw train and test scores of each fold, one panel a metric."""
    figure = new_figure(7.2, 2.9 * len(metrics) + 0.3)
    for axes, metric in zip(
        np.ravel(figure.subplots(len(metrics), 1, squeeze=False)), metrics, strict=True
    ):
        _draw_metric(axes, report, metric)
    return figure


def draw_comparison(comparison: Comparison) -> Figure:
    """Draw the test scores of several reports, one line each, with the gap to its train scores."""
    figure = new_figure(7.2, 3.2)
    axes = figure.subplots()
    for i, report in enumerate(comparison.reports):
        at = np.arange(1, len(report.folds) + 1) + 0.06 * i  # so that no line hides another
        test = report.test(comparison.metric)
        colour, mark = _LINES[i % len(_LINES)]
        label = fill(f"{report.name[:40]}, mean {number(test.mean())}", 26)
        axes.plot(at, test, color=colour, marker=mark, linestyle=_DASHES[i % 3], label=label)
        axes.vlines(at, test, report.train(comparison.metric), color=colour, alpha=0.25)
    axes.set(xlabel="fold; thin lines lead up to the train score", ylabel=comparison.metric)
    axes.set_title(f"test {comparison.metric} by fold", fontsize=10, loc="left")
    folds = max(len(report.folds) for report in comparison.reports)
    if folds <= MOST_TICKS:
        axes.set_xticks(range(1, folds + 1))
    tidy(axes)
    return figure


def describe_gap(report: CVReport, metric: str | None = None) -> str:
    """Return in words what the picture shows, as its alternative text."""
    metric = report.known(metric)
    train, test, baseline = report.train(metric), report.test(metric), report.baselines.get(metric)
    text = f"Train and test {metric} in each of {len(test)} folds. "
    for side, scores in (("Train", train), ("Test", test)):
        each = ", ".join(map(number, scores))
        span = f"from {number(scores.min())} to {number(scores.max())}"
        text += f"{side}: {each if len(scores) <= MOST_TICKS else span}. "
    text += f"The {_gap_of(report, metric)}."
    if baseline is not None:
        text += f" The baseline, {baseline.strategy}, has {number(baseline.mean)}."
    return text


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure that a notebook shows, or say what is not installed."""
    with extra("lab", "Drawing needs matplotlib"):
        # Not by pyplot, which would register the figure and show it twice.
        from nbpipe.evaluation.shown import ShownFigure  # noqa: PLC0415
    # An opaque white page: dark themes show it as a card, and every colour keeps its contrast.
    return ShownFigure(figsize=(width, height), layout="constrained", facecolor="white")


def _draw_metric(axes: Axes, report: CVReport, metric: str) -> None:
    at = np.array([fold.number for fold in report.folds])
    train, test = report.train(metric), report.test(metric)
    ticked = len(at) <= MOST_TICKS
    width = 5 if ticked else 1
    axes.vlines(at, test, train, color=GAP, linewidth=width, alpha=0.35, label="gap")
    square, circle, cross = ("s", "o", "x") if ticked else ("", "", "")
    axes.plot(at, train, color=TRAIN, marker=square, label=f"train, mean {number(train.mean())}")
    axes.plot(
        at,
        test,
        color=TEST,
        marker=circle,
        linestyle="--",
        label=f"test, mean {number(test.mean())}",
    )
    baseline = report.baselines.get(metric)
    if baseline is not None:
        label = fill(f"baseline {number(baseline.mean)} ({baseline.strategy})", 26)
        axes.plot(at, baseline.scores, color=BASELINE, marker=cross, linestyle=":", label=label)
    limit = report.thresholds.overfit_gap
    axes.plot(
        at,
        train - limit * report.scale(metric),
        color=GAP,
        linewidth=1,
        linestyle="-.",
        label=f"test below this: overfitting\n(gap above {limit:g})",
    )
    labelled = len(at) <= MOST_LABELS
    axes.set(
        xlabel="fold, and its gap" if labelled else "fold",
        ylabel=metric,
        ylim=_span(axes.get_ylim(), report.scale(metric)),
    )
    # Gaps stand below the axis, where no line runs through them.
    gaps = [f"\n{gap:+.3f}" if labelled else "" for gap in report.gaps(metric)]
    if ticked:
        axes.set_xticks(at, [f"{x}{gap}" for x, gap in zip(at, gaps, strict=True)], fontsize=8)
    axes.set_title(f"{metric}: {_gap_of(report, metric)}", fontsize=10, loc="left")
    tidy(axes)


def tidy(axes: Axes) -> None:
    """Give axes a quiet grid, and their legend room at the side."""
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.08)
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)


def _span(seen: tuple[float, float], scale: float) -> tuple[float, float]:
    """Return limits under which a small gap looks small: errors from 0, scores from 0 to 1."""
    low, high = seen
    if scale != 1:
        return min(low, 0.0), max(high, 0.0)
    return (min(low, -0.03), max(high, 1.03)) if high <= MOST_SCORE else seen


def _gap_of(report: CVReport, metric: str) -> str:
    """Return the mean gap in words, with what it is a share of and how folds weigh."""
    text = f"mean gap {report.gap(metric):.3f}"
    text += " of the baseline's error" if report.scale(metric) != 1 else ""
    unequal = shows_weights(report.gaps(metric), report.n_train)
    return f"{text}, {WEIGHTED}" if unequal else text
