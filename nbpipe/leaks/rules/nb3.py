"""NB3xx: judged on the test set too often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search import often

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.view import View


class Often(Rule):
    search: Any

    def find(self, view: View) -> Iterator[Finding]:
        for each in type(self).search(view):
            yield Finding(
                view.place(each.score), self.code, self.name, each.severity, self.name, "", "",
                tuple(Related(view.place(s), f"{s.how} judges the model") for s in each.others[:8]),
            )


class A(Often):
    code, name, severity, search = "NB301", "models-compared-on-test", "review", often.compared
class B(Often):
    code, name, severity, search = "NB302", "setting-chosen-on-test", "error", often.chosen
class C(Often):
    code, name, severity, search = "NB303", "stopped-on-test", "error", often.stopped

OFTEN = (A, B, C)
