"""Some rows of an input, in the form in which every kind of file gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from nbpipe.bundle.rows.schema import Schema  # noqa: TC001 - part of the signature of readers
from nbpipe.errors import SchemaError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np

    from nbpipe.bundle.rows.given import Given

ROWS = 2**15  # of a chunk at most, so that wide pipelines stay within memory, too
Original = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk begins: bytes (of the text within a .gz), lines and rows before it."""

    offset: int = 0
    lines: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows to be predicted, and those that could not even be read.

    Where it ends depends only on where it begins, so that a run that is resumed reads the very
    chunks that one never stopped does.

    Attributes
    ----------
    rows : Given, of m rows
        The model's columns.
    numbers : ndarray of int, shape (m,)
        Which row of the input each is, from 1.
    kept : Mapping of str to list
        The columns that are to be copied to the output, m values each.
    original : callable
        Given a number, returns the line (None if the file has none) and the values as given.
    following : Place
        Where the next chunk begins.
    faults : Mapping of int to str
        By number, what is wrong with a row that is not among `rows`.
    """

    rows: Given
    numbers: np.ndarray[Any, Any]
    kept: Mapping[str, Sequence[Any]]
    original: Callable[[int], tuple[int | None, Original]]
    following: Place
    faults: Mapping[int, str] = field(default_factory=dict)


class Input(Protocol):
    """A file being read.

    Attributes
    ----------
    names : sequence of str
        Columns that rejects have.
    types : Mapping of str to a type
        Of columns where the file itself says.
    total : int or None
        How much there is to read, if that is known.
    unit : str
        What that is counted in.
    """

    names: Sequence[str]
    types: Mapping[str, Any]
    total: int | None
    unit: str

    def chunks(self, start: Place | None) -> Iterator[Chunk]:
        """Yield all rows, or those from where a chunk began."""

    def done(self) -> int:
        """Return how much was read."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read: the model's columns, those to keep, and texts that stand for missing."""

    schema: Schema
    keep: tuple[str, ...]
    na_values: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns to be read, each once."""
        return list(dict.fromkeys((*self.schema.names, *self.keep)))

    def check(self, names: Sequence[str]) -> None:
        """Refuse an input that lacks columns or has one of them twice, naming all at once.

        Raises
        ------
        SchemaError
        """
        told = []
        for name in self.names:
            if name not in names:
                near = did_you_mean(name, names).strip()
                told.append(f"missing column {name!r:.60}" + (f" ({near})" if near else ""))
            elif names.count(name) > 1:
                told.append(f"more than one column named {name!r:.60}")
        if told:
            raise SchemaError(
                f"The input lacks what was asked for: {'; '.join(told)}.",
                lines=("The input lacks what was asked for", *told),
            )
