"""NB302."""

from __future__ import annotations

from nbpipe.leaks.rules.judged import Judges
from nbpipe.leaks.search import often


class ChosenOnTest(Judges):
    """A setting was chosen by the score on the test rows."""

    code = "NB302"
    name = "chosen-on-test"
    severity = "error"
    search = staticmethod(often.chosen)
