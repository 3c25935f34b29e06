"""Cells of text, turned into what the schema says their column holds.

A cell that cannot be turned stays text, which validation then finds, value and all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.rows.schema import logical_kind
from nbpipe.bundle.rows.values import as_array

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np

    from nbpipe.bundle.rows.schema import Feature

    Array = np.ndarray[Any, np.dtype[Any]]

_NUMBER = re.compile(
    r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)\s*", re.ASCII | re.IGNORECASE
)
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "0"), False),
}


def typed(cells: Sequence[str], feature: Feature, missing: Collection[str] = ()) -> Array:
    """Turn text into numbers or booleans where the column has these; None is missing."""
    if missing:
        cells = ["" if cell in missing else cell for cell in cells]
    kind = logical_kind(feature)
    if kind in {"number", "integer"}:
        return as_array([_number(cell) for cell in cells])
    if kind == "boolean":
        return as_array([_BOOLEANS.get(cell, cell or None) for cell in cells])
    return as_array([cell or None for cell in cells])


def is_number(cell: str) -> bool:
    """Return whether a cell looks like a number."""
    return _NUMBER.fullmatch(cell) is not None


def _number(cell: str) -> int | float | str | None:
    """Return a whole number of any size exactly."""
    if not is_number(cell):
        return cell or None
    try:
        return int(cell)
    except ValueError:
        return float(cell)
