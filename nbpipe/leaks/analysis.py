"""From a document to findings, walking again only what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.interpret.alone import walk_alone
from nbpipe.leaks.interpret.language import PYTHON
from nbpipe.leaks.interpret.machine import Machine, Snapshot
from nbpipe.leaks.order import in_order
from nbpipe.leaks.rules.registry import RULES
from nbpipe.leaks.view import View

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.source import Cell, Document


class Analysis:
    """Checks one document again and again, from the first cell that changed."""

    def __init__(self) -> None:
        self._machine = Machine(PYTHON)
        self._walked: list[Cell] = []
        self._states: list[Snapshot] = [self._machine.snapshot()]

    def check(self, document: Document, past: frozenset[int] | None = None) -> tuple[Finding, ...]:
        """Return what all rules find, in the order of the source.

        `past`, in a session, are the numbers of cells that were run again since.
        """
        cells = in_order(document.cells)
        same = 0
        while same < min(len(cells), len(self._walked)) and cells[same] is self._walked[same]:
            same += 1
        del self._walked[same:], self._states[same + 1 :]
        machine = self._machine
        machine.restore(self._states[same])
        for cell in cells[same:]:
            machine.cell = cell.number
            machine.steps = 0
            machine.walk(cell.tree.body)
            self._walked.append(cell)
            self._states.append(machine.snapshot())
        walk_alone(machine)
        view = View(document, tuple(machine.facts), past)
        found = {finding: None for rule in RULES for finding in rule().find(view)}
        return tuple(sorted(found, key=lambda each: (each.place, each.code)))


def analyse(document: Document) -> tuple[Finding, ...]:
    """Return what all rules find in a document, in the order of the source."""
    return Analysis().check(document)
