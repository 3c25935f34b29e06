"""What a report means, with its reason and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbpipe.evaluation.findings import (
    Finding,
    against_baseline,
    gap_finding,
    over_folds,
    too_good,
    undefined,
)
from nbpipe.evaluation.signs import data_notes, evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.evaluation.baseline import Baseline
    from nbpipe.evaluation.fold import Fold
    from nbpipe.evaluation.probe import Probe
    from nbpipe.evaluation.splits import Split
    from nbpipe.evaluation.thresholds import Thresholds

# The worst first; the verdict is the first that holds.
STATUSES = (
    "suspicious",
    "not defined",
    "no better than the baseline",
    "overfitting",
    "unstable",
    "falling over time",
    "watch",
    "negative",
    "usual",
    "small",
)
GOOD = frozenset({"usual", "small"})


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """The meaning of a report.

    Attributes
    ----------
    status : str
        The worst of what was found, one of `STATUSES`.
    gap_range : str
        The range of the train/test gap: negative, small, usual, watch or overfitting;
        "not defined" where a score is no number.
    reason, next_step : str
        Of the worst finding.
    others : tuple of Finding
        Everything else that was found.
    """

    status: str
    gap_range: str
    reason: str
    next_step: str
    others: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<Verdict {self.status}: {self.reason}>"

    @property
    def ok(self) -> bool:
        """Return True where nothing needs attention."""
        return self.status in GOOD


def judge(
    metric: str,
    folds: Sequence[Fold],
    baseline: Baseline | None,
    split: Split,
    *,
    probe: Probe | None,
    limits: Thresholds,
) -> Verdict:
    """Return what the scores of one metric mean, corroborated by the probe.

    Parameters
    ----------
    metric : str
        The metric judged; the others are shown, not judged.
    limits : Thresholds
    """
    train = np.array([fold.train_scores[metric] for fold in folds])
    test = np.array([fold.test_scores[metric] for fold in folds])
    n_train = np.array([len(fold.train) for fold in folds], dtype=float)
    signs = evidence(probe, limits)
    found = undefined(metric, train, test)
    if not found:
        found = [gap_finding(metric, train, test, n_train, baseline=baseline, limits=limits)]
        shown = any(each.status != "note" for each in signs)
        found += too_good(metric, train, test, corroborated=shown, limits=limits)
        found += against_baseline(metric, test, baseline)
        found += over_folds(metric, train, test, baseline, split=split, limits=limits)
    gap_range = found[0].status
    found[1:1] = signs
    found += data_notes(split, probe, limits)
    found.sort(key=lambda each: rank(each.status))
    worst, *others = found
    return Verdict(worst.status, gap_range, worst.reason, worst.next_step, tuple(others))


def rank(status: str) -> int:
    """Return where a status stands among `STATUSES`, a note last."""
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)
