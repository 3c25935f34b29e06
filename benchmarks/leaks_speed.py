"""How fast the checker is: file after file, a new process, long notebooks, one changed cell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.analysis import Analysis
from nbpipe.leaks.source import parse, parse_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMAND = Path(sys.executable).with_name("nbpipe")
LENGTHS = (50, 100, 250, 500, 1_000, 2_000)
COLD, STRETCHES = 15, 10
REPEATED = 1_000  # cells in all: short notebooks are walked more than once
HEAVY = {"numpy", "pandas", "sklearn", "nbformat", "IPython"}
MODULES = """
import contextlib, io, sys
from nbpipe.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["check", sys.argv[1]])
print(len(sys.modules), *sorted({HEAVY} & set(sys.modules)))
"""

Row = tuple[Any, ...]


def rows(files: Sequence[Path], times: Sequence[float], cells: list[dict[str, Any]]) -> list[Row]:
    """Return what is measured, what was found, and the bar where there is one.

    `times` are the CPU seconds of the files, one after another.
    """
    each = [1_000 * seconds for seconds in times]
    one = middle(files)
    wall, cpu, _ = zip(*(process(COMMAND, "check", one) for _ in range(COLD)), strict=True)
    _, folder_cpu, folder_memory = process(COMMAND, "check", one.parents[1])
    changed = list(zip(*_changes(cells), strict=True))
    return [
        (
            f"{len(files)} files in one process, CPU a file: median / 95th percentile / most",
            f"{median(each):.1f} / {quantiles(each, n=20)[-1]:.1f} / {max(each):.1f} ms",
            "median 50 ms",
        ),
        (
            f"`nbpipe check one.ipynb`, a new process, median of {COLD}: wall / CPU",
            f"{median(wall):.2f} / {median(cpu):.2f} s",
            "0.4 s",
        ),
        ("modules that it loads", _modules(one), f"no {', '.join(sorted(HEAVY))}"),
        *(
            (
                f"100 cells, the {which} one changed, CPU: median / most of {STRETCHES}",
                f"{median(times):.1f} / {max(times):.1f} ms",
                "30 ms",
            )
            for which, times in zip(("first", "middle", "last"), changed, strict=True)
        ),
        (
            f"a folder of all {len(files)} files, a new process: CPU / most memory",
            f"{folder_cpu:.1f} s / {folder_memory:.0f} MB",
            "",
        ),
    ]


def curve(cells: list[dict[str, Any]]) -> list[Row]:
    """Return cells, CPU milliseconds, and the same a cell, of ever longer notebooks."""
    found = []
    for length in LENGTHS:
        text = _notebook(_stretch(cells, 0, length))
        whole = median(
            _milliseconds(lambda text=text: _anew(text)) for _ in range(max(REPEATED // length, 1))
        )
        found.append((f"{length:,}", f"{whole:.0f}", f"{whole / length:.2f}"))
    return found


def process(*command: object) -> tuple[float, float, float]:
    """Run a command; return its wall and CPU seconds, and the most memory that it used, in MB."""
    started = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        _, _, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - started
        running.returncode = 0  # it was waited for; what it found is not the question
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def middle(files: Sequence[Path]) -> Path:
    """Return the notebook of middling size."""
    notebooks = [file for file in files if file.suffix == ".ipynb"]
    return sorted(notebooks, key=lambda file: file.stat().st_size)[len(notebooks) // 2]


def _modules(file: Path) -> str:
    source = MODULES.replace("{HEAVY}", repr(HEAVY))
    command = [sys.executable, "-c", source, file]
    number, *heavy = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return " ".join([number, *(f"with {name}" for name in heavy)])


def _changes(cells: list[dict[str, Any]]) -> list[list[float]]:
    """Return the milliseconds after the first, middle and last of 100 cells changed."""
    return [
        _changed(_stretch(cells, start * len(cells) // STRETCHES, 100))
        for start in range(STRETCHES)
    ]


def _changed(cells: list[dict[str, Any]]) -> list[float]:
    before = parse(_notebook(cells), "a.ipynb")
    analysis, found = Analysis(), []
    for number in (0, len(cells) // 2, len(cells) - 1):
        analysis.check(before)
        after = [dict(cell) for cell in cells]
        after[number]["source"] += "\nchanged = 1"
        text = _notebook(after)
        found.append(_milliseconds(lambda text=text: analysis.check(parse(text, "a.ipynb"))))
    return found


def _anew(text: str) -> None:
    parse_cell.cache_clear()
    Analysis().check(parse(text, "a.ipynb"))


def _stretch(cells: list[dict[str, Any]], start: int, length: int) -> list[dict[str, Any]]:
    return [
        cells[(start + each) % len(cells)] | {"execution_count": None} for each in range(length)
    ]


def _notebook(cells: list[dict[str, Any]]) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return 1_000 * (time.process_time() - started)
