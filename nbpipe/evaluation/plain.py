"""A report as plain data, fit for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nbpipe.evaluation.report import CVReport


def as_dict(report: CVReport) -> dict[str, Any]:
    """Return everything but row positions; NaN becomes None."""
    verdict = report.verdict
    found: dict[str, Any] = _plain(
        {
            "name": report.name,
            "task": report.task,
            "n_rows": report.n_rows,
            "n_features": report.n_features,
            "splitter": report.split.splitter,
            "splitter_reason": report.split.reason,
            "in_time_order": report.split.in_time_order,
            "main_metric": report.main,
            "positive": report.positive,
            "metrics": {metric: _summary(report, metric) for metric in report.metrics},
            "folds": [
                {
                    "fold": fold.number,
                    "n_train": len(fold.train),
                    "n_test": len(fold.test),
                    "train": fold.train_scores,
                    "test": fold.test_scores,
                }
                for fold in report.folds
            ],
            "verdict": {
                "status": verdict.status,
                "gap_range": verdict.gap_range,
                "reason": verdict.reason,
                "next_step": verdict.next_step,
                "others": [
                    {"status": each.status, "reason": each.reason, "next_step": each.next_step}
                    for each in verdict.others
                ],
            },
            "notes": [*report.split.notes, *report.notes],
            "seconds": {
                "total": report.seconds,
                "probe": None if report.probe is None else report.probe.seconds,
                "fit": [fold.fit_seconds for fold in report.folds],
                "score": [fold.score_seconds for fold in report.folds],
            },
        }
    )
    return found


def _summary(report: CVReport, metric: str) -> dict[str, Any]:
    test, train, baseline = report.test(metric), report.train(metric), report.baselines.get(metric)
    return {
        "test_mean": test.mean(),
        "test_std": test.std(),
        "train_mean": train.mean(),
        "train_std": train.std(),
        "gap": report.gap(metric),
        "baseline": None if baseline is None else baseline.mean,
        "baseline_strategy": None if baseline is None else baseline.strategy,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
