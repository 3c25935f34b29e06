"""The one number that sums up how far train scores stand above test scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.baseline import Baseline


def scale_of(metric: str, train: NDArray[np.float64], baseline: Baseline | None) -> float:
    """Return what a gap is divided by: 1 for scores, the baseline's error for errors."""
    if baseline is None or baseline.mean == 0:
        return 1.0
    unbounded = metric.startswith("neg_") or bool(np.abs(train).max() > 1)
    return abs(baseline.mean) if unbounded else 1.0
