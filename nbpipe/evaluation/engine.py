"""Run the folds: small work in this process, large work on all cores, each fold seen when done."""

from __future__ import annotations

from contextlib import closing, suppress
from pickle import PicklingError
from typing import TYPE_CHECKING, Any

from joblib import cpu_count
from sklearn.utils.parallel import Parallel, delayed

from nbpipe.errors import UsageError
from nbpipe.evaluation import cores
from nbpipe.evaluation.fold import Fold, Job, run_fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbpipe.evaluation.splits import Split


def run_folds(
    job: Job,
    pipeline: Any,
    split: Split,
    n_jobs: int | None,
    seen: Callable[[Fold], None],
) -> tuple[Fold, ...]:
    """Fit and score every fold, handing each to `seen` as soon as it is done.

    With ``n_jobs=None`` the first fold runs in this process and tells how long the others will
    take. They stay here, in the splitter's order, when that is shorter than starting workers or
    sending the data to those that run already; otherwise the cores go to the folds, the largest
    first, or to a forest's threads where the folds would leave cores idle.

    Parameters
    ----------
    job : Job
    pipeline : estimator
        Cloned for each fold, never changed.
    split : Split
    n_jobs : int or None
        Workers for the folds; None decides.
    seen : callable
        Called in this process with each `Fold`; what it raises ends the run.

    Returns
    -------
    tuple of Fold
        In the splitter's order.
    """
    tasks = [(number, *sides) for number, sides in enumerate(split.folds, start=1)]
    done = []
    for fold in _run(job, pipeline, tasks, n_jobs):
        done.append(fold)
        seen(fold)
    return tuple(sorted(done, key=lambda fold: fold.number))


def _run(job: Job, pipeline: Any, tasks: list[Any], n_jobs: int | None) -> Iterator[Fold]:
    if n_jobs is not None and n_jobs > 1:
        try:
            yield from _side_by_side(job, pipeline, tasks, n_jobs)
        except PicklingError as error:
            *_, why = str(error.__cause__).strip('\n"').splitlines()  # a traceback as text
            raise UsageError(
                "The pipeline, the metrics or the data cannot be sent to workers "
                f"({why}); use n_jobs=1."
            ) from error
        return
    place: cores.Place = "here"
    if n_jobs is None:
        pilot, *tasks = tasks
        estimator = cores.in_process(pipeline)
        first = run_fold(job, estimator, *pilot)
        yield first
        seconds = (first.fit_seconds + first.score_seconds) * cores.speed(estimator)
        left = [seconds * len(train) / len(first.train) for _, train, _ in tasks]
        place = cores.fastest(estimator, left)
    if place == "workers":
        with suppress(PicklingError):  # what cannot travel is fitted here, below
            yield from _side_by_side(job, pipeline, tasks, min(cpu_count(), len(tasks)))
            return
    for task in tasks:
        yield run_fold(job, cores.in_process(pipeline, spread=place == "threads"), *task)


def _side_by_side(job: Job, pipeline: Any, tasks: list[Any], workers: int) -> Iterator[Fold]:
    tasks = sorted(tasks, key=lambda task: -len(task[1]))
    parallel = Parallel(n_jobs=workers, return_as="generator_unordered", pre_dispatch="all")
    folds = parallel(delayed(run_fold)(job, cores.alone(pipeline), *task) for task in tasks)
    with closing(folds):  # leaving early, on Ctrl-C above all, ends the workers
        yield from folds
