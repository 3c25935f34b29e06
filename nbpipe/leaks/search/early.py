"""NB1xx, fitted too early: from a fit to a score that its rows take part in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from nbpipe.leaks.findings import SEVERITIES, Severity
from nbpipe.leaks.knowledge.estimators import KINDS
from nbpipe.leaks.rows import overlap, parted, within

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fit, Score
    from nbpipe.leaks.view import View


@dataclass(frozen=True, slots=True)
class Path:
    """Rows that judge a model took part in a fit whose result the model is given."""

    fit: Fit
    score: Score
    how: Literal["before", "folds", "test"]
    severity: Severity


@lru_cache(8)
def paths(view: View) -> tuple[Path, ...]:
    """Return the gravest path of each place that learned too early."""
    best: dict[tuple[int, object], Path] = {}
    for score in view.scores:
        for fit in view.learned(score):
            path = _path(view, fit, score)
            key = (fit.cell, fit.node)
            if path is not None and (key not in best or _grave(path) > _grave(best[key])):
                best[key] = path
    return tuple(best.values())


def _grave(path: Path) -> tuple[int, bool]:
    return SEVERITIES.index(path.severity), path.score.certain


def _path(view: View, fit: Fit, score: Score) -> Path | None:
    if not overlap(fit.rows, score.rows):
        return None
    severity = KINDS.get(fit.kind, "review")
    if score.folds:
        return Path(fit, score, "folds", _least(severity, _in_folds(view, fit, score)))
    trained = view.trained_on(score)
    if overlap(score.rows, trained):
        return None  # a score of training rows claims nothing about others
    if any(key[0] == "fold" for atom in score.rows for key, _ in atom.picks):
        severity = _least(severity, _in_folds(view, fit, score))  # folds by hand
    how: Literal["before", "test"] = "before" if overlap(fit.rows, trained) else "test"
    return Path(fit, score, how, _least(severity, "error" if score.certain else "review"))


def _in_folds(view: View, fit: Fit, score: Score) -> Severity:
    """Say how grave it is that a fit saw all folds: less so if other rows judge in the end."""
    others = any(
        view.held_out(other) and other.certain and not overlap(other.rows, fit.rows)
        for other in view.scores
    )
    if others or (score.search and (parted(fit.rows) or not within(score.rows, fit.rows))):
        return "note"
    return "review" if score.search else "error"


def _least(*severities: Severity) -> Severity:
    return min(severities, key=SEVERITIES.index)
