"""``model.onnx``: the pipeline as a graph that onnxruntime runs, in single precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline

from nbpipe.bundle.rows.schema import logical_kind
from nbpipe.errors import ExportError, extra, one_line

if TYPE_CHECKING:
    import pandas as pd

    from nbpipe.bundle.plan.arrays import Array
    from nbpipe.bundle.rows.schema import Feature, Schema

FILE = "model.onnx"
# Operator sets of 2023, which every onnxruntime since 1.14 runs.
_OPSETS = {"": 18, "ai.onnx.ml": 3}
_SILENT = 4


def need() -> tuple[Any, Any]:
    """Return the modules skl2onnx and onnxruntime.

    Raises
    ------
    MissingExtraError
    """
    with extra("onnx", f"{FILE} needs skl2onnx and onnxruntime"):
        import onnxruntime  # noqa: PLC0415 - an extra
        import skl2onnx  # noqa: PLC0415 - likewise
    return skl2onnx, onnxruntime


def convert(estimator: Any, X: pd.DataFrame, schema: Schema) -> bytes:
    """Return the graph of `estimator`, with one input of shape (n, 1) a column, by its name.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : DataFrame of shape (n, n_features)
        Some rows of its input.
    schema : Schema

    Raises
    ------
    ExportError
        It cannot be converted.
    MissingExtraError
    """
    skl2onnx, _ = need()
    text, number = (
        skl2onnx.common.data_types.StringTensorType,
        skl2onnx.common.data_types.FloatTensorType,
    )
    try:
        graph: bytes = skl2onnx.convert_sklearn(
            _by_column(estimator, X),
            initial_types=[
                (each.name, (text if _is_text(each) else number)([None, 1]))
                for each in schema.features
            ],
            options={"zipmap": False} if hasattr(estimator, "classes_") else None,
            target_opset=_OPSETS,
        ).SerializeToString()
    except Exception as error:  # converters raise what they like
        raise ExportError(
            f"skl2onnx cannot convert the pipeline ({type(error).__name__}: {one_line(error)}). "
            "Export it without onnx."
        ) from error
    return graph


class Graph:
    """A graph at work.

    Raises
    ------
    ExportError
        onnxruntime cannot run it.
    """

    def __init__(self, graph: bytes, schema: Schema) -> None:
        _, onnxruntime = need()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _SILENT
        options.intra_op_num_threads = 1
        self._features = schema.features
        try:
            self._session = onnxruntime.InferenceSession(graph, options)
        except Exception as error:  # it has exceptions of its own
            raise _unusable(error) from error

    def __call__(self, rows: pd.DataFrame) -> tuple[Array, Array | None]:
        """Return labels or numbers, and probabilities or scores where it gives any."""
        given = {each.name for each in self._session.get_inputs()}
        feed = {f.name: tensor(f, rows[f.name]) for f in self._features if f.name in given}
        try:
            first, *more = self._session.run(None, feed)
        except Exception as error:
            raise _unusable(error) from error
        return np.asarray(first), np.asarray(more[0]) if more else None


def tensor(feature: Feature, column: pd.Series[Any]) -> Array:
    """Return a column as the graph takes it: of shape (n, 1), missing text empty."""
    if _is_text(feature):
        return column.astype(object).where(column.notna(), "").to_numpy(object)[:, None]
    with np.errstate(over="ignore"):
        return column.to_numpy(np.float64, na_value=np.nan).astype(np.float32)[:, None]


def _is_text(feature: Feature) -> bool:
    kind = logical_kind(feature)
    if kind in {"datetime", "zoned"}:
        raise ExportError(
            f"Column {feature.name!r} holds times, which {FILE} has no input for. Make numbers of "
            "them before the pipeline, or export it without onnx."
        )
    return kind == "text"


def _by_column(estimator: Any, X: pd.DataFrame) -> Any:
    """Return `estimator` beginning with a step that takes columns by name, as converters expect."""
    first = estimator
    while isinstance(first, Pipeline):
        first = first.steps[0][1]
    if isinstance(first, ColumnTransformer) or hasattr(first, "best_estimator_"):
        return estimator
    together = ColumnTransformer([("columns", "passthrough", list(X.columns))]).fit(X)
    return make_pipeline(together, estimator)


def _unusable(error: Exception) -> ExportError:
    return ExportError(
        f"onnxruntime cannot run the converted pipeline ({one_line(error)}). Export it without "
        "onnx."
    )
