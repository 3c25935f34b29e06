"""What the checker reports: one finding, its place, and the other place that it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["note", "review", "error"]
SEVERITIES: tuple[Severity, ...] = ("note", "review", "error")  # from the least to the gravest


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of source: lines and columns count from 1, the end column is exclusive.

    Parameters
    ----------
    cell : int
        Which code cell of a notebook, from 1; 0 in a script.
    line, column, end_line, end_column : int
        Lines count within the cell.
    """

    cell: int
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"cell {self.cell}, line {self.line}" if self.cell else f"line {self.line}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields of the machine contract; `cell` is null in a script."""
        return {
            "cell": self.cell or None,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
        }


@dataclass(frozen=True, slots=True)
class Related:
    """The other place that a finding concerns, and what happens there."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines of a cell, and what to write in their place.

    Parameters
    ----------
    cell, line, end_line : int
        As in `Place`; the last line is one of those replaced.
    text : str
        Without a line end; empty where the lines are to go.
    """

    cell: int
    line: int
    end_line: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields of the machine contract; `cell` is null in a script."""
        lines = {"line": self.line, "end_line": self.end_line}
        return {"cell": self.cell or None} | lines | {"text": self.text}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a run did not look at or go by, and so cannot speak for.

    Parameters
    ----------
    path : str
        The notebook, script or folder.
    message : str
        What is left out, and why.
    cell, line : int
        As in `Place`; line 0 is all of it.
    """

    path: str
    message: str
    cell: int = 0
    line: int = 0

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        at = f"{self.path}:{cell}{self.line}" if self.line else self.path
        return f"{at}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields of the machine contract; a line that there is none of is null."""
        place = {"cell": self.cell or None, "line": self.line or None}
        return {"path": self.path} | place | {"message": self.message}


@dataclass(frozen=True, slots=True)
class Finding:
    """One leak, or what may be one.

    Parameters
    ----------
    place : Place
        Where to look first: the fit, the resampling, the score.
    code, name : str
        The rule's code, such as ``NB101``, and its name.
    severity : {"note", "review", "error"}
        ``error``: a full path from a fit to a score; ``review``: likely, a person decides.
    message : str
        What influenced what, in a sentence.
    fix : str
        The lines to write instead, in the user's own variables.
    prompt : str
        What to tell an AI assistant.
    related : tuple of Related
        The other places: the split, the score.
    edits : tuple of Edit
        What does away with it, all at once; () where the fix is not a matter of replacing lines.
    """

    place: Place
    code: str
    name: str
    severity: Severity
    message: str
    fix: str
    prompt: str
    related: tuple[Related, ...] = ()
    edits: tuple[Edit, ...] = ()
