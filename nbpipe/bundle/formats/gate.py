"""Whether ``model.onnx`` predicts what the estimator does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.formats import onnx
from nbpipe.bundle.manifest import Parity
from nbpipe.bundle.plan.parity import SAMPLE
from nbpipe.bundle.rows import sample
from nbpipe.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from nbpipe.bundle.plan.arrays import Array
    from nbpipe.bundle.rows.schema import Feature, Schema

# Of a probability, or of a number in units of itself (of 1, where it is smaller). Sums of some
# hundred terms in single precision are off by about 1e-6; a row that takes another branch of a
# tree is off by more than this.
TOLERANCE = 1e-5
_BASES = 5  # rows that are changed, one feature at a time
_CATEGORIES = 50  # that are tried of each feature


def proven(estimator: Any, X: pd.DataFrame, schema: Schema) -> tuple[bytes, Parity]:
    """Convert `estimator`, and compare the graph with it over rows of `X` and made ones.

    Compared are up to 20,000 rows of `X`, evenly spread, and rows with one feature at an end of
    its range, beyond it by the whole range, of each category, unseen, and missing where training
    had gaps. A graph calculates in single precision, so that

    - probabilities, and numbers in units of themselves, may differ by `TOLERANCE`: rounding
      makes so much and no more. A row that differs by more took another branch of a tree, since
      rounding moved it across a threshold: not a small error, so none is let through;
    - labels may differ only where the two largest probabilities are within twice the tolerance
      of each other. Each may be off by the tolerance, so beyond twice that no rounding can make
      the second the first. Without probabilities no label may differ.

    Returns
    -------
    graph : bytes
    found : Parity

    Raises
    ------
    ExportError
        It cannot be converted or run, or a row differs by more.
    MissingExtraError
    """
    rows = X.iloc[np.unique(np.linspace(0, len(X) - 1, SAMPLE).astype(int))][list(schema.names)]
    graph = onnx.convert(estimator, rows, schema)
    run = onnx.Graph(graph, schema)
    off, labels, wrong, told = 0.0, 0, 0, ""
    frames = [rows, *_made(estimator, rows, schema)]
    for frame in frames:
        each = _differences(estimator, run, frame)
        labels += int(each.labels.sum())
        wrong += int(each.wrong.sum())
        if each.wrong.any() and (not told or each.off.max() > off):
            told = _worst(each, frame)
        off = max(off, float(each.off.max()))
    count = sum(map(len, frames))
    if wrong:
        raise ExportError(
            f"{onnx.FILE} would differ from the pipeline in {wrong:,} of {count:,} rows, by up to "
            f"{off:.2g} (tolerance {TOLERANCE:g}), as it calculates in single precision. {told} "
            "Where trees follow a scaler, leave it out, as they need none; or export without onnx."
        )
    return graph, Parity(rows=count, labels=labels, difference=off, tolerance=TOLERANCE)


@dataclass(frozen=True, slots=True)
class _Differences:
    """How graph and estimator differ, a row: by how much, in its label, and beyond what may be."""

    off: Array
    labels: Array
    wrong: Array
    then: Array
    now: Array


def _differences(estimator: Any, run: onnx.Graph, rows: pd.DataFrame) -> _Differences:
    first, second = run(rows)
    then = np.asarray(estimator.predict(rows))
    if then.ndim != 1 or first.size != len(then):
        raise ExportError(f"{onnx.FILE} is made of models of one output. Export it without onnx.")
    now = first.ravel()
    if then.dtype.kind == "f" and not hasattr(estimator, "classes_"):
        off = _distance(then, now) / np.maximum(1, np.abs(then))
        return _Differences(off, np.zeros(len(then), bool), off > TOLERANCE, then, now)
    labels = then != now.astype(then.dtype)
    if not hasattr(estimator, "predict_proba") or second is None:
        return _Differences(labels.astype(float), labels, labels, then, now)
    sure: Array = np.asarray(estimator.predict_proba(rows))
    second = second.reshape(sure.shape)
    off = _distance(sure, second).max(axis=1)
    top = np.sort(sure, axis=1)
    tied = top[:, -1] - top[:, -2:][:, 0] <= 2 * TOLERANCE
    return _Differences(off, labels, (off > TOLERANCE) | (labels & ~tied), sure, second)


def _distance(then: Array, now: Array) -> Array:
    """Return how far numbers are apart: not at all if both are missing, infinitely if one is."""
    with np.errstate(invalid="ignore"):
        off = np.where(then == now, 0.0, np.abs(then - now))
    return np.where(np.isnan(off), np.where(np.isnan(then) & np.isnan(now), 0.0, np.inf), off)


def _worst(each: _Differences, rows: pd.DataFrame) -> str:
    row = int(np.argmax(np.where(each.wrong, each.off, -1)))
    shown = {str(name): sample.plain(value) for name, value in rows.iloc[row].items()}
    return f"The worst: {each.now[row]} instead of {each.then[row]} for {shown}."


def _made(estimator: Any, rows: pd.DataFrame, schema: Schema) -> list[pd.DataFrame]:
    """Make rows that training may not have had: one frame, or one each if some are refused."""
    bases = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, _BASES).astype(int))]
    made = [
        {name: sample.plain(value) for name, value in base.items()} | {feature.name: value}
        for _, base in bases.astype(object).iterrows()
        for feature in schema.features
        for value in _tried(feature)
    ]
    frames = [sample.frame(tuple(made), schema)] if made else []
    if all(_predicts(estimator, each) for each in frames):
        return frames
    frames = [sample.frame((row,), schema) for row in made]
    return [each for each in frames if _predicts(estimator, each)]


def _predicts(estimator: Any, rows: pd.DataFrame) -> bool:
    try:
        estimator.predict(rows)
    except Exception:  # noqa: BLE001 - what the pipeline refuses has nothing to compare
        return False
    return True


def _tried(feature: Feature) -> Iterator[Any]:
    if feature.nullable:
        yield None
    if feature.type == "boolean":
        yield from (False, True)
    elif feature.categories is not None:
        yield from feature.categories[:_CATEGORIES]
        if feature.unseen != "error" and isinstance(feature.categories[0], str):
            yield "never seen"
    elif feature.type in {"number", "integer"}:
        low, high = float(feature.minimum or 0), float(feature.maximum or 0)
        whole = int if feature.type == "integer" else float
        yield from (whole(low), whole(high), whole(2 * low - high), whole(2 * high - low))
