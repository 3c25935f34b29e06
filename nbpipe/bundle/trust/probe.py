"""A few real rows with what the model predicted for them at export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.codec import decode, dump, encode
from nbpipe.bundle.trust import integrity
from nbpipe.errors import ExportError, ProbeMismatchError, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = integrity.PROBE
# Between releases that agree, predictions drifted by at most 2e-11; those that do not differ by
# far more than this.
RTOL, ATOL = 1e-6, 1e-9
_MOST = 1000  # rows; an export writes 20


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

    def compare(
        self, answer: Callable[[str], Any], tolerance: tuple[float, float] = (RTOL, ATOL)
    ) -> str:
        """Ask for the predictions by each method, and return how many rows were checked.

        Parameters
        ----------
        answer : callable
            Given ``"predict"`` or ``"predict_proba"``, an array for the rows; None if there is
            no such method.
        tolerance : tuple of float
            Relative and absolute.

        Raises
        ------
        ProbeMismatchError
            A prediction is off by more, or a label differs.
        """
        for method, then in (("predict", self.predict), ("predict_proba", self.predict_proba)):
            now = as_lists(answer(method))
            if (then is None) != (now is None):
                raise ProbeMismatchError(f"The model no longer has the same {method}.")
            if then is not None and now is not None:
                _same(method, list(then), now, tolerance)
        return f"{len(self.rows)} probe rows give the predictions of the export"

    def save(self, path: Path) -> None:
        """Write as JSON.

        Raises
        ------
        ExportError
            It would be larger than a load reads.
        """
        content = dump(encode(self), indent=1).encode()
        if len(content) > integrity.PROBE_LIMIT:
            raise ExportError(
                f"{len(self.rows)} rows of X with their predictions, by which each load checks the "
                f"model, would take {len(content) / 2**20:.0f} MB, more than the limit of "
                f"{integrity.PROBE_LIMIT // 2**20}: a column holds very long texts."
            )
        path.write_bytes(content)


def parse(content: bytes) -> Probe:
    """Read what `Probe.save` wrote, whose digest was checked before.

    Raises
    ------
    ProbeMismatchError
    """
    try:
        probe: Probe = decode(Probe, json.loads(content), "it")
    except (ValueError, RecursionError) as error:
        raise ProbeMismatchError(f"{FILE} is no probe: {one_line(error)}.") from error
    count = len(probe.rows)
    if not 0 < count == len(probe.predict) <= _MOST:
        raise ProbeMismatchError(
            f"{FILE} has {count:,} rows and {len(probe.predict):,} predictions, which no export "
            "writes. Copy the bundle again from its source."
        )
    return probe


def asking(estimator: Any, X: Any) -> Callable[[str], Any]:
    """Return what answers with the predictions of `estimator` for `X`."""

    def answer(method: str) -> Any:
        return getattr(estimator, method)(X) if hasattr(estimator, method) else None

    return answer


def as_lists(predicted: Any) -> list[Any] | None:
    """Return predictions as plain lists; several outputs have a list of arrays, and give None."""
    if predicted is None or isinstance(predicted, list):
        return None
    plain: list[Any] = np.asarray(predicted).tolist()
    return plain


def _same(method: str, then: list[Any], now: list[Any], tolerance: tuple[float, float]) -> None:
    for row, (a, b) in enumerate(zip(then, now, strict=True)):
        old, new = np.asarray(a), np.asarray(b)
        numeric = old.dtype.kind in "iuf" and new.dtype.kind in "iuf" and old.shape == new.shape
        if not (
            np.allclose(old, new, *tolerance, equal_nan=True)
            if numeric
            else np.array_equal(old, new)
        ):
            raise ProbeMismatchError(
                f"The model no longer predicts what it did at export: for probe row {row}, "
                f"{method} gave {a!r:.80} then and {b!r:.80} now. Load it with the versions that "
                "its requirements.txt lists."
            )
