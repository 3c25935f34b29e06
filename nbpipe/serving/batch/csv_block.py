"""A block of CSV without quotes and other difficulties, read at once by pandas's parser.

It is several times faster there than record by record. Where anything is not as usual there is
None, and the block is read the other way, which has the last word on what a cell is.
"""

from __future__ import annotations

from io import BytesIO
from operator import methodcaller
from typing import TYPE_CHECKING, Any

import pandas as pd

from nbpipe.bundle.rows.schema import logical_kind
from nbpipe.serving.batch.typed import is_number, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.bundle.rows.schema import Schema

# Since pandas 3.1 the default reads each number exactly, and the option is deprecated.
_PANDAS = tuple(map(int, pd.__version__.split(".")[:2]))
_EXACT: dict[str, Any] = {} if _PANDAS >= (3, 1) else {"float_precision": "round_trip"}


def is_plain(lines: Sequence[bytes], width: int) -> bool:
    """Say whether each line is one record of so many fields."""
    block = b"".join(lines)
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    usual = b'"' not in block and b"\0" not in block and block.count(b"\r") == block.count(b"\r\n")
    return usual and width > 1 and set(map(methodcaller("count", b","), lines)) == {width - 1}


def parsed(
    lines: Sequence[bytes], names: Sequence[str], schema: Schema, missing: Sequence[str]
) -> dict[str, Any] | None:
    """Return the columns of plain lines, or None if one is not all numbers that should be."""
    if any(map(is_number, missing)):
        return None  # to pandas -1 stands for -1.0, too
    at = {names.index(each.name): each for each in schema.features}
    words = [i for i, each in at.items() if logical_kind(each) not in {"number", "integer"}]
    frame: pd.DataFrame = pd.read_csv(
        BytesIO(b"".join(lines)),
        header=None,
        index_col=False,
        names=range(len(names)),
        usecols=list(at),
        dtype=dict.fromkeys(words, object),
        keep_default_na=False,
        na_values=["", *missing],
        skip_blank_lines=False,
        low_memory=False,
        **_EXACT,
    )
    read = {}
    for i, feature in at.items():
        column = frame[i].to_numpy()
        if i in words:
            boolean = logical_kind(feature) == "boolean"
            read[feature.name] = typed(column.tolist(), feature) if boolean else column
        elif column.dtype.kind in ("iuf" if feature.dtype.startswith("float") else "iu"):
            read[feature.name] = column
        else:
            return None
    return read if len(frame) == len(lines) else None
