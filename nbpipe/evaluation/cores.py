"""Who gets the cores: the folds or the estimator, never both."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from joblib import cpu_count, effective_n_jobs
from sklearn.base import clone
from sklearn.ensemble._forest import BaseForest

from nbpipe.errors import UsageError

# Libraries whose estimators run threads of their own unless told otherwise.
THREADED_PACKAGES = frozenset({"xgboost", "lightgbm", "catboost"})

# Seconds that workers must save to be started. Starting them takes 1.4 to 1.7 s on 2 idle cores,
# and the first fold, from which the rest is estimated, also pays for what libraries load late.
START_COST = 3.0


def check_n_jobs(n_jobs: Any) -> int | None:
    """Return the number of workers asked for, or None where nbpipe decides."""
    if n_jobs is None:
        return None
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, Integral) or n_jobs == 0:
        raise UsageError(
            f"n_jobs is a number of workers, -1 for all cores, or None, not {n_jobs!r}."
        )
    return int(effective_n_jobs(int(n_jobs)))


def threaded(pipeline: Any) -> bool:
    """Tell whether the final estimator spreads its own work over threads."""
    final = _final(pipeline)
    package = type(final).__module__.split(".")[0]
    return isinstance(final, BaseForest) or package in THREADED_PACKAGES


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
    if threaded(pipeline):
        own = f"{pipeline.steps[-1][0]}__n_jobs" if hasattr(pipeline, "steps") else "n_jobs"
        wanted = jobs.pop(own, None) and pipeline.get_params()[own]
        if spread and wanted in {None, 1} and isinstance(_final(pipeline), BaseForest):
            jobs[own] = cpu_count()
    return _with_jobs(pipeline, jobs)


def worth_starting(seconds_left: float, workers: int) -> bool:
    """Tell whether workers would save more than they cost to start."""
    return workers > 1 and seconds_left * (1 - 1 / workers) > START_COST


def _final(pipeline: Any) -> Any:
    return pipeline.steps[-1][1] if getattr(pipeline, "steps", None) else pipeline


def _job_parameters(pipeline: Any) -> list[str]:
    """Name the n_jobs parameters that ask for more than one core, or would by default."""
    parameters = pipeline.get_params(deep=True)
    found = []
    for name, value in parameters.items():
        if name.rpartition("__")[2] == "n_jobs":
            owner = parameters.get(name.rpartition("__")[0], pipeline)
            greedy = type(owner).__module__.split(".")[0] in THREADED_PACKAGES
            if greedy or isinstance(owner, BaseForest) or value not in {None, 1}:
                found.append(name)
    return found


def _with_jobs(pipeline: Any, jobs: dict[str, int]) -> Any:
    copy = clone(pipeline)
    return copy.set_params(**jobs) if jobs else copy
