"""What variables hold that no cell assigned: ``%run prep.py``, ``from prep import *``, a widget.

The checker knows nothing of such names, so it is told in its own language: an assignment of what
the variable holds, in front of the cell that uses it.
"""

from __future__ import annotations

import ast
from typing import Any

_LONGEST = 2_000  # of what an estimator says of itself


def stand_ins(tree: ast.Module, known: set[str], namespace: dict[str, Any]) -> list[ast.stmt]:
    """Return assignments of the rows, estimators and splitters that a cell is the first to name."""
    found = []
    for name in sorted(_used(tree) - known):
        text = _as_source(name, namespace[name]) if name in namespace else ""
        if text:
            tree = ast.parse(f"{name} = {text}")
            found += ast.increment_lineno(tree, -1).body  # above all that the user wrote
    return found


def _used(tree: ast.Module) -> set[str]:
    """Return the names that are used before, or in, the statement that assigns them."""
    used: set[str] = set()
    assigned: set[str] = set()
    for statement in tree.body:
        nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        used |= {node.id for node in nodes if isinstance(node.ctx, ast.Load)} - assigned
        assigned |= {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    return used


def _as_source(name: str, value: Any) -> str:
    try:
        if isinstance(value, type):
            return ""
        if len(getattr(value, "shape", ())) > 0:
            return f"pandas.read_pickle({name!r})"
        if hasattr(value, "get_params") or hasattr(value, "get_n_splits"):
            return _written(value)
    except Exception:  # noqa: BLE001 - somebody's objects, which raise what they like
        return ""
    return ""


def _written(value: Any) -> str:
    """Return an estimator as its repr, which is how to make it, or as its bare class."""
    text = repr(value)
    try:
        is_call = isinstance(ast.parse(text, mode="eval").body, ast.Call)
    except (SyntaxError, ValueError):
        is_call = False
    return text if is_call and len(text) <= _LONGEST else f"{type(value).__name__}()"
