"""Split rows into those that fit a model and those that do not, with every reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.problems import KEPT, refuse
from nbpipe.bundle.validate import examine, judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbpipe.bundle.policy import Policy
    from nbpipe.bundle.problems import Finding
    from nbpipe.bundle.schema import Schema
    from nbpipe.bundle.validate import Checked


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


def sift(rows: Any, schema: Schema, policy: Policy) -> Sifted:
    """Split `rows` into good and bad ones, all problems found in bulk.

    Parameters
    ----------
    rows : DataFrame or list of dict
    schema : Schema
    policy : Mapping
        Complete, as from `parse_policy`.

    Raises
    ------
    SchemaError
        No row can be good: a column is missing from all of them, or one is not known.
    """
    if not len(rows):
        return Sifted(None, np.empty(0, np.int64), {}, ())
    checked, findings = examine(rows, schema)
    errors, warned = judge(findings, schema, policy)
    refuse([each for each in errors if each.rows is None], checked.count)
    if not errors:
        return Sifted(checked, np.arange(checked.count), {}, warned)
    reasons = _reasons(errors)
    good = np.setdiff1d(np.arange(checked.count), list(reasons))
    # read once more by themselves: values that do not fit would not pass into a plan's arrays
    again = sift(_take(rows, good), schema, policy)
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


def _take(rows: Any, positions: np.ndarray[Any, Any]) -> Any:
    return rows.iloc[positions] if hasattr(rows, "iloc") else [rows[i] for i in positions]
