"""NB205."""

from __future__ import annotations

from nbpipe.leaks.rules.sided import Sides
from nbpipe.leaks.search import sides


class GroupsOnBothSides(Sides):
    """Rows of one person were dealt out to both sides."""

    code = "NB205"
    name = "groups-on-both-sides"
    severity = "review"
    search = staticmethod(sides.grouped)
