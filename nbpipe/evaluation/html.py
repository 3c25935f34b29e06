"""A report as HTML for a notebook: light, readable on dark pages, never by colour alone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nbpipe.evaluation.text import number, timing

if TYPE_CHECKING:
    from nbpipe.evaluation.report import CVReport


def as_html(report: CVReport) -> str:
    """Return the report as an HTML fragment; all text from outside is escaped."""
    verdict = report.verdict
    mark = "✓" if verdict.ok else "!"
    return (
        f"<div><b>{escape(report.name)}</b> {mark} {escape(verdict.status)}"
        f"{_table(report)}<p>{escape(verdict.reason)}. {escape(verdict.next_step)}</p>"
        f"<small>{escape(timing(report))}</small></div>"
    )


def _table(report: CVReport) -> str:
    rows = "".join(
        f"<tr><th>{escape(metric)}</th><td>{number(report.test(metric).mean())}</td>"
        f"<td>{number(report.train(metric).mean())}</td><td>{report.gap(metric):.3f}</td></tr>"
        for metric in report.metrics
    )
    head = "<tr><th>metric</th><th>test</th><th>train</th><th>gap</th></tr>"
    return f"<table>{head}{rows}</table>"
