"""``# nbpipe: ignore[NB101] reason``: findings that their author has judged already."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.errors import did_you_mean
from nbpipe.leaks.codes import covers, unknown_code
from nbpipe.leaks.comments import comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.comments import Comment
    from nbpipe.leaks.findings import Finding, Place
    from nbpipe.leaks.source import Cell, Document


def is_ignored(finding: Finding, document: Document) -> bool:
    """Tell whether a comment at either place, or at the top of the file, silences a finding."""
    return any(not codes or covers(codes, finding.code) for codes in _comments(finding, document))


def wrong_ignores(cell: Cell) -> Iterator[tuple[int, str]]:
    """Give the line of each comment that does not do what was meant, and what is wrong with it."""
    for comment in comments(cell.text, cell.number):
        for problem in _problems(comment):
            yield comment.line, problem


def _problems(comment: Comment) -> Iterator[str]:
    if comment.word not in {"ignore", "ignore-file"}:
        if near := did_you_mean(comment.word.lower(), ["ignore", "ignore-file"]):
            yield f"`{comment.word}` ignores nothing.{near}"
        return
    if comment.word == "ignore-file" and not comment.at_top:
        yield "`ignore-file` ignores nothing here: it belongs into the first ten lines."
    yield from filter(None, map(unknown_code, comment.codes))


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
