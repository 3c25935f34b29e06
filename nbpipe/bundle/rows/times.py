"""Reading columns of times, with pandas."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from nbpipe.bundle.rows.values import Array

_ISO = re.compile(r"\d[^T ]*(?:[T ].*?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?", re.IGNORECASE)


def read_times(values: Array, missing: Array, wrong: Array, *, zoned: bool) -> tuple[Array, Array]:
    """Return times as UTC without a zone, and mark what is none, or has a zone against `zoned`."""
    if values.dtype.kind == "M":
        return values, ~missing & zoned
    if values.dtype != object:
        return np.full(len(values), np.datetime64("NaT"), "M8[s]"), wrong
    wrong = wrong.copy()
    present = np.flatnonzero(~(missing | wrong))
    wrong[present] = [_has_zone(each) is not zoned for each in values[present]]
    changed = values.copy()
    changed[wrong | missing] = None
    times = parse_times(changed)
    return times, wrong | (np.isnat(times) & ~missing)


def parse_times(values: Array) -> Array:
    """Parse times; those without a zone count as UTC, and all come back as UTC without a zone."""
    parsed = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    return pd.DatetimeIndex(parsed).tz_localize(None).to_numpy()


def _has_zone(value: Any) -> bool | None:
    """Return whether a time has a time zone; None for what is no time."""
    if isinstance(value, str):
        iso = _ISO.fullmatch(value)
        return iso and iso["zone"] is not None
    if isinstance(value, (date, np.datetime64)):
        return getattr(value, "tzinfo", None) is not None
    return None
