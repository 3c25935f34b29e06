"""The picture of a learning curve or a validation curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbpipe.evaluation.figures import TEST, TRAIN, new_figure, tidy
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nbpipe.evaluation.curves import Curve

LONGEST_TICK = 16  # letters; longer ones would run into each other


def draw_curve(curve: Curve) -> Figure:
    """Draw the mean train and test score at each value, with one standard deviation around it."""
    figure = new_figure(7.2, 3.0)
    axes = figure.subplots()
    points = curve.points
    at = np.arange(len(points))
    sides = [("train", TRAIN, "s", "-"), ("test", TEST, "o", "--")]
    for side, colour, mark, dashes in sides:
        scores = np.array([getattr(point, side) for point in points])
        mean, spread = scores.mean(axis=1), scores.std(axis=1)
        axes.plot(at, mean, color=colour, marker=mark, linestyle=dashes, label=f"{side}, mean")
        axes.fill_between(at, mean - spread, mean + spread, color=colour, alpha=0.15, linewidth=0)
    names = [point.name[:LONGEST_TICK] for point in points]
    axes.set_xticks(at, names, fontsize=8)
    axes.set(xlabel=curve.axis, ylabel=curve.metric)
    axes.set_title(f"{curve.metric}, ± one standard deviation over folds", fontsize=10, loc="left")
    tidy(axes)
    return figure


def describe_curve(curve: Curve) -> str:
    """Return in words what the picture shows, as its alternative text."""
    told = ", ".join(
        f"{point.name}: train {number(point.train.mean())}, test {number(point.test.mean())}"
        for point in curve.points
    )
    return f"Mean {curve.metric} by {curve.axis}. {told}."
