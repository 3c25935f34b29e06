"""``# nbpipe: ignore[NB101] reason``: findings that their author has judged already."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.codes import covers, unknown_code
from nbpipe.leaks.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.source import Cell, Document


def is_ignored(finding: Finding, document: Document) -> bool:
    """Tell whether a comment at either place, or at the top of the file, silences a finding."""
    return any(not codes or covers(codes, finding.code) for codes in _comments(finding, document))


def unknown_ignores(document: Document) -> list[str]:
    """Return a sentence for each comment that names a rule which there is not."""
    return [
        f"{document.path}: {Place(cell.number, line, 1, line, 1)}: {problem}"
        for cell in document.cells
        for line, codes in cell.ignores.items()
        for code in codes
        if (problem := unknown_code(code))
    ]


def _comments(finding: Finding, document: Document) -> Iterator[tuple[str, ...]]:
    if 0 in document.cells[0].ignores:
        yield document.cells[0].ignores[0]
    for place in (finding.place, *(each.place for each in finding.related)):
        cell = document.cell(place.cell)
        if cell.ignores:
            first, last = _statement(cell, place)
            yield from (codes for line, codes in cell.ignores.items() if first <= line <= last)


def _statement(cell: Cell, place: Place) -> tuple[int, int]:
    """Return the first and last line of the innermost statement at a place; of blocks, the head."""
    first, last = place.line, place.end_line
    body: list[ast.AST] = list(cell.tree.body)
    while body:
        around = [
            node
            for node in body
            if isinstance(node, ast.stmt)
            and node.lineno <= place.line <= (node.end_lineno or node.lineno)
        ]
        if not around:
            break
        statement = around[-1]  # of several on one line, any will do
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        below = getattr(statement, "body", None)
        if below:
            last = max(below[0].lineno - 1, first)
        body = [
            inner
            for child in ast.iter_child_nodes(statement)
            for inner in ([child] if isinstance(child, ast.stmt) else ast.iter_child_nodes(child))
        ]
    return min(first, place.line), max(last, place.end_line)
