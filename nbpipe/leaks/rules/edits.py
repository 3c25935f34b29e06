"""Fixes that an editor can apply: where whole lines are known to be what has to be replaced.

What is offered must leave code that runs as before: where that is in doubt, nothing is offered.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.findings import Edit
from nbpipe.leaks.magics import normal
from nbpipe.leaks.rows import overlap
from nbpipe.leaks.rules import imports, names
from nbpipe.leaks.rules.names import receiver, statement, swapped, targets, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fact, Split
    from nbpipe.leaks.search.early import Path
    from nbpipe.leaks.view import View

_REPLACED = {"fit_transform": "transform", "fit_predict": "predict"}


def in_place(view: View, fact: Fact, fix: str) -> tuple[Edit, ...]:
    """Return the edit that puts a fix, which is one statement, in place of a fact's statement."""
    stated, written = statement(view, fact), _only(fix)
    if stated is None or written is None or not _alike(stated, written):
        return ()
    edit = _replace(view, fact.cell, stated, imports.added(view, fix))
    return (edit,) if edit else ()


def of_path(view: View, path: Path, fix: str) -> tuple[Edit, ...]:
    """Return what does away with a fit that came too early."""
    if path.how == "test":
        return _applied(view, path)
    split = view.split_of(path.score.rows)
    return _moved(view, path.fit, split, fix) if path.how == "before" and split else ()


def _applied(view: View, path: Path) -> tuple[Edit, ...]:
    """Only apply to the test rows what was fitted on others before."""
    fit, stated = path.fit, statement(view, path.fit)
    fitted = any(
        isinstance(each, Fit) and each.oid == fit.oid and not overlap(each.rows, path.score.rows)
        for each in view.facts[: fit.number]
    )
    given = names.argument(fit.node, 0, "X")
    if not (fit.oid and fitted and stated and given and isinstance(fit.node, ast.Call)):
        return ()
    called = text(fit.node.func).rpartition(".")[2]
    if called in _REPLACED and isinstance(receiver(fit), ast.Name):
        call = f"{text(receiver(fit))}.{_REPLACED[called]}({text(given)})"
        return in_place(view, fit, text(swapped(stated, nodes={id(fit.node): call})))
    if called == "fit" and isinstance(stated, ast.Expr) and stated.value is fit.node:
        edit = _replace(view, fit.cell, stated, "")
        return (edit,) if edit else ()
    return ()


def _moved(view: View, fit: Fit, split: Split, fix: str) -> tuple[Edit, ...]:
    """Take a fit out, and put what it becomes, which begins with the split, where the split is."""
    learns, divides = statement(view, fit), statement(view, split)
    first = _only(fix.split("\n", maxsplit=1)[0])
    if not isinstance(learns, ast.Assign) or divides is None or first is None:
        return ()
    if not _alike(divides, first) or not _can_go(view, fit, learns, divides, fix):
        return ()
    taken = _replace(view, fit.cell, learns, "")
    put = _replace(view, split.cell, divides, imports.added(view, fix))
    return (taken, put) if taken and put else ()


def _can_go(view: View, fit: Fit, learns: ast.Assign, divides: ast.stmt, fix: str) -> bool:
    """Say whether nothing but the split needs what a statement makes where it stands."""
    if names.order(view) != view.document.cells:
        return False  # run in another order than written
    if fit.oid and (receiver(fit) is None or ".fit_" not in text(fit.node)):
        return False  # its `transform` stands elsewhere
    body = [each for cell in view.document.cells for each in cell.tree.body]
    if learns not in body or divides not in body[body.index(learns) + 1 :]:
        return False
    between = body[body.index(learns) + 1 : body.index(divides)]
    later = body[body.index(divides) + 1 :]
    made = {word for each in targets(learns) for word in _written(each)}
    made |= set(_words(receiver(fit))) if isinstance(receiver(fit), ast.Name) else set()
    new = {each.id for each in targets(learns) if isinstance(each, ast.Name)}
    new -= set(_words(learns.value))  # X = scaler.fit_transform(X) leaves an X where it is gone
    return not (
        made & {word for each in between for word in _words(each)}
        or new & {word for each in later for word in _words(each)}
        or new & set(_words(ast.parse(fix)))
    )


def _written(target: ast.expr) -> Iterator[str]:
    """Give the variable, or the column alone, that is assigned."""
    if isinstance(target, ast.Subscript):
        yield from (word for word in _words(target.slice))
    else:
        yield from _words(target)


def _words(node: ast.AST | None) -> Iterator[str]:
    """Give the variables, attributes and strings in a piece of code: any may be a column."""
    for each in ast.walk(node) if node else ():
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _only(code: str) -> ast.stmt | None:
    """Return the statement of code that is one."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return None
    return body[0] if len(body) == 1 else None


def _alike(one: ast.stmt, other: ast.stmt) -> bool:
    """Say whether two statements assign the same variables, or none."""
    same = type(one) is type(other) and isinstance(one, ast.Assign | ast.Expr)
    return same and [*map(text, targets(one))] == [*map(text, targets(other))]


def _replace(view: View, number: int, stated: ast.stmt, written: str) -> Edit | None:
    """Replace the lines of a statement, if it stands alone in them; keep a comment behind it."""
    cell = view.document.cell(number)
    last = stated.end_lineno or stated.lineno
    rows = normal(cell.text).split("\n")[stated.lineno - 1 : last]
    here = _only("\n".join(rows))
    if stated not in cell.tree.body or here is None or ast.dump(here) != ast.dump(stated):
        return None
    comment = rows[-1].encode()[stated.end_col_offset :].decode().strip()
    if any("#" in row for row in rows[:-1]):
        return None  # comments within it would be lost
    return Edit(
        number, stated.lineno, last, f"{written}  {comment}" if comment and written else written
    )
