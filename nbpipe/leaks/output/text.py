"""Findings for people: the line, carets below it, the other place, and what to write instead."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import SEVERITIES
from nbpipe.leaks.output.source_lines import printable, underlined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbpipe.leaks.checked import Checked, Located
    from nbpipe.leaks.findings import Place

    Paint = Callable[[str, str], str]

_STYLES = {"error": "1;31", "review": "1;33", "note": "1;34", "path": "1", "dim": "2", "fix": "32"}
_COUNTED = {"error": ("error", "errors"), "review": ("to review",) * 2, "note": ("note", "notes")}


def to_text(checked: Checked, *, colour: bool = False) -> str:
    """Show all findings, and close with how many there are."""
    paint = _painted if colour else _plain
    blocks = [finding_to_text(each, paint) for each in checked.findings]
    skipped = [
        f"{paint(printable(path), 'path')}: {paint('skipped', 'error')}: {printable(reason)}"
        for path, reason in checked.skipped
    ]
    return "\n\n".join([*blocks, *skipped, _count(checked)])


def _plain(text: str, style: str) -> str:  # noqa: ARG001 - takes what _painted takes
    return text


def finding_to_text(located: Located, paint: Paint = _plain) -> str:
    """Show one finding."""
    return "\n".join(_finding(located, paint))


def _finding(located: Located, paint: Paint) -> Iterator[str]:
    finding, place = located.finding, located.finding.place
    cell = f"cell {place.cell}:" if place.cell else ""
    at = f"{printable(located.path)}:{cell}{place.line}:{place.column}"
    at = at if located.path else str(place)  # a session is no file
    kind = paint(f"{finding.severity}[{finding.code}]", finding.severity)
    gutter = max(len(str(each.line)) for each in (place, *(x.place for x in finding.related)))
    yield f"{paint(at, 'path')}: {kind} {printable(finding.message)}"
    yield from _lines(located, place, gutter, paint, finding.severity)
    for each in finding.related:
        yield f"  {each.place}: {printable(each.message)}"
        yield from _lines(located, each.place, gutter, paint, "dim")
    if finding.fix:
        first, *more = printable(finding.fix).split("\n")
        yield f"  {paint('fix:', 'fix')} {first}"
        yield from (f"       {line}" for line in more)


def _lines(located: Located, place: Place, gutter: int, paint: Paint, style: str) -> Iterator[str]:
    line, carets = underlined(located.document, place)
    yield f"  {paint(f'{place.line:{gutter}} |', 'dim')} {line}"
    yield f"  {paint(f'{chr(32):{gutter}} |', 'dim')} {paint(carets, style)}"


def counted(findings: Sequence[Located]) -> str:
    """Say how many findings there are of each severity, the gravest first."""
    counts = Counter(each.finding.severity for each in findings)
    return ", ".join(
        f"{counts[each]} {_COUNTED[each][counts[each] > 1]}"
        for each in reversed(SEVERITIES)
        if counts[each]
    )


def _count(checked: Checked) -> str:
    told = counted(checked.findings)
    files = f"{checked.n_files} file{'s' * (checked.n_files != 1)}"
    if not checked.n_files:
        return "Nothing was checked."
    if not told:
        n_warnings = len(checked.warnings)
        warned = f", {n_warnings} warning{'s' * (n_warnings != 1)}" if n_warnings else ""
        return f"No findings in {files}{warned}."
    code = checked.findings[0].finding.code
    n_with = len({each.path for each in checked.findings})
    return f"{told} in {n_with} of {files}; `nbpipe explain {code}` tells more."


def _painted(text: str, style: str) -> str:
    return f"\033[{_STYLES[style]}m{text}\033[0m"
