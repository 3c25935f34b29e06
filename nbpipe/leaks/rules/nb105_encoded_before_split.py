"""NB105."""

from __future__ import annotations

from nbpipe.leaks.rules.early import ENCODERS, Early


class EncodedBeforeSplit(Early):
    """Groups were summarised before the rows were split."""

    code = "NB105"
    name = "encoded-before-split"
    kinds = ENCODERS
