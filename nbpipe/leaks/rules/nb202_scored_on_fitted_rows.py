"""NB202."""

from __future__ import annotations

from nbpipe.leaks.rules.sided import Sides
from nbpipe.leaks.search import sides


class ScoredOnFittedRows(Sides):
    """A model was judged on rows that it was fitted on."""

    code = "NB202"
    name = "scored-on-fitted-rows"
    severity = "error"
    search = staticmethod(sides.refitted)
