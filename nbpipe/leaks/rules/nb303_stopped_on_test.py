"""NB303."""

from __future__ import annotations

from nbpipe.leaks.rules.judged import Judges
from nbpipe.leaks.search import often


class StoppedOnTest(Judges):
    """Training was stopped by the test rows."""

    code = "NB303"
    name = "stopped-on-test"
    severity = "error"
    search = staticmethod(often.stopped)
