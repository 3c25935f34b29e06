"""Names that tell a side of a split."""

from __future__ import annotations

import re

_SIDES = {
    "train": "train", "tr": "train", "trn": "train", "training": "train",
    "test": "test", "te": "test", "tst": "test", "ts": "test", "testing": "test",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "vali": "val", "va": "val",
    "holdout": "test", "eval": "val", "oot": "test", "unseen": "test",
}  # fmt: skip


def side_of(name: str) -> str:
    """Return the side of a split that a name such as ``X_train`` speaks of, or an empty string."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    found = [_SIDES[word.lower()] for word in words if word.lower() in _SIDES]
    return found[-1] if found else ""
