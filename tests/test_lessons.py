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
        for trace in ("/tmp/", str(Path.home()), str(NOTEBOOKS.parent), "ipykernel_"):
            assert trace not in text
        code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        taught = [cell for cell in code if "assert" not in cell["metadata"].get("tags", [])]
        assert sum(bool(cell["outputs"]) for cell in taught) > len(taught) / 2
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))

    def test_every_plot_is_told_in_words(self, lesson):
        for cell in json.loads(lesson.read_text())["cells"]:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert len(output["metadata"]["image/png"]["alt"]) > 80, cell["source"][:2]

    def test_checks_say_what_they_are_and_exercises_where_to_find_help(self, lesson):
        cells = json.loads(lesson.read_text())["cells"]
        checks = [c for c in cells if "assert" in c["metadata"].get("tags", [])]
        assert {c["source"][0] for c in checks} == {
            "# Checks that the text is true; you can skip it.\n"
        }
        text = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        helped = text.count("`%nbpipe hint ") + text.count("What a right answer prints")
        assert text.count("## Exercise") == helped > 0

    def test_its_links_lead_somewhere(self, lesson):
        cells = json.loads(lesson.read_text())["cells"]
        text = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        links = [part.split(")")[0] for part in text.split("](")[1:]]
        assert links
        assert not [x for x in links if "://" not in x and not (NOTEBOOKS / x).exists()]
