"""Codes and families of rules, as people write them: ``NB101``, ``NB10``, ``NB1xx``, ``NB1``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.errors import did_you_mean
from nbpipe.leaks.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.leaks.rules.rule import Rule


def covers(wanted: Iterable[str], code: str) -> bool:
    """Tell whether one of the codes or families `wanted` is, or holds, `code`."""
    return any(code.startswith(_prefix(each)) for each in wanted)


def rules_of(wanted: str) -> list[type[Rule]]:
    """Return the rules of a code, a family or a name."""
    if not wanted.strip():
        return []
    named = [rule for rule in RULES if rule.name == wanted.strip().lower()]
    return named or [rule for rule in RULES if covers([wanted], rule.code)]


def unknown_code(wanted: str) -> str:
    """Return what is wrong with a code or family, or an empty string."""
    if wanted.strip() and any(covers([wanted], rule.code) for rule in RULES):
        return ""
    near = did_you_mean(wanted.upper(), [rule.code for rule in RULES])
    return f"There is no rule `{wanted}`.{near} `nbpipe explain` lists all."


def _prefix(wanted: str) -> str:
    return wanted.strip().upper().rstrip("X")
