"""What holds for every lesson; that its cells print what they printed is held by nbval."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def test_the_notebooks_are_those_of_their_sources():
    assert [p.stem for p in LESSONS] == sorted(p.stem for p in NOTEBOOKS.glob("source/*.py"))
    check = [sys.executable, str(NOTEBOOKS / "make.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
class TestLesson:
    def test_it_is_small_enough_to_read_on_the_web(self, lesson):
        assert lesson.stat().st_size < 300_000

    def test_it_was_executed_and_keeps_nothing_of_the_machine(self, lesson):
        text = lesson.read_text()
        for trace in ("/tmp/", "/home/", "/root/", "/work/", "ipykernel_"):
            assert trace not in text
        code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        assert sum(bool(cell["outputs"]) for cell in code) > len(code) / 2
        assert all(cell["execution_count"] is None for cell in code)

    def test_every_plot_is_told_in_words(self, lesson):
        cells = json.loads(lesson.read_text())["cells"]
        for number, cell in enumerate(cells):
            if any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])):
                said = next(c for c in cells[number:] if c["cell_type"] == "markdown")
                assert "Figure:" in "".join(said["source"]), cell["source"][:2]

    def test_its_links_lead_somewhere(self, lesson):
        cells = json.loads(lesson.read_text())["cells"]
        text = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        links = [part.split(")")[0] for part in text.split("](")[1:]]
        assert links
        assert not [x for x in links if "://" not in x and not (NOTEBOOKS / x).exists()]
