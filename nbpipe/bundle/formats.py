"""The estimator as a file: written once, opened only after everything else was checked."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import BundleError, MissingModuleError, one_line

if TYPE_CHECKING:
    from pathlib import Path

FILE = "model.joblib"
# zlib at 3: a forest of 100 trees takes 4.6 MB instead of 27, and loads in two thirds of the time.
_COMPRESS = 3


def serial(estimator: Any) -> Any:
    """Set ``n_jobs=1`` on `estimator` and all it holds, in place, and return it.

    A server that forks hangs in a pool made by its parent, and for one row a pool costs more
    than it gives.
    """
    waiting, seen = [estimator], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, (list, tuple)):
            waiting += each
        elif isinstance(each, np.ndarray) and each.dtype == object:
            waiting += each.ravel().tolist()
        elif hasattr(each, "__dict__") and not isinstance(each, (type, ModuleType)):
            if "n_jobs" in vars(each):
                vars(each)["n_jobs"] = 1
            waiting += vars(each).values()
    return estimator


def write(estimator: Any, folder: Path) -> None:
    """Write the estimator into a bundle's folder."""
    import joblib  # noqa: PLC0415 - predicting from a plan does without

    joblib.dump(estimator, folder / FILE, compress=_COMPRESS)


def read(folder: Path) -> Any:
    """Open the estimator of a bundle whose digests and versions were checked.

    Raises
    ------
    MissingModuleError
        A module that it refers to is not installed.
    BundleError
        It cannot be opened for another reason.
    """
    import joblib  # noqa: PLC0415 - predicting from a plan does without either
    from sklearn.exceptions import InconsistentVersionWarning  # noqa: PLC0415

    path = folder / FILE
    try:
        with warnings.catch_warnings():  # the manifest has already told about versions
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            return joblib.load(path)
    except ModuleNotFoundError as error:
        raise MissingModuleError(
            f"{path} needs the module {error.name!r}, which is not installed here. Install what "
            f"{folder / 'requirements.txt'} lists.",
            path=str(path),
            module=error.name or "",
        ) from error
    except Exception as error:  # a pickle runs code, which raises what it likes
        raise BundleError(
            f"{path} is intact but cannot be opened by the packages installed here "
            f"({type(error).__name__}: {one_line(error)}). Install what "
            f"{folder / 'requirements.txt'} lists.",
            path=str(path),
        ) from error
