"""NB106."""

from __future__ import annotations

from nbpipe.leaks.rules.early import BINS, Early


class BinnedBeforeSplit(Early):
    """Bins or limits were taken from all rows before the split."""

    code = "NB106"
    name = "binned-before-split"
    kinds = BINS
