"""From the words behind a verb to Python values."""

from __future__ import annotations

import keyword
from typing import Any

from IPython.core.error import UsageError as IPythonUsageError

from nbpipe.errors import UsageError, did_you_mean

Namespace = dict[str, Any]


def parse(parser: Any, words: str) -> Any:
    """Parse the words behind a verb; a mistake becomes one line that names the way out."""
    try:
        return parser.parse_argstring(words)
    except (IPythonUsageError, ValueError) as error:  # ValueError: an unclosed quote
        message = str(error).rstrip(".")
        raise UsageError(f"{message}. `%{parser.prog} --help` shows what it takes.") from None


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


def column_or_value(text: str | None, X: Any, namespace: Namespace) -> Any:
    """Take `text` as the name of a column of X if there is one, else as an expression."""
    if text is None:
        return None
    name, columns = unquote(text), [str(column) for column in getattr(X, "columns", ())]
    if name in columns:
        return name
    if name.isidentifier() and name not in namespace:
        near = did_you_mean(name, [*columns, *namespace])
        raise UsageError(f"There is no column or variable `{name}`.{near}")
    return evaluate(name, namespace)


def new_variable(name: str, namespace: Namespace) -> str:
    """Check that a pipeline may be put into the variable `name` without losing anything."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"`{name}` cannot be a variable's name in Python.")
    if name in namespace and not hasattr(namespace[name], "fit"):
        kind = type(namespace[name]).__name__
        raise UsageError(
            f"`{name}` already holds something else ({kind}); choose another name for the pipeline."
        )
    return name
