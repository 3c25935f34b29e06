"""Metrics by name or scorer, all served by one prediction pass for each set of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import check_scoring, get_scorer, get_scorer_names

from nbpipe.errors import UsageError
from nbpipe.evaluation.labels import Labels, label_score
from nbpipe.evaluation.names import suggest_metric
from nbpipe.evaluation.positive import with_positive_class

if TYPE_CHECKING:
    from nbpipe.evaluation.onepass import OnePass
    from nbpipe.evaluation.rows import Task

DEFAULTS: dict[Task, tuple[str, ...]] = {
    "binary": ("accuracy", "precision", "recall", "f1", "roc_auc"),
    "multiclass": ("accuracy", "precision_macro", "recall_macro", "f1_macro"),
    "multilabel": ("accuracy", "f1_macro"),
    "regression": ("r2", "neg_mean_absolute_error", "neg_root_mean_squared_error"),
}


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a fold is scored with.

    Attributes
    ----------
    scorers : dict of str to callable
        scikit-learn scorers, or callables of (estimator, X, y), by name.
    main : str
        The metric that the verdict is about.
    positive : str
        Which class counts as positive and why; empty where scikit-learn's default holds.
    notes : tuple of str
        What was chosen on the user's behalf, in words.
    """

    scorers: dict[str, Callable[..., float]]
    main: str
    positive: str = ""
    notes: tuple[str, ...] = ()


def choose_metrics(
    scoring: Any, pipeline: Any, task: Task, y: Any, pos_label: Any = None
) -> Metrics:
    """Turn `scoring` into scorers, choosing defaults and the positive class openly."""
    notes: list[str] = []
    scorers = _named(scoring, pipeline, task, notes)
    positive = ""
    if task == "binary":
        scorers, positive = with_positive_class(scorers, y, pos_label)
    elif pos_label is not None:
        raise UsageError(f"pos_label belongs to a target of two classes; this one is {task}.")
    main = "f1" if "f1" in scorers and task == "binary" else next(iter(scorers))
    if scoring is None and task == "multiclass":
        main = "f1_macro"
    return Metrics(scorers, main, positive, tuple(notes))


def score_set(
    metrics: Metrics,
    seen: OnePass,
    y: Any,
    labels: Labels | None,
    params: Mapping[str, Mapping[str, Any]],
) -> dict[str, float]:
    """Score one set of rows with every metric.

    Parameters
    ----------
    metrics : Metrics
    seen : OnePass
        The fitted estimator, remembering its responses to these rows.
    y : array-like, shape (n,) or (n, n_outputs)
        The target of these rows.
    labels : Labels or None
        The classes of `y` as codes, where the target has classes.
    params : mapping of str to mapping
        Keyword arguments of each scorer, such as its ``sample_weight``.

    Raises
    ------
    UsageError
        When a scorer gives no number; what a scorer raises itself passes through.
    """
    scores = {}
    for name, scorer in metrics.scorers.items():
        keywords = params.get(name, {})
        value = None if labels is None or keywords else label_score(scorer, seen, labels)
        if value is None:
            estimator = seen if hasattr(scorer, "_score_func") else seen.estimator
            value = scorer(estimator, seen.X, y, **keywords)
        if np.ndim(value) == 0 and hasattr(value, "item"):
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, Real):
            shown = " ".join(repr(value).split())[:60]
            raise UsageError(f"The scorer {name!r} returned {shown}; a single number is needed.")
        scores[name] = float(value)
    return scores


def _named(
    scoring: Any, pipeline: Any, task: Task, notes: list[str]
) -> dict[str, Callable[..., float]]:
    if scoring is None:
        return _defaults(pipeline, task, notes)
    if isinstance(scoring, str):
        return {scoring: _get(scoring)}
    if isinstance(scoring, Mapping):
        found = {str(name): _get(each) for name, each in scoring.items()}
    elif callable(scoring):
        return {_name_of(scoring): _get(scoring)}
    elif isinstance(scoring, Iterable):
        listed = list(scoring)
        found = {each if isinstance(each, str) else _name_of(each): _get(each) for each in listed}
        if len(found) < len(listed):
            raise UsageError("scoring names a metric twice; give each once, or use a dict.")
    else:
        raise UsageError(
            f"scoring={scoring!r} is no metric; give a name such as 'f1', a scorer, or several."
        )
    if not found:
        raise UsageError("scoring is empty; give at least one metric, or leave it out.")
    return found


def _get(metric: Any) -> Callable[..., float]:
    if isinstance(metric, str):
        if metric not in get_scorer_names():
            raise UsageError(
                f"There is no metric {metric!r}.{suggest_metric(metric)} "
                "sklearn.metrics.get_scorer_names() lists all."
            )
        found: Callable[..., float] = get_scorer(metric)
        return found
    if not callable(metric):
        raise UsageError(f"{metric!r} is no metric; give a name such as 'f1', or a scorer.")
    if getattr(metric, "__module__", "").startswith("sklearn.metrics.") and not hasattr(
        metric, "_score_func"
    ):
        raise UsageError(
            f"{_name_of(metric)} compares y with predictions; "
            f"wrap it as sklearn.metrics.make_scorer({_name_of(metric)})."
        )
    return metric  # type: ignore[no-any-return]


def _without_score(pipeline: Any) -> str:
    last = pipeline.steps[-1][1] if getattr(pipeline, "steps", None) else pipeline
    if hasattr(last, "transform") and not hasattr(last, "predict"):
        return (
            f"The pipeline ends in a transformer ({type(last).__name__}), so it predicts nothing; "
            "add an estimator such as LogisticRegression() as its last step."
        )
    return "The pipeline has no score method; name a metric with scoring=."


def _name_of(metric: Any) -> str:
    function = getattr(metric, "_score_func", metric)
    return str(getattr(function, "__name__", type(metric).__name__))


def _defaults(pipeline: Any, task: Task, notes: list[str]) -> dict[str, Callable[..., float]]:
    if task == "other":
        if not hasattr(pipeline, "score"):
            raise UsageError(_without_score(pipeline))
        return {"score": check_scoring(pipeline)}
    names = DEFAULTS[task]
    ranks = any(hasattr(pipeline, method) for method in ("decision_function", "predict_proba"))
    if "roc_auc" in names and not ranks:
        notes.append("roc_auc is left out: the pipeline gives labels only, no scores to rank by")
        names = tuple(name for name in names if name != "roc_auc")
    return {name: get_scorer(name) for name in names}
