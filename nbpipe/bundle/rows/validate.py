"""Turn what a caller gives into what the pipeline was trained on, or say what is wrong.

Every problem of every row is collected before anything is raised. Work is by column, and with
numpy alone: pandas takes part only where a frame of it is given or asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.clean import Table
from nbpipe.bundle.rows.given import take_apart
from nbpipe.bundle.rows.policy import action
from nbpipe.bundle.rows.problems import Finding, refuse, warn
from nbpipe.bundle.rows.values import check_column
from nbpipe.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from nbpipe.bundle.rows.given import Given
    from nbpipe.bundle.rows.policy import Action, Policy
    from nbpipe.bundle.rows.schema import Schema
    from nbpipe.bundle.rows.values import Column

_HINTS = 30  # unexpected columns for which a near name is looked up
_LONG = 100  # characters of a name for which none is


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that fit: the column of each feature, in the order of training.

    `index` is that of a frame of pandas, else None.
    """

    columns: Sequence[Column]
    count: int
    index: Any = None

    def frame(self) -> pd.DataFrame:
        """Return a frame with the columns, order and dtypes of training."""
        from nbpipe.bundle.rows.frames import put_together  # noqa: PLC0415 - it takes pandas

        return put_together(self.columns, self.index)

    def table(self) -> Table:
        """Return the columns as a plan reads them."""
        return Table([column.plain() for column in self.columns], self.count)


def check(
    rows: Any, schema: Schema, policy: Policy, columns: Sequence[str] | None = None
) -> Checked:
    """Return `rows` by column, once everything about them has been checked.

    Parameters
    ----------
    rows : dict, list of dict, DataFrame, Series or array of shape (n, n_columns)
    schema : Schema
    policy : Mapping
        Complete, as from `parse_policy`.
    columns : sequence of str, optional
        Names of an array's columns.

    Raises
    ------
    SchemaError
        With all problems of all rows.
    """
    checked, findings = examine(rows, schema, columns)
    errors, warned = judge(findings, schema, policy)
    refuse(errors, checked.count)
    warn(warned, checked.count, stacklevel=4)
    return checked


def examine(
    rows: Any, schema: Schema, columns: Sequence[str] | None = None
) -> tuple[Checked, list[Finding]]:
    """Return `rows` by column and all that was found in them, before any policy is asked.

    A column that no row has is missing from the first, too.
    """
    return examine_columns(take_apart(rows, columns), schema)


def examine_columns(given: Given, schema: Schema) -> tuple[Checked, list[Finding]]:
    """Return the same of rows that are columns already."""
    findings = list(_column_findings(given, schema))
    checked = []
    for feature in schema.features:
        if feature.name in given.columns:
            absent = given.absent.get(feature.name)
            column, found = check_column(given.columns[feature.name], feature, absent)
            checked.append(column)
            findings += found
    return Checked(checked, given.count, given.index), findings


def to_frame(
    rows: Any, schema: Schema, policy: Policy, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return `rows` as a frame with the columns, order and dtypes of training; see `check`."""
    return check(rows, schema, policy, columns).frame()


def _column_findings(given: Given, schema: Schema) -> Iterable[Finding]:
    """Find missing and unexpected columns: once where all rows agree, else for each row."""
    missing = [name for name in schema.names if name not in given.columns]
    for name in missing:
        yield Finding(name, "missing column", "")
    for name in schema.names:
        if name in given.absent:
            yield Finding(name, "missing column", "", np.flatnonzero(given.absent[name]))
    expected = {*schema.names, *schema.ignored}
    for i, name in enumerate(name for name in given.columns if name not in expected):
        near = did_you_mean(name, missing).strip() if i < _HINTS and len(name) < _LONG else ""
        hint = f" (d{near[1:]})" if near else ""
        rows = np.flatnonzero(~given.absent[name]) if name in given.absent else None
        yield Finding(name, "unexpected column", hint, rows)


def judge(
    findings: Sequence[Finding], schema: Schema, policy: Policy
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that are errors, and those that are worth a warning."""
    strict = {feature.name for feature in schema.features if feature.unseen == "error"}

    def act(finding: Finding) -> Action:
        if finding.kind == "unseen" and finding.column in strict:
            return "error"  # the encoder itself would raise
        return action(policy, finding.column, finding.kind)

    errors = [finding for finding in findings if act(finding) == "error"]
    return errors, [finding for finding in findings if act(finding) == "warn"]
