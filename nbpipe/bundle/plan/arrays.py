"""``plan.npz``: plain arrays, read without unpickling and checked before any is followed."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import numpy as np

from nbpipe.errors import IntegrityError, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

FILE = "plan.npz"
WIDEST = 2**16  # columns of a step: a few bytes of a crafted file could ask for any number


class NotCoveredError(Exception):
    """Why a pipeline has no plan."""


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays uncompressed, so that what is read is never larger than the file."""
    np.savez(path, **arrays)  # type: ignore[arg-type]


def read(file: Path | BinaryIO) -> dict[str, Array]:
    """Read arrays, read-only.

    Raises
    ------
    IntegrityError
        It is no such archive, is compressed, or holds anything but plain arrays of its size.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return {
                each.filename.removesuffix(".npy"): _parse(archive, each)
                for each in _members(archive)
            }
    except Exception as error:  # what reads crafted headers raises anything
        raise broken(one_line(error)) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return what is in an archive, which is no more than the archive itself is large."""
    members = archive.infolist()
    if len({each.filename for each in members}) < len(members):
        raise ValueError("two of its arrays have one name")
    if sum(each.file_size for each in members) > archive.start_dir:
        raise ValueError("its arrays overlap")
    return members


def _parse(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    content = archive.read(member)
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{member.filename} has another format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    count = 1
    for length in shape:
        count *= length  # whole numbers of Python, which cannot overflow
    if dtype.kind not in "biufU" or fortran or min(shape, default=0) < 0:
        raise ValueError(f"{member.filename} is no plain array")
    if count * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"{member.filename} is not as large as it says")
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)


def distinct(values: Array) -> Array:
    """Return values in order, each once; `numpy.unique` would import much more of numpy."""
    ordered = np.sort(values)
    new: Array = np.append(True, ordered[1:] != ordered[:-1])
    return ordered[new[: len(ordered)]]


def broken(what: str) -> IntegrityError:
    """Return the error for a plan that this package cannot have written."""
    return IntegrityError(
        f"{FILE} is no plan that nbpipe wrote ({what}), so it is not used. Copy the bundle again "
        "from its source."
    )


class Part:
    """The arrays of one step of a plan, each checked as it is taken.

    Parameters
    ----------
    arrays : Mapping of str to ndarray
        Of the whole plan; a step's begin with its number and a dot.
    prefix : str
    widths : list of int
        Columns of each of the step's inputs.
    raw : bool
        Whether the input is that of the plan as it is.
    """

    def __init__(
        self, arrays: Mapping[str, Array], prefix: str, widths: list[int], *, raw: bool = False
    ) -> None:
        self.widths = widths
        self.raw = raw
        self._arrays = arrays
        self._prefix = prefix

    @property
    def width(self) -> int:
        """Columns of the only input."""
        self.need(len(self.widths) == 1, "a step has too many inputs")
        return self.widths[0]

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._arrays

    def get(self, name: str, kinds: str, *shape: int | None) -> Array:
        """Return an array whose dtype is of one of `kinds`; None in `shape` is any length."""
        array = self._arrays.get(self._prefix + name)
        fits = (
            array is not None
            and array.dtype.kind in kinds
            and len(array.shape) == len(shape)
            and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
        )
        if array is None or not fits:
            raise broken(f"{self._prefix}{name} is missing or misshapen")
        return array

    def indices(self, name: str, limit: int, *shape: int | None) -> Array:
        """Return whole numbers from 0 to below `limit`."""
        array = self.get(name, "iu", *shape)
        self.need(not array.size or (array.min() >= 0 and array.max() < limit), name)
        return array.astype(np.intp)

    def number(self, name: str, limit: int) -> int:
        """Return one whole number from 0 to `limit`."""
        return int(self.indices(name, limit + 1))

    def need(self, holds: Any, what: str) -> None:
        """Refuse the plan unless something holds."""
        if not holds:
            raise broken(f"{self._prefix}{what}")
