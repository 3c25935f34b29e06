"""Who gets the cores: the folds or the estimator, never both."""

from __future__ import annotations

from heapq import heapreplace
from multiprocessing import active_children
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

from joblib import cpu_count, effective_n_jobs
from sklearn.base import clone
from sklearn.ensemble._forest import BaseForest

from nbpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = Literal["here", "threads", "workers"]

# Libraries whose estimators run threads of their own unless told otherwise.
THREADED_PACKAGES = frozenset({"xgboost", "lightgbm", "catboost"})

# Seconds that workers must save to be started. Starting them takes 1.4 to 1.7 s on 2 idle cores,
# and the first fold, from which the rest is estimated, also pays for what libraries load late.
START_COST = 3.0
# Likewise for workers that an earlier run left: they may lack libraries, and data must travel.
REUSE_COST = 0.5
# Likewise for threads of a forest left at one: they add up votes in no fixed order.
SPREAD_COST = 3.0
# Share of the cores that a forest's threads keep busy: measured at 20,000 rows and 100 trees, where
# threads took 1.20 times as long as all cores at work throughout would.
BUSY = 0.85


def check_n_jobs(n_jobs: Any) -> int | None:
    """Return the number of workers asked for, or None where nbpipe decides."""
    if n_jobs is None:
        return None
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, Integral) or n_jobs == 0:
        raise UsageError(
            f"n_jobs is a number of workers, -1 for all cores, or None, not {n_jobs!r}."
        )
    return int(effective_n_jobs(int(n_jobs)))


def alone(pipeline: Any) -> Any:
    """Return a clone that keeps to one core, for folds that run side by side."""
    return _with_jobs(pipeline, dict.fromkeys(_job_parameters(pipeline), 1))


def in_process(pipeline: Any, *, spread: bool = False) -> Any:
    """Return a clone whose final estimator may use threads and whose other parts use none.

    Parameters
    ----------
    pipeline : estimator
    spread : bool
        Give all cores to a forest that was left at one.
    """
    jobs = dict.fromkeys(_job_parameters(pipeline), 1)
    if _is_forest(pipeline) or _package(_final(pipeline)) in THREADED_PACKAGES:
        own = f"{pipeline.steps[-1][0]}__n_jobs" if hasattr(pipeline, "steps") else "n_jobs"
        wanted = jobs.pop(own, None) and pipeline.get_params()[own]
        if spread and wanted in {None, 1} and _is_forest(pipeline):
            jobs[own] = cpu_count()
    return _with_jobs(pipeline, jobs)


def fastest(pipeline: Any, seconds: Sequence[float]) -> Place:
    """Say where folds end first: here as the estimator is, with more threads, or in workers.

    Parameters
    ----------
    pipeline : estimator
    seconds : sequence of float
        What each fold needs on one core.
    """
    workers = min(cpu_count(), len(seconds))
    cost = REUSE_COST if _running() >= workers else START_COST
    ends: dict[Place, float] = {"here": sum(seconds) / speed(pipeline)}
    if _is_forest(pipeline):
        ends["threads"] = sum(seconds) / (BUSY * cpu_count()) + SPREAD_COST
    if workers > 1 and _package(_final(pipeline)) not in THREADED_PACKAGES:
        ends["workers"] = _last_end(seconds, workers) + cost
    return min(ends, key=ends.__getitem__)


def speed(pipeline: Any) -> float:
    """Return how many cores the final estimator keeps busy as it is."""
    threads = effective_n_jobs(_final(pipeline).n_jobs) if _is_forest(pipeline) else 1
    return BUSY * threads if threads > 1 else 1.0


def _running() -> int:
    """Count joblib's workers, which it keeps for five minutes after a run."""
    return sum(type(each).__name__ == "LokyProcess" for each in active_children())


def _last_end(seconds: Sequence[float], workers: int) -> float:
    """Return when all is done if each worker takes the largest fold left."""
    ends = [0.0] * workers
    for each in sorted(seconds, reverse=True):
        heapreplace(ends, ends[0] + each)
    return max(ends)


def _is_forest(pipeline: Any) -> bool:
    return isinstance(_final(pipeline), BaseForest)


def _package(estimator: Any) -> str:
    return type(estimator).__module__.split(".")[0]


def _final(pipeline: Any) -> Any:
    return pipeline.steps[-1][1] if getattr(pipeline, "steps", None) else pipeline


def _job_parameters(pipeline: Any) -> list[str]:
    """Name the n_jobs parameters that ask for more than one core, or would by default."""
    parameters = pipeline.get_params(deep=True)
    found = []
    for name, value in parameters.items():
        if name.rpartition("__")[2] == "n_jobs":
            owner = parameters.get(name.rpartition("__")[0], pipeline)
            greedy = _package(owner) in THREADED_PACKAGES
            if greedy or isinstance(owner, BaseForest) or value not in {None, 1}:
                found.append(name)
    return found


def _with_jobs(pipeline: Any, jobs: dict[str, int]) -> Any:
    copy = clone(pipeline)
    return copy.set_params(**jobs) if jobs else copy
