"""Base of the rules NB1xx: a path from a fit to a score that its rows take part in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nbpipe.leaks.rules import edits, words
from nbpipe.leaks.rules.compose import pipeline
from nbpipe.leaks.rules.names import statement
from nbpipe.leaks.rules.parts import model_name, share
from nbpipe.leaks.rules.rewrite import learned_on_first, learned_on_train
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.early import Path, paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding, Severity
    from nbpipe.leaks.view import View

LEARNERS = frozenset({"scale", "impute", "reduce", "text", "cluster", "model"})
SELECTORS = frozenset({"select"})
ENCODERS = frozenset({"target", "group", "count"})
BINS = frozenset({"bins", "clip"})
CATEGORIES = frozenset({"encode", "threshold", "filter"})
VALUES = LEARNERS | SELECTORS | ENCODERS | BINS


class Early(Rule):
    """Base of the rules that report a path from a fit to a score."""

    severity: ClassVar[Severity] = "error"
    kinds: ClassVar[frozenset[str]]
    how: ClassVar[frozenset[str]] = frozenset({"before"})

    def find(self, view: View) -> Iterator[Finding]:
        """Report each path of this rule's kinds, once a statement."""
        told = set()
        for path in paths(view):
            if path.fit.kind in self.kinds and path.how in self.how:
                stated = (path.fit.cell, statement(view, path.fit))
                if stated[1] is None or stated not in told:
                    yield self._finding(view, path)
                told.add(stated)

    def _finding(self, view: View, path: Path) -> Finding:
        """Put a path into words."""
        fit, score = path.fit, path.score
        fix = pipeline(view, score, fit) if path.how == "folds" else learned_on_train(view, path)
        fix = fix or pipeline(view, score, fit) or learned_on_train(view, path)
        return words.finding(
            type(self),
            view,
            fit,
            path.severity,
            problem=_problem(view, path),
            wish=_wish(view, path),
            fix=fix or learned_on_first(fit, statement(view, fit)),
            edits=edits.of_path(view, path, fix),
            related=(*words.split_notes(view, score), words.score_note(view, score)),
        )


def _wish(view: View, path: Path) -> str:
    """Say what to do."""
    rows, model = words.rows_of(path.fit), words.quoted(model_name(view, path.score))
    if path.how == "folds":
        return (
            f"Put this step and {model} into one Pipeline and cross-validate that: each fold then "
            "fits it anew."
        )
    if path.how == "test":
        return f"Fit this step on the training rows only, and apply what it learned to {rows}."
    return f"Split {rows} first, fit this step on the training part only, and apply it to both."


def _problem(view: View, path: Path) -> str:
    """Say what was learned from which rows, and what they score."""
    fit, score = path.fit, path.score
    learned, rows = words.learned(fit), words.rows_of(fit)
    if path.how == "folds":
        return f"learned {learned} from all rows of {rows}, folds that {words.judged(view, score)}."
    if path.how == "test":
        return f"learned {learned} from {rows}, rows that {words.judged(view, score)}."
    part = share(view, fit, score)
    some = f"{part} of them" if part else "some of them"
    goes = "go to the test part and " if view.split_of(score.rows) is not None else ""
    scores = f"{goes}{words.judged(view, score)}"
    return f"learned {learned} from all rows of {rows}, and {some} {scores}."
