"""What is done about values that training did not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast, get_args

from nbpipe.errors import UsageError, brief, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

Action = Literal["error", "warn", "ignore"]
Policy = Mapping[str, Action]

#: What is done about values that a pipeline may well be able to use.
POLICY: Policy = {"missing": "error", "unseen": "warn", "range": "warn"}


def parse_policy(
    policy: Mapping[str, str] | str | None, columns: Collection[str] | None = None
) -> Policy:
    """Complete `policy` with the defaults.

    Parameters
    ----------
    policy : Mapping, str or None
        ``{"unseen": "error", "carrier.unseen": "ignore"}``, or as text
        ``unseen=error,carrier.unseen=ignore``. What stands behind the last dot is the kind, what
        stands before it the column, so that no column's name is taken for a kind.
    columns : collection of str, optional
        The names that a column may have.

    Raises
    ------
    UsageError
        A kind, an action or a column is unknown.
    """
    if isinstance(policy, str):
        policy = dict(_pair(part) for part in policy.split(","))
    if not isinstance(policy, (Mapping, type(None))):
        raise UsageError(
            f"policy is a {type(policy).__name__}; pass a dict such as "
            '{"unseen": "error", "carrier.unseen": "ignore"}.'
        )
    return {**POLICY, **dict(_checked(*rule, columns) for rule in (policy or {}).items())}


def action(policy: Policy, column: str, kind: str) -> Action:
    """Return what is done about a kind of problem: the column's own rule, or the general one."""
    return policy.get(f"{column}.{kind}") or policy.get(kind, "error")


def _pair(text: str) -> tuple[str, str]:
    name, _, act = text.rpartition("=")
    if not (name.strip() and act.strip()):
        raise UsageError(
            f"policy {brief(text)} is not of the form unseen=error,carrier.unseen=ignore."
        )
    return name.strip(), act.strip()


def _checked(rule: str, act: str, columns: Collection[str] | None) -> tuple[str, Action]:
    column, dot, kind = str(rule).rpartition(".")
    if kind not in POLICY or not isinstance(rule, str):
        near = did_you_mean(kind, POLICY)
        raise UsageError(
            f"policy has no {brief(rule)}; it has {', '.join(POLICY)}, alone or behind a column's "
            f"name and a dot.{near}"
        )
    if dot and columns is not None and column not in columns:
        near = did_you_mean(column, columns)
        raise UsageError(f"policy {rule!r}: the model reads no column {column!r:.60}.{near}")
    if act not in get_args(Action):
        raise UsageError(f"policy {rule!r} is 'error', 'warn' or 'ignore', not {brief(act)}.")
    return rule, cast("Action", act)
