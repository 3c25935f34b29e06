"""What lies in a model's folder: paths, and the versions that they are named after."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from nbpipe.bundle import manifest as manifests
from nbpipe.errors import BundleError, ManifestError, NbpipeError, UsageError, brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from os import PathLike

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters or more: C:// is a drive
_LOCAL = re.compile(r"^(file|local)://")


def is_url(path: str | PathLike[str]) -> bool:
    """Say whether `path` is a URL of another place than the local disk."""
    return isinstance(path, str) and bool(_URL.match(path)) and not _LOCAL.match(path)


def parse_version(text: str) -> Version:
    """Read a version as people write it: ``1.0``, ``v1.0``, ``1.2.0``, ``2.0rc1``.

    Raises
    ------
    UsageError
    """
    try:
        return Version(text)
    except (ValueError, TypeError) as error:  # 1.10 is a number, and no longer version 1.10
        raise UsageError(
            f"{brief(text)} is not a version; write one like '1.0' or '1.2.0', in quotes."
        ) from error


def as_path(path: str | PathLike[str]) -> Path:
    """Return a path, with ``~`` expanded and ``file://`` taken off, refusing what is none."""
    try:
        found = Path(_LOCAL.sub("", path) if isinstance(path, str) else path).expanduser()
    except (TypeError, RuntimeError) as error:
        raise UsageError(f"{path!r:.60} is not a path; give one like 'models/late'.") from error
    if any(character < " " for character in str(found)):
        raise UsageError(f"{str(path)!r:.60} holds characters that no name of a folder should.")
    return found


def split_alias(name: str, version: str | None) -> tuple[str, str | None]:
    """Split ``late@production``; what follows the ``@`` is an alias, a version or "latest".

    Raises
    ------
    UsageError
        Half of it is missing, or `version` is given as well.
    """
    model, at, asked = name.rpartition("@")
    if not at:
        return name, None
    if not model or not asked:
        raise UsageError(f"{name!r} is half an alias; write MODEL@ALIAS, like 'late@production'.")
    if version is not None:
        raise UsageError(f"{name!r} and version={version!r} say it twice; give one of them.")
    return model, asked


def reading(path: Path) -> AbstractContextManager[None]:
    """Turn what the system says of `path` into a `BundleError`."""
    return telling(str(path), f"{str(path)!r:.200} cannot be read")


@contextmanager
def telling(path: str, what: str, advice: str = "") -> Iterator[None]:
    """Turn what the system says into a `BundleError` of `path`: what cannot be done, and why."""
    try:
        yield
    except OSError as error:
        if isinstance(error, NbpipeError):
            raise
        raise BundleError(f"{what}: {error.strerror or error}.{advice}", path=path) from error


def taken(model: Path) -> dict[Version, Path]:
    """Map whatever is named as a version in a model's folder, in order, to its path.

    1.0 and 1.0.0 are one version, which no export writes twice; of copies, the longest name counts.
    """
    named = {}
    for each in sorted(model.iterdir(), key=_length) if model.is_dir() else ():
        with suppress(ValueError):  # no version, or what a killed writer left behind
            named[Version(each.name)] = each
    return dict(sorted(named.items()))


def _length(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def versions(model: Path) -> dict[Version, Path]:
    """Map the versions in a model's folder, in order, to their folders."""
    return {v: path for v, path in taken(model).items() if (path / manifests.FILE).is_file()}


def headless(model: Path) -> dict[Version, ManifestError]:
    """Map the versions that lost their manifest, or are links to nothing, to what to do then."""
    return {
        version: ManifestError(
            f"{folder} has lost its {manifests.FILE}. Copy the whole version again, delete what is "
            "left of it, or load another by version=...",
            path=str(folder),
        )
        for version, folder in taken(model).items()
        if _headless(folder)
    }


def _headless(folder: Path) -> bool:
    manifest = folder / manifests.FILE
    if manifest.is_file():
        return False
    broken = folder.is_symlink() and not folder.exists()
    return broken or os.path.lexists(manifest) or any(folder.glob("model.*"))


def latest(known: Sequence[Version]) -> Version:
    """Return the highest version; a pre-release only if there is nothing else."""
    return max(known, key=lambda version: (not version.is_prerelease, version))


def is_version(text: str) -> bool:
    """Say whether a folder's name is a version."""
    try:
        return bool(Version(text))
    except ValueError:  # also where a number is too long for Python
        return False
