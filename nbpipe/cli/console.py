"""What verbs say beside their answer: complaints, progress, colour."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FEW = 5  # files that need no progress bar


def complain(message: str) -> None:
    """Print to the error stream, if there is one: without, `print` takes the output."""
    if sys.stderr is not None:
        print(f"nbpipe: {message}", file=sys.stderr)  # noqa: T201 - a command prints


def progress(files: Sequence[Path]) -> Iterable[Path]:
    """Go through many files with a bar, where somebody watches."""
    if len(files) <= _FEW or not sys.stderr.isatty():
        return files
    from tqdm import tqdm  # noqa: PLC0415 - only where somebody watches

    bar: Iterable[Path] = tqdm(files, unit="file", leave=False)
    return bar


def in_colour() -> bool:
    """Follow https://no-color.org and https://force-color.org, else the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    watched = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or watched
