"""``# nbpipe: ignore[NB101] reason``: what such comments say, also where they say it wrongly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbpipe.leaks.magics import TOKEN, normal

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_ROWS = 10  # where a comment may speak for the whole file
_OURS = re.compile(r"#\s*nbpipe:\s*(?P<word>[\w-]+)(?P<rest>[^#]*)")
_CODES = re.compile(r"\s*\[([^\]]*)")
_BARE = re.compile(r"[\s:=(]*(NB\d\w*(?:[\s,]+NB\d\w*)*)", re.IGNORECASE)  # brackets forgotten


@dataclass(frozen=True, slots=True)
class Comment:
    """One such comment.

    Parameters
    ----------
    line : int
        Where it stands, from 1.
    word : str
        What follows ``nbpipe:``; only ``ignore`` and ``ignore-file`` mean anything.
    codes : tuple of str
        What it ignores; () for all.
    at_top : bool
        Whether it may speak for the whole file.
    """

    line: int
    word: str
    codes: tuple[str, ...]
    at_top: bool


def comments(text: str, number: int) -> Iterator[Comment]:
    """Read the comments to nbpipe in the code cell of that number; a script's is 0."""
    if "nbpipe:" not in text:
        return
    text = normal(text)
    for token in TOKEN.finditer(text):
        if token.lastgroup == "comment" and (told := _OURS.search(token[0])):
            line = text.count("\n", 0, token.start()) + 1
            at_top = number <= 1 and line <= _FIRST_ROWS
            yield Comment(line, told["word"], _codes(told["rest"]), at_top)


def _codes(rest: str) -> tuple[str, ...]:
    if bracketed := _CODES.match(rest):
        return tuple(bracketed[1].replace(",", " ").split()) or ("",)
    bare = _BARE.match(rest)
    return tuple(bare[1].replace(",", " ").split()) if bare else ()
