"""One row through encoders and a weighted sum at once, without the columns of zeros in between.

A category adds the weight of its column to the score, so that each value's share can be looked up.
"""

from __future__ import annotations

from math import nan
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import distinct
from nbpipe.bundle.plan.composing import Stack
from nbpipe.bundle.plan.encoding import Lookup
from nbpipe.bundle.plan.linear import Linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.bundle.plan.arrays import Array

    Shares = tuple[int, dict[Any, float], float]  # a column, the share of each value, of any other
    Output = tuple[float, list[tuple[int, list[float]]], list[Shares]]


class Fold:
    """What a plan's last steps make of a row: of numbers as they are, and of columns to look up.

    Attributes
    ----------
    before : sequence of int
        The numbers of the steps that are left.
    """

    def __init__(self, before: Sequence[int], outputs: Sequence[Output]) -> None:
        self.before = before
        self._outputs = outputs

    def __call__(self, values: Sequence[Any]) -> list[float]:
        """Return the scores, given the row and what each other step made of it.

        They are no numbers where a value is infinite or missing, or a category is refused.
        """
        row, scores = values[0], []
        for score, numbers, columns in self._outputs:
            for source, weights in numbers:
                score += sum(map(mul, values[source], weights))  # noqa: PLW2901 - a sum
            for source, shares, other in columns:
                value = row[source]
                missing = value != value  # noqa: PLR0124 - NaN
                score += shares.get(None if missing else value, other)  # noqa: PLW2901 - a sum
            scores.append(score)
        return scores


def fold(steps: Sequence[Any], sources: Sequence[tuple[int, ...]]) -> Fold | None:
    """Return what takes the place of the last steps for one row, if these look up categories.

    The step with number ``i`` reads what the steps ``sources[i] - 1`` made; 0 is the row.
    """
    if not (isinstance(last := steps[-1], Linear) and last.outputs):
        return None
    blocks, folded = sources[-1], {len(steps) - 1}
    if isinstance(steps[blocks[0] - 1], Stack):
        folded.add(blocks[0] - 1)
        blocks = sources[blocks[0] - 1]
    lookups = {each for each in blocks if _is_plain(steps[each - 1])}
    folded |= {each - 1 for each in lookups}
    before = [number for number in range(len(steps)) if number not in folded]
    if not lookups or any(each - 1 in folded for number in before for each in sources[number]):
        return None
    ends = np.cumsum([steps[each - 1].width for each in blocks])
    outputs: list[Output] = []
    for weights, score in zip(last.weights.T, last.intercept.tolist(), strict=True):
        numbers, columns = [], []
        for each, own in zip(blocks, np.split(weights, ends[:-1]), strict=True):
            if each in lookups:
                step = steps[each - 1]
                score += float(step.base[:-1] @ own)  # noqa: PLW2901 - a sum
                columns += [_shares(column, np.append(own, 0)) for column in step.columns]
            else:
                numbers.append((each, own.tolist()))
        outputs.append((score, numbers, columns))
    return Fold(before, outputs)


def _is_plain(step: Any) -> bool:
    """Say whether a step looks up values of the row, and each entry comes from one column."""
    if not (isinstance(step, Lookup) and step.raw):
        return False
    own = [distinct(column.places.ravel()) for column in step.columns]
    places = np.concatenate([each[each < step.width] for each in own] or [np.empty(0, np.intp)])
    return len(distinct(places)) == len(places) and not step.base[places].any()


def _shares(column: Any, weights: Array) -> Shares:
    """Return the share that each of a column's values has in a weighted sum."""
    shares = (column.entries * weights[column.places]).sum(axis=1)
    shares[list(column.refused)] = nan
    by_value = {value: float(shares[code]) for value, code in column.codes.items()}
    return column.source, by_value, float(shares[column.unknown])
