"""Versions that were downloaded, kept in folders like those of any other model."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nbpipe.bundle.store.folders import taken, versions
from nbpipe.bundle.store.versions import read_version
from nbpipe.bundle.store.write import discard, locked
from nbpipe.bundle.trust import integrity
from nbpipe.errors import BundleError, ExportError, NbpipeError, VersionExistsError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from nbpipe.bundle.store.entry import Bundle


def folder_of(address: str) -> Path:
    """Return the folder that caches the model at `address`, under the model's own name."""
    key = hashlib.sha256(address.encode()).hexdigest()[:16]
    try:
        root = _root()
    except (OSError, RuntimeError) as error:  # no working directory, or no home
        raise BundleError(
            f"There is no folder for a cache ({one_line(error)}). The environment variable "
            "NBPIPE_CACHE names one, by its whole path."
        ) from error
    return root / key / address.rpartition("/")[2]


def _root() -> Path:
    """Return ``NBPIPE_CACHE``, or where the platform keeps what can be fetched again."""
    if asked := os.environ.get("NBPIPE_CACHE"):
        return Path(asked).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nbpipe"
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    return Path(os.environ.get(variable) or Path.home() / ".cache") / "nbpipe"


def intact(model: Path, version: Version) -> Bundle | None:
    """Return a cached version whose files are those that its manifest lists, if it is there."""
    try:
        folder = versions(model).get(version)
        if folder is None:
            return None
        bundle = read_version(folder)
        integrity.check_names(folder, bundle.manifest.files, strict=False)
        integrity.check(folder, bundle.manifest.files)
    except (BundleError, OSError):
        return None
    return bundle


def clear(model: Path, version: Version, *, intact_too: bool = False) -> None:
    """Take a damaged version out of the cache, looking again once nobody else writes there."""
    if not model.is_dir():
        return
    with locked(model):
        folder = taken(model).get(version)
        if folder is not None and (intact_too or intact(model, version) is None):
            discard(folder)


@contextmanager
def writing(model: Path) -> Iterator[None]:
    """Say that it is the cache that cannot be written, and how to choose another."""
    try:
        yield
    except (OSError, ExportError) as error:
        cause = error.__cause__ if isinstance(error, NbpipeError) else error
        if not isinstance(cause, OSError) or isinstance(error, BundleError | VersionExistsError):
            raise
        raise BundleError(
            f"The cache {str(model)!r:.200} cannot be written: {cause.strerror or cause}. The "
            "environment variable NBPIPE_CACHE names another.",
            path=str(model),
        ) from error
