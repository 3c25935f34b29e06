"""NB101."""

from __future__ import annotations

from nbpipe.leaks.rules.early import LEARNERS, Early


class FittedBeforeSplit(Early):
    """Preprocessing was fitted before the rows were split."""

    code = "NB101"
    name = "fitted-before-split"
    kinds = LEARNERS
