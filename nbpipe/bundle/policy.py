"""What is done about values that training did not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nbpipe.errors import UsageError, brief, did_you_mean

Action = Literal["error", "warn", "ignore"]
Policy = Mapping[str, Action]

#: What is done about values that a pipeline may well be able to use.
POLICY: Policy = {"missing": "error", "unseen": "warn", "range": "warn"}


def parse_policy(policy: Policy | None) -> Policy:
    """Complete `policy` with the defaults, refusing unknown names and actions."""
    if not isinstance(policy, (Mapping, type(None))):
        raise UsageError(f"policy is a {type(policy).__name__}; pass a dict of {list(POLICY)}.")
    for name, action in (policy or {}).items():
        if name not in POLICY:
            near = did_you_mean(str(name), POLICY)
            raise UsageError(f"policy has no {brief(name)}; it has {', '.join(POLICY)}.{near}")
        if action not in ("error", "warn", "ignore"):
            raise UsageError(
                f"policy {name!r} is 'error', 'warn' or 'ignore', not {brief(action)}."
            )
    return {**POLICY, **(policy or {})}
