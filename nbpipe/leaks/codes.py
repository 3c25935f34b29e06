"""Codes, families and names of rules, as people write them: ``NB101``, ``NB1xx``, ``NB1``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbpipe.errors import UsageError, brief, did_you_mean
from nbpipe.leaks.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.leaks.rules.rule import Rule

_CODE = re.compile(r"(?=.{3,5}\Z)(NB\d+)X*")


def selectors(given: str | Iterable[str]) -> tuple[str, ...]:
    """Read what a caller selects or ignores: ``"NB1,NB201"``, or several such texts.

    Raises
    ------
    UsageError
        If it is anything else.
    """
    texts = [given] if isinstance(given, str) else given
    if not (isinstance(texts, list | tuple | set) and all(isinstance(x, str) for x in texts)):
        raise UsageError(f"Rules are chosen by a code or a list of codes, not by {brief(given)}.")
    return tuple(code for text in texts for code in text.replace(",", " ").split() or [""])


def covers(wanted: Iterable[str], code: str) -> bool:
    """Tell whether one of the codes, families or names `wanted` is, or holds, `code`."""
    return any(
        code.startswith(family[1])
        if (family := _CODE.fullmatch(each.strip().upper()))
        else any(rule.code == code and rule.name == each.strip().lower() for rule in RULES)
        for each in wanted
    )


def rules_of(wanted: str) -> list[type[Rule]]:
    """Return the rules of a code, a family or a name."""
    return [rule for rule in RULES if covers([wanted], rule.code)]


def unknown_code(wanted: str) -> str:
    """Return what is wrong with a code, a family or a name, or an empty string."""
    if rules_of(wanted):
        return ""
    if not wanted.strip():
        return "A rule is missing: give a code, such as NB101, a family, such as NB1, or a name."
    near = did_you_mean(wanted.strip().upper(), [rule.code for rule in RULES])
    near = near or did_you_mean(wanted.strip().lower(), [rule.name for rule in RULES])
    return f"There is no rule `{wanted}`.{near} `nbpipe explain` lists all."
