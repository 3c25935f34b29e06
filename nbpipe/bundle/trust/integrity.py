"""Whether the files are the ones that were exported: no other, no more, no less, and unchanged.

A file is read through one opened descriptor, and what is parsed later are the bytes whose digest
was compared. No link is followed and no pipe is waited for, and of a file that is larger than the
manifest says nothing is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from nbpipe.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
PROBE = "probe.json"
PROBE_LIMIT = 16 * 2**20  # bytes, which are parsed as a whole; 20 rows of 1,000 columns take 1 MB
SIGNATURE = "model.sig"  # where the model_signing command puts it by default
_LFS_POINTER = b"version https://git-lfs.github.com/spec"
# Windows has neither links that anybody may make nor pipes among files, so neither flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_FLAGS |= getattr(os, "O_BINARY", 0)
_CHUNK = 2**20  # bytes
# What desktops leave in a folder that somebody looked at; nobody opens it, so it does no harm.
_DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Digest and size in bytes of one file."""

    sha256: str
    size: int


def record(path: Path) -> FileRecord:
    """Measure one file."""
    with path.open("rb") as file:
        return FileRecord(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def read(path: Path, limit: int) -> bytes:
    """Read a small file of a bundle, of at most `limit` bytes.

    Raises
    ------
    FileNotFoundError, OSError
    IntegrityError
        It is no regular file, or a larger one.
    """
    with _open(path) as (file, size):
        content = b"" if size > limit else file.read(limit + 1)
    if max(size, len(content)) > limit:
        raise IntegrityError(
            f"{path} has {size:,} bytes, far more than nbpipe writes there. Copy the bundle again "
            "from its source.",
            path=str(path),
        )
    return content


def check_names(folder: Path, files: Collection[str], *, strict: bool) -> list[str]:
    """Refuse a folder that holds anything but `files`, their manifest and its signature.

    Parameters
    ----------
    strict : bool
        Refuse also what desktops leave behind, such as ``.DS_Store``.

    Returns
    -------
    list of str
        What was passed over.

    Raises
    ------
    IntegrityError
    """
    with os.scandir(folder) as entries:
        others = sorted({entry.name for entry in entries} - {*files, MANIFEST, SIGNATURE})
    unknown = others if strict else [name for name in others if name not in _DROPPINGS]
    if unknown:
        raise IntegrityError(
            f"{folder} holds {unknown[0]!r:.80}, which is no part of the bundle: only what its "
            f"manifest lists, {MANIFEST} and {SIGNATURE} may be there. Move it elsewhere if it is "
            "yours; otherwise copy the bundle again from its source.",
            path=str(folder / unknown[0]),
        )
    return others


def check(
    folder: Path, files: Mapping[str, FileRecord], keep: Collection[str] = ()
) -> dict[str, bytes]:
    """Compare every recorded file with what lies in `folder`, and return the contents of some.

    Parameters
    ----------
    keep : collection of str
        The files whose contents to return: those very bytes that were compared.

    Raises
    ------
    IntegrityError
        A file is missing, no regular file, a Git LFS pointer, too small or large, or changed.
    """
    return {
        name: content
        for name, expected in files.items()
        if (content := _compare(folder / name, expected, keep=name in keep)) is not None
    }


def lfs_advice(head: bytes) -> str:
    """Say what to do if a file that starts with `head` is a Git LFS pointer; else nothing."""
    if not head.startswith(_LFS_POINTER):
        return ""
    return (
        "It is a Git LFS pointer, a few lines of text that stand for the real file: "
        "run `git lfs pull`."
    )


@contextmanager
def _open(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file, and give its size."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        what = "a link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        raise IntegrityError(
            f"{path} is {what}, and a bundle is made of plain files alone. Copy the files "
            "themselves (as `cp -rL` does).",
            path=str(path),
        )
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        yield file, os.fstat(file.fileno()).st_size


def _compare(path: Path, expected: FileRecord, *, keep: bool) -> bytes | None:
    """Compare one file, reading no more than it should have; return the content to keep."""
    try:
        with _open(path) as (file, size):
            if size != expected.size:
                raise IntegrityError(
                    _other_size(path, expected.size, size, file.read(200)), path=str(path)
                )
            content = file.read(size) if keep else None
            found = _digest(file, size) if content is None else hashlib.sha256(content).hexdigest()
    except (MemoryError, OverflowError) as error:  # of a sparse file, which cost nothing to make
        raise IntegrityError(
            f"{path} has {expected.size:,} bytes, more than there is memory here.", path=str(path)
        ) from error
    except OSError as error:
        raise IntegrityError(
            f"{path} cannot be read ({error.strerror}), but the manifest lists it. "
            "Copy the whole bundle again.",
            path=str(path),
        ) from error
    if found != expected.sha256:
        raise IntegrityError(
            f"{path} was changed after the export: its SHA-256 digest differs from the manifest's. "
            "Do not open it; copy the bundle again from its source.",
            path=str(path),
        )
    return content


def _digest(file: BinaryIO, size: int) -> str:
    """Digest the next `size` bytes, though the file may grow while it is read."""
    digest = hashlib.sha256()
    while size and (chunk := file.read(min(size, _CHUNK))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest()


def _other_size(path: Path, expected: int, found: int, head: bytes) -> str:
    if advice := lfs_advice(head):
        return f"{path} is not the file that was exported. {advice}"
    if found < expected:
        return (
            f"{path} is cut short: {found:,} of {expected:,} bytes. "
            "The copy or download was interrupted; copy it again."
        )
    return (
        f"{path} was changed after the export: it has {found:,} bytes instead of {expected:,}. "
        "Do not open it; copy the bundle again from its source."
    )
