"""Base of the rules NB2xx: rows that came to both sides, and the score that they spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbpipe.leaks.search.sides import Sided
    from nbpipe.leaks.view import View


class Sides(Rule):
    """Base of the rules NB2xx: rows that came to both sides, and the score that they spoil."""

    search: ClassVar[Callable[[View], Iterator[Sided]]]

    def find(self, view: View) -> Iterator[Finding]:
        """Report all that the search returns."""
        for each in type(self).search(view):
            yield Finding(
                place=view.place(each.cause),
                code=self.code,
                name=self.name,
                severity=each.severity,
                message=self.name,
                fix="",
                prompt="",
                related=(Related(view.place(each.score), f"{each.score.how} judges the model"),),
            )
