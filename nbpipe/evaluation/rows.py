"""The rows that are judged: X, y, groups and time, checked before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.utils.multiclass import type_of_target

from nbpipe.errors import DataError, UsageError, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "multilabel", "regression", "other"]


@dataclass(frozen=True, slots=True)
class Rows:
    """Checked data of one cross-validation.

    Attributes
    ----------
    X : DataFrame, ndarray or sparse matrix, shape (n, n_features)
        Untouched, apart from lists, which become arrays.
    y : Series or ndarray, shape (n,) or (n, n_outputs)
    groups : ndarray or None, shape (n,)
    time : ndarray or None, shape (n,)
        Comparable values, one a row: datetimes or numbers.
    time_name : str
        What `time` is called in a report.
    """

    X: Any
    y: Any
    groups: NDArray[Any] | None
    time: NDArray[Any] | None
    time_name: str

    @property
    def n(self) -> int:
        """Return the number of rows."""
        return int(self.X.shape[0])


def check_pipeline(pipeline: Any) -> None:
    """Refuse what is not an estimator object that scikit-learn can clone."""
    if isinstance(pipeline, type):
        raise UsageError(
            f"{pipeline.__name__} is a class; give an instance of it, as {pipeline.__name__}()."
        )
    if not (hasattr(pipeline, "fit") and hasattr(pipeline, "get_params")):
        raise UsageError(
            f"A {type(pipeline).__name__} cannot be cross-validated; "
            "give a scikit-learn pipeline or estimator."
        )
    try:
        is_classifier(clone(pipeline))
    except (TypeError, RuntimeError, AttributeError) as error:
        raise UsageError(
            f"The pipeline cannot be cloned: {str(error).partition(chr(10))[0]}"
        ) from error


def check_rows(X: Any, y: Any, groups: Any, time: Any) -> Rows:
    """Return the data as `Rows`, or raise a DataError that says what is wrong with it."""
    X = check_table(X)
    n = X.shape[0]
    groups_array = None if groups is None else check_groups(groups, X)
    times, time_name = (None, "") if time is None else check_times(time, X)
    return Rows(X, check_y(y, n), groups_array, times, time_name)


def task_of(pipeline: Any, y: Any) -> Task:
    """Say what kind of prediction this is, refusing a target that does not fit the pipeline."""
    kind = str(type_of_target(y))
    if is_regressor(pipeline):
        if np.asarray(y).dtype.kind not in "iufb":
            raise DataError(
                f"The pipeline is a regressor, but y holds {_sample(y)}, which is no number; "
                "use a classifier, or give a numeric target."
            )
        return "regression"
    if not is_classifier(pipeline):
        return "other"
    if kind.startswith("continuous"):
        raise DataError(
            f"The pipeline is a classifier, but y holds continuous values such as {_sample(y)}; "
            "use a regressor, or cut y into classes."
        )
    if len(np.unique(np.asarray(y))) == 1:
        raise DataError(
            f"y holds one class only, {_sample(y)}; a classifier needs at least two. "
            "Check how the target was made."
        )
    if kind == "binary":
        return "binary"
    return "multiclass" if kind == "multiclass" else "multilabel"


def _sample(y: Any) -> str:
    return repr(np.asarray(y).ravel()[:1].tolist()[0])


def _array(values: Any, what: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:
        raise DataError(f"{what} cannot be read as an array: its rows differ in length.") from None


def check_table(X: Any, name: str = "X") -> Any:
    """Return a table of rows and columns, or raise a DataError that calls it by its name."""
    if not (issparse(X) or hasattr(X, "shape")):
        X = _array(X, name)
    if len(X.shape) != 2:  # noqa: PLR2004 - a table has two dimensions
        raise DataError(
            f"{name} has {len(X.shape)} dimension{'s' * (len(X.shape) != 1)}; a table of rows and "
            f"columns is needed. One column of a DataFrame stays a table as {name}[['name']]; "
            "a ColumnTransformer hands a column of texts to a vectorizer."
        )
    if X.shape[0] == 0 or X.shape[1] == 0:
        raise DataError(f"{name} is empty: it has {X.shape[0]} rows and {X.shape[1]} columns.")
    if isinstance(X, pd.DataFrame) and X.columns.has_duplicates:
        twice = X.columns[X.columns.duplicated()][0]
        raise DataError(
            f"{name} has more than one column named {twice!r}; rename one, "
            f"or keep the first of each with {name}.loc[:, ~{name}.columns.duplicated()]."
        )
    return X.tocsr() if issparse(X) else X


def check_y(y: Any, n: int, name: str = "y", table: str = "X") -> Any:
    """Return a target of `n` known values, or raise an error that calls it by its name."""
    if y is None:
        raise UsageError(f"{name} is missing: give the target, one value a row of {table}.")
    if isinstance(y, str):
        raise UsageError(
            f"{name} is the text {y!r}; give the target's values, such as data[{y!r}]."
        )
    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        y = y.iloc[:, 0]
    if issparse(y):
        raise DataError(f"{name} is a sparse matrix; give it as {name}.toarray().")
    if not isinstance(y, pd.Series | pd.DataFrame):
        y = _array(y, name)
    if y.ndim == 0 or len(y) != n:
        raise DataError(
            f"{table} has {n} rows but {name} has {0 if y.ndim == 0 else len(y)}; "
            "both need one entry a row, in the same order."
        )
    if y.ndim > 2 or 0 in y.shape:  # noqa: PLR2004 - rows and outputs
        raise DataError(
            f"{name} has the shape {y.shape}; one value, or one value an output, is needed."
        )
    missing = int(np.asarray(pd.isna(y)).sum())
    if missing:
        raise DataError(
            f"{name} has {missing} missing value{'s' * (missing != 1)} among {n}; "
            f"drop those rows from {table} and {name} first."
        )
    _check_values(np.asarray(y), name)
    return y


def _check_values(values: NDArray[Any], name: str) -> None:
    """Refuse targets that scikit-learn cannot take as numbers or classes."""
    texts = values.dtype.kind == "U" or pd.api.types.infer_dtype(values.ravel()) == "string"
    if values.dtype.kind not in "biuf" and not texts:
        raise DataError(
            f"{name} holds {_sample(values)[:60]} as {values.dtype}; give numbers or texts "
            f"throughout, for example with {name}.astype(float) or {name}.astype(str)."
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise DataError(f"{name} is infinite in row {row}; drop such rows, or give finite values.")


def _column(values: Any, X: Any, what: str) -> tuple[NDArray[Any], str]:
    """Return values given directly or as the name of a column of X, and their name."""
    name = what
    if isinstance(values, str):
        name = values
        if not isinstance(X, pd.DataFrame):
            raise UsageError(
                f"{what}={values!r} names a column, but X is no DataFrame; give the values."
            )
        if values in X.columns:
            values = X[values]
        elif values in X.index.names:
            values = X.index.get_level_values(values)
        else:
            columns = [str(column) for column in X.columns]
            raise DataError(
                f"X has no column {values!r} to use as {what}.{did_you_mean(values, columns)}"
            )
    elif getattr(values, "name", None) is not None:
        name = str(values.name)
    array = _array(values, what)
    if array.ndim != 1 or len(array) != X.shape[0]:
        size = "x".join(str(length) for length in array.shape) or "one value"
        raise DataError(f"X has {X.shape[0]} rows but {what} has {size}; it needs one value a row.")
    missing = int(pd.isna(array).sum())
    if missing:
        raise DataError(
            f"{what} ({name}) is missing in {missing} of {len(array)} rows; "
            "drop those rows or fill them in first."
        )
    return array, name


def check_groups(groups: Any, X: Any) -> NDArray[Any]:
    """Return groups that can be told apart, one a row."""
    values, name = _column(groups, X, "groups")
    try:
        np.unique(values)
    except TypeError:
        raise DataError(
            f"groups ({name}) holds values that cannot be put in order, such as "
            f"{_sample(values)[:60]}; give numbers or texts throughout."
        ) from None
    return values


def check_times(time: Any, X: Any) -> tuple[NDArray[Any], str]:
    """Return comparable times; texts must be ISO 8601, since 01/02 has two readings."""
    values, name = _column(time, X, "time")
    series = pd.Series(values).infer_objects()
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.start_time
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iufmM":
        return series.to_numpy(), name
    dates = pd.to_datetime(series, utc=True, format="ISO8601", errors="coerce")
    if dates.isna().any():
        bad = str(values[int(np.argmax(dates.isna()))])
        raise DataError(
            f"time ({name}) holds {bad[:60]!r}, which is neither a number nor a date such as "
            "2024-01-31 (ISO 8601); convert it first with pandas.to_datetime, "
            "and dayfirst=True where the day comes first."
        )
    return np.asarray(dates.dt.tz_localize(None)), name
