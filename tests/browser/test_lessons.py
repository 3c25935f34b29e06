"""Every lesson, worked through in JupyterLab in a browser, as a learner would."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from browser.pages import answer, run_all, save, shoot
from nbpipe.lessons.exercise import number_of, read

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGES = sorted(p.name for p in NOTEBOOKS.glob("*.ipynb"))
EXERCISES = {number_of(path): path for path in sorted(NOTEBOOKS.glob("exercises/e*_*_*.py"))}


@pytest.mark.parametrize("lesson", PAGES)
def test_a_lesson_runs_to_its_end_and_its_exercises_help(lesson, lab, open_notebook, tmp_path):
    """No error but the wanted ones, every plot drawn; then wrong answers, a hint, a right one."""
    page = open_notebook(lesson)
    run_all(page)
    save(page)
    folder = Path(os.environ.get("NBPIPE_SCREENSHOTS", tmp_path))
    shoot(page, folder / f"{lesson}.png")

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

    sources = ["".join(cell["source"]) for cell in cells]
    numbers = [n for n in EXERCISES if f"%nbpipe exercise {n}" in sources]
    for number in numbers:
        check = sources.index(f"%nbpipe exercise {number}")
        work_on(page, read(EXERCISES[number]), check - 1, check)
    if numbers:
        answer(page, sources.index("%nbpipe exercise"), None, f"✓ {numbers[-1]}")
        shoot(page, folder / f"{lesson}.solved.png")


def work_on(page, exercise, cell, check):
    """Answer wrongly twice, ask for a hint, and answer rightly."""
    number = exercise.number
    answer(page, check, None, f"· Exercise {number}, not attempted")
    for wrong, told in list(exercise.wrong.items())[:2]:
        answer(page, cell, wrong)
        answer(page, check, None, f"✗ Exercise {number}, wrong", told)
    answer(page, cell, f"%nbpipe hint {number}", "Hint 1 of 3")
    answer(page, cell, exercise.solution)
    answer(page, check, None, f"✓ Exercise {number}, right")


def test_the_index_leads_into_the_lessons(open_notebook):
    """A click on its last link opens the first lesson beside it."""
    page = open_notebook("index.ipynb")
    page.locator(".jp-NotebookPanel .jp-MarkdownCell a").last.click()
    page.get_by_role("heading", name="00 · It worked in the notebook").wait_for()
    assert len(page.context.pages) == 1
