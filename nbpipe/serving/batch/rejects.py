"""Rows that do not fit: how they are told and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.errors import SchemaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbpipe.serving.batch.chunk import Chunk

    Reasons = Mapping[int, Sequence[str]]

_SHOWN = 10
_OWN: dict[str, Any] = {"row": int, "line": int, "reasons": str}


def columns_of_rejects(names: Iterable[str]) -> dict[str, Any]:
    """Return the columns of a file of rejects: what is wrong with a row, then the row itself.

    It can be mended and read again, since what is said of a row replaces what was said before.
    """
    return _OWN | {name: str for name in names if name not in _OWN}


def refuse_own(names: Sequence[str]) -> None:
    """Refuse columns that would be replaced, though the model reads them or they are kept.

    Raises
    ------
    UsageError
    """
    for name in names:
        if name in _OWN:
            raise UsageError(
                f"The rejects have a column {name!r} of their own, so that one that is read or "
                "kept would be lost there. Do without rejects, or rename it."
            )


def reject(chunk: Chunk, reasons: Reasons, names: Iterable[str]) -> list[list[Any]]:
    """Return the values of these columns for some rows."""
    rows = []
    for number, told in reasons.items():
        line, given = chunk.original(number)
        rows.append(given | {"row": number, "line": line, "reasons": "; ".join(told)})
    return [[row.get(name) for row in rows] for name in names]


def refusal(chunk: Chunk, reasons: Reasons) -> SchemaError:
    """Return the error that tells of the first bad rows."""
    lines = []
    for number, told in list(reasons.items())[:_SHOWN]:
        line = chunk.original(number)[0]
        where = f"row {number:,}" + ("" if line is None else f" (line {line:,})")
        lines.append(f"{where}: {', and '.join(told)}")
    more = len(reasons) - _SHOWN
    lines += [f"and {more:,} more among the rows next to them"] if more > 0 else []
    start = "Rows do not fit the model, and nothing was written"
    advice = "To set bad rows aside and go on with the others, name a file by --rejects."
    return SchemaError(f"{start}: {'; '.join(lines)}. {advice}", lines=(start, *lines, advice))
