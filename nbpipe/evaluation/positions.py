"""Positions of rows as a splitter or the user gives them, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from nbpipe.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray


class GivenFolds(BaseCrossValidator):  # type: ignore[misc]  # scikit-learn is untyped
    """Folds that the user lists, as pairs of (train, test) positions in X.

    Raises
    ------
    UsageError
        When an entry is no pair.
    """

    def __init__(self, folds: Iterable[Any]) -> None:
        self.folds = [_pair(fold, number) for number, fold in enumerate(folds, start=1)]

    def __repr__(self) -> str:
        return f"list of {len(self.folds)} fold{'s' * (len(self.folds) != 1)}"

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: ARG002 - scikit-learn's signature
        """Return the number of folds."""
        return len(self.folds)

    def split(self, X: Any = None, y: Any = None, groups: Any = None) -> Iterator[Any]:  # noqa: ARG002 - likewise
        """Yield the folds as they were given."""
        yield from self.folds


def positions(rows: Any, n: int) -> NDArray[np.intp]:
    """Return rows given as positions or as a mask, as positions, or raise a DataError."""
    found: NDArray[Any] = np.asarray(rows)
    if found.dtype == bool and found.shape == (n,):
        return np.flatnonzero(found)
    if found.size == 0:
        return np.empty(0, dtype=np.intp)
    if found.ndim != 1 or found.dtype.kind not in "iu" or found.min() < 0 or found.max() >= n:
        raise DataError(f"a side of a fold is a list of whole numbers from 0 to {n - 1}")
    return found.astype(np.intp, copy=False)


def _pair(fold: Any, number: int) -> tuple[Any, Any]:
    try:
        train, test = fold
    except (TypeError, ValueError):
        raise UsageError(
            f"Fold {number} of cv is no pair; give a list of (train, test) positions."
        ) from None
    return train, test
