"""What a run of the checker found, as Python has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.config import FAIL_ON

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Finding, Notice
    from nbpipe.leaks.source import Document


@dataclass(frozen=True, slots=True)
class Located:
    """A finding, and the document that it is in."""

    document: Document
    finding: Finding

    @property
    def path(self) -> str:
        """The document's path."""
        return self.document.path

    def to_dict(self) -> dict[str, Any]:
        """Return one finding of the machine contract."""
        finding = self.finding
        told = ("code", "name", "severity", "message", "fix", "prompt")
        related = [
            {
                "path": self.path,
                "cell": each.place.cell or None,
                "line": each.place.line,
                "message": each.message,
            }
            for each in finding.related
        ]
        return (
            {"path": self.path}
            | finding.place.to_dict()
            | {name: getattr(finding, name) for name in told}
            | {"related": related}
            | {"edits": [each.to_dict() for each in finding.edits]}
        )


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What a run found.

    Parameters
    ----------
    findings : tuple of Located
        By path, cell and line.
    skipped : tuple of (str, str)
        What could not be read, and why.
    warnings : tuple of Notice
        What was left out because it is not Python, comments that ignore no rule, and folders
        without anything to check.
    n_files : int
        How many notebooks and scripts were looked at.
    fail_on : {"error", "review", "note", "never"}
        The severity from which on findings fail a run.
    """

    findings: tuple[Located, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Notice, ...] = ()
    n_files: int = 0
    fail_on: str = "error"

    @property
    def exit_code(self) -> int:
        """1 if findings are as grave as `fail_on`, 2 if anything, or all, was not read, else 0."""
        if self.skipped or (self.warnings and not self.n_files):
            return 2
        failing = FAIL_ON[FAIL_ON.index(self.fail_on) :]
        return int(any(each.finding.severity in failing for each in self.findings))

    def to_dict(self) -> dict[str, Any]:
        """Return the machine contract: what ``--format json`` prints."""
        return {
            "version": 1,
            "findings": [each.to_dict() for each in self.findings],
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
            "warnings": [each.to_dict() for each in self.warnings],
        }

    def __str__(self) -> str:
        from nbpipe.leaks.output.text import to_text  # noqa: PLC0415 - the reporters import this

        return "\n".join([*(f"warning: {each}" for each in self.warnings), to_text(self)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from nbpipe.leaks.output.html import to_html  # noqa: PLC0415 - as above

        return to_html(self)
