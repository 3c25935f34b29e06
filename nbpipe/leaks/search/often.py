"""NB3xx, judged on the test set too often."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Predicted
from nbpipe.leaks.knowledge.estimators import BASELINES
from nbpipe.leaks.rows import Rows, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fit, Score
    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View

_WATCHED = frozenset({"validation_data", "eval_set", "evals", "valid_sets", "watchlist"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A score on the test rows, and the other scores on the same rows that spoil it."""

    score: Score
    others: tuple[Score, ...]
    severity: Severity


def compared(view: View) -> Iterator[Judged]:
    """Return the last of several models that were judged on the same test rows."""
    for scores in _judged(view):
        certain = [score for score in scores if score.certain and not score.tuning]
        if len(settings(view, certain)) > 1:
            yield Judged(certain[-1], tuple(certain[:-1]), "review")


def chosen(view: View) -> Iterator[Judged]:
    """Return scores by which a loop chooses a setting, or code goes one way or another."""
    decided = {number for fact in view.choices for number in fact.scores if fact.repeated}
    for scores in _judged(view):
        for score in scores:
            if score.certain and not score.tuning:
                moved = score.varies.union(*(fit.varies for fit in view.fits(score)))
                again = moved & set(score.loops) - _divided_in(view, score)
                if again or score.number in decided:
                    yield Judged(score, (), "review" if _validates(score.rows) else "error")


def stopped(view: View) -> Iterator[Judged]:
    """Return the rows that training is watched on where the same rows give the final score."""
    for scores in _judged(view):
        final = [score for score in scores if score.certain and not score.tuning]
        for score in scores:
            same = tuple(other for other in final if other.fits & score.fits)
            if same and (score.tuning or score.how in _WATCHED):
                grave = score.tuning and not _validates(score.rows)
                yield Judged(score, same, "error" if grave else "review")


def _divided_in(view: View, score: Score) -> set[int]:
    """Return the loops in which the rows are divided anew each round."""
    keys = {key for atom in score.rows for key, _ in atom.picks}
    return {loop for split in view.splits if split.key in keys for loop in split.loops}


@lru_cache(8)
def _judged(view: View) -> tuple[list[Score], ...]:
    """Return the scores of each set of held-out rows, without those that only validate."""
    groups: dict[Rows, list[Score]] = defaultdict(list)
    for score in view.tries:
        if (
            view.held_out(score)
            and score.fits
            and not _baseline(view, score)
            and not _a_fold(score)
        ):
            groups[score.rows].append(score)
    groups = {rows: _counting(view, scores) for rows, scores in groups.items()}
    final: dict[object, list[Rows]] = defaultdict(list)  # by source, rows that judge one model
    for rows, scores in groups.items():
        if _of_one_model(view, scores):
            for source in {atom.source for atom in rows}:
                final[source].append(rows)
    return tuple(
        scores
        for rows, scores in groups.items()
        if not _confirmed(rows, final) and not (_validates(rows) and _predicted(view, scores))
    )


def _validates(rows: Rows) -> bool:
    """Say whether the author calls these rows a validation part."""
    return any(side == ("part", "val") for atom in rows for _, side in atom.picks)


def _predicted(view: View, scores: list[Score]) -> bool:
    """Say whether the models go on to rows that nobody here knows the truth of."""
    known = scores[0].rows | view.trained_on(scores[0])
    return any(
        isinstance(fact, Predicted) and fact.rows and not overlap(fact.rows, known)
        for fact in view.facts
    )


def _counting(view: View, scores: list[Score]) -> list[Score]:
    """Return all but those of a model that was scored again since, in a session."""
    again = {_models(view, score) for score in scores if score in view.scores}
    return [score for score in scores if score in view.scores or _models(view, score) not in again]


def _models(view: View, score: Score) -> frozenset[str]:
    return frozenset(fit.setting for fit in view.fits(score))


def _baseline(view: View, score: Score) -> bool:
    return all(fit.label in BASELINES for fit in view.fits(score))


def _a_fold(score: Score) -> bool:
    """Say whether the rows are one of several folds, over which models may be compared."""
    return any(key[0] == "fold" for atom in score.rows for key, _ in atom.picks)


def _of_one_model(view: View, scores: list[Score]) -> bool:
    certain = [score for score in scores if score.certain and not score.tuning]
    return bool(certain) and len(settings(view, certain)) == 1


def _confirmed(rows: Rows, final: dict[object, list[Rows]]) -> bool:
    """Say whether other rows give the final score after these were used to choose."""
    return any(not overlap(other, rows) for atom in rows for other in final.get(atom.source, ()))


def settings(view: View, scores: list[Score]) -> set[object]:
    """Return the different models and settings that were judged, for the target that has most."""
    targets = {score.target for score in scores if score.target} or {""}
    different: list[set[object]] = [
        {
            frozenset(_setting(fit) for fit in view.fits(score))  # a blend of several is one
            for score in scores
            if score.target in {target, ""}
        }
        for target in targets
    ]
    return max(different, key=len)


def _setting(fit: Fit) -> object:
    """Return what makes a fit another try: the model, what its rows went through, their columns."""
    columns = (fit.data.only, fit.data.column) if fit.data else None
    return fit.setting, fit.learned, columns
