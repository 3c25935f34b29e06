"""One prediction pass for all metrics of a set of rows, with scikit-learn's own numbers.

scikit-learn calls ``predict`` for the metrics of labels and ``decision_function`` or
``predict_proba`` for those of ranks, so it pushes the same rows through a pipeline twice. Here the
scores are computed once, and labels are derived from them where ``predict`` is one of those of
scikit-learn that take the winning score, and a probe of it agrees. Rows on the boundary are left to
``predict``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RESPONSES = ("predict", "predict_proba", "predict_log_proba", "decision_function")

PROBE_ROWS = 64

# Scores closer than this may be equal to `predict`, which computes them in another form.
TIE = 1e-9

# scikit-learn's own `predict` methods that take the winner of the scores, and the response whose
# very numbers they compare, where it is one.
OF_THE_WINNER = {
    "BaseDecisionTree.predict": None,
    "ForestClassifier.predict": "predict_proba",
    "GradientBoostingClassifier.predict": None,
    "HistGradientBoostingClassifier.predict": None,
    "LinearClassifierMixin.predict": "decision_function",
    "MLPClassifier.predict": None,
    "_BaseNB.predict": None,
}


class OnePass:
    """A fitted estimator seen through one set of rows: it computes each response once.

    Parameters
    ----------
    estimator : fitted estimator
    X : table, shape (n, n_features)
        The rows; methods of this object answer for them, whatever they are called with.
    """

    def __init__(self, estimator: Any, X: Any) -> None:
        self.estimator = estimator
        self.X = X
        self._labels_from: str | None = None
        self._known: dict[str, Any] = {}

    def derive_labels_from(self, response: str | None) -> None:
        """Let `predict` follow from another response, where `labels_follow` found that it does."""
        self._labels_from = response

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.estimator, name)
        if name not in RESPONSES:
            return value

        def respond(_: Any) -> Any:
            return self.once(name, lambda: self._answer(name, value))

        respond.__name__ = name  # scikit-learn's scorers look at the name of the method
        return respond

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return what `compute` gives, computed at the first call."""
        if name not in self._known:
            self._known[name] = compute()
        return self._known[name]

    def positions(self) -> NDArray[np.intp] | None:
        """Return predicted labels as positions in the estimator's classes, where derived."""
        if self._labels_from is None:
            return None
        scores = getattr(self, self._labels_from)(self.X)
        found = winners(scores)
        if OF_THE_WINNER.get(rule_of(self.estimator)) == self._labels_from:
            return found
        tied = np.flatnonzero(margins(scores) < TIE)
        if len(tied):
            own = self.estimator.predict(_safe_indexing(self.X, tied))
            found[tied] = np.searchsorted(self.estimator.classes_, own)
        return found

    def _answer(self, name: str, method: Callable[[Any], Any]) -> Any:
        if name == "predict" and self._labels_from is not None:
            return self.estimator.classes_[self.positions()]
        return method(self.X)


def winners(scores: NDArray[Any]) -> NDArray[np.intp]:
    """Return the position of the winning class from probabilities or decision values."""
    if scores.ndim == 1:
        return (scores > 0).astype(np.intp)
    return np.asarray(np.argmax(scores, axis=1))


def margins(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far ahead the winning class is in each row."""
    if scores.ndim == 1:
        return np.asarray(np.abs(scores))
    top = np.partition(scores, -2, axis=1)
    return np.asarray(top[:, -1] - top[:, -2])


def rule_of(estimator: Any) -> str:
    """Name the `predict` of scikit-learn by which the final estimator decides, if it is one."""
    while isinstance(estimator, Pipeline):
        if type(estimator).__module__ not in {"sklearn.pipeline", "imblearn.pipeline"}:
            return ""
        estimator = estimator.steps[-1][1]
    predict = getattr(type(estimator), "predict", None)
    ours = str(getattr(predict, "__module__", "")).startswith("sklearn.")
    return str(getattr(predict, "__qualname__", "")) if ours else ""


def labels_follow(scorers: dict[str, Any], seen: OnePass) -> str | None:
    """Name the response that labels can be derived from, after a probe of `predict` itself.

    The rows compared are those nearest to a decision boundary, where another rule (a tuned
    threshold, votes between pairs of classes) would show first, and an even sample of the others.
    """
    estimator = seen.estimator
    wanted = [response_of(scorer, estimator) for scorer in scorers.values()]
    source = next((each for each in wanted if each not in {None, "predict"}), None)
    if source is None or "predict" not in wanted or rule_of(estimator) not in OF_THE_WINNER:
        return None
    X = seen.X
    scores = getattr(seen, source)(X)
    classes = getattr(estimator, "classes_", None)
    if not isinstance(scores, np.ndarray) or not isinstance(classes, np.ndarray):
        return None
    n_classes = 2 if scores.ndim == 1 else scores.shape[1]
    if classes.ndim != 1 or len(classes) != n_classes or n_classes < 2:  # noqa: PLR2004 - no contest
        return None
    margin = margins(scores)
    half = min(PROBE_ROWS // 2, len(margin))
    nearest = np.argpartition(margin, half - 1)[:half]
    even = np.linspace(0, len(margin) - 1, half).astype(np.intp)
    rows = np.union1d(nearest, even)
    clear = rows[margin[rows] >= TIE]
    own = estimator.predict(_safe_indexing(X, rows))[margin[rows] >= TIE]
    return source if np.array_equal(own, classes[winners(scores[clear])]) else None


def response_of(scorer: Any, estimator: Any) -> str | None:
    """Return the method that a scorer would call, as scikit-learn resolves it."""
    wanted = getattr(scorer, "_response_method", None)
    if wanted is None:
        return None
    names = (wanted,) if isinstance(wanted, str) else wanted
    return next((name for name in names if hasattr(estimator, name)), None)
