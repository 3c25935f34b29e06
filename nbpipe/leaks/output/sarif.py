"""Findings for code scanners: SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import nbpipe
from nbpipe.leaks.explain import summary, to_markdown
from nbpipe.leaks.output.source_lines import source_line
from nbpipe.leaks.rules.registry import RULES

if TYPE_CHECKING:
    from nbpipe.leaks.checked import Checked, Located
    from nbpipe.leaks.findings import Notice, Place
    from nbpipe.leaks.rules.rule import Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "review": "warning", "note": "note"}


def to_sarif(checked: Checked) -> str:
    """Write a log of one run, with the text of every rule."""
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "nbpipe",
                "version": nbpipe.__version__,
                "rules": [_rule(rule) for rule in RULES],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not checked.skipped,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": reason},
                        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
                    }
                    for path, reason in checked.skipped
                ]
                + [_notification(each) for each in checked.warnings],
            }
        ],
        "results": [_result(each, seen) for each in checked.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _notification(notice: Notice) -> dict[str, Any]:
    where: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(notice.path)}}
    if notice.line:
        where["physicalLocation"]["region"] = {"startLine": notice.line}
    return {
        "level": "warning",
        "message": {
            "text": f"Cell {notice.cell}: {notice.message}" if notice.cell else notice.message
        },
        "locations": [where | _logical(notice.cell)],
    }


def _rule(rule: type[Rule]) -> dict[str, Any]:
    text = to_markdown(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary(rule)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(located: Located, seen: Counter[str]) -> dict[str, Any]:
    finding = located.finding
    cell = f"Cell {finding.place.cell}: " if finding.place.cell else ""
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": cell + finding.message},
        "locations": [_location(located, finding.place)],
        "relatedLocations": [
            {"id": number, "message": {"text": each.message}} | _location(located, each.place)
            for number, each in enumerate(finding.related, 1)
        ],
        "partialFingerprints": {"nbpipe/v1": _fingerprint(located, seen)},
        "properties": {"fix": finding.fix, "prompt": finding.prompt},
    }


def _location(located: Located, place: Place) -> dict[str, Any]:
    """Say where: lines count within the cell, which is the logical location of a notebook."""
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(located.path),
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }
    } | _logical(place.cell)


def _logical(cell: int) -> dict[str, Any]:
    return {"logicalLocations": [{"name": f"cell {cell}", "kind": "module"}]} if cell else {}


def _artifact(path: str) -> dict[str, str]:
    given = Path(path)
    return {"uri": given.as_uri() if given.is_absolute() else quote(given.as_posix())}


def _fingerprint(located: Located, seen: Counter[str]) -> str:
    """Return what stays the same when lines or cells are added elsewhere."""
    line = source_line(located.document, located.finding.place).strip()
    same = f"{located.path}\n{located.finding.code}\n{line}"
    seen[same] += 1
    return sha256(f"{same}\n{seen[same]}".encode(errors="replace")).hexdigest()
