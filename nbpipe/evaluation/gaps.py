"""The one number that sums up how far train scores stand above test scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.baseline import Baseline

WEIGHTED = "folds weighted by training rows"
VISIBLE = 0.001  # scores are shown with three decimals


def scale_of(metric: str, train: NDArray[np.float64], baseline: Baseline | None) -> float:
    """Return what a gap is divided by: 1 for scores, the baseline's error for errors."""
    if baseline is None or baseline.mean == 0:
        return 1.0
    unbounded = metric.startswith("neg_") or bool(np.abs(train).max() > 1)
    return abs(baseline.mean) if unbounded else 1.0


def mean_gap(gaps: NDArray[np.float64], n_train: NDArray[np.float64]) -> float:
    """Return the mean gap, each fold weighted by its training rows.

    The first folds of a TimeSeriesSplit train on a fraction of the data, so their gaps say less
    about the model that will be exported; folds of one size give the plain mean.

    Parameters
    ----------
    gaps : ndarray, shape (n_folds,)
        Train minus test score of each fold.
    n_train : ndarray, shape (n_folds,)
        Training rows.
    """
    return float(np.average(gaps, weights=n_train))


def shows_weights(gaps: NDArray[np.float64], n_train: NDArray[np.float64]) -> bool:
    """Tell whether the mean gap differs visibly from mean train minus mean test."""
    return abs(mean_gap(gaps, n_train) - float(gaps.mean())) > VISIBLE
