"""Whether the files are the ones that were exported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbpipe.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LFS_POINTER = b"version https://git-lfs.github.com/spec"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Digest and size in bytes of one file."""

    sha256: str
    size: int


def record(path: Path) -> FileRecord:
    """Measure one file."""
    with path.open("rb") as file:
        return FileRecord(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def check(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Compare every recorded file with what lies in `folder`.

    Raises
    ------
    IntegrityError
        A file is missing, a Git LFS pointer, cut short, or changed.
    """
    for name, expected in files.items():
        path = folder / name
        try:
            found = record(path)
            if found != expected:
                with path.open("rb") as file:
                    raise IntegrityError(
                        _difference(path, expected, found, file.read(200)), path=str(path)
                    )
        except OSError as error:
            raise IntegrityError(
                f"{path} cannot be read ({error.strerror}), but the manifest lists it. "
                "Copy the whole bundle again.",
                path=str(path),
            ) from error


def lfs_advice(head: bytes) -> str:
    """Say what to do if a file that starts with `head` is a Git LFS pointer; else nothing."""
    if not head.startswith(_LFS_POINTER):
        return ""
    return (
        "It is a Git LFS pointer, a few lines of text that stand for the real file: "
        "run `git lfs pull`."
    )


def _difference(path: Path, expected: FileRecord, found: FileRecord, head: bytes) -> str:
    if advice := lfs_advice(head):
        return f"{path} is not the file that was exported. {advice}"
    if found.size < expected.size:
        return (
            f"{path} is cut short: {found.size:,} of {expected.size:,} bytes. "
            "The copy or download was interrupted; copy it again."
        )
    return (
        f"{path} was changed after the export: its SHA-256 digest differs from the manifest's. "
        "Do not open it; copy the bundle again from its source."
    )
