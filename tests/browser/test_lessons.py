"""Every lesson, run from top to bottom in JupyterLab in a browser."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from browser.pages import run_all, save, shoot

LESSONS = sorted(p.name for p in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_to_its_end(lesson, lab, open_notebook, tmp_path):
    """No error but the wanted ones, every cell run, every plot drawn."""
    page = open_notebook(lesson)
    run_all(page)
    save(page)
    shoot(page, Path(os.environ.get("NBPIPE_SCREENSHOTS", tmp_path)) / f"{lesson}.png")

    _, root = lab
    cells = json.loads((root / lesson).read_text())["cells"]
    assert not [
        output["evalue"]
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
        and "raises-exception" not in cell["metadata"].get("tags", [])
    ]
    plots = [o for c in cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    drawn = page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea img')]"
        ".filter(image => image.naturalWidth > 50).length"
    )
    assert drawn >= len(plots)
    assert plots or not lesson.startswith("0")
