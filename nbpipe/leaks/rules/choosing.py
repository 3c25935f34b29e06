"""Words and lines for scores by which models or settings are chosen."""

from __future__ import annotations

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
    """Return what to call the judged model, in backquotes."""
    return words.quoted(parts.model_name(view, score))


def already(view: View, judged: Judged) -> str:
    """Name the models that were judged before."""
    made = dict.fromkeys(model(view, other) for other in judged.others)
    made.pop(model(view, judged.score), None)
    if not made:
        return f"already judged another setting of it {words.at(view, judged.others[-1])}"
    told = list(made)[:_TOLD]
    more = len(made) - len(told)
    listed = ", ".join(told) + (f" and {more} more" if more else "")
    return f"already judged {listed} {words.at(view, judged.others[0])}"


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
        return f"for model in [{', '.join(models)}]:\n    {line}"
    return holdout.validated(view, judged.score)
