"""Tables are written as text: names between spaces."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the names in a text."""
    return frozenset(text.split())
