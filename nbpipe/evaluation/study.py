"""What a report was made from, so that it can be fitted again under the same folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import finalize

from sklearn.model_selection import KFold

from nbpipe.errors import DataError, UsageError
from nbpipe.evaluation.fold import Job
from nbpipe.evaluation.routing import route
from nbpipe.evaluation.rows import check_pipeline, check_rows, task_of
from nbpipe.evaluation.scoring import choose_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbpipe.evaluation.report import CVReport

_kept: dict[int, Study] = {}
_keeping = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Study:
    """A pipeline and its rows; a report holds neither, so this stands beside it, in memory alone.

    Attributes
    ----------
    pipeline : estimator
    job : Job
        The rows, the scorers, and what goes to ``fit``.
    """

    pipeline: Any
    job: Job


def keep_studies(*, on: bool) -> None:
    """Say whether studies are kept from now on; those kept so far stay with their reports."""
    global _keeping  # noqa: PLW0603 - a session has one notebook
    _keeping = on


def remember(report: CVReport, study: Study) -> None:
    """Keep a study until its report is gone, where studies are kept."""
    if _keeping:
        _kept[id(report)] = study
        finalize(report, _kept.pop, id(report), None)


def study_of(report: CVReport) -> Study | None:
    """Return what a report was made from, where that is known."""
    return _kept.get(id(report))


def study_again(
    report: CVReport,
    pipeline: Any,
    X: Any,
    y: Any,
    *,
    scoring: Any = None,
    pos_label: Any = None,
    sample_weight: Any = None,
    params: Mapping[str, Any] | None = None,
) -> Study:
    """Return what a report was made from, given once more as it was given to `nbpipe.cv`.

    Raises
    ------
    UsageError
        When the pipeline cannot be used, or the metrics are not those of the report.
    DataError
        When X or y cannot be used, or are not as many rows as the report is of.
    """
    check_pipeline(pipeline)
    rows = check_rows(X, y, None, None)
    if rows.n != report.n_rows:
        raise DataError(f"The report is of {report.n_rows:,} rows, but X has {rows.n:,}.")
    scoring = list(report.metrics) if scoring is None else scoring
    metrics = choose_metrics(scoring, pipeline, task_of(pipeline, rows.y), rows.y, pos_label)
    if metrics.positive != report.positive:
        raise UsageError(
            f"The report's positive class was chosen otherwise ({report.positive or 'it is 1'}); "
            "give pos_label as you gave it to nbpipe.cv."
        )
    routes = route(
        pipeline, KFold(), metrics.scorers, rows, sample_weight=sample_weight, params=params
    )
    return Study(pipeline, Job(rows, None, metrics, routes.fit, routes.score))
