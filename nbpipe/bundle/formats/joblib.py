"""``model.joblib``: a pickle, which holds any estimator and runs code when it is opened."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE = "model.joblib"
# zlib at 3: a forest of 100 trees takes 4.6 MB instead of 27, and loads in two thirds of the time.
_COMPRESS = 3


def write(estimator: Any, path: Path) -> None:
    """Write the estimator."""
    import joblib  # noqa: PLC0415 - predicting from a plan does without

    joblib.dump(estimator, path, compress=_COMPRESS)


def read(path: Path, content: bytes) -> Any:  # noqa: ARG001 - as of the other formats
    """Unpickle the estimator."""
    import joblib  # noqa: PLC0415 - predicting from a plan does without

    return joblib.load(BytesIO(content))
