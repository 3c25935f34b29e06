"""What the checker found in a session, shown with links to the cells that it is in."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from nbpipe.leaks.findings import SEVERITIES
from nbpipe.leaks.output.html import marked, severity, skipped, table
from nbpipe.leaks.output.text import counted, finding_to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.jupyter.runs import Run
    from nbpipe.leaks.checked import Located
    from nbpipe.leaks.findings import Finding, Place


@dataclass(frozen=True, slots=True, repr=False)
class SessionFindings:
    """Findings in what was run.

    Parameters
    ----------
    findings : tuple of Located
        In the order in which the cells were run.
    runs : tuple of Run
        All that was looked at.
    skipped : tuple of (str, str)
        Why nothing could be found, where that is so.
    """

    findings: tuple[Located, ...]
    runs: tuple[Run, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    def only(self, wanted: Callable[[Located], bool]) -> SessionFindings:
        """Return those findings alone for which `wanted` is true."""
        return replace(self, findings=tuple(filter(wanted, self.findings)))

    def at_least(self, least: str) -> SessionFindings:
        """Return the findings of that severity and graver."""
        wanted = at_least(least)
        return self.only(lambda each: each.finding.severity in wanted)

    def lines(self) -> str:
        """Write a line a finding: severity, rule, place, message and fix."""
        return "\n".join(
            f"{each.severity} {each.code} {each.place}: {each.message} Fix: {_joined(each.fix)}"
            for each in (located.finding for located in self.findings)
        )

    def html_lines(self) -> str:
        """Write the same as HTML; a fix of several lines unfolds."""
        return "".join(self._html_line(each.finding) for each in self.findings)

    def _html_line(self, finding: Finding) -> str:
        first, *more = finding.fix.splitlines() or [""]
        line = (
            f"{severity(finding)} {escape(finding.code)} {self._where(finding.place)}: "
            f"{marked(finding.message)} Fix: <code>{escape(first)}</code>"
        )
        if not more:
            return f"<div>{line}</div>"
        return f"<details><summary>{line} …</summary><pre>{escape(finding.fix)}</pre></details>"

    def __str__(self) -> str:
        told = [finding_to_text(each) for each in self.findings]
        told += [reason for _, reason in self.skipped]
        return "\n\n".join([*told, self._summary()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        found = table(self.findings, self._where) if self.findings else ""
        return f"{found}{skipped(self.skipped)}<p>{marked(self._summary())}</p>"

    def _summary(self) -> str:
        cells = f"the {len(self.runs)} cells run so far" if len(self.runs) != 1 else "the one cell"
        if not self.findings:
            return f"No findings in {cells}."
        code = self.findings[0].finding.code
        return f"{counted(self.findings)} in {cells}; `%nbpipe explain {code}` tells more."

    def _where(self, place: Place) -> str:
        told = escape(str(place))
        link = notebook_link(self.runs[place.cell - 1].cell_id)
        return f'<a href="{link}">{told}</a>' if link else told


def at_least(severity: str) -> tuple[str, ...]:
    """Return that severity and the graver ones."""
    return SEVERITIES[[str(each) for each in SEVERITIES].index(severity) :]


def notebook_link(cell_id: str) -> str:
    """Return the address that JupyterLab scrolls to a cell by, or an empty string elsewhere.

    The server names the notebook as it was called when the kernel started; once that is no longer a
    file, because the notebook was renamed, no link is better than a wrong one.
    """
    notebook = Path(os.environ.get("JPY_SESSION_NAME", ""))
    if not cell_id or notebook.suffix != ".ipynb" or not notebook.is_file():
        return ""
    return f"{quote(notebook.name)}#cell-id={quote(cell_id)}"


def _joined(fix: str) -> str:
    return " ⏎ ".join(line.rstrip() for line in fix.splitlines())
