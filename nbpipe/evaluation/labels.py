"""Metrics of labels from the counts of (true, predicted) pairs, equal to scikit-learn's.

Each metric of scikit-learn checks and sorts all labels again, which for text costs more than a
linear model's fit. The counts hold everything that these metrics use, and whole numbers add up
the same in any order, so the results are equal to the last bit; the tests hold them to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics as skm

from nbpipe.evaluation.onepass import response_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbpipe.evaluation.onepass import OnePass

# Functions of the counts alone.
OF_THE_COUNTS = frozenset(
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

    def counts(self) -> NDArray[np.intp]:
        """Return how often each class occurs."""
        return np.bincount(self.codes, minlength=len(self.classes))

    def counted(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Return the classes that occur, and how often each does."""
        counts = self.counts()
        return self.classes[counts > 0], counts[counts > 0]

    def encode(self, values: Any) -> NDArray[np.intp] | None:
        """Return predicted labels as codes, or None where one of them is no known class."""
        values = np.asarray(values)
        try:
            codes = np.searchsorted(self.classes, values)
        except TypeError:
            return None
        codes = np.minimum(codes, len(self.classes) - 1)
        return codes if np.array_equal(self.classes[codes], values) else None


def label_score(scorer: Any, seen: OnePass, labels: Labels) -> float | None:
    """Score labels from their counts and ranks from codes; None where a scorer needs more."""
    function = getattr(scorer, "_score_func", None)
    if function in OF_THE_COUNTS and response_of(scorer, seen.estimator) == "predict":
        counts = seen.once("counts", lambda: _counts(seen, labels))
        return None if counts is None else _of_counts(scorer, counts, labels.classes)
    if function is skm.roc_auc_score and not scorer._kwargs:  # noqa: SLF001 - no public way
        value = _binary_auc(scorer, seen, labels)
        if value is not None:
            return value
    if function in OF_THE_CODES and labels.classes.dtype.kind not in "biuf":
        return _of_codes(scorer, seen, labels)
    return None


def _binary_auc(scorer: Any, seen: OnePass, labels: Labels) -> float | None:
    """Compute what `roc_auc_score` does for two classes, without its second look at the labels."""
    response = response_of(scorer, seen.estimator)
    present = np.bincount(labels.codes, minlength=2).all()
    if response in {None, "predict"} or len(labels.classes) != 2 or not present:  # noqa: PLR2004 - binary
        return None
    if not np.array_equal(getattr(seen, "classes_", ()), labels.classes):
        return None
    scores = np.asarray(getattr(seen, str(response))(seen.X))
    ranked = scores[:, 1] if scores.ndim > 1 else scores
    if ranked.min() == ranked.max():  # a dummy: one point, half the area
        return 0.5 * float(scorer._sign)  # noqa: SLF001 - likewise
    if not np.isfinite(ranked).all():
        return None
    return float(scorer._sign * skm.auc(*_roc_corners(labels.codes, ranked)))  # noqa: SLF001 - likewise


def _roc_corners(
    positive: NDArray[np.intp], ranked: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the false and true positive rates of `roc_curve`, which leaves out straight parts."""
    order = np.argsort(ranked)[::-1]
    last = np.append(np.flatnonzero(np.diff(ranked[order])), len(order) - 1)  # of equal scores
    hits = np.cumsum(positive[order])[last]
    misses = 1 + last - hits
    bends = np.ones(len(last), dtype=bool)
    bends[1:-1] = (np.diff(misses, 2) != 0) | (np.diff(hits, 2) != 0)
    false, true = (np.append(0, each[bends]) for each in (misses, hits))
    return false / false[-1], true / true[-1]


def _counts(seen: OnePass, labels: Labels) -> NDArray[np.intp] | None:
    """Count pairs: the entry at row i and column j is true class i, predicted class j."""
    k = len(labels.classes)
    predicted = _predicted_codes(seen, labels) if k <= MOST_CLASSES else None
    if predicted is None:
        return None
    return np.bincount(labels.codes * k + predicted, minlength=k * k).reshape(k, k)


def _of_counts(scorer: Any, counts: NDArray[np.intp], classes: NDArray[Any]) -> float:
    function, keywords, sign = scorer._score_func, scorer._kwargs, scorer._sign  # noqa: SLF001 - no public way
    score = _closed_form(function, keywords, counts, classes)
    if score is None:
        true, predicted = np.nonzero(counts)
        score = function(
            classes[true], classes[predicted], sample_weight=counts[true, predicted], **keywords
        )
    return float(sign * score)


def _closed_form(
    function: Any, keywords: dict[str, Any], counts: NDArray[np.intp], classes: NDArray[Any]
) -> float | None:
    """Compute the everyday metrics as scikit-learn does; None where it would warn or do more."""
    hits, true, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    if function is skm.accuracy_score and not keywords:
        return float(hits.sum() / counts.sum())
    parts = {
        skm.precision_score: (hits, predicted),
        skm.recall_score: (hits, true),
        skm.f1_score: (2 * hits, true + predicted),
    }
    if function not in parts or not keywords.keys() <= {"average", "pos_label"}:
        return None
    average = keywords.get("average", "binary")
    if average == "binary" and len(classes) == 2:  # noqa: PLR2004 - the meaning of binary
        chosen = classes == keywords.get("pos_label", 1)
    elif average == "macro":
        chosen = true + predicted > 0
    else:
        return None
    part, whole = (each[chosen] for each in parts[function])
    return float(np.average(part / whole)) if len(whole) and whole.all() else None


def _predicted_codes(seen: OnePass, labels: Labels) -> NDArray[np.intp] | None:
    positions = seen.positions()
    if positions is None:
        return labels.encode(seen.predict(seen.X))
    of_class = labels.encode(seen.estimator.classes_)
    return None if of_class is None else of_class[positions]


def _of_codes(scorer: Any, seen: OnePass, labels: Labels) -> float | None:
    classes = labels.encode(seen.classes_)
    if classes is None or scorer._kwargs.get("labels") is not None:  # noqa: SLF001 - likewise
        return None
    score: float = scorer(_Coded(seen, classes), seen.X, labels.codes)
    return score


class _Coded:
    """An estimator whose classes are called by their codes."""

    def __init__(self, seen: OnePass, classes: NDArray[np.intp]) -> None:
        self._seen = seen
        self.classes_ = classes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._seen, name)
