"""Split rows into those that fit a model and those that do not, with every reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.problems import KEPT
from nbpipe.bundle.rows.validate import examine_columns, judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbpipe.bundle.rows.given import Given
    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.problems import Finding
    from nbpipe.bundle.rows.schema import Schema
    from nbpipe.bundle.rows.validate import Checked


@dataclass(frozen=True, slots=True)
class Sifted:
    """Rows of which some may be bad.

    Attributes
    ----------
    checked : Checked or None
        The good rows, ready for a plan or an estimator; None where there is none.
    good : ndarray of int
        Their positions among all.
    reasons : Mapping of int to list of str
        By position, everything that is wrong with a bad row.
    warned : sequence of Finding
        What the policy wants to be warned of in good rows, their positions counted among these.
    """

    checked: Checked | None
    good: np.ndarray[Any, Any]
    reasons: Mapping[int, Sequence[str]]
    warned: Sequence[Finding]


def sift(given: Given, schema: Schema, policy: Policy) -> Sifted:
    """Split rows into good and bad ones, all problems found in bulk.

    Parameters
    ----------
    given : Given
        Just the columns of the schema, marked as absent where a row lacks one.
    schema : Schema
    policy : Mapping
        Complete, as from `parse_policy`.
    """
    if not given.count:
        return Sifted(None, np.empty(0, np.int64), {}, ())
    checked, findings = examine_columns(given, schema)
    errors, warned = judge(findings, schema, policy)
    if not errors:
        return Sifted(checked, np.arange(checked.count), {}, warned)
    reasons = _reasons(errors)
    good = np.setdiff1d(np.arange(checked.count), list(reasons))
    # read once more by themselves: values that do not fit would not pass into a plan's arrays
    again = sift(given.take(good), schema, policy)
    return Sifted(again.checked, good, reasons, again.warned)


def _reasons(errors: Sequence[Finding]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for finding in errors:
        rows = finding.rows
        assert rows is not None
        for first in range(0, len(rows), KEPT):
            for problem in replace(finding, rows=rows[first : first + KEPT]).problems():
                assert problem.row is not None
                found[problem.row].append(str(replace(problem, row=None)))
    return dict(sorted(found.items()))
