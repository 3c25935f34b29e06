"""What a builder starts from: the columns of a frame, and what each tells of the target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nbpipe.bundle.rows.learn import check_frame
from nbpipe.evaluation.columns import rank_columns
from nbpipe.evaluation.rows import check_rows
from nbpipe.evaluation.sides import guess_task
from nbpipe.evaluation.signs import by_column
from nbpipe.evaluation.thresholds import Thresholds
from nbpipe.pipeline.frame import Column, Suspicion, look
from nbpipe.pipeline.propose import Target


def examine(X: Any, y: Any) -> tuple[tuple[Column, ...], Target | None]:
    """Describe the columns, also by what they tell of the target, and the target.

    Raises
    ------
    DataError
        `X` is no frame with rows and names of text, or `y` does not fit it.
    """
    check_frame(X)
    columns = look(X)
    if y is None:
        return columns, None
    rows = check_rows(X, y, None, None)
    kind = guess_task(np.asarray(rows.y))
    found = by_column(rank_columns(rows, kind)[0], Thresholds())
    judged = tuple(
        replace(each, suspicion=Suspicion("target", f"{found[each.name].reason}."))
        if each.name in found
        else each
        for each in columns
    )
    rarest = 1.0
    if kind in {"binary", "multiclass"}:
        counts = np.unique(np.asarray(rows.y), return_counts=True)[1]
        rarest = float(counts.min() * len(counts) / rows.n)
    return judged, Target(kind, rarest)
