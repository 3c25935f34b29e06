"""A report as HTML for a notebook: light, readable on dark pages, never by colour alone."""

from __future__ import annotations

import base64
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from nbpipe.errors import MissingExtraError
from nbpipe.evaluation.figures import describe_gap, draw_gap
from nbpipe.evaluation.numbers import number
from nbpipe.evaluation.text import gap_notes, heading, remark, remarks, sentence, timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from nbpipe.evaluation.compare import Comparison
    from nbpipe.evaluation.datareport import DataReport
    from nbpipe.evaluation.report import CVReport

DPI = 72  # a picture of 20 to 30 KB
MOST_PICTURE = 43_000  # letters
MOST_METRICS = 20
MOST_REMARKS = 20
LONGEST = 400
LONGEST_NAME = 60

# Colours come from the page, so that dark themes stay dark; weight and symbols carry the meaning.
STYLE = (
    "<style>.nbpipe-cv{max-width:60em}.nbpipe-cv table{border-collapse:collapse;margin:.6em 0}"
    ".nbpipe-cv th,.nbpipe-cv td{padding:.15em .8em;text-align:right;"
    "border-bottom:1px solid rgba(128,128,128,.4)}.nbpipe-cv th:first-child,"
    ".nbpipe-cv tr>:last-child{text-align:left}.nbpipe-cv p{margin:.4em 0}"
    ".nbpipe-cv img{max-width:100%;background:#fff}</style>"
)


def as_html(report: CVReport) -> str:
    """Return the report as an HTML fragment below 50 KB; all text from outside is escaped."""
    verdict = report.verdict
    mark = "✓" if verdict.ok else "⚠"
    positive = f"<br>positive class: {shown(report.positive)}" if report.positive else ""
    others = "".join(f"<li>{shown(each)}</li>" for each in remarks(report)[:MOST_REMARKS])
    return (
        f'{STYLE}<div class="nbpipe-cv">'
        f"<p><b>{shown(report.name)}</b>: {len(report.folds)} folds of {report.n_rows:,} rows<br>"
        f"<small>{shown(report.split.splitter)}, {shown(report.split.reason)}{positive}</small></p>"
        f"{_table(report)}"
        f"<p><b>{mark} {shown(heading(verdict).capitalize())}.</b> "
        f"{shown(sentence(verdict.reason))} <i>{shown(verdict.next_step)}</i></p>"
        f"{f'<ul>{others}</ul>' if others else ''}{_picture(report)}"
        f"<p><small>{shown(timing(report))}</small></p></div>"
    )


def data_as_html(report: DataReport) -> str:
    """Return what was found in the data as an HTML fragment; all text from outside is escaped."""
    mark = "✓" if report.ok else "⚠"
    step = "" if report.ok else f" <i>{shown(report.findings[0].next_step)}</i>"
    others = "".join(f"<li>{shown(remark(each))}</li>" for each in report.others[:MOST_REMARKS])
    skipped = f"Skipped: {shown(', '.join(report.skipped))}.<br>" if report.skipped else ""
    return (
        f'{STYLE}<div class="nbpipe-cv"><p>{shown(report.title)}</p>'
        f"<p><b>{mark} {shown(report.status.capitalize())}.</b> {shown(report.reason)}{step}</p>"
        f"{f'<ul>{others}</ul>' if others else ''}"
        f"<p><small>{skipped}in all {report.seconds:.1f} s</small></p></div>"
    )


def comparison_as_html(comparison: Comparison) -> str:
    """Return reports side by side as an HTML fragment; all text from outside is escaped."""
    head, *rows = comparison.rows
    cells = "".join(f"<th>{shown(each)}</th>" for each in head)
    body = "".join(
        f"<tr><th scope='row'>{shown(name)}</th>"
        + "".join(f"<td>{shown(each)}</td>" for each in rest)
        + "</tr>"
        for name, *rest in rows
    )
    return (
        f'{STYLE}<div class="nbpipe-cv"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table><p><small>{shown(comparison.note)}</small></p></div>"
    )


def _table(report: CVReport) -> str:
    rows = []
    for metric in report.metrics[:MOST_METRICS]:
        test, train, baseline = (
            report.test(metric),
            report.train(metric),
            report.baselines.get(metric),
        )
        against = "-" if baseline is None else f"{number(baseline.mean)} {shown(baseline.strategy)}"
        short = metric if len(metric) <= LONGEST_NAME else f"{metric[:LONGEST_NAME]}..."
        name = f"<b>{shown(short)}</b>" if metric == report.main else shown(short)
        rows.append(
            f"<tr><th scope='row'>{name}</th><td>{number(test.mean())} ± {number(test.std())}</td>"
            f"<td>{number(train.mean())} ± {number(train.std())}</td>"
            f"<td>{report.gap(metric):.3f}</td><td>{against}</td></tr>"
        )
    head = "".join(f"<th>{each}</th>" for each in ("metric", "test", "train", "gap", "baseline"))
    notes = "".join(f"<p><small>{shown(each)}</small></p>" for each in gap_notes(report))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}"


def _picture(report: CVReport) -> str:
    page = image(lambda: draw_gap(report, [report.main]), describe_gap(report))
    if len(page) > MOST_PICTURE:  # hundreds of folds that jump
        return "<p><small>report.plot() draws the folds.</small></p>"
    return page


def image(draw: Callable[[], Figure], words: str) -> str:
    """Return a figure with its words for those who cannot see it; "" without matplotlib."""
    try:
        figure = draw()
    except MissingExtraError:
        return ""
    page = BytesIO()
    figure.savefig(page, format="png", dpi=DPI, metadata={"Software": None})
    data = base64.b64encode(page.getvalue()).decode()
    return f'<img alt="{shown(words)}" src="data:image/png;base64,{data}">'


def shown(text: str) -> str:
    """Return text from outside, escaped and bounded."""
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
