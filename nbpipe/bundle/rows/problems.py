"""What is wrong with input rows: counted by column, and told in one bounded message."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import SchemaError, brief

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Of each column and kind, so many problems are kept; all are counted.
KEPT = 1000
# What a message shows.
_SHOWN = 10
_SHOWN_COLUMNS = 30
_WHOLE = ("missing column", "unexpected column")


class InputWarning(UserWarning):
    """Input rows hold values that training did not have.

    Attributes
    ----------
    problems : tuple of Problem
        The first 1,000 of each column and kind.
    counts : Mapping of str to int
        How many there are in each column.
    """

    def __init__(
        self,
        message: str,
        problems: tuple[Problem, ...] = (),
        counts: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.problems = problems
        self.counts = counts or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value, or with one column of every row (`row` is None).

    Attributes
    ----------
    row : int or None
        Position of the row, from 0.
    column : str
    value : object
        What was given; None where the column is missing.
    kind : str
        ``missing column``, ``unexpected column``, ``type``, ``infinity``, ``missing``,
        ``unseen`` or ``range``.
    expected : str
    """

    row: int | None
    column: str
    value: Any
    kind: str
    expected: str

    def __str__(self) -> str:
        where = "" if self.row is None else f"row {self.row}, "
        if self.kind in _WHOLE:
            return f"{where}{self.kind} {self.column!r:.60}{self.expected}"
        return f"{where}column {self.column!r:.60}: {_shown(self.value)}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem of one column, in however many rows: None is every row, at once.

    Attributes
    ----------
    column, kind, expected : str
    rows : ndarray of int, shape (count,), or None
    values : ndarray of shape (n_rows,) or None
        The column as given.
    near : Mapping
        By value, the category that was probably meant.
    """

    column: str
    kind: str
    expected: str
    rows: np.ndarray[Any, Any] | None = None
    values: np.ndarray[Any, Any] | None = None
    near: Mapping[Any, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of problems: one where every row has it."""
        return 1 if self.rows is None else len(self.rows)

    def problems(self) -> list[Problem]:
        """Return the first of them, one by one."""
        rows = [None] if self.rows is None else self.rows[:KEPT].tolist()
        return [self._problem(row) for row in rows]

    def summary(self, total: int) -> str:
        """Say how many of `total` rows have it, and show the first value."""
        first, count = self.problems()[0], f"{self.count:,} of {total:,}"
        if self.kind in _WHOLE:
            return f"{self.kind} {self.column!r:.60}{self.expected} in {count} rows"
        return (
            f"column {self.column!r:.60}: {count} values, such as {_shown(first.value)} "
            f"(row {first.row}), expected {first.expected}"
        )

    def _problem(self, row: int | None) -> Problem:
        value = None if row is None or self.values is None else self.values[row]
        meant = self.near.get(value) if self.near else None
        hint = f" (did you mean {meant!r:.60}?)" if meant else ""
        return Problem(row, self.column, value, self.kind, self.expected + hint)


def refuse(findings: Sequence[Finding], total: int) -> None:
    """Raise one `SchemaError` for all that was found in `total` rows, if anything was."""
    if findings:
        start, told = "The input does not fit the model", _told(findings, total)
        raise SchemaError(
            f"{start}: {'; '.join(told)}.",
            problems=_problems(findings),
            counts=_counts(findings),
            lines=(start, *told),
        )


def warn(findings: Sequence[Finding], total: int, stacklevel: int) -> None:
    """Give one `InputWarning` for all that was found in `total` rows, if anything was."""
    if findings:
        message = f"The input differs from training: {'; '.join(_told(findings, total))}."
        warning = InputWarning(message, _problems(findings), _counts(findings))
        warnings.warn(warning, stacklevel=stacklevel + 1)


def _problems(findings: Sequence[Finding]) -> tuple[Problem, ...]:
    found = [problem for finding in findings for problem in finding.problems()]
    return tuple(sorted(found, key=lambda each: -1 if each.row is None else each.row))


def _counts(findings: Sequence[Finding]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.column] += finding.count
    return dict(counts)


def _told(findings: Sequence[Finding], total: int) -> list[str]:
    """Name whole columns, then each value; where these are many, each column with an example."""
    told = []
    for kind in _WHOLE:  # all of them at once, both kinds
        whole = [each for each in findings if each.kind == kind and each.rows is None]
        if whole:
            plural = "s" if len(whole) > 1 else ""
            names = [f"{each.column!r:.60}{each.expected}" for each in whole]
            told.append(f"{kind}{plural} {', '.join(_some(names))}")
    single = [each for each in findings if each.rows is not None]
    if sum(each.count for each in single) <= _SHOWN:
        told += [str(problem) for problem in _problems(single)]
    elif single:
        told += _some([each.summary(total) for each in single])
    return told


def _some(texts: list[str]) -> list[str]:
    more = len(texts) - _SHOWN_COLUMNS
    return texts[:_SHOWN_COLUMNS] + ([f"and {more:,} more"] if more > 0 else [])


def _shown(value: Any) -> str:
    if isinstance(value, np.datetime64):
        return str(value)
    value = value.item() if isinstance(value, np.generic) else value
    return brief(value) + (" (text)" if isinstance(value, str) else "")
