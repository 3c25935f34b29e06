"""NB109."""

from __future__ import annotations

from nbpipe.leaks.rules.early import CATEGORIES, Early


class CategoriesBeforeSplit(Early):
    """Categories were listed before the rows were split."""

    code = "NB109"
    name = "categories-before-split"
    severity = "note"
    kinds = CATEGORIES
    how = frozenset({"before", "folds", "test"})
