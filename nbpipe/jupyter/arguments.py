"""From the words behind a verb to Python values."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError as IPythonUsageError

from nbpipe.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

Namespace = dict[str, Any]

_QUOTES = {'"', "'"}
_CLOSING = {"(": ")", "[": "]", "{": "}"} | {quote: quote for quote in _QUOTES}


def parse(parser: Any, line: str) -> Any:
    """Parse the words behind a verb; a mistake becomes one line that names the way out."""
    try:
        return parser.parse_args(split_words(line))
    except IPythonUsageError as error:
        message = str(error).rstrip(".")
        raise UsageError(f"{message}. `%{parser.prog} --help` shows what it takes.") from None


def split_words(line: str) -> list[str]:
    """Split at white space, though not within quotes or brackets: ``KFold(5, shuffle=True)``."""
    words, word, closing = [], "", ""
    for character in line:
        if character == "#" and not word and not closing:
            break  # a comment
        quoted = closing[-1:] in _QUOTES and closing
        if character.isspace() and not closing:
            words.append(word)
            word = ""
            continue
        word += character
        if closing and character == closing[-1]:
            closing = closing[:-1]
        elif not quoted and character in _CLOSING:
            closing += _CLOSING[character]
    if closing:
        raise UsageError(f"`{word}` lacks its closing {closing[-1]}")
    return [each for each in [*words, word] if each]


def unquote(text: str) -> str:
    """Take off the quotes that held a word with spaces together."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def evaluate(text: str, namespace: Namespace, known: Namespace | None = None) -> Any:
    """Evaluate an expression among the user's variables, then among `known` names."""
    text = unquote(text)
    try:
        code = compile(text.strip(), "<nbpipe>", "eval")
    except SyntaxError:
        raise UsageError(f"`{text}` is not a Python expression.") from None
    scope = {**(known or {}), **namespace}
    try:
        return eval(code, scope)  # noqa: S307 - the user's own words, in the user's own kernel
    except NameError as error:
        near = did_you_mean(str(error.name), [n for n in scope if not n.startswith("_")])
        raise UsageError(f"There is no variable `{error.name}`.{near}") from None
    except Exception as error:
        raise UsageError(f"`{text}` raised {type(error).__name__}: {error}") from error


def named_or_value(text: str | None, what: str, known: Iterable[Any], namespace: Namespace) -> Any:
    """Take `text` as the name of something known, a column or a class, else as an expression."""
    if text is None:
        return None
    name, names = unquote(text), {str(each): each for each in known}
    if name in names:
        return names[name]
    if name.isidentifier() and name not in namespace:
        near = did_you_mean(name, [*names, *namespace])
        raise UsageError(f"There is no {what} or variable `{name}`.{near}")
    return evaluate(name, namespace)


def new_variable(
    name: str, namespace: Namespace, *, kind: str = "pipeline", mark: str = "fit"
) -> str:
    """Check that the variable `name` may hold a pipeline, or another `kind`, and lose nothing.

    What has the attribute `mark` is of that kind, and is replaced.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"`{name}` cannot be a variable's name in Python.")
    held = namespace.get(name, ...)  # a placeholder is nothing to lose
    if held is not ... and not hasattr(held, mark):
        found = type(held).__name__
        raise UsageError(
            f"`{name}` already holds something else ({found}); choose another name for the {kind}."
        )
    return name
