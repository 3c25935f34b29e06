"""The order in which cells were run, where it can be told from that in which they stand."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.leaks.source import Cell


def in_order(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells as they stand, or as they were run if that leaves fewer names undefined."""
    standing = list(cells)
    if any(cell.execution_count is None for cell in cells if cell.tree.body):
        return standing
    run = sorted(standing, key=lambda cell: cell.execution_count or 0)
    if run == standing or _undefined(run) >= _undefined(standing):
        return standing
    return run


def _undefined(cells: Sequence[Cell]) -> int:
    """Count the names that are used before the cell that assigns them."""
    assigned = set().union(*(names(cell.tree)[0] for cell in cells))
    known: set[str] = set()
    missing = 0
    for cell in cells:
        stores, loads = names(cell.tree)
        missing += len((loads & assigned) - known)
        known |= stores
    return missing


@lru_cache(2_048)
def names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a cell assigns, and those that it uses without having assigned them."""
    stores: set[str] = set()
    loads: set[str] = set()
    for statement in tree.body:
        used: set[str] = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                (stores if isinstance(node.ctx, ast.Store) else used).add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                stores.add(node.name)
            elif isinstance(node, ast.alias):
                stores.add((node.asname or node.name).partition(".")[0])
        loads |= used - stores
    return stores, loads
