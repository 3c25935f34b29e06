"""Filling gaps in numbers."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler


class Impute:
    """`fill` where a value of the columns `kept` is missing, and a mark for those of `marked`."""

    def __init__(self, part: Part) -> None:
        self.missing = float(part.get("missing", "f"))
        self.marked = part.indices("marked", part.width, None)
        kept = part.indices("kept", part.width, None)
        self.kept = None if np.array_equal(kept, np.arange(part.width)) else kept
        self.fill = part.get("fill", "f", len(kept))
        self.width = len(kept) + len(self.marked)
        self.fills = list(zip(kept.tolist(), self.fill.tolist(), strict=True))
        self.usual = self.kept is None and isnan(self.missing) and not self.marked.size

    def row(self, row: list[float]) -> list[float]:
        if self.usual:
            pairs = zip(row, self.fills, strict=True)
            return [fill if value != value else value for value, (_, fill) in pairs]  # noqa: PLR0124 - NaN
        if isnan(self.missing):
            gaps = [value != value for value in row]  # noqa: PLR0124 - NaN
        else:
            gaps = [value == self.missing for value in row]
        filled = [fill if gaps[at] else row[at] for at, fill in self.fills]
        return [*filled, *(float(gaps[at]) for at in self.marked)]

    def __call__(self, X: Array) -> Array:
        gaps: Array = np.isnan(X) if np.isnan(self.missing) else np.equal(X, self.missing)
        filled = X.copy() if self.kept is None else X[:, self.kept]
        where = gaps if self.kept is None else gaps[:, self.kept]
        np.copyto(filled, self.fill, where=where)
        if self.marked.size:
            return np.hstack((filled, gaps[:, self.marked]))
        return filled


def compile_imputer(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a SimpleImputer of numbers."""
    block = compiler.numbers(block)
    missing = estimator.missing_values
    if isinstance(missing, str) or missing is None:
        raise NotCoveredError(f"SimpleImputer looks for {missing!r} among numbers")
    try:
        statistics = np.asarray(estimator.statistics_, dtype=float)
        missing = np.asarray(missing, dtype=float)
    except (TypeError, ValueError) as error:
        raise NotCoveredError("SimpleImputer fills in text") from error
    kept = np.arange(len(statistics))
    if not estimator.keep_empty_features:
        kept = np.flatnonzero(~np.isnan(statistics))
    marked = estimator.indicator_.features_ if estimator.add_indicator else []
    return compiler.add(
        "impute",
        [block],
        nan=bool(np.isnan(missing)),
        missing=missing,
        kept=kept,
        fill=statistics[kept],
        marked=marked,
    )


STEPS = {"impute": Impute}
COVERS = {"SimpleImputer": compile_imputer}
