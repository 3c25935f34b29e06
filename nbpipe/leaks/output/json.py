"""Findings for programs: the machine contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpipe.leaks.checked import Checked


def to_json(checked: Checked) -> str:
    """Write `Checked.to_dict` as ASCII, so that any pipe can carry it."""
    return json.dumps(checked.to_dict(), indent=1)
