"""A session's findings: those that stand, those that a cell adds, those not told before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from nbpipe.jupyter.findings import SessionFindings
from nbpipe.jupyter.runs import Runs
from nbpipe.leaks.analysis import Analysis
from nbpipe.leaks.check import check_document
from nbpipe.leaks.output.source_lines import source_line
from nbpipe.leaks.source import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.jupyter.runs import Run
    from nbpipe.leaks.checked import Located

Key = tuple[str, str, str, int]


class Session:
    """Everything run in an IPython shell, checked again as more is run.

    What may be chosen is what `check_document` takes: `select` and `ignore`.
    """

    def __init__(self, shell: Any) -> None:
        self.runs = Runs(shell)
        self._analysis = Analysis()
        self._told: set[tuple[str, Key]] = set()

    def check(self, **chosen: Any) -> SessionFindings:
        """Check all that was run."""
        runs = self.runs.all()
        found = self._standing(runs, runs, chosen)
        self._told |= _tellings(found)
        return found

    def added(self, **chosen: Any) -> SessionFindings:
        """Check what the cell that is about to run adds; earlier runs of it do not count."""
        runs = self.runs.all()
        known = _tellings(self._standing(runs[:-1], runs, chosen))
        found = self._standing(runs, runs, chosen).only(lambda each: _telling(each) not in known)
        self._told |= _tellings(found)
        return found

    def news(self, **chosen: Any) -> SessionFindings:
        """Check for what was not told before, or has come back since."""
        runs = self.runs.all()
        found = self._standing(runs, runs, chosen)
        before, self._told = self._told, _tellings(found)
        return found.only(lambda each: _telling(each) not in before)

    def _standing(
        self, checked: Sequence[Run], runs: tuple[Run, ...], chosen: dict[str, Any]
    ) -> SessionFindings:
        """Check the first of all runs, without findings that later runs have done away with.

        A score stands until its cell is run again: who mends a fit and scores anew is not told of
        the old score. What was tried on the test rows in earlier runs still counts as tried.
        """
        last = {run.key: run.number for run in runs if not run.failed}
        past = frozenset(run.number for run in runs if last.get(run.key, 0) > run.number)
        document, find = Document("", tuple(checked)), partial(self._analysis.check, past=past)
        result = check_document(document, find, **chosen)
        standing: dict[Key, Located] = {}
        for each in result.findings:
            places = (each.finding.place, *(other.place for other in each.finding.related))
            if max(place.cell for place in places) not in past:
                standing[_key(each)] = each  # of a fit that was run twice, the later
        return SessionFindings(tuple(standing.values()), runs, result.skipped)


def _key(located: Located) -> Key:
    """Return what a finding keeps when its cell is run again, with changes elsewhere in it."""
    finding, run = located.finding, located.document.cell(located.finding.place.cell)
    line = source_line(located.document, finding.place)
    return finding.code, getattr(run, "cell_id", ""), line.strip(), finding.place.column


def _telling(located: Located) -> tuple[str, Key]:
    return located.finding.severity, _key(located)  # it is news when it becomes graver


def _tellings(found: SessionFindings) -> set[tuple[str, Key]]:
    return {_telling(each) for each in found.findings}
