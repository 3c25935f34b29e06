"""Base of the rules NB1xx: a path from a fit to a score that its rows take part in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.early import Path, paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View

LEARNERS = frozenset({"scale", "impute", "reduce", "text", "cluster", "model"})
SELECTORS = frozenset({"select"})
ENCODERS = frozenset({"target", "group", "count"})
BINS = frozenset({"bins", "clip"})
CATEGORIES = frozenset({"encode", "threshold", "filter"})
VALUES = LEARNERS | SELECTORS | ENCODERS | BINS


class Early(Rule):
    """Base of the rules that report a path from a fit to a score."""

    severity: ClassVar[Severity] = "error"
    kinds: ClassVar[frozenset[str]]
    how: ClassVar[frozenset[str]] = frozenset({"before"})

    def find(self, view: View) -> Iterator[Finding]:
        """Report each path of this rule's kinds."""
        for path in paths(view):
            if path.fit.kind in self.kinds and path.how in self.how:
                yield self.finding(view, path)

    def finding(self, view: View, path: Path) -> Finding:
        """Put a path into words."""
        score = Related(view.place(path.score), f"{path.score.how} judges the model on these rows")
        return Finding(
            place=view.place(path.fit),
            code=self.code,
            name=self.name,
            severity=path.severity,
            message=f"{path.fit.label} learned from rows that later judge the model.",
            fix="",
            prompt="",
            related=(score,),
        )
