"""One prediction pass for all metrics of a set of rows, with scikit-learn's own numbers.

scikit-learn calls ``predict`` for the metrics of labels and ``decision_function`` or
``predict_proba`` for those of ranks, so it pushes the same rows through a pipeline twice, and each
metric sorts all labels again. Here the scores are computed once, labels are derived from them where
a probe of the estimator shows that this is what ``predict`` does, and metrics that see labels only
are computed from the table of (true, predicted) pairs, whose counts hold all that they use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics as skm
from sklearn.base import is_classifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESPONSES = ("predict", "predict_proba", "predict_log_proba", "decision_function")

# Functions of the counts of (true, predicted) pairs alone: weighting each pair by its count
# adds up the same whole numbers, so results are equal to the last bit.
OF_THE_TABLE = frozenset(
    {
        skm.accuracy_score,
        skm.balanced_accuracy_score,
        skm.f1_score,
        skm.fbeta_score,
        skm.jaccard_score,
        skm.matthews_corrcoef,
        skm.precision_score,
        skm.recall_score,
    }
)
# Functions that use the order of the classes, never their names.
OF_THE_CODES = frozenset({skm.roc_auc_score, skm.log_loss})

# scikit-learn warns of "too many classes" when they exceed half the rows, from 21 rows on; a table
# of up to 10 classes never does, so that no warning appears that the full rows would not give.
MOST_CLASSES = 10
PROBE_ROWS = 64


@dataclass(frozen=True, slots=True)
class Labels:
    """The target as codes.

    Attributes
    ----------
    classes : ndarray, shape (k,)
        Sorted classes of the whole target.
    codes : ndarray of int, shape (n,)
        ``classes[codes]`` is the target.
    """

    classes: NDArray[Any]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, y: Any) -> Labels | None:
        """Encode a target of one column; None where its values cannot be sorted."""
        values = np.asarray(y)
        if values.ndim != 1:
            return None
        try:
            classes, codes = np.unique(values, return_inverse=True)
        except TypeError:
            return None
        return cls(classes, codes)

    def at(self, rows: NDArray[np.intp]) -> Labels:
        """Return the labels of some rows, with the same classes."""
        return Labels(self.classes, self.codes[rows])

    def encode(self, values: Any) -> NDArray[np.intp] | None:
        """Return predicted labels as codes, or None where one of them is no known class."""
        values = np.asarray(values)
        try:
            codes = np.searchsorted(self.classes, values)
        except TypeError:
            return None
        codes = np.minimum(codes, len(self.classes) - 1)
        return codes if np.array_equal(self.classes[codes], values) else None


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
        self._X = X
        self._labels_from: str | None = None
        self._answers: dict[str, Any] = {}

    def derive_labels_from(self, response: str | None) -> None:
        """Let `predict` follow from another response, where `labels_follow` found that it does."""
        self._labels_from = response

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.estimator, name)
        if name not in RESPONSES:
            return value

        def respond(_: Any) -> Any:
            if name not in self._answers:
                self._answers[name] = self._answer(name, value)
            return self._answers[name]

        respond.__name__ = name  # scikit-learn's scorers look at the name of the method
        return respond

    def positions(self) -> NDArray[np.intp] | None:
        """Return predicted labels as positions in the estimator's classes, where derived."""
        if self._labels_from is None:
            return None
        return winners(getattr(self, self._labels_from)(self._X))

    def _answer(self, name: str, method: Callable[[Any], Any]) -> Any:
        if name == "predict" and self._labels_from is not None:
            return self.estimator.classes_[self.positions()]
        return method(self._X)


def winners(scores: NDArray[Any]) -> NDArray[np.intp]:
    """Return the position of the winning class from probabilities or decision values."""
    if scores.ndim == 1:
        return (scores > 0).astype(np.intp)
    return np.argmax(scores, axis=1)


def labels_follow(scorers: dict[str, Any], seen: OnePass, X: Any) -> str | None:
    """Name the response that labels can be derived from, after a probe of `predict` itself.

    The rows compared are those nearest to a decision boundary, where another rule (a tuned
    threshold, votes between pairs of classes) would show first, and an even sample of the others.
    """
    estimator = seen.estimator
    wanted = [_response(scorer, estimator) for scorer in scorers.values()]
    source = next((each for each in wanted if each not in {None, "predict"}), None)
    if source is None or "predict" not in wanted or not is_classifier(estimator):
        return None
    scores = getattr(seen, source)(X)
    classes = getattr(estimator, "classes_", None)
    if not isinstance(scores, np.ndarray) or not isinstance(classes, np.ndarray):
        return None
    if classes.ndim != 1 or len(classes) != (2 if scores.ndim == 1 else scores.shape[1]):
        return None
    if scores.ndim == 1:
        margin = np.abs(scores)
    else:
        top = np.partition(scores, -2, axis=1)
        margin = top[:, -1] - top[:, -2]
    half = min(PROBE_ROWS // 2, len(margin))
    nearest = np.argpartition(margin, half - 1)[:half]
    even = np.linspace(0, len(margin) - 1, half).astype(np.intp)
    rows = np.union1d(nearest, even)
    some = X.iloc[rows] if hasattr(X, "iloc") else X[rows]
    agree = np.array_equal(estimator.predict(some), classes[winners(scores[rows])])
    return source if agree else None


def table_score(scorer: Any, seen: OnePass, X: Any, labels: Labels) -> float | None:
    """Score labels from the table of pairs, ranks from codes; None where that is not known."""
    function = getattr(scorer, "_score_func", None)
    if function in OF_THE_TABLE and _response(scorer, seen.estimator) == "predict":
        return _from_table(scorer, seen, X, labels)
    if function in OF_THE_CODES and labels.classes.dtype.kind not in "biuf":
        return _from_codes(scorer, seen, X, labels)
    return None


def _from_table(scorer: Any, seen: OnePass, X: Any, labels: Labels) -> float | None:
    k = len(labels.classes)
    if k > MOST_CLASSES:
        return None
    predicted = _predicted_codes(seen, X, labels)
    if predicted is None:
        return None
    counts = np.bincount(labels.codes * k + predicted, minlength=k * k)
    pairs = np.flatnonzero(counts)
    score: float = scorer._sign * scorer._score_func(  # noqa: SLF001 - no public way to a scorer's function
        labels.classes[pairs // k],
        labels.classes[pairs % k],
        sample_weight=counts[pairs],
        **scorer._kwargs,  # noqa: SLF001 - likewise
    )
    return score


def _predicted_codes(seen: OnePass, X: Any, labels: Labels) -> NDArray[np.intp] | None:
    positions = seen.positions()
    if positions is None:
        return labels.encode(seen.predict(X))
    of_class = labels.encode(seen.estimator.classes_)
    return None if of_class is None else of_class[positions]


def _from_codes(scorer: Any, seen: OnePass, X: Any, labels: Labels) -> float | None:
    classes = labels.encode(seen.classes_)
    if classes is None or scorer._kwargs.get("labels") is not None:  # noqa: SLF001 - likewise
        return None
    score: float = scorer(_Coded(seen, classes), X, labels.codes)
    return score


class _Coded:
    """An estimator whose classes are called by their codes."""

    def __init__(self, seen: OnePass, classes: NDArray[np.intp]) -> None:
        self._seen = seen
        self.classes_ = classes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._seen, name)


def _response(scorer: Any, estimator: Any) -> str | None:
    """Return the method that a scorer would call, as scikit-learn resolves it."""
    wanted = getattr(scorer, "_response_method", None)
    if wanted is None:
        return None
    names = (wanted,) if isinstance(wanted, str) else wanted
    return next((name for name in names if hasattr(estimator, name)), None)
