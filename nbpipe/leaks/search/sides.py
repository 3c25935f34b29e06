"""NB2xx, rows on both sides: of those that a model is fitted on, and those that judge it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Groups
from nbpipe.leaks.rows import overlap, parted, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fact, Fit, Score
    from nbpipe.leaks.findings import Severity
    from nbpipe.leaks.view import View


@dataclass(frozen=True, slots=True)
class Sided:
    """What brought rows to both sides, and the score that it spoils."""

    cause: Fact
    score: Score
    severity: Severity


def copied(view: View) -> Iterator[Sided]:
    """Return what copied rows, or made some up from others, before they were divided."""
    for score in view.scores:
        if not score.folds and not view.held_out(score):
            continue
        for copies in view.copies(score):
            if overlap(copies.rows, score.rows):
                certain = score.certain and not score.search
                yield Sided(copies, score, "error" if certain else "review")


def refitted(view: View) -> Iterator[Sided]:
    """Return scores of a part that the model was fitted on as well; the cause is the fit."""
    for score in view.scores:
        trained = view.trained_on(score)
        fits = view.fits(score)
        if score.folds or not score.certain or score.tuning or not overlap(score.rows, trained):
            continue
        one = len({fit.oid for fit in fits}) == 1  # fitted on and on
        if not one and any(not overlap(score.rows, fit.rows) for fit in fits):
            continue  # out-of-fold predictions
        if any(score.rows == fit.rows for fit in fits):
            if _divided_off(score) and not _tested(view, fits):
                yield Sided(fits[-1], score, "error")
        elif within(score.rows, trained):
            if _a_test(score):
                yield Sided(fits[-1], score, "error")
        elif not score.windows and not within(trained, score.rows) and parted(score.rows):
            # inputs that only reach back into the training rows are windows
            yield Sided(fits[-1], score, "error")


def _divided_off(score: Score) -> bool:
    """Say whether the rows are the test part of a split."""
    return any(side == ("part", "test") for atom in score.rows for _, side in atom.picks)


def _tested(view: View, fits: list[Fit]) -> bool:
    """Say whether the same fit is judged on other rows as well."""
    numbers = {fit.number for fit in fits}
    return any(other.fits & numbers and view.held_out(other) for other in view.scores)


def _a_test(score: Score) -> bool:
    """Say whether the rows are what somebody set aside to judge by."""
    return any(
        side in {("part", "test"), ("part", "val")} or side[0] in {"range", "cmp", "not"}
        for atom in score.rows
        for _, side in atom.picks
    )


def training_only(view: View) -> Iterator[Sided]:
    """Return the first score where no model is ever judged on rows that it was not fitted on."""
    scores = [score for score in view.scores if not score.tuning]
    if view.splits or any(atom.picks for score in scores for atom in score.rows):
        return  # something is held out, and how it is judged was not seen
    if any(score.folds or view.held_out(score) for score in scores):
        return
    for score in scores:
        if score.certain and score.fits and _claims(view, score) and view.on_training_rows(score):
            yield Sided(view.fits(score)[-1], score, "review")
            return


def _claims(view: View, score: Score) -> bool:
    """Say whether a score of training rows is shown as one: residuals and generators are not."""
    told = " ".join(ast.unparse(fit.node) for fit in view.fits(score)).lower()
    return score.how != "a difference by hand" and "gen" not in told


def shuffled(view: View) -> Iterator[Sided]:
    """Return what gave rows their neighbours' values, where neighbours were then dealt out."""
    for score in view.scores:
        split = view.split_of(score.rows) if view.held_out(score) else None
        dealt = split.rows if split is not None and split.shuffled else None
        if score.folds and score.shuffled:
            dealt = score.rows
        for windows in view.windows(score):
            if dealt is not None and overlap(windows.rows, dealt):
                yield Sided(windows, score, "review")


def grouped(view: View) -> Iterator[Sided]:
    """Return what counts rows by person, where rows of one person were dealt out to both sides."""
    groups = [fact for fact in view.facts if isinstance(fact, Groups)]
    if not groups or any("group" in ast.unparse(split.node).lower() for split in view.splits):
        return
    for score in view.scores:
        split = None if score.folds else view.split_of(score.rows)
        dealt = score.folds or (split is not None and split.shuffled and view.held_out(score))
        if not dealt or "group" in ast.unparse(score.node).lower():
            continue
        for fact in groups:
            if {atom.source for atom in fact.rows} & {atom.source for atom in score.rows}:
                yield Sided(fact, score, "review")
                return
