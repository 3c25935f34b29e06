"""``nbpipe.cv``: cross-validate a pipeline honestly, and say what the scores mean."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UsageError
from nbpipe.evaluation.baseline import baselines
from nbpipe.evaluation.cores import check_n_jobs
from nbpipe.evaluation.engine import run_folds
from nbpipe.evaluation.fold import Fold, Job
from nbpipe.evaluation.labels import Labels
from nbpipe.evaluation.probe import probe_data
from nbpipe.evaluation.progress import Progress
from nbpipe.evaluation.report import CVReport
from nbpipe.evaluation.routing import route
from nbpipe.evaluation.rows import check_pipeline, check_rows, task_of
from nbpipe.evaluation.scoring import choose_metrics
from nbpipe.evaluation.splits import check_trained_classes, choose_splitter, make_folds
from nbpipe.evaluation.study import Study, remember
from nbpipe.evaluation.thresholds import Thresholds
from nbpipe.evaluation.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DEFAULT = Thresholds()


def cv(
    pipeline: Any,
    X: Any,
    y: Any,
    *,
    cv: Any = None,
    time: Any = None,
    groups: Any = None,
    scoring: Any = None,
    gap: int = 0,
    n_splits: int = 5,
    n_jobs: int | None = None,
    overfit_gap: float = DEFAULT.overfit_gap,
    thresholds: Thresholds = DEFAULT,
    pos_label: Any = None,
    sample_weight: Any = None,
    params: Mapping[str, Any] | None = None,
    probe: bool = True,
    progress: bool | type | None = None,
    on_fold: Callable[[Fold], None] | None = None,
    name: str | None = None,
) -> CVReport:
    """Cross-validate a pipeline, beside a baseline, and say what the scores mean.

    Scores equal those of `sklearn.model_selection.cross_validate` on the same folds.

    Parameters
    ----------
    pipeline : scikit-learn estimator
        Cloned for each fold; the object itself stays as it is, unfitted if it was.
    X : DataFrame, array or sparse matrix, shape (n, n_features)
    y : array-like, shape (n,)
    cv : int, splitter or iterable, optional
        A splitter of scikit-learn, pairs of positions, or a number that replaces `n_splits`. Left
        out, `time` gives TimeSeriesSplit, `groups` a group splitter, and neither gives
        scikit-learn's own default, (Stratified)KFold without shuffling.
    time : str, array-like or DatetimeIndex, optional
        When each row happened, as values or as the name of a column of `X`. Rows that are out of
        order are sorted for splitting, which the report says; positions given as `cv` stay those of
        `X`. A column stays in `X`: the pipeline
        gets what it would get from ``fit(X, y)``.
    groups : str or array-like, optional
        Rows of one group never stand on both sides; cannot be combined with `time`. A splitter
        given as `cv` decides for itself, and the report says where it tears groups apart.
    scoring : str, callable, list or dict, optional
        Metrics, as in scikit-learn. Left out: accuracy, precision, recall, f1 and roc_auc for two
        classes; accuracy and macro averages for more; r2 and errors for numbers.
    gap : int
        Rows left out between train and test of a time split.
    n_splits : int
        Number of folds.
    n_jobs : int, optional
        Workers for the folds. None lets nbpipe decide: quick work stays in this process; otherwise
        cores go to the folds or to the estimator, never both.
    overfit_gap : float
        A train/test gap above this is overfitting.
    thresholds : Thresholds
        Everything else that the verdict compares with.
    pos_label : class, optional
        The positive class of a binary target. Left out: 1 where the target holds it, else the
        rarer class, which the report says.
    sample_weight : array-like, shape (n,), optional
    params : mapping, optional
        More metadata for ``fit``, routed as `cross_validate` does.
    probe : bool
        Look at the data for signs of a leak; the report says what it cost.
    progress : bool or type, optional
        None shows a bar for work of more than a second, in notebooks and terminals; a class of
        the kind of tqdm's takes the bar's place.
    on_fold : callable, optional
        Called with each `Fold` as soon as it is done; what it raises ends the run.
    name : str, optional
        What the report calls the pipeline; its last step's class by default.

    Returns
    -------
    CVReport

    Raises
    ------
    UsageError
        When an argument makes no sense, or a metric cannot be computed.
    DataError
        When X, y, groups or time cannot be used, or the pipeline cannot be fitted on them.
    """
    started = clock.perf_counter()
    check_pipeline(pipeline)
    workers = check_n_jobs(n_jobs)
    limits = _limits(thresholds, overfit_gap)
    _check_reporting(on_fold, name)
    rows = check_rows(X, y, groups, time)
    task = task_of(pipeline, rows.y)
    metrics = choose_metrics(scoring, pipeline, task, rows.y, pos_label)
    splitter, reason = choose_splitter(cv, rows, task, gap=gap, n_splits=n_splits)
    routes = route(
        pipeline, splitter, metrics.scorers, rows, sample_weight=sample_weight, params=params
    )
    split = make_folds(splitter, reason, rows, routes.split)
    labels = Labels.of(rows.y) if task in {"binary", "multiclass"} else None
    job = Job(rows, labels, metrics, routes.fit, routes.score)
    if labels is not None:
        check_trained_classes(split, labels)
    with Progress(len(split.folds), metrics.main, progress) as shown:

        def seen(fold: Fold) -> None:
            shown.show(fold)
            if on_fold is not None:
                on_fold(fold)

        folds = run_folds(job, pipeline, split, workers, seen)
    facts = probe_data(rows, labels, split, task) if probe else None
    dummies = baselines(job, split, task)
    verdict = judge(
        metrics.main, folds, dummies.get(metrics.main), split, probe=facts, limits=limits
    )
    report = CVReport(
        name=name or _name_of(pipeline),
        task=task,
        n_rows=rows.n,
        n_features=int(rows.X.shape[1]),
        metrics=tuple(metrics.scorers),
        main=metrics.main,
        positive=metrics.positive,
        split=split,
        folds=folds,
        baselines=dummies,
        probe=facts,
        verdict=verdict,
        thresholds=limits,
        notes=(*metrics.notes, *routes.notes, *_warnings(folds)),
        seconds=clock.perf_counter() - started,
    )
    remember(report, Study(pipeline, job))
    return report


def _limits(thresholds: Any, overfit_gap: Any) -> Thresholds:
    if not isinstance(thresholds, Thresholds):
        raise UsageError(
            f"thresholds is a Thresholds object, not a {type(thresholds).__name__}; "
            "overfit_gap= alone takes a number."
        )
    gap = Thresholds(overfit_gap=overfit_gap).overfit_gap
    return thresholds if gap == DEFAULT.overfit_gap else replace(thresholds, overfit_gap=gap)


def _check_reporting(on_fold: Any, name: Any) -> None:
    if on_fold is not None and not callable(on_fold):
        raise UsageError(
            f"on_fold is called with each fold, but a {type(on_fold).__name__} cannot be called."
        )
    if name is not None and not (isinstance(name, str) and name.isprintable()):
        raise UsageError(f"name must be a text of one line, not {name!r}.")


def _name_of(pipeline: Any) -> str:
    steps = getattr(pipeline, "steps", None)
    return type(steps[-1][1]).__name__ if steps else type(pipeline).__name__


def _warnings(folds: Sequence[Fold]) -> list[str]:
    """Return each warning once, with the folds that gave it."""
    where: dict[str, list[str]] = {}
    for fold in folds:
        for text in fold.warned:
            where.setdefault(text, []).append(str(fold.number))
    return [
        f"warned in {'every fold' if len(at) == len(folds) else 'fold ' + ', '.join(at)}: {text}"
        for text, at in where.items()
    ]
