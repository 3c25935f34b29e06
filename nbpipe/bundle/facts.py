"""What a manifest tells of a training: the target, the data, the report, the pipeline as code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nbpipe.bundle.manifest import Data, Target
from nbpipe.errors import DataError, NbpipeError, UsageError, one_line


def target_facts(pipeline: Any, y: Any, rows: int) -> Target:
    """Return name and classes of the target, which has so many rows."""
    try:
        given = rows if y is None else len(y)
    except TypeError as error:  # such as a number, a generator, or a sparse matrix
        raise DataError(
            f"y is a {type(y).__name__}, which has no rows to count; pass a Series, an array or a "
            "list."
        ) from error
    if given != rows:
        raise DataError(f"y has {given} rows and X has {rows}; pass the target of the same rows.")
    classes = getattr(pipeline, "classes_", None)
    plain = isinstance(classes, np.ndarray)  # several outputs have a list of them
    name = getattr(y, "name", None)
    return Target(
        name=None if name is None else str(name),
        classes=tuple(np.asarray(classes).tolist()) if plain else None,
    )


def fingerprint(X: pd.DataFrame, y: Any) -> Data:
    """Return size and digest of the data."""
    digest = hashlib.sha256(pd.util.hash_pandas_object(X, index=False).to_numpy().tobytes())
    if y is not None:
        try:
            target = pd.DataFrame(np.asarray(y))
            digest.update(pd.util.hash_pandas_object(target, index=False).to_numpy().tobytes())
        except (TypeError, ValueError) as error:
            raise DataError(f"y is no target of one or more columns: {one_line(error)}") from error
    return Data(rows=len(X), columns=X.shape[1], hash=digest.hexdigest())


def report_facts(report: Any) -> Mapping[str, Any] | None:
    """Return what cross-validation found as plain data."""
    if report is None:
        return None
    made = hasattr(report, "to_dict") and not isinstance(report, type)
    found = report.to_dict() if made else report
    if not isinstance(found, Mapping):
        raise UsageError(
            f"report is a {type(report).__name__}; pass what nbpipe.cv returned, or a dict."
        )
    try:
        plain: Mapping[str, Any] = _plain(found)
    except RecursionError as error:
        raise UsageError("report holds itself, or is nested too deeply.") from error
    return plain


def _plain(value: Any) -> Any:
    """Turn a report's values into what JSON has; NaN and infinity become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int)) else str(value)


def source(pipeline: Any) -> str | None:
    """Return the pipeline as plain Python, or None if it cannot be written as such."""
    try:
        from nbpipe.pipeline.code import to_python  # noqa: PLC0415 - loaded only by an export

        return to_python(pipeline)
    except NbpipeError:
        return None
