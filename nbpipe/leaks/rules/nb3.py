"""NB3xx: judged on the test set too often."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.knowledge.estimators import BASELINES
from nbpipe.leaks.rows import Rows, overlap
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fit, Score
    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View


def judged(view: View) -> dict[Rows, list[Score]]:
    """Return the scores of each set of held-out rows, without those that only validate."""
    groups: dict[Rows, list[Score]] = defaultdict(list)
    for score in view.scores:
        if view.held_out(score) and score.fits and not _baseline(view, score) and not _one_fold(score):
            groups[score.rows].append(score)
    return {
        rows: scores
        for rows, scores in groups.items()
        if not any(_confirms(view, other, group, rows) for other, group in groups.items())
    }


def _one_fold(score: Score) -> bool:
    """Say whether the rows are one of several folds, over which models may be compared."""
    return any(key[0] == "fold" for atom in score.rows for key, _ in atom.picks)


def _baseline(view: View, score: Score) -> bool:
    return all(fit.label in BASELINES for fit in view.fits(score))


def _confirms(view: View, other: Rows, scores: list[Score], rows: Rows) -> bool:
    """Say whether `other` rows give the final score after `rows` were used to choose."""
    if other == rows or overlap(other, rows):
        return False
    certain = [score for score in scores if score.certain and not score.tuning]
    if not certain or len(settings(view, certain)) > 1:
        return False
    sources = {atom.source for atom in rows}
    return bool(sources & {atom.source for atom in other})


def settings(view: View, scores: list[Score]) -> set[object]:
    """Return the different models and settings that were judged."""
    targets = {score.target for score in scores if score.target} or {""}
    different = [
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


def _finding(rule: type[Rule], view: View, score: Score, severity: Severity, message: str, others: list[Score]) -> Finding:
    return Finding(
        place=view.place(score),
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=message,
        fix="",
        prompt="",
        related=tuple(Related(view.place(other), f"{other.how} judges a model on the same rows") for other in others),
    )


class ComparedOnTest(Rule):
    code = "NB301"
    name = "models-compared-on-test"
    severity = "review"

    def find(self, view: View) -> Iterator[Finding]:
        for scores in judged(view).values():
            certain = [s for s in scores if s.certain and not s.tuning]
            if len(settings(view, certain)) > 1:
                yield _finding(type(self), view, certain[-1], "review", f"{len(settings(view, certain))} models were judged on the same test rows.", certain[:-1][:8])


class ChosenOnTest(Rule):
    code = "NB302"
    name = "setting-chosen-on-test"
    severity = "error"

    def find(self, view: View) -> Iterator[Finding]:
        chosen = {number for choice in view.choices for number in choice.scores if choice.loops}
        for scores in judged(view).values():
            for score in scores:
                if not score.certain or score.tuning:
                    continue
                moved = {loop for fit in view.fits(score) for loop in fit.varies} | score.varies
                around = {loop for loop in score.loops if loop in moved}
                around -= {loop for split in view.splits for loop in split.loops if split.key in {k for a in score.rows for k, _ in a.picks}}
                if around or score.number in chosen:
                    yield _finding(type(self), view, score, "error", "A loop judges one setting after another on the test rows.", [])


class StoppedOnTest(Rule):
    code = "NB303"
    name = "stopped-on-test"
    severity = "error"

    def find(self, view: View) -> Iterator[Finding]:
        groups = judged(view)
        for scores in groups.values():
            final = [s for s in scores if s.certain and not s.tuning]
            for score in scores:
                watched = score.tuning or score.how in {"validation_data", "eval_set", "evals", "valid_sets", "watchlist"}
                same = [other for other in final if other.fits & score.fits]
                if watched and same:
                    yield _finding(type(self), view, score, "error" if score.tuning else "review", "Training is watched on the rows that give the final score.", same[:3])


OFTEN = (ComparedOnTest, ChosenOnTest, StoppedOnTest)
