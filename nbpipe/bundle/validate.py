"""Turn what a caller gives into the frame that the pipeline was trained on, or say what is wrong.

Every problem of every row is collected before anything is raised. Work is by column: rows are
only looked at one by one in a column that has a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.bundle.plan.rows import Table
from nbpipe.bundle.problems import Finding, refuse, warn
from nbpipe.bundle.values import as_array, as_plain, check_column, rebuild
from nbpipe.errors import SchemaError, UsageError, did_you_mean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.bundle.policy import Action, Policy
    from nbpipe.bundle.schema import Schema
    from nbpipe.bundle.values import Array

_HINTS = 30  # unexpected columns for which a near name is looked up
_LONG = 100  # characters of a name for which none is


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that fit: for each feature its values, as an array that may be of objects."""

    schema: Schema
    values: Mapping[str, Array]
    index: pd.Index[Any]

    def frame(self) -> pd.DataFrame:
        """Return a frame with the columns, order and dtypes of training."""
        columns = {f.name: rebuild(self.values[f.name], f) for f in self.schema.features}
        frame = pd.DataFrame(columns)
        frame.index = self.index
        return frame

    def table(self) -> Table:
        """Return the columns as a plan reads them."""
        columns = [as_plain(self.values[f.name], f) for f in self.schema.features]
        return Table(columns, len(self.index))


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
    table = _table(rows, columns)
    findings = list(_column_findings(table, schema))
    given = {}
    for feature in schema.features:
        if feature.name in table.columns:
            absent = table.absent.get(feature.name)
            given[feature.name], found = check_column(table.columns[feature.name], feature, absent)
            findings += found
    _judge(findings, schema, policy, len(table.index))
    return Checked(schema, given, table.index)


def to_frame(
    rows: Any, schema: Schema, policy: Policy, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return `rows` as a frame with the columns, order and dtypes of training; see `check`."""
    return check(rows, schema, policy, columns).frame()


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns by name, before anything is known of their values.

    `absent` marks the rows that lack a column which others have; None stands in these.
    """

    columns: dict[str, Array]
    index: pd.Index[Any]
    absent: Mapping[str, Array]


def _table(rows: Any, columns: Sequence[str] | None) -> _Table:
    if isinstance(rows, pd.Series):
        _refuse_twice(rows.index)
        rows = rows.to_dict()
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, Sequence) and rows and all(isinstance(row, Mapping) for row in rows):
        names = dict.fromkeys(name for row in rows for name in row)
        _refuse_twice(names)
        given = {str(name): as_array([row.get(name) for row in rows]) for name in names}
        lacking = {str(name): np.array([name not in row for row in rows]) for name in names}
        absent = {name: where for name, where in lacking.items() if where.any()}
        table = _Table(given, pd.RangeIndex(len(rows)), absent)
    else:
        frame = rows if isinstance(rows, pd.DataFrame) else _from_array(rows, columns)
        _refuse_twice(frame.columns)
        table = _Table({str(name): as_array(frame[name]) for name in frame}, frame.index, {})
    if not len(table.index):
        raise SchemaError("The input has no rows.")
    return table


def _refuse_twice(names: Iterable[Any]) -> None:
    """Raise if two columns have one name as text, so that one would hide the other."""
    twice = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if twice:
        raise SchemaError(
            f"The input has more than one column named {', '.join(map(repr, twice)):.200}."
        )


def _from_array(rows: Any, columns: Sequence[str] | None) -> pd.DataFrame:
    if not isinstance(columns, (list, tuple, pd.Index, np.ndarray, type(None))):
        raise UsageError(
            f"columns is a {type(columns).__name__}; pass a list of names, in the array's order."
        )
    names = columns if columns is not None else getattr(getattr(rows, "dtype", None), "names", None)
    if isinstance(rows, (np.ndarray, list, tuple)) and names is not None:
        try:
            return pd.DataFrame(rows, columns=list(names))
        except (ValueError, TypeError) as error:
            raise SchemaError(
                f"The array does not fit its {len(names)} columns: {one_line(error)}."
            ) from error
    if isinstance(rows, np.ndarray):
        raise SchemaError(
            "An array has no column names, and in another order its columns would be predicted "
            "from in silence. Pass columns=[...] beside it, or a DataFrame."
        )
    if isinstance(rows, (list, tuple)) and not rows:
        raise SchemaError("The input has no rows.")
    raise SchemaError(
        f"Rows are a dict, a list of dicts, a DataFrame, or an array with columns=[...]; "
        f"not {_kind(rows)}."
    )


def _kind(rows: Any) -> str:
    name = type(rows).__name__
    return f"{name} of {type(rows[0]).__name__}" if isinstance(rows, (list, tuple)) else name


def _column_findings(table: _Table, schema: Schema) -> Iterable[Finding]:
    """Find missing and unexpected columns: once where all rows agree, else for each row."""
    required = set(schema.names)
    missing = [name for name in schema.names if name not in table.columns]
    for name in missing:
        yield Finding(name, "missing column", "")
    for name in schema.names:
        if name in table.absent:
            yield Finding(name, "missing column", "", np.flatnonzero(table.absent[name]))
    known = {*required, *schema.ignored}
    for i, name in enumerate(name for name in table.columns if name not in known):
        near = did_you_mean(name, missing).strip() if i < _HINTS and len(name) < _LONG else ""
        hint = f" (d{near[1:]})" if near else ""
        rows = np.flatnonzero(~table.absent[name]) if name in table.absent else None
        yield Finding(name, "unexpected column", hint, rows)


def _judge(findings: list[Finding], schema: Schema, policy: Policy, total: int) -> None:
    """Raise for what is an error, warn of what is worth a warning."""
    fatal = {feature.name for feature in schema.features if feature.unseen == "error"}

    def action(finding: Finding) -> Action:
        if finding.kind == "unseen" and finding.column in fatal:
            return "error"  # the encoder itself would raise
        return policy.get(finding.kind, "error")

    refuse([each for each in findings if action(each) == "error"], total)
    warn([each for each in findings if action(each) == "warn"], total, stacklevel=5)
