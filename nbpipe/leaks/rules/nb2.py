"""NB2xx: rows on both sides."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Groups
from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.rows import overlap, parted, within
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fact, Score
    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View


def _finding(rule: type[Rule], view: View, fact: Fact, score: Score, severity: Severity, message: str) -> Finding:
    return Finding(
        place=view.place(fact),
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=message,
        fix="",
        prompt="",
        related=(Related(view.place(score), f"{score.how} judges the model"),),
    )


class CopiedBeforeSplit(Rule):
    code = "NB201"
    name = "copied-before-split"
    severity = "error"

    def find(self, view: View) -> Iterator[Finding]:
        for score in view.scores:
            if not score.folds and not view.held_out(score):
                continue
            for copies in view.copies(score):
                if overlap(copies.rows, score.rows):
                    severity: Severity = "error" if score.certain else "review"
                    if score.search:
                        severity = "review"
                    yield _finding(type(self), view, copies, score, severity, f"{copies.how} copied rows before they were divided.")


class ScoredAfterRefit(Rule):
    code = "NB202"
    name = "scored-on-fitted-rows"
    severity = "error"

    def find(self, view: View) -> Iterator[Finding]:
        for score in view.scores:
            trained = view.trained_on(score)
            if score.folds or not score.certain or score.tuning or not overlap(score.rows, trained):
                continue
            fits = view.fits(score)
            if any(not overlap(score.rows, fit.rows) for fit in fits):
                continue  # out-of-fold predictions
            fit = fits[-1]
            if any(score.rows == fit.rows for fit in fits):
                if _divided_off(score) and not _tested(view, score):
                    yield _finding(type(self), view, score, score, "error", f"{fit.label} was fitted on these test rows.")
                continue
            if within(score.rows, trained) and _is_test(view, score):
                yield _finding(type(self), view, score, score, "error", f"{fit.label} was fitted on these rows, too.")
            elif score.windows or within(score.rows, trained) or within(trained, score.rows):
                continue  # inputs that reach back are no rows
            elif parted(score.rows):
                yield _finding(type(self), view, score, score, "error", f"{fit.label} was fitted on some of these rows, too.")


def _divided_off(score: Score) -> bool:
    """Say whether the rows are the test part of a split."""
    return any(side == ("part", "test") for atom in score.rows for _, side in atom.picks)


def _tested(view: View, score: Score) -> bool:
    """Say whether the same fit is judged on other rows as well."""
    return any(other.fits & score.fits and view.held_out(other) for other in view.scores)


def _is_test(view: View, score: Score) -> bool:
    return any(
        side in {("part", "test"), ("part", "val")} or (side[0] in {"range", "cmp", "not"})
        for atom in score.rows
        for _, side in atom.picks
    )


class OnlyTrainingScores(Rule):
    code = "NB203"
    name = "only-training-scores"
    severity = "review"

    def find(self, view: View) -> Iterator[Finding]:
        scores = [score for score in view.scores if not score.tuning]
        if view.splits or any(atom.picks for score in scores for atom in score.rows):
            return  # something is held out, and how it is judged was not seen
        if any(score.folds or view.held_out(score) for score in scores):
            return
        for score in scores:
            if score.certain and score.fits and view.on_training_rows(score):
                yield _finding(type(self), view, score, score, "review", "The only scores are those of the rows that the model was fitted on.")
                return


class ShuffledTime(Rule):
    code = "NB204"
    name = "neighbours-shuffled"
    severity = "review"

    def find(self, view: View) -> Iterator[Finding]:
        for score in view.scores:
            if not view.held_out(score):
                continue
            split = view.split_of(score.rows)
            if split is None or not split.shuffled:
                continue
            for windows in view.windows(score):
                if overlap(windows.rows, split.rows):
                    yield _finding(type(self), view, windows, score, "review", f"{windows.how} puts values of neighbouring rows into each row, and {split.how} shuffles them.")


class GroupsOnBothSides(Rule):
    code = "NB205"
    name = "groups-on-both-sides"
    severity = "review"

    def find(self, view: View) -> Iterator[Finding]:
        groups = [fact for fact in view.facts if isinstance(fact, Groups)]
        if not groups or any("group" in ast.unparse(split.node).lower() for split in view.splits):
            return
        for score in view.scores:
            split = None if score.folds else view.split_of(score.rows)
            text = ast.unparse(score.node).lower()
            if "group" in text or not (score.folds or (split and split.shuffled and view.held_out(score))):
                continue
            for fact in groups:
                if {a.source for a in fact.rows} & {a.source for a in score.rows}:
                    yield _finding(type(self), view, split or score, score, "review", f"Several rows of one {fact.column} are dealt out to both sides.")
                    return


SIDES = (GroupsOnBothSides, CopiedBeforeSplit, ScoredAfterRefit, OnlyTrainingScores, ShuffledTime)
