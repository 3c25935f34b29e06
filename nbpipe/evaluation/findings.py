"""The single things that scores can show, each with its numbers and its next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbpipe.evaluation.gaps import WEIGHTED, mean_gap, scale_of, shows_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbpipe.evaluation.baseline import Baseline
    from nbpipe.evaluation.splits import Split
    from nbpipe.evaluation.thresholds import Thresholds

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the scores or the probe show.

    Attributes
    ----------
    status : str
        A status of a verdict, or "note" for what does not weigh on the verdict.
    reason : str
        The numbers: metric, folds, threshold and spread.
    next_step : str
        What to do about it.
    """

    status: str
    reason: str
    next_step: str


def gap_finding(
    metric: str,
    train: NDArray[np.float64],
    test: NDArray[np.float64],
    n_train: NDArray[np.float64],
    *,
    baseline: Baseline | None,
    limits: Thresholds,
) -> Finding:
    """Name the range of the train/test gap, the folds weighted as `mean_gap` does."""
    scale = scale_of(metric, train, baseline)
    gaps = np.round((train - test) / scale, 9)  # 0.9 - 0.75 is not above 0.15
    gap = round(mean_gap(gaps, n_train), 9)
    numbers = f"{metric} train {train.mean():.3f}, test {test.mean():.3f}: gap {gap:.3f}"
    numbers += " of the baseline's error" if scale != 1 else ""
    numbers += f" ({WEIGHTED})" if shows_weights(gaps, n_train) else ""
    if gap > limits.overfit_gap:
        above = int((gaps > limits.overfit_gap).sum())
        return Finding(
            "overfitting",
            f"{numbers}, above {limits.overfit_gap:g} in {above} of {len(gaps)} folds "
            f"(spread {gaps.std():.3f})",
            "Simplify the model: fewer or shallower trees, larger leaves, more regularisation; "
            "then compare test scores, since a forest's train score is near 1 by construction.",
        )
    if gap > min(limits.usual_gap, limits.overfit_gap):
        return Finding(
            "watch",
            f"{numbers}, between {limits.usual_gap:g} and {limits.overfit_gap:g}",
            "Try a slightly simpler model, and keep it if its test score holds.",
        )
    if gap < limits.negative_gap:
        return Finding(
            "negative",
            f"{numbers}, below {limits.negative_gap:g}",
            "The test rows were easier than the training rows: look for a shift between them, "
            "or very small test folds.",
        )
    status = "small" if gap < limits.small_gap else "usual"
    return Finding(status, numbers, "Fit on all rows and export.")


def undefined(metric: str, train: NDArray[np.float64], test: NDArray[np.float64]) -> list[Finding]:
    """Name folds whose score is no finite number, so that nothing can be concluded from them."""
    lost = [at for at, known in enumerate(np.isfinite(train) & np.isfinite(test), 1) if not known]
    if not lost:
        return []
    return [
        Finding(
            "not defined",
            f"{metric} is not defined in {those_folds(lost, len(test))}, so there is no mean and "
            "no gap",
            "Use fewer, larger folds in which every class appears, or another metric.",
        )
    ]


def too_good(
    metric: str,
    train: NDArray[np.float64],
    test: NDArray[np.float64],
    *,
    corroborated: bool,
    limits: Thresholds,
) -> list[Finding]:
    """Name scores that are equal or nearly perfect: suspicious only where the data shows why."""
    if bool((train == test).all()):
        what = f"{metric} is identical on train and test in all {len(train)} folds"
    elif min(train.min(), test.min()) >= limits.near_one and max(train.max(), test.max()) <= 1:
        what = f"{metric} is at least {limits.near_one:g} on both sides of all {len(train)} folds"
    else:
        return []
    if corroborated:
        return [Finding("suspicious", f"{what}, and the data shows why", "See the other findings.")]
    step = "Nothing in the data explains it; make sure that no column was computed from the target."
    return [Finding("note", what, step)]


def against_baseline(
    metric: str, test: NDArray[np.float64], baseline: Baseline | None
) -> list[Finding]:
    """Compare fold by fold; within one standard error is no better (Breiman et al., 1984)."""
    if baseline is None:
        return []
    ahead = test - np.array(baseline.scores)
    error = float(ahead.std(ddof=1) / np.sqrt(len(ahead))) if len(ahead) > 1 else 0.0
    if ahead.mean() > error:
        return []
    return [
        Finding(
            "no better than the baseline",
            f"test {metric} {test.mean():.3f} against {baseline.mean:.3f} for "
            f"{baseline.strategy}: {_apart(float(ahead.mean()), error)} over {len(ahead)} folds",
            "Look for a simpler model, better features, or, for labels of a rare class, "
            "class_weight='balanced' or a tuned threshold.",
        )
    ]


def _apart(ahead: float, error: float) -> str:
    if ahead < 0:
        return f"{-ahead:.3f} below"
    return f"{ahead:.3f} above, within one standard error ({error:.3f})"


def over_folds(
    metric: str,
    train: NDArray[np.float64],
    test: NDArray[np.float64],
    baseline: Baseline | None,
    *,
    split: Split,
    limits: Thresholds,
) -> list[Finding]:
    """Name test scores that jump from fold to fold, or fall steadily in time."""
    found = []
    scale = scale_of(metric, train, baseline)
    spread = float(test.std() / scale)
    if spread > limits.spread:
        found.append(
            Finding(
                "unstable",
                f"test {metric} runs from {test.min():.3f} to {test.max():.3f} over {len(test)} "
                f"folds: standard deviation {spread:.3f}, above {limits.spread:g}",
                "Use larger or fewer test folds, and look at what is different in the worst one.",
            )
        )
    margin = test - np.array(baseline.scores) if baseline is not None else test
    if split.in_time_order and len(test) > 2:  # noqa: PLR2004 - a trend needs three points
        lost = min(_loss(test), _loss(margin)) / scale
        if lost > limits.fall:
            found.append(
                Finding(
                    "falling over time",
                    f"test {metric} falls steadily over {len(test)} folds, from {test[0]:.3f} to "
                    f"{test[-1]:.3f}, and so does its margin over the baseline: {lost:.3f} lost, "
                    f"more than {limits.fall:g}",
                    "The data drifts: train on recent rows, and plan to refit.",
                )
            )
    return found


def those_folds(numbers: list[int], n_folds: int) -> str:
    """Return folds in words, never a long list."""
    if len(numbers) == n_folds:
        return f"all {n_folds} folds"
    return f"fold{'s' * (len(numbers) > 1)} {listed(numbers)}"


def listed(things: Sequence[object]) -> str:
    """Return things as a list in words: the first ten, and how many more."""
    text = ", ".join(map(str, things[:MOST_NAMED]))
    more = len(things) - MOST_NAMED
    return f"{text} and {more:,} more" if more > 0 else text


def _loss(scores: NDArray[np.float64]) -> float:
    """Return what a straight line through the scores loses, 0 where they do not fall steadily."""
    at = np.arange(len(scores))
    if scores.std() == 0 or np.corrcoef(at, scores)[0, 1] > -0.8:  # noqa: PLR2004 - r^2 > 0.64: the line explains most of it
        return 0.0
    return float(-np.polyfit(at, scores, 1)[0] * (len(scores) - 1))
