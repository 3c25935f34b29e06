"""The labelled corpus: files with a header, scripts as they are and notebooks in percent format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
FAMILIES = ("NB1", "NB2", "NB3")


@dataclass(frozen=True, slots=True)
class Case:
    """One file: what it is labelled with, and its text as a .py or .ipynb file."""

    name: str
    labels: frozenset[str]
    why: str
    text: str
    notebook: bool


def cases(part: str) -> list[Case]:
    """Return all files of a part, ``dev`` or ``held``."""
    paths = sorted((CORPUS / part).iterdir())
    return [_case(path) for path in paths if path.suffix in {".py", ".nb"}]


def _case(path: Path) -> Case:
    lines = path.read_text(encoding="utf-8").split("\n")
    header = []
    while lines and re.match(r"# (labels|why|hard):", lines[0]):
        header.append(lines.pop(0))
    labels = re.findall(r"NB\d", header[0])
    why = " ".join(line.partition(":")[2].strip() for line in header[1:])
    text = "\n".join(lines)
    notebook = path.suffix == ".nb"
    return Case(path.stem, frozenset(labels), why, _notebook(text) if notebook else text, notebook)


def _notebook(text: str) -> str:
    """Return percent format as the JSON of a notebook."""
    cells = []
    for part in re.split(r"(?m)^# %%", text)[1:]:
        head, _, body = part.partition("\n")
        if "[markdown]" in head:
            source = re.sub(r"(?m)^# ?", "", body.strip("\n"))
            cells.append({"cell_type": "markdown", "metadata": {}, "source": source})
            continue
        count = re.search(r"\[(\d+)\]", head)
        cells.append(
            {
                "cell_type": "code",
                "metadata": {},
                "source": body.strip("\n"),
                "outputs": [],
                "execution_count": int(count[1]) if count else None,
            }
        )
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
