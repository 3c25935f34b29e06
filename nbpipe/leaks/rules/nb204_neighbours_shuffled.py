"""NB204."""

from __future__ import annotations

from nbpipe.leaks.rules.sided import Sides
from nbpipe.leaks.search import sides


class NeighboursShuffled(Sides):
    """Rows that hold their neighbours' values were split at random."""

    code = "NB204"
    name = "neighbours-shuffled"
    severity = "review"
    search = staticmethod(sides.shuffled)
