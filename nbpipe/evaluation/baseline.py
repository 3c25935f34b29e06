"""What a model that has learned nothing would score, under the same folds and metrics."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.utils import _safe_indexing

from nbpipe.evaluation.fold import Job, score_side
from nbpipe.evaluation.onepass import OnePass
from nbpipe.evaluation.scoring import Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbpipe.evaluation.labels import Labels
    from nbpipe.evaluation.rows import Task
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


def baselines(job: Job, split: Split, task: Task) -> dict[str, Baseline]:
    """Return the strongest dummy for each metric; metrics that no dummy can answer are absent."""
    best: dict[str, Baseline] = {}
    for strategy, dummy in _dummies(task, job.labels):
        for name, scores in _scores(dummy, job, split).items():
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
    if task not in {"binary", "multiclass", "multilabel"}:
        return []
    prior = ("always the most frequent class", DummyClassifier(strategy="prior"))
    if task == "binary" and labels is not None:
        rarest = labels.classes[[np.bincount(labels.codes).argmin()]].tolist()[0]
        constant = DummyClassifier(strategy="constant", constant=rarest)
        return [prior, (f"always {rarest!r}", constant)]
    guess = DummyClassifier(strategy="stratified", random_state=0)
    return [prior, ("guessing in proportion to the classes", guess)]


def _scores(dummy: Any, job: Job, split: Split) -> dict[str, tuple[float, ...]]:
    """Score a dummy under every fold, leaving out metrics that it cannot be scored with."""
    metrics = {name: Metrics({name: each}, name) for name, each in job.metrics.scorers.items()}
    found: dict[str, list[float]] = {name: [] for name in metrics}
    y = np.asarray(job.rows.y)
    own = any(not hasattr(each, "_score_func") for each in job.metrics.scorers.values())
    X = job.rows.X if own else np.zeros((job.rows.n, 1))  # a dummy itself looks at y alone
    for train, test in split.folds:
        try:
            fitted = _fit(dummy, X, y, job.labels, train)
        except ValueError:  # a class that this fold does not train on
            return {}
        seen = OnePass(fitted, _safe_indexing(X, test))
        if getattr(fitted, "strategy", "") in {"prior", "constant"}:
            seen.derive_labels_from("predict_proba")  # which spares comparing labels as text
        for name, metric in metrics.items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # precision of a class never predicted
                    score = score_side(replace(job, metrics=metric), seen, y[test], test)
            except Exception:  # noqa: BLE001, S112 - a scorer may need what no dummy has
                continue
            found[name].append(score[name])
    return {
        name: tuple(scores)
        for name, scores in found.items()
        if len(scores) == len(split.folds) and np.isfinite(scores).all()
    }


def _fit(
    dummy: Any, X: Any, y: NDArray[Any], labels: Labels | None, train: NDArray[np.intp]
) -> Any:
    """Fit a dummy; where the target has classes, on one row a class that weighs as all of them."""
    if labels is None:
        return dummy.fit(_safe_indexing(X, train), y[train])
    classes, counts = labels.at(train).counted()
    return dummy.fit(np.zeros((len(classes), 1)), classes, sample_weight=counts)
