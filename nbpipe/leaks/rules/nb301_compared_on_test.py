"""NB301."""

from __future__ import annotations

from nbpipe.leaks.rules.judged import Judges
from nbpipe.leaks.search import often


class ComparedOnTest(Judges):
    """Several models were compared on the test rows."""

    code = "NB301"
    name = "compared-on-test"
    severity = "review"
    search = staticmethod(often.compared)
