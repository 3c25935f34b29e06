"""Cells of text, turned into what the schema says their column holds.

A cell that cannot be turned stays text, which validation then finds, value and all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.schema import logical_kind

if TYPE_CHECKING:
    from nbpipe.bundle.schema import Feature

_NUMBER = re.compile(
    r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)\s*", re.ASCII | re.IGNORECASE
)
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "0"), False),
}


def is_number(feature: Feature) -> bool:
    """Return whether the cells of a column are numbers."""
    return logical_kind(feature) in {"number", "integer"}


def typed(cells: np.ndarray[Any, Any], feature: Feature) -> np.ndarray[Any, Any]:
    """Turn text into numbers or booleans where the column has these; missing cells stay so."""
    if is_number(feature):
        return _objects([_number(cell) for cell in cells])
    if logical_kind(feature) == "boolean":
        return _objects([_BOOLEANS.get(cell, cell) for cell in cells])
    return cells


def _number(cell: Any) -> Any:
    if not isinstance(cell, str) or not _NUMBER.fullmatch(cell):
        return cell
    try:
        return int(cell)  # of any size, exactly
    except ValueError:
        return float(cell)


def _objects(values: list[Any]) -> np.ndarray[Any, Any]:
    return np.fromiter(values, dtype=object, count=len(values))
