"""Tab completion inside ``%%nbpipe build``: estimators, their parameters, columns, selectors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher

from nbpipe.leaks.magics import TOKEN
from nbpipe.pipeline.names import class_names, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILD_MATCHER = "nbpipe.build"
_HEAD = re.compile(r"\s*%%nbpipe\s+build\b[^\n]*\n")
_WORD = re.compile(r"\w*\Z")
_CALLED = re.compile(r"(\w+)\s*\Z")
_KEYWORD = re.compile(r"(\w+)\s*=(?!=)")
_CHAIN = re.compile(r">>\s*\w*\Z")
_STARTS = ("numeric", "categorical", "rest")
_ENDS = ("drop", "passthrough")


class BuildMatcher:
    """Completes the body of a build cell; its `match` is what IPython calls."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace

    @context_matcher(identifier=BUILD_MATCHER)
    def match(self, context: Any) -> dict[str, Any]:
        """Complete what stands before the cursor, beside what IPython itself offers."""
        rows = context.full_text.split("\n")[: context.cursor_line]
        head = _HEAD.match("\n".join([*rows, ""]))
        if not head:
            return {"completions": []}
        place = _place("\n".join([*rows, context.text_until_cursor])[head.end() :])
        found = [each for each in self._offers(place) if each.startswith(place.fragment)]
        return {
            "completions": [SimpleCompletion(text=name) for name in found],
            "matched_fragment": place.fragment,
            "suppress": bool(found) and (place.quote or place.bracket) == "[",
            "do_not_suppress": set(),
        }

    def _offers(self, place: Place) -> Iterator[str]:
        if place.quote:
            if place.bracket != "(":  # a column, or a list of them
                yield from self._columns()
        elif place.bracket == "[":
            yield from (f'"{column}"' for column in self._columns())
        elif place.bracket == "(" and not re.search(r"=\s*\w*\Z", place.inside):
            given = set(_KEYWORD.findall(place.inside))
            yield from (f"{name}=" for name in self._parameters(place.called) if name not in given)
        else:
            yield from class_names()
            yield from _ENDS if _CHAIN.search(place.inside) else _STARTS

    def _parameters(self, called: str) -> list[str]:
        try:
            return list(parameters(called, self.namespace))
        except LookupError:
            return []

    def _columns(self) -> list[str]:
        """Return the columns of all the user's frames, each once."""
        frames = (value for name, value in self.namespace.items() if not name.startswith("_"))
        listed = (getattr(frame, "columns", ()) for frame in frames if hasattr(frame, "dtypes"))
        return list(dict.fromkeys(str(column) for columns in listed for column in columns))


@dataclass(frozen=True, slots=True)
class Place:
    """What is around the cursor.

    Parameters
    ----------
    fragment : str
        What is typed of the word.
    inside : str
        The code from the innermost open bracket, or of the statement, up to the cursor.
    bracket, called, quote : str
        That bracket, what it calls, and the quote that is open; empty where there is none.
    """

    fragment: str
    inside: str
    bracket: str = ""
    called: str = ""
    quote: str = ""


def _place(body: str) -> Place:
    """Read off a build cell, cut at the cursor, where that is."""
    opened: list[int] = []
    start, quoted = 0, ""
    for token in TOKEN.finditer(body):
        kind, text = token.lastgroup, token[0]
        if kind == "open":
            opened.append(token.start())
        elif kind == "close" and opened:
            opened.pop()
        elif kind == "end" and not opened:
            start = token.end()
        is_open = len(text) == 1 or text[-1] != text[0]
        quoted = text if kind == "string" and token.end() == len(body) and is_open else ""
    at = opened[-1] if opened else -1
    inside = body[at + 1 :] if opened else body[start:]
    called = _CALLED.search(body[:at]) if opened else None
    return Place(
        fragment=quoted[1:] if quoted else _WORD.search(body)[0],  # type: ignore[index]  # matches everywhere
        inside=inside,
        bracket=body[at] if opened else "",
        called=called[1] if called else "",
        quote=quoted[:1],
    )
