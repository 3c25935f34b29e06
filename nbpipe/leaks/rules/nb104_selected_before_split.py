"""NB104."""

from __future__ import annotations

from nbpipe.leaks.rules.early import SELECTORS, Early


class SelectedBeforeSplit(Early):
    """Features were selected before the rows were split."""

    code = "NB104"
    name = "selected-before-split"
    kinds = SELECTORS
