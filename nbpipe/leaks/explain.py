"""``nbpipe explain``: a rule's own text and examples, which are its documentation, too."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

from nbpipe.errors import UsageError
from nbpipe.leaks.codes import rules_of, unknown_code
from nbpipe.leaks.rules.registry import RULES

if TYPE_CHECKING:
    from nbpipe.leaks.rules.rule import Rule

_TITLE = re.compile(r"^(\S.*)\n-{3,}$", re.MULTILINE)


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """A text in Markdown, which a notebook shows as such."""

    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.text


def explain(rule: str = "") -> Explanation:
    """Tell what a rule finds, why that is bad, and what to do.

    Parameters
    ----------
    rule : str
        A code such as ``NB101``, a rule's name, or a family such as ``NB1xx``; empty: list all.

    Raises
    ------
    UsageError
        If there is no such rule.
    """
    if not rule:
        return Explanation(_table(RULES))
    found = rules_of(rule)
    if not found:
        raise UsageError(unknown_code(rule))
    return Explanation(to_markdown(found[0]) if len(found) == 1 else _table(found))


def summary(rule: type[Rule]) -> str:
    """Return the first line of a rule's text."""
    return cleandoc(rule.__doc__ or "").split("\n")[0]


def to_markdown(rule: type[Rule]) -> str:
    """Write a rule's text, then its examples."""
    text = _TITLE.sub(r"## \1", cleandoc(rule.__doc__ or ""))
    parts = [f"# {rule.code}: {rule.name}", f"Severity: {rule.severity}", text.strip()]
    for title, examples in (("Found", rule.bad), ("Not found", rule.good)):
        if examples:
            parts += [f"## {title}", *map(_fenced, examples)]
    return "\n\n".join(parts)


def _fenced(example: str) -> str:
    return f"```python\n{textwrap.dedent(example).strip()}\n```"


def _table(rules: list[type[Rule]] | tuple[type[Rule], ...]) -> str:
    rows = [f"{rule.code}  {rule.severity:6}  {summary(rule)}" for rule in rules]
    return "\n".join(f"    {row}" for row in rows)
