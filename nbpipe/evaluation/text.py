"""A report as plain text, at most 100 columns wide."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from nbpipe.evaluation.gaps import WEIGHTED, shows_weights
from nbpipe.evaluation.numbers import number
from nbpipe.evaluation.verdict import GOOD

if TYPE_CHECKING:
    from nbpipe.evaluation.findings import Finding
    from nbpipe.evaluation.report import CVReport
    from nbpipe.evaluation.verdict import Verdict

WIDTH = 100
MOST_NOTES = 8
MOST_FOLDS = 30


def as_text(report: CVReport) -> str:
    """Return the report as text; the timings stand alone on the last line."""
    verdict = report.verdict
    lines = [
        *filled(f"{report.name}: {len(report.folds)} folds of {report.n_rows:,} rows", ""),
        *filled(f"{report.split.splitter}, {report.split.reason}", "  split    "),
        *(filled(report.positive, "  positive ") if report.positive else []),
        "",
        *_table(report),
        "",
        *filled(f"{heading(verdict).upper()}. {sentence(verdict.reason)}", "  verdict  "),
        *filled(verdict.next_step, "  next     "),
    ]
    for text in remarks(report):
        lines += filled(text, "  also     ")
    return "\n".join([*lines, "  " + timing(report)])


def remarks(report: CVReport) -> list[str]:
    """Return what the report says besides its verdict, one text each."""
    found = [remark(each) for each in report.verdict.others]
    notes = [sentence(note) for note in (*report.split.notes, *report.notes)]
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"{len(notes) - MOST_NOTES} more in report.notes."]
    return found + notes


def remark(finding: Finding) -> str:
    """Return a finding in one text: its status, its reason, and what to do."""
    if finding.status in GOOD:
        return f"the gap alone is {finding.status}: {sentence(finding.reason)}"
    kind = "" if finding.status == "note" else f"{finding.status}: "
    return f"{kind}{sentence(finding.reason)} {finding.next_step}"


def sentence(text: str) -> str:
    """Return the text with a full stop, unless it brings its own."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def heading(verdict: Verdict) -> str:
    """Return the verdict in a few words."""
    kinds = {"small": "ok, small gap", "usual": "ok, usual gap", "negative": "negative gap"}
    return kinds.get(verdict.status, verdict.status)


def gap_notes(report: CVReport) -> list[str]:
    """Say how the table's gaps were computed, where that is more than train minus test."""
    unequal = any(shows_weights(report.gaps(metric), report.n_train) for metric in report.metrics)
    shares = [metric for metric in report.metrics if report.scale(metric) != 1]
    notes = [f"gap: {WEIGHTED}, the mean ± std of scores plain"] if unequal else []
    if shares:
        notes.append(f"gap of {', '.join(shares)}: a share of the baseline's error")
    return notes


def timing(report: CVReport) -> str:
    """Return the one line that differs from run to run."""
    fit = sum(fold.fit_seconds for fold in report.folds)
    score = sum(fold.score_seconds for fold in report.folds)
    probe = f", probe {report.probe.seconds:.2f} s" if report.probe is not None else ""
    summed = f"fit {fit:.1f} s, score {score:.1f} s (summed over folds)"
    return f"{summed}{probe}, in all {report.seconds:.1f} s"


def _table(report: CVReport) -> list[str]:
    wide = max(len(metric) for metric in report.metrics)
    wide = min(wide, 30)
    lines = [f"  {'':{wide}}  {'test':^15}  {'train':^15}  {'gap':>6}  baseline"]
    for metric in report.metrics:
        test, train = report.test(metric), report.train(metric)
        baseline = report.baselines.get(metric)
        against = "-" if baseline is None else f"{number(baseline.mean)} {baseline.strategy}"
        row = (
            f"  {metric[:wide]:{wide}}  {_spread(test.mean(), test.std()):15}  "
            f"{_spread(train.mean(), train.std()):15}  {report.gap(metric):6.3f}  {against}"
        )
        lines.append(row if len(row) <= WIDTH else row[: WIDTH - 3] + "...")
    folds = "  ".join(number(each) for each in report.test()[:MOST_FOLDS])
    if len(report.folds) > MOST_FOLDS:
        folds += f"  and {len(report.folds) - MOST_FOLDS:,} more in report.test()"
    lines += filled(folds, f"  test {report.main} by fold: ")
    return [*lines, *(line for note in gap_notes(report) for line in filled(note, "  "))]


def _spread(mean: float, std: float) -> str:
    return f"{number(mean)} ± {number(std)}"


def filled(text: str, head: str) -> list[str]:
    """Return the text wrapped behind its heading."""
    return wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * min(len(head), 11)) or [
        head
    ]
