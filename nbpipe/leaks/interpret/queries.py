"""``frame.query("year < 2018")``: a comparison in a text divides rows like one in code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.interpret.operators import compared
from nbpipe.leaks.rows import pick
from nbpipe.leaks.values import Data

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine


def queried(m: Machine, call: Call, owner: Data) -> Data:
    """Return the rows that a query takes."""
    plain = owner._replace(oid=0)
    text = call.literal(0, "expr")
    try:
        tree = ast.parse(str(text).replace("@", ""), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return plain
    if not isinstance(tree, ast.Compare) or not isinstance(tree.left, ast.Name):
        return plain
    mask = compared(m, tree, owner.taking_one(tree.left.id))
    return plain._replace(rows=pick(owner.rows, mask.picks)) if isinstance(mask, Data) else plain
