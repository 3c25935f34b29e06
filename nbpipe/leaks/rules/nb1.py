"""NB1xx: fitted too early."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.search.early import Path, paths
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View


class Early(Rule):
    """Base of the rules that report a path from a fit to a score."""

    kinds: ClassVar[frozenset[str]] = frozenset()
    how: ClassVar[frozenset[str]] = frozenset({"before"})
    severity: ClassVar[Severity] = "error"

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


_LEARNERS = frozenset({"scale", "impute", "reduce", "text", "cluster", "model"})


class FittedBeforeSplit(Early):
    code = "NB101"
    name = "fitted-before-split"
    kinds = _LEARNERS


class FittedOutsideFolds(Early):
    code = "NB102"
    name = "fitted-outside-cross-validation"
    kinds = _LEARNERS | {"select", "target", "group", "count", "bins", "clip"}
    how = frozenset({"folds"})


class FittedOnTest(Early):
    code = "NB103"
    name = "fitted-on-test-rows"
    kinds = _LEARNERS | {"select", "target", "group", "count", "bins", "clip"}
    how = frozenset({"test"})


class SelectedBeforeSplit(Early):
    code = "NB104"
    name = "features-selected-before-split"
    kinds = frozenset({"select"})


class EncodedByTarget(Early):
    code = "NB105"
    name = "target-encoded-before-split"
    kinds = frozenset({"target", "group", "count"})


class BinnedBeforeSplit(Early):
    code = "NB106"
    name = "binned-before-split"
    kinds = frozenset({"bins", "clip"})


class CategoriesBeforeSplit(Early):
    code = "NB109"
    name = "categories-before-split"
    severity = "note"
    kinds = frozenset({"encode", "threshold", "filter"})
    how = frozenset({"before", "folds", "test"})


EARLY = (
    FittedBeforeSplit,
    FittedOutsideFolds,
    FittedOnTest,
    SelectedBeforeSplit,
    EncodedByTarget,
    BinnedBeforeSplit,
    CategoriesBeforeSplit,
)
