"""A training set and a test set, checked, and laid one above the other."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse, vstack

from nbpipe.errors import DataError, UsageError
from nbpipe.evaluation.columns import MOST_CLASSES
from nbpipe.evaluation.findings import listed
from nbpipe.evaluation.rows import Rows, check_groups, check_table, check_times, check_y

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.rows import Task

BINARY = 2


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of one split.

    Attributes
    ----------
    train, test : DataFrame or sparse matrix
        As they were given; the columns of an array are named by their position.
    rows : Rows
        The rows of train, then those of test, in the columns that both have; `y` is None unless
        the targets of both are known.
    y_train : ndarray or None, shape (n_train,)
    """

    train: Any
    test: Any
    rows: Rows
    y_train: NDArray[Any] | None

    @property
    def n_train(self) -> int:
        """Return the number of training rows."""
        return int(self.train.shape[0])

    @property
    def n_test(self) -> int:
        """Return the number of test rows."""
        return int(self.test.shape[0])

    def labelled(self) -> Rows | None:
        """Return the rows whose target is known: all, those of train, or None."""
        if self.rows.y is not None or self.y_train is None:
            return self.rows if self.rows.y is not None else None
        return Rows(self.train, self.y_train, None, None, self.rows.time_name)


def check_sides(
    X_train: Any, X_test: Any, y_train: Any, y_test: Any, *, time: Any, groups: Any
) -> Sides:
    """Return both sides, or raise an error that says which of them cannot be used, and why."""
    _check_order(X_train, X_test)
    if y_test is not None and y_train is None:
        raise UsageError("y_test is given without y_train; give both, or y_train alone.")
    if _form(X_train) != _form(X_test):
        raise DataError(
            f"X_train is {_form(X_train)} but X_test is {_form(X_test)}; give both in one form, "
            "so that their columns can be compared."
        )
    train, test = _table(X_train, "X_train"), _table(X_test, "X_test")
    if not isinstance(X_train, pd.DataFrame | pd.Series) and train.shape[1] != test.shape[1]:
        raise DataError(
            f"X_train has {train.shape[1]} columns but X_test has {test.shape[1]}, and columns "
            "without names cannot be matched; transform both with one fitted transformer."
        )
    X = _stacked(train, test)
    y_train = None if y_train is None else _target(y_train, len_of(train), "y_train", "X_train")
    y_test = None if y_test is None else _target(y_test, len_of(test), "y_test", "X_test")
    tables = {"X_train": train, "X_test": test}
    times, time_name = (None, "") if time is None else check_times(_both(time, "time", tables), X)
    groups = None if groups is None else check_groups(_both(groups, "groups", tables), X)
    y = None if y_test is None else _all_targets(y_train, y_test)
    return Sides(train, test, Rows(X, y, groups, times, time_name), y_train)


def len_of(table: Any) -> int:
    """Return the rows of a table, sparse ones included."""
    return int(table.shape[0])


def guess_task(y: NDArray[Any]) -> Task:
    """Say what a target is without a pipeline: few values are classes, many numbers are not."""
    if y.ndim > 1:
        return "multilabel"
    n_values = len(pd.factorize(y)[1])
    if n_values == BINARY:
        return "binary"
    return "regression" if y.dtype.kind in "iuf" and n_values > MOST_CLASSES else "multiclass"


def _check_order(X_train: Any, X_test: Any) -> None:
    dimensions = [len(getattr(X, "shape", (0, 0))) for X in (X_train, X_test)]
    if dimensions == [2, 1]:
        raise UsageError(
            "X_test has one dimension, as a target has; the order is X_train, X_test, y_train, "
            "y_test, as train_test_split returns them."
        )


def _form(X: Any) -> str:
    if isinstance(X, pd.DataFrame | pd.Series):
        return "a DataFrame" if X.ndim > 1 else "a Series"
    return "a sparse matrix" if issparse(X) else "an array"


def _table(X: Any, name: str) -> Any:
    """Return a table with named columns; a Series is one column, such as the texts of a corpus."""
    X = check_table(X.to_frame() if isinstance(X, pd.Series) else X, name)
    if issparse(X) or isinstance(X, pd.DataFrame):
        return X
    values = np.asarray(X)
    names = [f"column {at}" for at in range(values.shape[1])]
    return pd.DataFrame(values, columns=names).infer_objects()


def _stacked(train: Any, test: Any) -> Any:
    if issparse(train):
        return vstack([train, test]).tocsr()
    shared = [name for name in train.columns if name in test.columns]
    if not shared:
        raise DataError(
            f"X_train and X_test have no column in common: X_train has {listed(train.columns)}, "
            f"X_test has {listed(test.columns)}."
        )
    with warnings.catch_warnings():
        # pandas 2 announces another dtype for columns without values, which are read as they are.
        warnings.simplefilter("ignore", FutureWarning)
        return pd.concat([train[shared], test[shared]])


def _target(y: Any, n: int, name: str, table: str) -> NDArray[Any]:
    return np.asarray(check_y(y, n, name, table))


def _all_targets(y_train: NDArray[Any], y_test: NDArray[Any]) -> NDArray[Any]:
    if y_train.shape[1:] != y_test.shape[1:]:
        raise DataError(
            f"y_train has the shape {y_train.shape} but y_test has {y_test.shape}; "
            "both need the same outputs."
        )
    if (y_train.dtype.kind in "biuf") != (y_test.dtype.kind in "biuf"):
        first, other = (each.ravel()[:1].tolist()[0] for each in (y_train, y_test))
        raise DataError(
            f"y_train holds {first!r} but y_test holds {other!r}; "
            "give numbers on both sides, or texts on both."
        )
    return np.concatenate([y_train, y_test])


def _both(values: Any, what: str, tables: dict[str, Any]) -> Any:
    """Return a column's name as it is, and a pair of values as one Series."""
    if isinstance(values, str):
        lacks = [name for name, X in tables.items() if not _has(X, values)]
        if len(lacks) == 1:
            raise DataError(f"{lacks[0]} has no column {values!r} to use as {what}.")
        return values
    if not (isinstance(values, tuple | list) and len(values) == len(tables)):
        raise UsageError(
            f"{what} is the name of a column, or a pair of values: ({what}_train, {what}_test)."
        )
    sides = []
    for (name, X), each in zip(tables.items(), values, strict=True):
        try:
            series = pd.Series(each)
        except (TypeError, ValueError):
            raise DataError(
                f"The {what} of {name} are no list of values; give one value a row."
            ) from None
        if len(series) != len_of(X):
            raise DataError(
                f"{name} has {len_of(X)} rows but its {what} {len(series)}; "
                "one value a row is needed."
            )
        sides.append(series)
    if len({pd.api.types.is_numeric_dtype(series) for series in sides}) > 1:
        raise DataError(
            f"The {what} of X_train and of X_test cannot be compared: numbers on one side only."
        )
    return pd.concat(sides, ignore_index=True)


def _has(X: Any, name: str) -> bool:
    return isinstance(X, pd.DataFrame) and (name in X.columns or name in X.index.names)
