"""Rows that do not fit: how they are told, written down, and how many may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbpipe.errors import SchemaError, UsageError, brief

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


def reject(chunk: Chunk, reasons: Reasons, names: Iterable[str]) -> list[list[Any]]:
    """Return the values of these columns for some rows."""
    table: dict[str, list[Any]] = {name: [] for name in names}
    for number, told in reasons.items():
        line, given = chunk.original(number)
        row = given | {"row": number, "line": line, "reasons": "; ".join(told)}
        for name, values in table.items():
            values.append(row.get(name))
    return list(table.values())


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
    advice = "To set bad rows aside and go on with the others, say where to with rejects."
    return SchemaError(f"{start}: {'; '.join(lines)}. {advice}", lines=(start, *lines, advice))


@dataclass(frozen=True, slots=True)
class Limit:
    """How many rows may be rejected: a number, or a share of all in percent."""

    number: float
    share: bool


def too_many(most: Limit, rejected: int, rows: int, *, ended: bool) -> SchemaError | None:
    """Return the error if there are more rejects; a share is judged when all rows are known."""
    if most.share and not ended:
        return None
    if rejected <= (most.number / 100 * rows if most.share else most.number):
        return None
    return SchemaError(
        f"{rejected:,} of {rows:,} rows were rejected, more than max_rejects ({most.number:g}"
        f"{'%' if most.share else ''}) allows. There is no output; the rejects tell why."
    )


def limit(given: int | str | None) -> Limit:
    """Read ``100`` or ``"0.5%"``; None is no limit.

    Raises
    ------
    UsageError
    """
    if given is None:
        return Limit(float("inf"), share=False)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", str(given).strip())
    if found is None or ("." in found[1] and not found[2]):
        raise UsageError(
            f"max_rejects is a number such as 100, or a share such as 0.5%, not {brief(given)}."
        )
    return Limit(float(found[1]), share=bool(found[2]))
