"""The parameters of an estimator: what each may be, which control fits it, and its help."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from typing import Any, Literal

from sklearn.utils._param_validation import Hidden, Interval, Options

from nbpipe.pipeline.names import signature_of

Control = Literal["flag", "choice", "whole", "real", "text"]

_SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}$|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: *: *(.*))?$", re.MULTILINE)
_ROLE = re.compile(r":[\w:]+:`~?(?:([^`<]*?)\s*<[^`>]*>|([^`]*))`")
MOST = 2**53  # whole numbers beyond it are not exact in a browser
# scikit-learn's words for constraints that stand for several.
_WORDS: dict[str, dict[str, Any]] = {
    "random_state": {"control": "whole", "low": 0, "high": 2**32 - 1, "optional": True},
    "verbose": {"control": "whole", "low": 0},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes
    ----------
    name : str
    default : object
        ``inspect.Parameter.empty`` where it has to be given.
    control : str
        "flag" (yes or no), "choice" (one of `choices`), "whole" or "real" (a number between `low`
        and `high`), or "text" for any expression.
    choices : tuple
        The values to choose from, in a fixed order; for "text" those worth suggesting.
    low, high : float or None
        The ends of the numbers allowed; whether 0.0 itself is among those above 0.0, only
        scikit-learn's own check tells.
    optional : bool
        Whether None is allowed beside the numbers.
    type : str
        The documentation's words: "int or None, default=31".
    help : str
        Its text, without markup.
    """

    name: str
    default: Any
    control: Control = "text"
    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    optional: bool = False
    type: str = ""
    help: str = ""

    def shows(self, value: Any) -> bool:
        """Tell whether the control, rather than an expression, can show a value."""
        if value is None and self.optional:
            return True
        if self.control == "choice":
            return any(value is each or value == each for each in self.choices)
        if self.control == "flag":
            return isinstance(value, bool)
        kind = {"whole": int, "real": int | float}.get(self.control)
        if kind is None or isinstance(value, bool) or not isinstance(value, kind):
            return False
        return self.bounds[0] <= value <= self.bounds[1]

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of what a control for numbers takes."""
        low = -MOST if self.low is None else max(self.low, -MOST)
        return low, MOST if self.high is None else min(self.high, MOST)


def parameters_of(cls: Any) -> tuple[Parameter, ...]:
    """Describe what `cls` can be called with, in the order of its signature."""
    constraints = getattr(cls, "_parameter_constraints", {})
    documented = _documented(inspect.getdoc(cls) or "")
    found = []
    for name, default in signature_of(cls).items():
        type_, text = documented.get(name, ("", ""))
        facts = _control(constraints.get(name), default)
        found.append(Parameter(name, default, type=type_, help=text, **facts))
    return tuple(found)


def _control(constraints: Any, default: Any) -> dict[str, Any]:
    """Choose the control from scikit-learn's own constraints, or else from the default."""
    if not isinstance(constraints, list):  # "no_validation", or an estimator without any
        return {"control": "flag"} if isinstance(default, bool) else {}
    known = [each for each in constraints if not isinstance(each, Hidden)]
    numbers = [each for each in known if isinstance(each, Interval)]
    for word, facts in _WORDS.items():
        if word in known:
            return facts
    choices = [each for option in known if isinstance(option, Options) for each in _options(option)]
    if "boolean" in known:
        choices += [True, False]
    if not choices and (len(numbers) == 1 or Integral in known):
        facts = _number(numbers[0]) if numbers else {"control": "whole"}
        return facts | {"optional": None in known}
    if choices == [True, False] and None not in known:
        return {"control": "flag"}
    choices += [None] if None in known else []
    few = len(choices) > 1 and not numbers  # two or more, and nothing but them to be expected
    return {"control": "choice" if few else "text", "choices": tuple(choices)}


def _options(option: Any) -> list[Any]:
    shown = set(option.options) - set(getattr(option, "deprecated", ()))
    return sorted(shown, key=str)


def _number(interval: Any) -> dict[str, Any]:
    whole = interval.type is Integral
    low, high = interval.left, interval.right
    if whole:  # open ends of whole numbers are the next ones
        low = low + (interval.closed in {"right", "neither"}) if low is not None else None
        high = high - (interval.closed in {"left", "neither"}) if high is not None else None
    return {"control": "whole" if whole else "real", "low": low, "high": high}


@cache
def _documented(doc: str) -> dict[str, tuple[str, str]]:
    """Read the parameters' section of a docstring in numpydoc's form."""
    section = _SECTION.search(doc)
    if section is None:
        return {}
    entries = list(_ENTRY.finditer(section[1]))
    found = {}
    for entry, end in zip(entries, [*(e.start() for e in entries[1:]), None], strict=True):
        text = inspect.cleandoc(section[1][entry.end() : end])
        for name in entry[1].split(", "):
            found[name.lstrip("*")] = (" ".join(_plain(entry[2] or "").split()), _plain(text))
    return found


def _plain(text: str) -> str:
    """Take reStructuredText's roles and double backquotes off a text."""
    return _ROLE.sub(lambda m: (m[1] or m[2]).rpartition(".")[2], text).replace("``", "`").strip()
