"""A cell cut into statements' rows, with what only IPython understands made into Python.

Nothing moves: what stands in for a magic is as long as the magic was, so that every position stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "_"  # stands in for what cannot be known: IPython's name of whatever came last
_HURRIED = 50  # rows that a bracket may stay open for, once one was found that never closes

TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>"{3}(?:[^"\\]++|\\.|"(?!""))*+(?:"{3}|\Z)
               | '{3}(?:[^'\\]++|\\.|'(?!''))*+(?:'{3}|\Z)
               | "(?:[^"\\\n]++|\\.)*+"?
               | '(?:[^'\\\n]++|\\.)*+'?)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<joined>\\\n)
    | (?P<end>\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN_STRING = re.compile(r"(\"{3}|'{3})(?:.{0,2}|.*(?!\1).{3})", re.DOTALL)
HEAD = re.compile(
    r"(?:async|class|def|elif|else|except|finally|for|if|try|while|with)\b.*:\Z", re.DOTALL
)
_NOTHING = re.compile(r"[ \t\f]*(?:#[^\n]*)?(?:\n|\Z)")
_INDENT = re.compile(r"[ \t\f]*")
_CONTINUED = r"(?:\\\n|[^\n])*\n?"  # a row, and those that its backslashes join to it
_ASSIGNED = r"[ \t]*+[\w.\[\]'\" ,*]++(?<=[\w\] ])=[ \t]*"
# x = %magic, x = !command, %magic, !command, ?help, help?
_ESCAPED = re.compile(
    rf"(?P<before>{_ASSIGNED}(?=%\w|!)|[ \t]*(?=[%!?]))(?P<escape>{_CONTINUED})"
    r"|(?P<indent>[ \t]*)(?P<help>[^\s#'\"][^#'\"\n]*\?[ \t]*(?:\n|\Z))"
)
# Magics that run the Python which follows them on their own line.
_RUNS = re.compile(
    r"%(?:time|timeit|prun|memit|lprun|mprun|debug)(?:[ \t]+-(?:[nrp][ \t]*\d+|f[ \t]+[\w.]+|\w))*"
    r"[ \t]+(?=[^\s-])"
)
_NBPIPE = re.compile(r"%nbpipe[ \t]+(?P<verb>cv|export)[ \t](?P<words>.*)", re.DOTALL)
_WORD = re.compile(
    r"""(?:[^\s"'\[({]|"[^"]*"|'[^']*'|\[[^\]]{0,500}\]|\([^)]{0,500}\)|\{[^}]{0,500}\})+"""
)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one statement, of the head of a compound one, or of nothing.

    Parameters
    ----------
    first : int
        The first row, from 1.
    text : str
        With its line ends, and without comments.
    is_code : bool
        False for blank rows and comments.
    """

    first: int
    text: str
    is_code: bool = True

    @property
    def indent(self) -> str:
        """The white space before it."""
        return _INDENT.match(self.text)[0]  # type: ignore[index]  # matches everywhere

    @property
    def width(self) -> int:
        """How wide that is, a tab reaching to the next multiple of eight as in Python 2."""
        return len(self.indent.expandtabs())


def normal(text: str) -> str:
    """Return a text that Python can be given: one kind of line end, no NUL, no lone surrogate."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    return text if text.isascii() else text.encode(errors="replace").decode()


def cut(text: str, first: int = 1, *, hurried: bool = False) -> Iterator[Rows]:
    """Cut a text, whose first row has that number, into the rows of its statements."""
    start = 0
    while start < len(text):
        if nothing := _NOTHING.match(text, start):
            end = nothing.end()
            rows = Rows(first, "\n", is_code=False)
        elif escaped := _ESCAPED.match(text, start):
            end = escaped.end()
            rows = Rows(first, _as_python(escaped))
        else:
            end, is_closed = _statement_end(text, start, hurried=hurried)
            hurried = hurried or not is_closed
            rows = Rows(first, _without_comments(text[start:end]))
        yield rows
        first += text.count("\n", start, end)
        start = end


def _statement_end(text: str, start: int, *, hurried: bool) -> tuple[int, bool]:
    """Return where the statement ends, and whether it closed what it had opened."""
    depth = rows = 0
    for token in TOKEN.finditer(text, start):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "end":
            if not depth:
                return token.end(), True
            rows += 1
        if _OPEN_STRING.fullmatch(token[0]) or (hurried and rows > _HURRIED):
            return next_statement(text, start), False
    return (next_statement(text, start), False) if depth else (len(text), True)


def next_statement(text: str, start: int = 0) -> int:
    """Return where the next row stands that is not indented deeper than the one at `start`.

    Below the head of a compound statement that is the next row: what is deeper there is its body.
    """
    width = len(_INDENT.match(text, start)[0].expandtabs())  # type: ignore[index]
    end = text.find("\n", start) + 1
    if HEAD.match(text[start:end].strip()):
        return end
    while 0 < end < len(text):
        indent = _INDENT.match(text, end)[0]  # type: ignore[index]
        after = text[end + len(indent) : end + len(indent) + 1]
        if after not in "\n#)]}" and len(indent.expandtabs()) <= width:
            return end
        end = text.find("\n", end) + 1
    return len(text)


def _without_comments(text: str) -> str:
    if "#" not in text:
        return text
    return TOKEN.sub(lambda token: "" if token.lastgroup == "comment" else token[0], text)


def _as_python(escaped: re.Match[str]) -> str:
    before, escape = escaped["before"], escaped["escape"]
    if before is None:
        before, escape = escaped["indent"], escaped["help"]
    row, *more = escape.replace("\\\n", "\n").rstrip("\n").split("\n")
    ends = "\n" * len(more) + ("\n" if escape.endswith("\n") else "")
    if runs := _RUNS.match(row):
        stands_in = "" if before.strip() else UNKNOWN + ";"
        return before + stands_in.ljust(runs.end()) + row[runs.end() :] + ends
    if own := _NBPIPE.match("\n".join([row, *more])):
        return before + _call(own["verb"], own["words"], own.start("words")) + ends
    return before + UNKNOWN + ends


def _call(verb: str, words: str, width: int) -> str:
    """Write ``%nbpipe cv late X y --n-splits 3`` as a call, each word where it stood."""
    call = f"nbpipe.{verb}(".ljust(width)
    found = list(_WORD.finditer(words.replace("\n", " ").partition(" #")[0]))
    skip = False
    for word in found:
        is_option = word[0].startswith("--")
        if not (is_option or skip):
            quoted = word[0][0] in "\"'"
            shown = " " + word[0][1:-1] + " " if quoted else word[0]
            call = call.ljust(width + word.start()) + shown + ","
        skip = is_option and "=" not in word[0]
    return call + ")"
