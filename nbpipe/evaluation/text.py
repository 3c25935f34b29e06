"""A report as plain text, at most 100 columns wide."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpipe.evaluation.report import CVReport

WIDTH = 100
MOST_NOTES = 8


def as_text(report: CVReport) -> str:
    """Return the report as text; the timings stand alone on the last line."""
    verdict = report.verdict
    lines = [
        *_filled(f"{report.name}: {len(report.folds)} folds of {report.n_rows:,} rows", ""),
        *_filled(f"{report.split.splitter}, {report.split.reason}", "  split    "),
        "",
        *_table(report),
        "",
        *_filled(f"{verdict.status.upper()}. {verdict.reason}.", "  verdict  "),
        *_filled(verdict.next_step, "  next     "),
    ]
    for other in verdict.others:
        label = "also" if other.status != "note" else "note"
        text = other.reason if other.status == "note" else f"{other.status}: {other.reason}"
        step = "" if other.status in {"usual", "small"} else f" {other.next_step}"
        lines += _filled(f"{text}.{step}", f"  {label}     ")
    notes = [*report.split.notes, *report.notes]
    for note in notes[:MOST_NOTES]:
        lines += _filled(note, "  note     ")
    if len(notes) > MOST_NOTES:
        lines += _filled(f"{len(notes) - MOST_NOTES} more in report.notes", "  note     ")
    return "\n".join([*lines, "  " + timing(report)])


def timing(report: CVReport) -> str:
    """Return the one line that differs from run to run."""
    fit = sum(fold.fit_seconds for fold in report.folds)
    score = sum(fold.score_seconds for fold in report.folds)
    probe = f", probe {report.probe.seconds:.2f} s" if report.probe is not None else ""
    return f"fit {fit:.1f} s, score {score:.1f} s{probe}, in all {report.seconds:.1f} s"


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
    folds = "  ".join(number(each) for each in report.test())
    return [*lines, *_filled(folds, f"  test {report.main} by fold: ")]


def _spread(mean: float, std: float) -> str:
    return f"{number(mean)} ± {number(std)}"


def number(value: float) -> str:
    """Return a score with three decimals, or with fewer where it is large."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.4g}"  # noqa: PLR2004 - 1000.000 is noise


def _filled(text: str, head: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * min(len(head), 11)) or [
        head
    ]
