"""A few real rows with what the model predicted for them at export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.bundle.codec import DecodeError, decode, dump, encode
from nbpipe.bundle.validate import POLICY, to_frame
from nbpipe.errors import ExportError, ProbeMismatchError, SchemaError, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from nbpipe.bundle.schema import Schema

FILE = "probe.json"
SIZE = 20  # rows
_CHOSEN = 15  # at most, for what they hold; the rest are spread over the data
# Between releases that agree, predictions drifted by at most 2e-11; those that do not differ by
# far more than this.
RTOL, ATOL = 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class Probe:
    """Rows and predictions as plain JSON data; floats round-trip exactly.

    Attributes
    ----------
    rows : tuple of dict
    predict : tuple
        One label, number, or list of them (several outputs) a row.
    predict_proba : tuple of list of float, or None
        One list of n_classes a row; None if the model gives none.
    """

    rows: tuple[Any, ...]
    predict: tuple[Any, ...]
    predict_proba: tuple[Any, ...] | None

    def compare(self, estimator: Any, schema: Schema) -> str:
        """Predict the rows and return how many were checked.

        Raises
        ------
        ProbeMismatchError
            A prediction is off by more than ``1e-6`` of its size, or a label differs.
        """
        found = _predict(estimator, frame(self.rows, schema))
        for method, then in (("predict", self.predict), ("predict_proba", self.predict_proba)):
            now = found[method]
            if (then is None) != (now is None):
                raise ProbeMismatchError(f"The model no longer has the same {method}.")
            if then is not None and now is not None:
                _same(method, list(then), now)
        return f"{len(self.rows)} probe rows give the predictions of the export"

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(dump(encode(self), indent=1), encoding="utf-8")


def frame(rows: tuple[Any, ...], schema: Schema) -> pd.DataFrame:
    """Rebuild probe rows as the pipeline's input."""
    return to_frame(list(rows), schema, dict.fromkeys(POLICY, "ignore"))


def take(estimator: Any, X: pd.DataFrame, schema: Schema) -> Probe:
    """Choose about 20 rows of `X` and record what `estimator` predicts for them.

    Raises
    ------
    ExportError
        It predicts something else when the rows are rebuilt from plain values by the schema.
    """
    chosen = X.iloc[_choose(X, schema)]
    rows = tuple(
        {name: plain(value) for name, value in zip(schema.names, row, strict=True)}
        for row in chosen[list(schema.names)].itertuples(index=False, name=None)
    )
    try:
        predicted = _predict(estimator, chosen)
    except Exception as error:  # whatever its steps raise
        raise ExportError(f"The pipeline cannot predict rows of X: {one_line(error)}") from error
    proba = predicted["predict_proba"]
    probe = Probe(rows, tuple(predicted["predict"] or ()), None if proba is None else tuple(proba))
    try:
        probe.compare(estimator, schema)
    except (ProbeMismatchError, SchemaError) as error:
        raise ExportError(
            "Rows given as plain values would be predicted differently from rows of X, so a column "
            f"has values that the schema cannot describe. {error}"
        ) from error
    return probe


def read(path: Path) -> Probe:
    """Read a probe; its digest was checked before."""
    try:
        probe: Probe = decode(Probe, json.loads(path.read_text(encoding="utf-8")), "probe")
    except (ValueError, DecodeError) as error:
        raise ProbeMismatchError(f"{path} is no probe: {error}.", path=str(path)) from error
    return probe


def _choose(X: pd.DataFrame, schema: Schema) -> list[int]:
    """Choose rows greedily: each feature with a value missing, each category, then evenly."""
    wanted: list[np.ndarray[Any, Any]] = []
    for feature in schema.features:
        column = X[feature.name]
        if feature.nullable:
            wanted.append(column.isna().to_numpy())
        categories = (feature.categories or ())[:SIZE]
        wanted += [(column == each).to_numpy(bool, na_value=False) for each in categories]
    chosen: list[int] = []
    for mask in wanted:
        if len(chosen) < _CHOSEN and mask.any() and not mask[chosen].any():
            chosen.append(int(mask.argmax()))
    spread = np.linspace(0, len(X) - 1, SIZE).astype(int).tolist()
    return list(dict.fromkeys([*chosen, *spread]))[:SIZE]


def _predict(estimator: Any, X: pd.DataFrame) -> dict[str, list[Any] | None]:
    proba = estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else None
    return {
        "predict": np.asarray(estimator.predict(X)).tolist(),
        # Several outputs give a list of arrays, which `predict` covers.
        "predict_proba": proba.tolist() if isinstance(proba, np.ndarray) else None,
    }


def _same(method: str, then: list[Any], now: list[Any]) -> None:
    for row, (a, b) in enumerate(zip(then, now, strict=True)):
        old, new = np.asarray(a), np.asarray(b)
        numeric = old.dtype.kind in "iuf" and new.dtype.kind in "iuf" and old.shape == new.shape
        if not (
            np.allclose(old, new, RTOL, ATOL, equal_nan=True)
            if numeric
            else np.array_equal(old, new)
        ):
            raise ProbeMismatchError(
                f"The model no longer predicts what it did at export: for probe row {row}, "
                f"{method} gave {a!r:.80} then and {b!r:.80} now. Load it with the versions that "
                "its requirements.txt lists."
            )


def plain(value: Any) -> Any:
    """Return a value of a frame as JSON has it."""
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
