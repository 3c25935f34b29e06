"""Findings as annotations of a pull request: GitHub's workflow commands.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpipe.leaks.checked import Checked, Located
    from nbpipe.leaks.findings import Notice

_LEVELS = {"error": "error", "review": "warning", "note": "notice"}
_SOURCE = re.compile(r'"(?:source|input)":\s*(?=["\[])')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def to_github(checked: Checked) -> str:
    """Write one command a finding, one a warning, and one for each file that could not be read."""
    notebooks = {each.path for each in checked.findings if each.finding.place.cell}
    notebooks |= {each.path for each in checked.warnings if each.cell}
    rows = {path: _source_rows(path) for path in notebooks}
    found = [_command(each, rows.get(each.path, [])) for each in checked.findings]
    skipped = [
        f"::error file={_property(path)},title=nbpipe::{_data(reason)}"
        for path, reason in checked.skipped
    ]
    warned = [_warning(each, rows.get(each.path, [])) for each in checked.warnings]
    return "\n".join([*found, *warned, *skipped])


def _warning(notice: Notice, rows: list[list[int]]) -> str:
    row = _row_in_file(notice.cell, notice.line, rows) if notice.cell else notice.line
    told = f"file={_property(notice.path)}" + (f",line={row}" if row else "")
    place = f"cell {notice.cell}, line {notice.line}: " if notice.cell else ""
    return f"::warning {told},title=nbpipe::{_data(place + notice.message)}"


def _command(located: Located, rows: list[list[int]]) -> str:
    finding, place = located.finding, located.finding.place
    facts: dict[str, object] = {"file": located.path}
    message = finding.message
    if place.cell:
        message = f"{place}: {message}"
        if row := _row_in_file(place.cell, place.line, rows):
            facts["line"] = row
    else:
        facts |= {"line": place.line, "endLine": place.end_line}
        facts |= {"col": place.column, "endColumn": place.end_column}
    facts["title"] = f"{finding.code} {finding.name}"
    told = ",".join(f"{name}={_property(str(value))}" for name, value in facts.items())
    lines = [message, *(f"{x.place}: {x.message}" for x in finding.related)]
    lines += [f"fix: {finding.fix}"] if finding.fix else []
    return f"::{_LEVELS[finding.severity]} {told}::{_data(chr(10).join(lines))}"


def _row_in_file(cell: int, line: int, cells: list[list[int]]) -> int:
    """Return the row of the .ipynb at which the source line stands, or 0 where it is not found."""
    rows = cells[cell - 1] if cell <= len(cells) else []
    return rows[min(line, len(rows)) - 1] if rows else 0


def _source_rows(path: str) -> list[list[int]]:
    """Return, for each code cell, the rows of the file at which its source lines stand."""
    try:
        text = Path(path).read_text("utf-8-sig")
        notebook = json.loads(text)
        sheets = notebook.get("worksheets", [notebook])
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []
    starts = [match.end() for match in _SOURCE.finditer(text)]
    if len(starts) != len(cells):
        return []  # an output has a "source", too
    return [
        _rows(text, start, cell)
        for start, cell in zip(starts, cells, strict=True)
        if cell["cell_type"] == "code"
    ]


def _rows(text: str, start: int, cell: dict[str, object]) -> list[int]:
    source = cell.get("source", cell.get("input"))
    row = text.count("\n", 0, start) + 1
    if not isinstance(source, list):
        return [row]  # one string, on one row
    rows = []
    for string, _ in zip(_STRING.finditer(text, start), source, strict=False):
        row += text.count("\n", start, string.start())
        start = string.start()
        rows.append(row)
    return rows


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
