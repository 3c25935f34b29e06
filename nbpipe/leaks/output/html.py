"""Findings for a notebook: one table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nbpipe.leaks.output.source_lines import source_line
from nbpipe.leaks.output.text import to_text

if TYPE_CHECKING:
    from nbpipe.leaks.check import Checked, Located

_COLOURS = {"error": "#c62828", "review": "#b26a00", "note": "#1565c0"}
_CELL = "text-align:left;vertical-align:top;padding:4px 8px"
_CODE = "white-space:pre-wrap;margin:2px 0"


def to_html(checked: Checked) -> str:
    """Show all findings as a table, or that there are none."""
    if not checked.findings:
        return f"<pre>{escape(to_text(checked))}</pre>"
    heads = "".join(f'<th style="{_CELL}">{each}</th>' for each in ("", "where", "what", "fix"))
    rows = "".join(map(_row, checked.findings))
    skipped = "".join(
        f"<p>{escape(path)}: skipped: {escape(reason)}</p>" for path, reason in checked.skipped
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{skipped}"


def _row(located: Located) -> str:
    finding, document = located.finding, located.document
    colour = _COLOURS[finding.severity]
    kind = f'<b style="color:{colour}">{finding.severity}</b><br>{escape(finding.code)}'
    at = str(finding.place)
    if document.path != "-":
        at = f"{escape(document.path)}<br>{at}"
    source = escape(source_line(document, finding.place).strip())
    related = "".join(
        f"<div>{each.place}: {escape(each.message)}</div>" for each in finding.related
    )
    what = f'{escape(finding.message)}<pre style="{_CODE}">{source}</pre>{related}'
    fix = f'<pre style="{_CODE}">{escape(finding.fix)}</pre>'
    cells = "".join(f'<td style="{_CELL}">{each}</td>' for each in (kind, at, what, fix))
    return f"<tr>{cells}</tr>"
