"""Writing a version so that it is there completely or not at all.

The folder is filled beside its place and renamed into it. One lock on the model's folder makes
writers wait for each other; the kernel releases it when a writer is killed, so whatever is
unfinished while one holds the lock was left behind by the dead.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from packaging.version import Version

from nbpipe.bundle.store.folders import latest, taken
from nbpipe.errors import ExportError, NbpipeError, UsageError, VersionExistsError

try:
    import fcntl
except ImportError:  # Windows: renaming still decides who wins, nobody sweeps
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTIAL = ".partial-"


@contextmanager
def staging(model: Path, wanted: Version | None) -> Iterator[tuple[Path, str]]:
    """Give a folder to fill and its version; publish it at the end, or leave nothing.

    Parameters
    ----------
    model : Path
        The model's folder, made if need be.
    wanted : Version or None
        None for the one after the latest.

    Raises
    ------
    VersionExistsError
    ExportError
        The folder cannot be written.
    """
    made: list[Path] = []
    try:
        made += [each for each in (model, *model.parents) if not each.exists()]
        model.mkdir(parents=True, exist_ok=True)
        with locked(model):
            version = _free(model, wanted)
            staged = model / f"{_PARTIAL}{os.urandom(16).hex()}"
            staged.mkdir()
            try:
                yield staged, str(version)
                _publish(staged, model / str(version))
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    except BaseException as error:
        for folder in made:
            with suppress(OSError):  # not empty, if somebody else uses it by now
                folder.rmdir()
        if isinstance(error, OSError) and not isinstance(error, NbpipeError):
            raise _unwritable(model, error) from error
        raise


def _unwritable(model: Path, error: OSError) -> ExportError:
    return ExportError(
        f"{str(model)!r:.200} cannot be written: {error.strerror or error}. Nothing was exported."
    )


def next_version(known: list[Version]) -> Version:
    """Return the minor version after the latest, with as many parts; ``1.0.0`` at first."""
    if not known:
        return Version("1.0.0")
    major, minor, *rest = (*latest(known).release, 0)[: max(2, len(latest(known).release))]
    return Version(".".join(map(str, (major, minor + 1, *(0 for _ in rest)))))


def check_free(model: Path, wanted: Version | None) -> Version:
    """Return the version to write, refusing one that exists, be it damaged.

    Raises
    ------
    VersionExistsError, ExportError
    UsageError
        It has an epoch or a local part, by which versions would no longer follow each other.
    """
    if wanted is not None and (wanted.epoch or wanted.local):
        raise UsageError(
            f"{str(wanted)!r} has an epoch or a local part; write a version like '1.0' or '1.2.0'."
        )
    return _free(model, wanted)


def _free(model: Path, wanted: Version | None) -> Version:
    try:
        known = taken(model)
    except OSError as error:
        raise _unwritable(model, error) from error
    following = next_version(list(known))
    if wanted in known:
        place = known[wanted]
        same = "" if place.name == str(wanted) else f", which is the same version as {wanted}"
        raise VersionExistsError(
            f"{place} exists{same}, and versions are never overwritten. Leave version out to get "
            f"the next one, {following}."
        )
    return following if wanted is None else wanted


@contextmanager
def locked(model: Path) -> Iterator[None]:
    """Hold the only lock on a model's folder, and sweep what dead writers left in it."""
    if fcntl is None:
        yield
        return
    handle = os.open(model, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
            _sweep(model)
        yield
    finally:
        os.close(handle)


def _sweep(model: Path) -> None:
    for left in model.glob(f"{_PARTIAL}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def replace(path: Path, text: str) -> None:
    """Write a whole file in one step, so that a reader finds the old one or the new one."""
    staged = path.with_name(f"{_PARTIAL}{os.urandom(16).hex()}")
    try:
        staged.write_text(text, encoding="utf-8")
        _flush(staged)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
    _flush(path.parent)


def discard(version: Path) -> None:
    """Take a version away in one step, so that nobody sees a half of it."""
    away = version.with_name(f"{_PARTIAL}{os.urandom(16).hex()}")
    version.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _publish(staged: Path, place: Path) -> None:
    """Rename, with everything on the disk before the name is."""
    for path in (*staged.iterdir(), staged):
        _flush(path)
    try:
        staged.rename(place)
    except OSError as error:
        if place.exists():
            raise VersionExistsError(f"{place} was made by somebody else meanwhile.") from error
        raise
    _flush(place.parent)


def _flush(path: Path) -> None:
    if fcntl is None:  # nor can folders be flushed there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
