"""NB103."""

from __future__ import annotations

from nbpipe.leaks.rules.early import VALUES, Early


class FittedOnTestRows(Early):
    """Preprocessing was fitted on the test rows."""

    code = "NB103"
    name = "fitted-on-test-rows"
    kinds = VALUES
    how = frozenset({"test"})
