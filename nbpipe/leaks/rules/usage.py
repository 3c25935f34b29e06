"""The lines that use a Pipeline in place of the model: its features, its fit, its score."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import columns, names, parts, words
from nbpipe.leaks.rules.names import argument, receiver, statement, swapped, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fit, Score
    from nbpipe.leaks.view import View

NAME = "pipeline"
_ENCODERS = frozenset({"group", "target", "count"})


def lines(view: View, score: Score, first: Fit, keys: list[str]) -> str:
    """Return the statements that fit and score the Pipeline.

    `first` learned too early; `keys` are the columns that the Pipeline encodes in its place.
    """
    stated, model = statement(view, score), parts.model(view, score)
    if stated is None or model is None or not isinstance(score.node, ast.Call | ast.expr):
        return ""
    above = _features(view, score, first, keys)
    if not score.folds:
        return "\n".join([*above, *_fitted(view, score)])
    if not isinstance(score.node, ast.Call):
        return ""
    given, raw = parts.scored(view, score), words.source(first)
    whole = first.oid and isinstance(raw, ast.Name)
    data = {id(given): text(raw)} if given is not None and whole else {}
    if not score.search:
        judged = stated if isinstance(stated, ast.Assign) else score.node
        return "\n".join([*above, text(swapped(judged, nodes={id(model): NAME, **data}))])
    return "\n".join([*above, *_searched(view, score, model, data)])


def _fitted(view: View, score: Score) -> list[str]:
    """Fit the Pipeline where the model was fitted, and score it where the model was scored."""
    fit, stated = view.fits(score)[-1], statement(view, score)
    if not names.simple(argument(fit.node, 0, "X")):
        return []
    told = [*parts.predicted(view, score)[:1]]
    told.append(stated if isinstance(stated, ast.Assign | ast.Expr) else score.node)  # type: ignore[arg-type]
    fitted = text(swapped(fit.node, nodes={id(receiver(fit)): NAME}))
    called = parts.model_name(view, score)
    held = {part.id for each in told for part in ast.walk(each) if isinstance(part, ast.Name)}
    inside = any(part is fit.node for each in told for part in ast.walk(each))
    if names.function(view, score) is not None or not (inside or called in held):
        return [fitted]
    if inside:
        return [text(swapped(each, nodes={id(receiver(fit)): NAME})) for each in told]
    return [fitted, *(text(swapped(each, {called: NAME})) for each in told)]


def _features(view: View, score: Score, first: Fit, keys: list[str]) -> list[str]:
    """Take the columns that are encoded among the features, in place of what was made of them."""
    made = _made(view, first)
    model_fit = view.fits(score)[-1] if view.fits(score) else None
    if made is None or model_fit is None or first.kind not in _ENCODERS or not keys:
        return []
    stated, column = made
    if column == score.target:
        return []
    line = view.document.cell(first.cell).place(stated)
    note = f"  # and leave out `{text(stated.targets[0])} = ...` ({line})"
    given = columns.given(view, model_fit)
    if given is None or given.listed is None or column not in given.listed:
        lacking = sorted(set(keys) & given.dropped) if given is not None else keys
        if lacking:
            note += f", and keep {', '.join(map(repr, lacking))} among the features"
        return _noted(_split(view, score), note)
    listed = [each for each in given.listed if each != column]
    listed += [each for each in keys if each not in listed]
    taken = {id(given.node): f"{given.frame}[{listed!r}]"}
    around = names.around(view, given.cell, given.node)
    if not isinstance(around, ast.Assign):
        return _noted(_split(view, score), note)
    split = view.split_of(score.rows)
    itself = split is not None and statement(view, split) is around
    return _noted(
        [text(swapped(around, nodes=taken)), *([] if itself else _split(view, score))], note
    )


def _noted(written: list[str], note: str) -> list[str]:
    """Return lines with a note behind the first."""
    return (
        [written[0] + note, *written[1:]] if written else [note.strip().replace("# and ", "# ", 1)]
    )


def _split(view: View, score: Score) -> list[str]:
    found = parts.parts(view, score) if not score.folds else None
    line = parts.split_line(view, found) if found is not None else ""
    return [line] if line else []


def _made(view: View, fit: Fit) -> tuple[ast.Assign, str] | None:
    """Return the statement that makes a column out of what was learned, and the column."""
    stated = statement(view, fit)
    after = names.following(view, fit, stated) if stated is not None else None
    for each in (stated, after):
        target = each.targets[0] if isinstance(each, ast.Assign) else None
        key = target.slice if isinstance(target, ast.Subscript) else None
        if isinstance(each, ast.Assign) and isinstance(key, ast.Constant):
            return each, str(key.value)
    return None


def _searched(view: View, score: Score, model: ast.expr, data: dict[int, str]) -> list[str]:
    """Search the settings of the model within the Pipeline."""
    search = names.maker(view, score, model)
    if search is None:
        return []
    found = argument(search, 0, "estimator")
    grid = argument(search, 1, "param_grid", "param_distributions")
    renamed = {id(found): NAME}
    if grid is not None and not is_pipeline(names.maker(view, score, found) or found):
        renamed[id(grid)] = (
            f"{{f'model__{{name}}': values for name, values in {text(grid)}.items()}}"
        )
    made = text(swapped(search, nodes=renamed))
    name = text(model) if isinstance(model, ast.Name) else "search"
    return [f"{name} = {made}", text(swapped(score.node, nodes={id(model): name, **data}))]


def is_pipeline(node: ast.AST | None) -> bool:
    """Say whether an expression makes a Pipeline."""
    called = text(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return called in {"Pipeline", "make_pipeline"}
