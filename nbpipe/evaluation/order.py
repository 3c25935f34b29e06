"""Whether a training set comes before its test set in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.evaluation.findings import Finding
from nbpipe.evaluation.probe import time_order

if TYPE_CHECKING:
    from nbpipe.evaluation.sides import Sides

STEP = "Train on the rows before a moment, and test on those after it."


def order_in_time(sides: Sides) -> list[Finding]:
    """Name training rows that are later than test rows, by the time given or by the index."""
    times, n = sides.rows.time, sides.n_train
    if times is not None:
        mixed = _mixed(times[:n], times[n:])
        return [Finding("watch", f"by {sides.rows.time_name}, {mixed}", STEP)] if mixed else []
    X = sides.rows.X
    if not isinstance(X, pd.DataFrame) or not _keeps_order(X.index):
        return []
    mixed = _mixed(X.index[:n], X.index[n:])
    ordered_by = time_order(X.sort_index()) if mixed else ""
    if not ordered_by:
        return []
    reason = f"rows stood in time order by {ordered_by} before the split, but {mixed}"
    return [Finding("watch", reason, f"{STEP} time= checks it.")]


def _mixed(train: Any, test: Any) -> str:
    """Return in words how far train reaches beyond the first test row, empty where it does not."""
    if train.max() <= test.min():
        return ""
    if test.max() < train.min():
        return "every test row is earlier than every training row"
    later, earlier = np.mean(train > test.min()), np.mean(test < train.max())
    return (
        f"{later:.0%} of the training rows are later than the first test row, and {earlier:.0%} of "
        "the test rows earlier than the last training row"
    )


def _keeps_order(index: pd.Index[Any]) -> bool:
    """Tell whether an index still says how rows stood before they were split."""
    if isinstance(index, pd.DatetimeIndex):
        return not index.hasnans
    return pd.api.types.is_integer_dtype(index) and index.is_unique
