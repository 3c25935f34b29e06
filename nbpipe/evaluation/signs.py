"""The single things that the data and its folds can show, before any score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.evaluation.findings import Finding

if TYPE_CHECKING:
    from nbpipe.evaluation.probe import Probe
    from nbpipe.evaluation.splits import Split
    from nbpipe.evaluation.thresholds import Thresholds


def evidence(probe: Probe | None, limits: Thresholds) -> list[Finding]:
    """Return the signs of a leak that the data itself shows."""
    if probe is None:
        return []
    found = []
    if probe.shared > limits.shared_rows:
        found.append(
            Finding(
                "suspicious",
                f"{probe.shared:.0%} of the test rows also stand in train, target included "
                f"(threshold {limits.shared_rows:.0%})",
                "Drop duplicates, or keep copies together with groups=; resample inside the "
                "pipeline, never before the split.",
            )
        )
    for column in probe.columns:
        if column.is_target_mean:
            found.append(
                Finding(
                    "suspicious",
                    f"{column.name} equals the mean of the target over the rows that share its "
                    f"value (rank AUC {column.auc:.3f}): it was computed from their answers",
                    "Compute it inside the pipeline (TargetEncoder), or from earlier rows only.",
                )
            )
        elif column.auc >= limits.giveaway:
            found.append(
                Finding(
                    "suspicious",
                    f"{column.name} alone gives the target away: rank AUC {column.auc:.3f} "
                    f"(threshold {limits.giveaway:g})",
                    f"Ask whether {column.name} is known when you predict; if not, leave it out.",
                )
            )
    return found + _standing_out(probe, limits)


def _standing_out(probe: Probe, limits: Thresholds) -> list[Finding]:
    strong = [each for each in probe.columns if each.auc >= limits.standout]
    if not strong or len(strong) > max(1, len(probe.columns) // 4):
        return []
    return [
        Finding(
            "watch",
            f"{each.name} alone nearly gives the target away: rank AUC {each.auc:.3f} "
            f"(threshold {limits.standout:g}, reached by {len(strong)} of {len(probe.columns)} "
            "columns)",
            f"Ask whether {each.name} is known when you predict; if not, leave it out.",
        )
        for each in strong
        if each.auc < limits.giveaway and not each.is_target_mean
    ]


def data_notes(split: Split, probe: Probe | None, limits: Thresholds) -> list[Finding]:
    """Name folds that mix past and future, are too small, or lack a class."""
    if probe is None:
        return []
    found = []
    if probe.ordered_by and not split.in_time_order:
        found.append(
            Finding(
                "watch",
                f"rows stand in time order by {probe.ordered_by}, but {split.splitter} mixes "
                "past and future",
                "Give time= so that each fold trains on the past only.",
            )
        )
    future = max(fold.from_the_future for fold in probe.folds)
    if future > 0:
        found.append(
            Finding(
                "watch",
                f"up to {future:.0%} of a fold's training rows are later than its first test row",
                "Leave cv= out and keep time=, so that each fold trains on the past only.",
            )
        )
    small = [at for at, fold in enumerate(probe.folds, 1) if fold.n_test < limits.min_test_rows]
    if small:
        smallest = min(fold.n_test for fold in probe.folds)
        found.append(
            Finding(
                "watch",
                f"as few as {smallest} test rows in {_those(small)} ("
                f"{limits.min_test_rows} are wanted)",
                "Use fewer folds or more rows.",
            )
        )
    lacking = [at for at, fold in enumerate(probe.folds, 1) if fold.missing_classes]
    if lacking:
        classes = sorted({name for fold in probe.folds for name in fold.missing_classes})
        found.append(
            Finding(
                "watch",
                f"no test row of class {', '.join(classes)} in {_those(lacking)}",
                "Use fewer folds or a stratified splitter; metrics of that class mean little here.",
            )
        )
    return found


def _those(numbers: list[int]) -> str:
    return f"fold{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
