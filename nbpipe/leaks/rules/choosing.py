"""Words and lines for scores by which models or settings are chosen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.knowledge.estimators import KERAS
from nbpipe.leaks.rules import holdout, names, parts, words
from nbpipe.leaks.rules.names import argument, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Score
    from nbpipe.leaks.search.often import Judged
    from nbpipe.leaks.view import View

_TOLD = 3  # models that a sentence names


def model(view: View, score: Score) -> str:
    """Return what to call the scored model, in backquotes."""
    return words.quoted(parts.model_name(view, score))


def already(view: View, judged: Judged) -> str:
    """Name the models that were scored before."""
    made = dict.fromkeys(model(view, other) for other in judged.others)
    made.pop(model(view, judged.score), None)
    if not made:
        if judged.others[-1].node is judged.score.node:  # a loop
            return "score another model or setting in each round"
        return f"already scored another setting of it {words.at(view, judged.others[-1])}"
    told = list(made)[:_TOLD]
    more = len(made) - len(told)
    listed = ", ".join(told) + (f" and {more} more" if more else "")
    return f"already scored {listed} {words.at(view, judged.others[0])}"


def by_cross_validation(view: View, judged: Judged) -> str:
    """Compare several models on the training rows; failing that, one on validation rows."""
    scores = (*judged.others, judged.score)
    called = dict.fromkeys(parts.model_name(view, each) for each in scores)
    models = [each for each in called if names.definition(view, each, judged.score)]
    fit = view.fits(judged.score)[-1]
    networks = any(each.label in KERAS for score in scores for each in view.fits(score))
    X, y = argument(fit.node, 0, "X"), argument(fit.node, 1, "y")
    if len(models) > 1 and not networks and names.simple(X) and names.simple(y):
        line = f"print(model, cross_val_score(model, {text(X)}, {text(y)}, cv=5).mean())"
        compared = f"for model in [{', '.join(models)}]:\n    {line}"
        return "\n".join([compared, *_once(view, judged.score, "in place of all other scores")])
    return on_validation(view, judged)


def _kept(view: View, score: Score) -> str:
    """Return a score on the part that an earlier split kept, where the scored one validates."""
    found = parts.parts(view, score)
    if found is None or not isinstance(score.node, ast.expr):
        return ""
    for split in view.splits:
        outer = parts.divided(view, split)
        if (
            outer is not None
            and split is not found.split
            and outer.features.train == found.features.whole
        ):
            pairs = zip(
                (found.features, *found.others), (outer.features, *outer.others), strict=False
            )
            swaps = {inner.test: whole.test for inner, whole in pairs}
            told = [*parts.predicted(view, score)[:1]]
            lines = [text(names.swapped(each, swaps)) for each in told]
            lines.append(f"print({text(names.swapped(score.node, swaps))})  # at the end, once")
            return "\n".join(lines)
    return ""


def on_validation(view: View, judged: Judged) -> str:
    """Choose on validation rows, then score once on the test rows; empty if unknown."""
    if kept := _kept(view, judged.score):
        return kept
    split, *scored = holdout.validated(view, judged.score).splitlines() or [""]
    if not split:
        return ""
    if names.in_loop(view, judged.score):
        first, each, last = "before the loop", "in the loop", "after the loop"
    else:
        first, each, last = "before the first fit", "in place of each score above", "at the end"
    *above, compared = scored
    chosen = _once(view, judged.score, last)
    return "\n".join([f"{split}  # {first}", *above, f"{compared}  # {each}", *chosen])


def _once(view: View, score: Score, where: str) -> list[str]:
    """Return the last lines: the score that the one that was chosen is given on the test rows."""
    if names.function(view, score) is not None or not isinstance(score.node, ast.expr):
        return [f"# {where}, score the one that you choose on the test rows, once"]
    told = [text(each) for each in parts.predicted(view, score)[:1]]
    note = f"# {where}, once; {model(view, score)} being the one that you choose"
    return [*told, f"print({text(score.node)})  {note}"]
