"""Tab completion behind ``%nbpipe``, read off the verbs' own parsers."""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher
from sklearn import model_selection
from sklearn.metrics import get_scorer_names

from nbpipe.bundle.store.aliases import read
from nbpipe.bundle.words import FORMS
from nbpipe.errors import NbpipeError
from nbpipe.leaks.rules.registry import RULES

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable, Mapping

MATCHER = "nbpipe.verbs"
# Also after `report = `, and with the cell magic's second percent sign.
_CALL = re.compile(r"^(?:[^#%]*=)?\s*%%?nbpipe\s+(?P<words>.*)$")
_CHECKED = (".ipynb", ".py")
_CODES = [rule.code for rule in RULES]
_NAMES: dict[str, list[str]] = {
    "scoring": get_scorer_names(),
    "rule": _CODES,
    "select": _CODES,
    "ignore": _CODES,
}
_COLUMNS = {"time", "groups", "sample_weight"}


class VerbMatcher:
    """Completes the words behind `%nbpipe`; its `match` is what IPython calls."""

    def __init__(self, namespace: dict[str, Any], verbs: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.verbs = verbs

    @context_matcher(identifier=MATCHER)
    def match(self, context: Any) -> dict[str, Any]:
        """Complete the word at the cursor: a verb, an option, one of its values, a variable."""
        call = _CALL.match(context.text_until_cursor)
        if not call:
            return {"completions": []}
        *before, word = re.split(r"\s+", call["words"])
        fragment = word.rpartition(",")[2]  # f1,roc_auc completes its last part
        found = [name for name in self._candidates(before, word) if name.startswith(fragment)]
        return {
            "completions": [SimpleCompletion(text=name) for name in found],
            "matched_fragment": fragment,
            "suppress": bool(found),
            "do_not_suppress": set(),
        }

    def _candidates(self, before: list[str], word: str) -> Iterable[str]:
        if not before:
            return self.verbs
        if before[0] not in self.verbs:
            return ()
        parser = self.verbs[before[0]].parser
        options = parser._option_string_actions  # noqa: SLF001 - argparse shows it nowhere else
        if word.startswith("-"):
            return sorted({*options, "--help"} - set(before))
        option = next((options[each] for each in reversed(before) if each in options), None)
        if option is not None and (
            option.nargs == "+" or (before[-1] in options and option.nargs != 0)
        ):
            return self._values(option, before, word)
        given = [w for i, w in enumerate(before[1:]) if not _belongs_to_option(before, i, options)]
        positional = [a for a in parser._actions if not a.option_strings]  # noqa: SLF001
        positional += [each for each in positional if each.nargs == "*"] * len(given)
        return (
            self._values(positional[len(given)], before, word)
            if len(given) < len(positional)
            else ()
        )

    def _values(self, action: Action, before: list[str], word: str) -> Iterable[str]:
        if action.choices:
            return list(action.choices)
        if action.dest in {"path", "to", "paths"}:
            verbs = FORMS if before == ["models"] else ()
            return [*verbs, *_paths(word, _CHECKED if action.dest == "paths" else ())]
        if action.dest in {"version", "policy"} or action.type in {int, float}:
            return ()
        if action.dest in _NAMES:
            return _NAMES[action.dest]
        if action.dest == "cv":
            splitters = [n for n, each in vars(model_selection).items() if hasattr(each, "split")]
            return sorted([*splitters, *self._variables()])
        columns = _columns(self.namespace, before) if action.dest in _COLUMNS else []
        return [*columns, *self._variables()]

    def _variables(self) -> list[str]:
        hidden = {"In", "Out", "exit", "quit", "get_ipython", "open"}
        return sorted(
            name
            for name, value in self.namespace.items()
            if not name.startswith("_") and name not in hidden and not isinstance(value, ModuleType)
        )


def _paths(word: str, suffixes: tuple[str, ...]) -> list[str]:
    if "@" in word and not suffixes:
        return _aliases(word.rpartition("@")[0])
    found = sorted(glob(f"{word}*"))  # noqa: PTH207 - keeps `./` and `..` as they were typed
    return [
        f"{each}/" if Path(each).is_dir() else each
        for each in found
        if Path(each).is_dir() or each.endswith(suffixes)
    ]


def _aliases(model: str) -> list[str]:
    try:
        return [f"{model}@{alias}" for alias in read(Path(model)).current()]
    except (OSError, NbpipeError):
        return []


def _belongs_to_option(before: list[str], i: int, options: dict[str, Action]) -> bool:
    word, previous = before[i + 1], options.get(before[i])
    return word.startswith("-") or (previous is not None and previous.nargs != 0)


def _columns(namespace: dict[str, Any], before: list[str]) -> list[str]:
    """Return the columns of the first variable on the line that has some."""
    for word in before[1:]:
        columns = getattr(namespace.get(word), "columns", None)
        if columns is not None:
            return [str(column) for column in columns]
    return []
