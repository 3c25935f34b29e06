"""NB201."""

from __future__ import annotations

from nbpipe.leaks.rules.sided import Sides
from nbpipe.leaks.search import sides


class CopiedBeforeSplit(Sides):
    """Rows were copied before they were split."""

    code = "NB201"
    name = "copied-before-split"
    severity = "error"
    search = staticmethod(sides.copied)
