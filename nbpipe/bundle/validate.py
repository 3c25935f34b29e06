"""Turn what a caller gives into the frame that the pipeline was trained on, or say what is wrong.

Every problem of every row is collected before anything is raised. Work is by column: rows are
only looked at one by one in a column that has a problem.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from nbpipe.bundle.values import as_array, check_column, rebuild
from nbpipe.errors import SchemaError, UsageError, did_you_mean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.bundle.schema import Schema
    from nbpipe.bundle.values import Array

Action = Literal["error", "warn", "ignore"]
Policy = Mapping[str, Action]

#: What is done about values that a pipeline may well be able to use.
POLICY: Policy = {"missing": "error", "unseen": "warn", "range": "warn"}

# What a message shows; all is in `.problems`.
_SHOWN = 10
_SHOWN_COLUMNS = 30


class InputWarning(UserWarning):
    """Input rows hold values that training did not have.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value, or with one column of every row (`row` is None).

    Attributes
    ----------
    row : int or None
        Position of the row, from 0.
    column : str
    value : object
        What was given; None where the column is missing.
    kind : str
        ``missing column``, ``unexpected column``, ``type``, ``infinity``, ``missing``,
        ``unseen`` or ``range``.
    expected : str
    """

    row: int | None
    column: str
    value: Any
    kind: str
    expected: str

    def __str__(self) -> str:
        where = "" if self.row is None else f"row {self.row}, "
        if self.kind in {"missing column", "unexpected column"}:
            return f"{where}{self.kind} {self.column!r}{self.expected}"
        return f"{where}column {self.column!r}: {_shown(self.value)}, expected {self.expected}"


def parse_policy(policy: Policy | None) -> Policy:
    """Complete `policy` with the defaults, refusing unknown names and actions."""
    for name, action in (policy or {}).items():
        if name not in POLICY:
            raise UsageError(
                f"policy has no {name!r}; it has {', '.join(POLICY)}.{did_you_mean(name, POLICY)}"
            )
        if action not in {"error", "warn", "ignore"}:
            raise UsageError(f"policy {name!r} is 'error', 'warn' or 'ignore', not {action!r}.")
    return {**POLICY, **(policy or {})}


def to_frame(
    rows: Any, schema: Schema, policy: Policy, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return `rows` as a frame with the columns, order and dtypes of training.

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
    problems = list(_column_problems(table, schema))
    given = {}
    for feature in schema.features:
        if feature.name in table.columns:
            given[feature.name], found = check_column(table.columns[feature.name], feature)
            absent = table.absent.get(feature.name, ())
            problems += [
                Problem(each.row, feature.name, each.value, each.kind, each.expected)
                for each in found
                if each.row not in absent
            ]
    _judge(problems, schema, policy)
    frame = pd.DataFrame({f.name: rebuild(given[f.name], f) for f in schema.features})
    frame.index = table.index
    return frame


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns by name, before anything is known of their values.

    `absent` has the rows that lack a column which others have; None stands in these.
    """

    columns: dict[str, Array]
    index: pd.Index[Any]
    absent: Mapping[str, frozenset[int]]


def _table(rows: Any, columns: Sequence[str] | None) -> _Table:
    if isinstance(rows, pd.Series):
        rows = rows.to_dict()
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, Sequence) and rows and all(isinstance(row, Mapping) for row in rows):
        names = dict.fromkeys(name for row in rows for name in row)
        lacking = {
            str(name): frozenset(i for i, row in enumerate(rows) if name not in row)
            for name in names
        }
        given = {str(name): as_array([row.get(name) for row in rows]) for name in names}
        table = _Table(given, pd.RangeIndex(len(rows)), lacking)
    else:
        frame = rows if isinstance(rows, pd.DataFrame) else _from_array(rows, columns)
        if not frame.columns.is_unique:
            twice = ", ".join(sorted({repr(c) for c in frame.columns[frame.columns.duplicated()]}))
            raise SchemaError(f"The input has more than one column named {twice:.200}.")
        table = _Table({str(name): as_array(frame[name]) for name in frame}, frame.index, {})
    if not len(table.index):
        raise SchemaError("The input has no rows.")
    return table


def _from_array(rows: Any, columns: Sequence[str] | None) -> pd.DataFrame:
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
    if isinstance(rows, list) and not rows:
        raise SchemaError("The input has no rows.")
    raise SchemaError(
        f"Rows are a dict, a list of dicts, a DataFrame, or an array with columns=[...]; "
        f"not {type(rows).__name__}."
    )


def _column_problems(table: _Table, schema: Schema) -> Iterable[Problem]:
    """Find missing and unexpected columns: once where all rows agree, else for each row."""
    known = {*schema.names, *schema.ignored}
    missing = [name for name in schema.names if name not in table.columns]
    for name in missing:
        yield Problem(None, name, None, "missing column", "")
    for name in table.columns:
        absent = table.absent.get(name, frozenset())
        if name in schema.names:
            for row in sorted(absent):
                yield Problem(row, name, None, "missing column", "")
        elif name not in known:
            near = did_you_mean(name, missing).strip()
            hint = f" (d{near[1:]})" if near else ""
            every = range(len(table.index))
            having = [None] if not absent else [row for row in every if row not in absent]
            yield from (Problem(row, name, None, "unexpected column", hint) for row in having)


def _judge(problems: list[Problem], schema: Schema, policy: Policy) -> None:
    """Raise for the problems that are errors, warn of those that are worth a warning."""
    fatal = {feature.name for feature in schema.features if feature.unseen == "error"}
    errors: list[Problem] = []
    notes: list[Problem] = []
    for problem in sorted(problems, key=lambda each: -1 if each.row is None else each.row):
        action = policy.get(problem.kind, "error")
        if problem.kind == "unseen" and problem.column in fatal:
            action = "error"  # the encoder itself would raise
        if action != "ignore":
            (errors if action == "error" else notes).append(problem)
    if errors:
        raise SchemaError(
            _message("The input does not fit the model", errors), problems=tuple(errors)
        )
    if notes:
        message = _message("The input differs from training", notes)
        warnings.warn(InputWarning(message, tuple(notes)), stacklevel=5)


def _message(start: str, problems: list[Problem]) -> str:
    told = []
    for kind in ("missing column", "unexpected column"):  # all of them at once, both kinds
        whole = [p for p in problems if p.kind == kind and p.row is None]
        if whole:
            names = ", ".join(f"{p.column!r}{p.expected}" for p in whole[:_SHOWN_COLUMNS])
            more = len(whole) - _SHOWN_COLUMNS
            plural = "s" if len(whole) > 1 else ""
            told.append(f"{kind}{plural} {names}{f' and {more} more' if more > 0 else ''}")
    single = [p for p in problems if p.row is not None]
    told += [str(p) for p in single[:_SHOWN]]
    if len(single) > _SHOWN:
        told.append(f"and {len(single) - _SHOWN:,} more, all in .problems")
    return f"{start}: {'; '.join(told)}."


def _shown(value: Any) -> str:
    value = value.item() if isinstance(value, np.generic) else value
    return f"{value!r:.60}" + (" (text)" if isinstance(value, str) else "")
