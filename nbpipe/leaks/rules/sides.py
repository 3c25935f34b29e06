"""The user's variables on both sides, taken from a frame that is divided before it is resampled."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import names, parts
from nbpipe.leaks.rules.names import definition, swapped, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fact, Score
    from nbpipe.leaks.view import View

_DEEPEST = 4


def taken(view: View, score: Score, frame: str, train: str) -> list[str]:
    """Return ``X_train, y_train = ...`` and ``X_test, y_test = ...`` for both parts of a frame.

    `frame` is what the user's split divides, or what that is made of; `train` is what its
    training part is called now, ``test`` its other. Empty where the way between is unclear.
    """
    found = parts.parts(view, score)
    if not frame or found is None or found.split is None or not found.features.whole:
        return []
    pairs = (found.features, *found.others)
    wholes = [ast.parse(each.whole, mode="eval").body for each in pairs if each.whole]
    taken_from = [_made_of(view, each, found.split, frame) for each in wholes]
    if len(taken_from) < len(pairs) or not all(taken_from):
        return []
    lines = []
    for side, now in (("train", train), ("test", "test")):
        made = [getattr(each, side) for each in pairs]
        values = [text(swapped(each, {frame: now})) for each in taken_from]
        lines += [f"{', '.join(made)} = {', '.join(values)}"] if made != values else []
    return lines


def _made_of(view: View, node: ast.expr, fact: Fact, frame: str, depth: int = 0) -> ast.expr | None:
    """Return an expression written out until it starts from `frame`."""
    start = names.root(node, names.imported(view))
    if start == frame:
        return node
    stated = definition(view, start, fact)
    value = names.value_of(stated, start) if stated is not None else None
    if stated is None or value is None or depth > _DEEPEST:
        return None
    inner = _made_of(view, value, replace(fact, node=stated), frame, depth + 1)
    made: ast.expr | None = swapped(node, {start: text(inner)}) if inner is not None else None
    return made
