"""An input of a batch, of which some rows are bad."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROWS, BAD = 8_000, 500  # one row in so many has a number that is none


def flights(folder: Path) -> Path:
    """Make a folder with a file of many blocks, and return it."""
    folder.mkdir()
    with (folder / "flights.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["flight", "distance", "temp", "carrier"])
        for i in range(ROWS):
            distance = "far" if i % BAD == 7 else 100 + i % 2000
            rows.writerow([i, distance, 30 + i % 17, ("UA", "AA", "B6")[i % 3]])
    return folder
