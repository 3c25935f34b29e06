"""NB203."""

from __future__ import annotations

from nbpipe.leaks.rules.sided import Sides
from nbpipe.leaks.search import sides


class OnlyTrainingScores(Sides):
    """No model was ever judged on rows that it had not seen."""

    code = "NB203"
    name = "only-training-scores"
    severity = "review"
    search = staticmethod(sides.training_only)
