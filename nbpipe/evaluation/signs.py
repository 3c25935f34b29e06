"""The single things that the data and its folds can show, before any score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.evaluation.findings import Finding, listed, those_folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.evaluation.columns import ColumnFact
    from nbpipe.evaluation.probe import Probe
    from nbpipe.evaluation.splits import Split
    from nbpipe.evaluation.thresholds import Thresholds

COMMON = 0.5  # judgement: most of what is repeated needs no copying to explain it


def evidence(probe: Probe | None, limits: Thresholds) -> list[Finding]:
    """Return the signs of a leak that the data itself shows, the target among the columns first."""
    if probe is None:
        return []
    shared = probe.shared > limits.shared_rows
    who = f"{probe.shared:.0%} of the test rows also stand in train"
    return [
        *target_copies(probe.columns),
        *([shared_rows(who, "target included", probe.common, limits)] if shared else []),
        *giveaways(probe.columns, limits),
    ]


def target_copies(columns: Sequence[ColumnFact]) -> list[Finding]:
    """Name the columns that hold the target itself."""
    return [
        Finding(
            "suspicious",
            f"X contains the target: {column.name} holds what y holds, value for value",
            f"Drop {column.name} from X.",
        )
        for column in columns
        if column.is_target
    ]


def giveaways(columns: Sequence[ColumnFact], limits: Thresholds) -> list[Finding]:
    """Name the columns that tell the target, or so much of it that they need a reason."""
    others = [each for each in columns if not each.is_target]
    found = [_column(each, limits) for each in others]
    standing_out = _standing_out(others, limits).values()
    return [*(each for each in found if each is not None), *standing_out]


def by_column(columns: Sequence[ColumnFact], limits: Thresholds) -> dict[str, Finding]:
    """Return what `target_copies` and `giveaways` say, by the column of which they say it."""
    alone = {
        each.name: finding
        for each in columns
        for finding in [*target_copies([each]), *giveaways([each], limits)]
    }
    return _standing_out([each for each in columns if not each.is_target], limits) | alone


def shared_rows(who: str, alike: str, common: float, limits: Thresholds) -> Finding:
    """Accuse rows that stand on both sides, unless rows are common by nature."""
    if common >= COMMON:
        return Finding(
            "note",
            f"{who}, as rows of few different values do by chance",
            "If rows were copied before the split, drop the copies.",
        )
    return Finding(
        "suspicious",
        f"{who}, {alike} (threshold {limits.shared_rows:.0%})",
        "Drop duplicates, or keep copies together with groups=; resample inside the "
        "pipeline, never before the split.",
    )


def _column(column: ColumnFact, limits: Thresholds) -> Finding | None:
    """Accuse a column that was computed from the target, or that all but equals it."""
    if column.is_target_mean:
        return Finding(
            "suspicious",
            f"{column.name} equals the mean of the target over the rows that share its "
            "value: it was computed from their answers",
            "Compute it inside the pipeline (TargetEncoder), or from earlier rows only.",
        )
    if column.strength >= limits.giveaway:
        return Finding(
            "suspicious",
            f"{column.name} alone gives the target away: {_told_by(column, limits.giveaway)}",
            _ask(column),
        )
    return None


def _standing_out(columns: list[ColumnFact], limits: Thresholds) -> dict[str, Finding]:
    """Ask about columns that tell classes apart at least twice as well as all others.

    Never for a numeric target: one honest feature often orders its rows well.
    """
    ranked = [each for each in columns if each.measure == "rank AUC"]
    strong = [each for each in ranked if each.strength >= limits.standout]
    rest = [each.strength for each in ranked if each.strength < limits.standout]
    if not strong or not rest:
        return {}
    weakest = strong[-1].strength  # the best come first; 0.5 is a coin's
    if len(strong) > max(1, len(ranked) // 4) or weakest - 0.5 < 2 * (rest[0] - 0.5):
        return {}
    return {
        each.name: Finding(
            "watch",
            f"{each.name} tells much of the target: {_told_by(each, limits.standout)}; "
            f"the best ordinary column reaches {rest[0]:.3f}",
            _ask(each),
        )
        for each in strong
        if each.strength < limits.giveaway and not each.is_target_mean
    }


def _told_by(column: ColumnFact, threshold: float) -> str:
    """Explain a strength; an AUC is the share of pairs in the right order (Hanley, 1982)."""
    measured = f"{column.measure} {column.strength:.3f}, threshold {threshold:g}"
    if column.measure == "rank correlation":
        return f"sorting the rows by it alone all but sorts them by the target ({measured})"
    return (
        "sorting the rows by it alone puts two rows of different classes in the right order "
        f"{column.strength:.1%} of the time ({measured})"
    )


def _ask(column: ColumnFact) -> str:
    return f"Ask whether {column.name} is known when you predict; if not, leave it out."


def unsearched(n_skipped: int) -> list[Finding]:
    """Say how many columns were not searched for the target, where there are very many."""
    if not n_skipped:
        return []
    return [
        Finding(
            "note",
            f"the last {n_skipped:,} columns were not searched for the target",
            "Put columns that you doubt first.",
        )
    ]


def data_notes(split: Split, probe: Probe | None, limits: Thresholds) -> list[Finding]:
    """Name folds that mix past and future, are too small, or lack a class."""
    if probe is None:
        return []
    found = unsearched(probe.n_skipped)
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
                f"as few as {smallest} test rows in {those_folds(small, len(probe.folds))} ("
                f"{limits.min_test_rows:g} are wanted)",
                "Use fewer folds or more rows.",
            )
        )
    lacking = [at for at, fold in enumerate(probe.folds, 1) if fold.missing_classes]
    if lacking:
        where = those_folds(lacking, len(probe.folds))
        classes = sorted({name for fold in probe.folds for name in fold.missing_classes})
        found.append(
            Finding(
                "watch",
                f"no test row of class {listed(classes)} in {where}",
                "Use fewer folds or a stratified splitter; metrics of that class mean little here.",
            )
        )
    return found
