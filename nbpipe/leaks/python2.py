"""Python 2 statements as Python 3, each character where it stood as far as that can be."""

from __future__ import annotations

import re

from nbpipe.leaks.magics import TOKEN

# All are tried on a text whose strings are hidden. Those that keep its length come first.
_CHANGES = (
    (re.compile(r"`([^`]*)`"), r"(\1)"),
    (re.compile(r"<>"), "!="),
    (re.compile(r"\b(\d+|0[xX][\da-fA-F]+)[lL]\b"), r"\1 "),
    (re.compile(r"\b[uU][rR](?=['\"])"), " r"),
    (re.compile(r"\blambda(\s*)\(([\w\s,]*)\)(\s*):"), r"lambda\1 \2 \3:"),
    (re.compile(r"((?:^|[;:]\s*)raise\s[^,;]*),[^;]*"), r"\1"),
    (re.compile(r"((?:^|[;:]\s*)(?:print|exec))\s?(?=[^\s=.,:;)(])([^;]*)"), r"\1(\2)"),
    (re.compile(r"^(except\b.*?),\s*(\w+)(\s*:)", re.DOTALL), r"\1 as \2\3"),
    (re.compile(r"(?<![\w.])0(?=[0-7]+\b(?!\.))"), "0o"),
)


def as_python3(text: str) -> str:
    """Convert one statement, or the head of a compound one."""
    strings: list[str] = []

    def hide(token: re.Match[str]) -> str:
        if token.lastgroup != "string":
            return token[0]
        strings.append(token[0])
        return "'".ljust(len(token[0]), "\1")

    hidden = TOKEN.sub(hide, text)
    for pattern, by in _CHANGES:
        hidden = pattern.sub(by, hidden)
    shown = iter(strings)
    return re.sub("'\1*", lambda _: next(shown, ""), hidden)
