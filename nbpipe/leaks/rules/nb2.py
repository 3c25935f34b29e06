"""NB2xx: rows on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search import sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.view import View


class Side(Rule):
    search: Any

    def find(self, view: View) -> Iterator[Finding]:
        for each in type(self).search(view):
            yield Finding(
                view.place(each.cause), self.code, self.name, each.severity, self.name, "", "",
                (Related(view.place(each.score), f"{each.score.how} judges the model"),),
            )


class A(Side):
    code, name, severity, search = "NB201", "copied-before-split", "error", sides.copied
class B(Side):
    code, name, severity, search = "NB202", "scored-on-fitted-rows", "error", sides.refitted
class C(Side):
    code, name, severity, search = "NB203", "only-training-scores", "review", sides.training_only
class D(Side):
    code, name, severity, search = "NB204", "neighbours-shuffled", "review", sides.shuffled
class E(Side):
    code, name, severity, search = "NB205", "groups-on-both-sides", "review", sides.grouped

SIDES = (A, B, C, D, E)
