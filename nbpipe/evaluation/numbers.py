"""How numbers are written wherever people read them."""

from __future__ import annotations


def number(value: float) -> str:
    """Return a score with three decimals, or with fewer where it is large."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.4g}"  # noqa: PLR2004 - 1000.000 is noise
