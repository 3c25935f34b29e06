"""What lies in a model's folder: paths, and the versions that they are named after."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from nbpipe.bundle import manifest as manifests
from nbpipe.errors import BundleError, ManifestError, NbpipeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike


def parse_version(text: str) -> Version:
    """Read a version as people write it: ``1.0``, ``v1.0``, ``1.2.0``, ``2.0rc1``.

    Raises
    ------
    UsageError
    """
    try:
        return Version(text)
    except (InvalidVersion, TypeError) as error:
        raise UsageError(f"{text!r} is not a version; write one like '1.0' or '1.2.0'.") from error


def as_path(path: str | PathLike[str]) -> Path:
    """Return a path, with ``~`` expanded, refusing what is none."""
    try:
        found = Path(path).expanduser()
    except (TypeError, RuntimeError) as error:
        raise UsageError(f"{path!r:.60} is not a path; give one like 'models/late'.") from error
    if any(character < " " for character in str(found)):
        raise UsageError(f"{str(path)!r:.60} holds characters that no name of a folder should.")
    return found


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the system says of `path` into a `BundleError`."""
    try:
        yield
    except OSError as error:
        if isinstance(error, NbpipeError):
            raise
        raise BundleError(
            f"{str(path)!r:.200} cannot be read: {error.strerror}.", path=str(path)
        ) from error


def taken(model: Path) -> dict[Version, Path]:
    """Map whatever is named as a version in a model's folder, in order, to its path."""
    named = {}
    for each in model.iterdir() if model.is_dir() else ():
        with suppress(InvalidVersion):  # also what a killed writer left behind
            named[Version(each.name)] = each
    return dict(sorted(named.items()))


def versions(model: Path) -> dict[Version, Path]:
    """Map the versions in a model's folder, in order, to their folders."""
    return {v: path for v, path in taken(model).items() if (path / manifests.FILE).is_file()}


def headless(model: Path) -> dict[Version, ManifestError]:
    """Map the versions that have a model, but lost their manifest, to what to do about them."""
    return {
        version: ManifestError(
            f"{folder} has lost its {manifests.FILE}. Copy the whole version again, delete what is "
            "left of it, or load another by version=...",
            path=str(folder),
        )
        for version, folder in taken(model).items()
        if not (folder / manifests.FILE).exists() and any(folder.glob("model.*"))
    }


def latest(known: Sequence[Version]) -> Version:
    """Return the highest version; a pre-release only if there is nothing else."""
    return max(known, key=lambda version: (not version.is_prerelease, version))


def is_version(text: str) -> bool:
    """Say whether a folder's name is a version."""
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False
