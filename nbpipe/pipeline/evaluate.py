"""An expression of a cell -> its value; whatever goes wrong is said at its place."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.errors import did_you_mean, one_line
from nbpipe.pipeline.layout import flat
from nbpipe.pipeline.names import resolve, signature_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbpipe.errors import SpecError
    from nbpipe.pipeline.source import Source

_UNKNOWN_KEYWORD = re.compile(r"unexpected keyword argument '(\w+)'")


def evaluate(node: ast.expr, namespace: Mapping[str, Any], source: Source) -> Any:
    """Evaluate an expression in the user's namespace, then scikit-learn's names.

    Raises
    ------
    SpecError
        Where a name stands for nothing, or evaluating raises.
    """
    scope = _scope(node, namespace, source)
    code = compile(ast.Expression(node), "<build cell>", "eval")
    try:
        return eval(code, scope)  # noqa: S307 - the user's own code, in the user's own process
    except (Exception, SystemExit) as error:
        raise _explained(error, node, scope, source) from error


def _scope(node: ast.expr, namespace: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """Look up every name that the expression does not bind itself."""
    names = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
    bound = {item.id for item in names if not isinstance(item.ctx, ast.Load)}
    scope = {}
    for item in names:
        if item.id not in bound:
            try:
                scope[item.id] = resolve(item.id, namespace)
            except LookupError as error:
                raise source.error(str(error.args[0]), item) from None
    return scope


def find_keyword(node: ast.AST, name: str) -> ast.keyword | None:
    """Find the argument ``name=...`` of the first call within an expression that has one."""
    found = (k for k in ast.walk(node) if isinstance(k, ast.keyword) and k.arg == name)
    return next(found, None)


def _explained(
    error: BaseException, node: ast.expr, scope: dict[str, Any], source: Source
) -> SpecError:
    found = _UNKNOWN_KEYWORD.search(str(error)) if isinstance(error, TypeError) else None
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    for call in calls if found else ():
        keyword = next((k for k in call.keywords if k.arg == found[1]), None)  # type: ignore[index]
        known = _parameters(call.func, scope) if keyword else {}
        if keyword and keyword.arg not in known:
            message = f"`{flat(call.func)}` has no parameter {keyword.arg!r}."
            return source.error(message + did_you_mean(str(keyword.arg), known), keyword)
    message = f"This raises {type(error).__name__}: {one_line(error)}"
    return source.error(message, node)


def _parameters(func: ast.expr, scope: dict[str, Any]) -> dict[str, Any]:
    code = compile(ast.Expression(func), "<build cell>", "eval")
    return signature_of(eval(code, scope))  # noqa: S307 - as above, and it ran just before
