"""One fold: fit a clone on the training rows, score it on both sides."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.validation import _check_method_params

from nbpipe.errors import DataError, NbpipeError, UsageError
from nbpipe.evaluation.numbers import number
from nbpipe.evaluation.onepass import OnePass, labels_follow
from nbpipe.evaluation.scoring import Metrics, score_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from nbpipe.evaluation.labels import Labels
    from nbpipe.evaluation.rows import Rows


@dataclass(frozen=True, slots=True)
class Job:
    """What every fold of one cross-validation shares.

    Attributes
    ----------
    rows : Rows
    labels : Labels or None
        The target as codes, where it has classes.
    metrics : Metrics
    fit_params : mapping
        Keyword arguments of ``fit``; arrays of one value a row are cut to the fold.
    score_params : mapping of str to mapping
        Keyword arguments of each scorer, likewise.
    """

    rows: Rows
    labels: Labels | None
    metrics: Metrics
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, repr=False)
class Fold:
    """What one fold gave.

    Attributes
    ----------
    number : int
        Counted from 1, in the splitter's order.
    train, test : ndarray of int
        Positions of the rows in X.
    train_scores, test_scores : dict of str to float
    fit_seconds, score_seconds : float
        Wall time of fitting, and of scoring both sides.
    warned : tuple of str
        What libraries warned of meanwhile, each text once.
    """

    number: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    train_scores: dict[str, float]
    test_scores: dict[str, float]
    fit_seconds: float
    score_seconds: float
    warned: tuple[str, ...]

    def __repr__(self) -> str:
        scores = ", ".join(f"{name} {number(each)}" for name, each in self.test_scores.items())
        sizes = f"{len(self.train):,} train and {len(self.test):,} test rows"
        return f"<Fold {self.number}: {sizes}, test {scores}>"


def run_fold(
    job: Job, estimator: Any, number: int, train: NDArray[np.intp], test: NDArray[np.intp]
) -> Fold:
    """Fit `estimator`, a clone, on the training rows of one fold and score it on both sides.

    Raises
    ------
    DataError
        When the estimator cannot be fitted; it names the fold, the step and the step's message.
    UsageError
        When a metric cannot be computed.
    """
    X, y = job.rows.X, job.rows.y
    with warnings.catch_warnings(record=True) as caught:
        started = time.perf_counter()
        X_train, y_train = _safe_split(estimator, X, y, train)
        X_test, y_test = _safe_split(estimator, X, y, test, train)
        try:
            estimator.fit(X_train, y_train, **_check_method_params(X, job.fit_params, train))
        except Exception as error:
            raise DataError(f"Fold {number} cannot be fitted: {blame(estimator, error)}") from error
        fitted = time.perf_counter()
        seen = OnePass(estimator, X_test)
        try:
            source = labels_follow(job.metrics.scorers, seen)
            seen.derive_labels_from(source)
            test_scores = score_side(job, seen, y_test, test)
            seen = OnePass(estimator, X_train)
            seen.derive_labels_from(source)
            train_scores = score_side(job, seen, y_train, train)
        except NbpipeError:
            raise
        except Exception as error:
            raise UsageError(
                f"Fold {number} cannot be scored with {', '.join(job.metrics.scorers)}: "
                f"{blame(estimator, error)}"
            ) from error
        scored = time.perf_counter()
    texts = (" ".join(str(each.message).split()) for each in caught)
    return Fold(
        number,
        train,
        test,
        train_scores,
        test_scores,
        fitted - started,
        scored - fitted,
        tuple(dict.fromkeys(texts)),
    )


def score_side(job: Job, seen: OnePass, y: Any, rows: NDArray[np.intp]) -> dict[str, float]:
    """Score one side of a fold, whose rows `seen` holds and `y` are the targets of."""
    labels = None if job.labels is None else job.labels.at(rows)
    params = {
        name: _check_method_params(job.rows.X, keywords, rows)
        for name, keywords in job.score_params.items()
    }
    return score_set(job.metrics, seen, y, labels, params)


def blame(pipeline: Any, error: Exception) -> str:
    """Say which step failed, with the estimator's own message."""
    step, culprit = "", pipeline
    place = error.__traceback__
    while place is not None:
        names = place.tb_frame.f_locals
        owner = names.get("self")
        if isinstance(owner, BaseEstimator):
            culprit = owner
            if hasattr(owner, "steps") and isinstance(names.get("name"), str):
                step = names["name"]
            step = next(
                (name for name, each in getattr(pipeline, "steps", ()) if each is owner), step
            )
        place = place.tb_next
    where = f"step {step!r} ({type(culprit).__name__})" if step else type(culprit).__name__
    text = str(error).strip() or "no message"
    said = f"{where} says {type(error).__name__}: {text.splitlines()[0]}"
    if text.startswith("Found unknown categories"):
        how = "ignore" if isinstance(culprit, OneHotEncoder) else "use_encoded_value"
        said += f". Set its handle_unknown={how!r}: a fold may meet values that it did not train on"
    return said
