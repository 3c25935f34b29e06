"""The estimator as a file: written once, opened only after everything else was checked."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

from nbpipe.bundle.formats import joblib, skops
from nbpipe.errors import (
    BundleError,
    ManifestError,
    MissingModuleError,
    NbpipeError,
    UsageError,
    did_you_mean,
    one_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from nbpipe.bundle.store.entry import Bundle

Format = Literal["joblib", "skops"]
_MODULES: dict[Format, Any] = {"joblib": joblib, "skops": skops}
FORMATS = tuple(_MODULES)


def file_among(names: Iterable[str]) -> str | None:
    """Return the one file among `names` that holds an estimator; None if none or several do."""
    found = {each.FILE for each in _MODULES.values()} & set(names)
    return found.pop() if len(found) == 1 else None


def needed(format: str) -> set[str]:  # noqa: A002 - the verb's own word
    """Return the distributions that a format takes beyond joblib, refusing what is none.

    Raises
    ------
    UsageError
    MissingExtraError
    """
    if format not in FORMATS:
        raise UsageError(
            f"{format!r} is no format; it can be {' or '.join(FORMATS)}."
            f"{did_you_mean(str(format), FORMATS)}"
        )
    if format == "skops":
        skops.need()
        return {"skops"}
    return set()


def listed(bundle: Bundle) -> Path:
    """Return the path of the estimator that a bundle's manifest lists.

    Raises
    ------
    ManifestError
    """
    name = file_among(bundle.manifest.files)
    if name is None:
        raise ManifestError(f"The manifest of {bundle.path} lists no model.", path=str(bundle.path))
    return bundle.path / name


def write(estimator: Any, folder: Path, format: Format) -> Path:  # noqa: A002
    """Write the estimator into a bundle's folder, and return the file."""
    module = _MODULES[format]
    path = folder / str(module.FILE)
    module.write(estimator, path)
    return path


def read(path: Path, content: bytes) -> Any:
    """Open the estimator of a bundle whose digests and versions were checked.

    Parameters
    ----------
    path : Path
        ``model.joblib`` or ``model.skops``.
    content : bytes
        What it holds: those bytes whose digest was checked.

    Raises
    ------
    IntegrityError
        ``model.skops`` holds what nbpipe does not trust.
    MissingModuleError
        A module that it refers to is not installed.
    MissingExtraError
        It takes skops.
    BundleError
        It cannot be opened for another reason.
    """
    from sklearn.exceptions import InconsistentVersionWarning  # noqa: PLC0415 - plans do without

    module = next(each for each in _MODULES.values() if path.name == each.FILE)
    try:
        with warnings.catch_warnings():  # the manifest has already told about versions
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            return module.read(path, content)
    except NbpipeError:
        raise
    except ModuleNotFoundError as error:
        raise MissingModuleError(
            f"{path} needs the module {error.name!r}, which is not installed here. Install what "
            f"{path.parent / 'requirements.txt'} lists.",
            path=str(path),
            module=error.name or "",
        ) from error
    except Exception as error:  # a pickle runs code, which raises what it likes
        raise BundleError(
            f"{path} is intact but cannot be opened by the packages installed here "
            f"({type(error).__name__}: {one_line(error)}). Install what "
            f"{path.parent / 'requirements.txt'} lists.",
            path=str(path),
        ) from error
