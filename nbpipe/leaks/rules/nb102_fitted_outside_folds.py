"""NB102."""

from __future__ import annotations

from nbpipe.leaks.rules.early import VALUES, Early


class FittedOutsideFolds(Early):
    """Preprocessing was fitted outside cross-validation."""

    code = "NB102"
    name = "fitted-outside-folds"
    kinds = VALUES
    how = frozenset({"folds"})
