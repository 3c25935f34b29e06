"""Findings for a notebook: one table."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from nbpipe.leaks.output.source_lines import source_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbpipe.leaks.checked import Checked, Located
    from nbpipe.leaks.findings import Finding, Place

_COLOURS = {"error": "#c62828", "review": "#b26a00", "note": "#1565c0"}
_CELL = "text-align:left;vertical-align:top;padding:4px 8px"
_CODE = "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:2px 0"
_WIDE = "min-width:24em"


def to_html(checked: Checked) -> str:
    """Show all findings as a table, or that there are none."""
    if not checked.findings:
        return f"<pre>{escape(str(checked))}</pre>"
    warned = "".join(f"<p>warning: {escape(str(each))}</p>" for each in checked.warnings)
    return table(checked.findings, str) + skipped(checked.skipped) + warned


def skipped(reasons: Sequence[tuple[str, str]]) -> str:
    """Say what could not be read."""
    return "".join(f"<p>{escape(path)}: skipped: {escape(reason)}</p>" for path, reason in reasons)


def table(findings: Sequence[Located], where: Callable[[Place], str]) -> str:
    """Show findings as a table; `where` writes a place as HTML."""
    heads = "".join(f'<th style="{_CELL}">{each}</th>' for each in ("", "where", "what", "fix"))
    rows = "".join(_row(each, where) for each in findings)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def marked(text: str) -> str:
    """Escape a sentence, and set as code what it quotes in backquotes."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def severity(finding: Finding) -> str:
    """Show how grave a finding is, in words as well as in colour."""
    return f'<b style="color:{_COLOURS[finding.severity]}">{finding.severity}</b>'


def _row(located: Located, where: Callable[[Place], str]) -> str:
    finding = located.finding
    kind = f"{severity(finding)}<br>{escape(finding.code)}<br>{escape(finding.name)}"
    at = where(finding.place)
    if located.path not in {"", "-"}:
        at = f"{escape(located.path)}<br>{at}"
    source = escape(source_line(located.document, finding.place).strip())
    related = "".join(
        f"<div>{where(each.place)}: {marked(each.message)}</div>" for each in finding.related
    )
    what = f'{marked(finding.message)}<pre style="{_CODE}">{source}</pre>{related}'
    prompt = (
        f'<details><summary>copy the prompt</summary><pre style="{_CODE};user-select:all">'
        f"{escape(finding.prompt)}</pre></details>"
    )
    fix = f'<div style="{_WIDE}"><pre style="{_CODE}">{escape(finding.fix)}</pre>{prompt}</div>'
    cells = "".join(f'<td style="{_CELL}">{each}</td>' for each in (kind, at, what, fix))
    return f"<tr>{cells}</tr>"
