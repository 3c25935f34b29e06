"""What a model that has learned nothing would score, under the same folds and metrics."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor

from nbpipe.evaluation.onepass import OnePass, labels_follow
from nbpipe.evaluation.scoring import Metrics, score_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.evaluation.onepass import Labels
    from nbpipe.evaluation.rows import Rows, Task
    from nbpipe.evaluation.splits import Split


@dataclass(frozen=True, slots=True)
class Baseline:
    """The strongest dummy for one metric.

    Attributes
    ----------
    strategy : str
        What it does, in words.
    scores : tuple of float
        Its test score in each fold.
    """

    strategy: str
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Return the mean over folds."""
        return float(np.mean(self.scores))


def baselines(
    rows: Rows, split: Split, metrics: Metrics, task: Task, labels: Labels | None
) -> dict[str, Baseline]:
    """Return the strongest dummy for each metric; metrics that no dummy can answer are absent."""
    best: dict[str, Baseline] = {}
    for strategy, dummy in _dummies(task, labels):
        for name, scores in _scores(dummy, rows, split, metrics, labels).items():
            found = Baseline(strategy, scores)
            if name not in best or found.mean > best[name].mean:
                best[name] = found
    return best


def _dummies(task: Task, labels: Labels | None) -> Sequence[tuple[str, Any]]:
    if task == "regression":
        return [
            ("always the mean", DummyRegressor(strategy="mean")),
            ("always the median", DummyRegressor(strategy="median")),
        ]
    if task == "binary" and labels is not None:
        each = [
            (f"always {label!r}", DummyClassifier(strategy="constant", constant=label))
            for label in labels.classes.tolist()
        ]
        return [("always the most frequent class", DummyClassifier(strategy="prior")), *each]
    if task in {"multiclass", "multilabel"}:
        return [
            ("always the most frequent class", DummyClassifier(strategy="prior")),
            (
                "guessing in proportion to the classes",
                DummyClassifier(strategy="stratified", random_state=0),
            ),
        ]
    return []


def _scores(
    dummy: Any, rows: Rows, split: Split, metrics: Metrics, labels: Labels | None
) -> dict[str, tuple[float, ...]]:
    found: dict[str, list[float]] = {name: [] for name in metrics.scorers}
    y = rows.y.to_numpy() if hasattr(rows.y, "to_numpy") else rows.y
    column = np.zeros((rows.n, 1))  # a dummy looks at y alone
    for train, test in split.folds:
        try:
            fitted = dummy.fit(column[train], y[train])
        except ValueError:  # a class that this fold does not train on
            return {}
        X = column[test]
        seen = OnePass(fitted, X)
        seen.derive_labels_from(labels_follow(metrics.scorers, seen, X))
        for name, scorer in metrics.scorers.items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # precision of a class never predicted
                    here = labels.at(test) if labels is not None else None
                    score = score_set(Metrics({name: scorer}, name), seen, X, y[test], here, {})
            except Exception:  # noqa: BLE001, S112 - a scorer may need what no dummy has
                continue
            found[name].append(score[name])
    n = len(split.folds)
    return {
        name: tuple(scores)
        for name, scores in found.items()
        if len(scores) == n and np.isfinite(scores).all()
    }
