"""Base of the rules NB3xx: a score on the test rows, and the others that spoil it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbpipe.leaks.search.often import Judged
    from nbpipe.leaks.view import View


class Judges(Rule):
    """Base of the rules NB3xx: a score on the test rows, and the others that spoil it."""

    search: ClassVar[Callable[[View], Iterator[Judged]]]

    def find(self, view: View) -> Iterator[Finding]:
        """Report all that the search returns."""
        for each in type(self).search(view):
            yield Finding(
                place=view.place(each.score),
                code=self.code,
                name=self.name,
                severity=each.severity,
                message=self.name,
                fix="",
                prompt="",
                related=tuple(
                    Related(view.place(other), f"{other.how} judges the model")
                    for other in each.others[:8]
                ),
            )
