"""What holds for every lesson; that its cells print what they printed is held by nbval."""

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import nbpipe

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PAGES = sorted(NOTEBOOKS.glob("*.ipynb"))
LESSONS = [page for page in PAGES if page.stem[0] == "0"]
TEMPLATE, INDEX = (NOTEBOOKS / f"{name}.ipynb" for name in ("99_template", "index"))


def cells_of(page):
    return json.loads(page.read_text())["cells"]


def words_of(page):
    return "\n\n".join("".join(c["source"]) for c in cells_of(page) if c["cell_type"] == "markdown")


def tags_of(cell):
    return cell["metadata"].get("tags", [])


def links_of(text):
    return re.findall(r"\]\(([^)]+)\)", text)


def headings_of(text):
    return re.findall(r"^(#+) (.+)$", text, re.MULTILINE)


def test_the_notebooks_are_those_of_their_sources():
    assert [p.stem for p in PAGES] == sorted(p.stem for p in NOTEBOOKS.glob("source/*.py"))
    check = [sys.executable, str(NOTEBOOKS / "make.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
class TestPage:
    def test_it_is_small_enough_to_read_on_the_web(self, page):
        assert page.stat().st_size < 300_000

    def test_it_was_executed_and_keeps_nothing_of_the_machine(self, page):
        text = page.read_text()
        for trace in ("/tmp/", str(Path.home()), str(NOTEBOOKS.parent), "ipykernel_"):
            assert trace not in text
        code = [cell for cell in cells_of(page) if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        assert [cell["id"] for cell in cells_of(page)] == [
            f"cell-{number:02}" for number in range(len(cells_of(page)))
        ]

    def test_no_error_but_the_wanted_ones(self, page):
        for cell in cells_of(page):
            errors = [o for o in cell.get("outputs", []) if o["output_type"] == "error"]
            assert bool(errors) == ("raises-exception" in tags_of(cell)), cell["source"]

    def test_every_plot_is_told_in_words(self, page):
        for cell in cells_of(page):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert len(output["metadata"]["image/png"]["alt"]) > 80, cell["source"][:2]

    def test_its_headings_go_down_one_level_at_a_time(self, page):
        levels = [len(marks) for marks, _ in headings_of(words_of(page))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_its_links_lead_somewhere(self, page):
        links = links_of(words_of(page))
        assert links
        assert not [x for x in links if "://" not in x and not (NOTEBOOKS / x).exists()]

    def test_nobody_has_solved_anything_in_what_is_shown_at_first(self, page):
        if page == TEMPLATE:
            return
        shown = ["".join(c["source"]) for c in cells_of(page)].index("%nbpipe exercise")
        cell = cells_of(page)[shown]
        count = len(list(NOTEBOOKS.glob("exercises/e*_*_*.py")))
        text = "".join(cell["outputs"][0]["data"]["text/plain"])
        assert text.startswith(f"0 of {count} exercises solved")
        assert "nbval-ignore-output" in tags_of(cell)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
class TestLesson:
    def test_most_of_its_cells_show_something(self, lesson):
        code = [cell for cell in cells_of(lesson) if cell["cell_type"] == "code"]
        taught = [cell for cell in code if "assert" not in tags_of(cell)]
        assert sum(bool(cell["outputs"]) for cell in taught) > len(taught) / 2

    def test_checks_say_what_they_are_and_exercises_where_to_find_help(self, lesson):
        checks = [cell for cell in cells_of(lesson) if "assert" in tags_of(cell)]
        assert {cell["source"][0] for cell in checks} == {
            "# Checks that the text is true; you can skip it.\n"
        }
        text = words_of(lesson)
        assert text.count("## Exercise") == text.count("`%nbpipe hint ") > 0
        numbers = re.findall(r"%nbpipe hint (\d\.\d)", text)
        assert numbers == [f"{int(lesson.stem[:2])}.{i + 1}" for i in range(len(numbers))]

    def test_it_begins_and_ends_as_all_do(self, lesson):
        text = words_of(lesson)
        begin = text.partition("\n\n## ")[0]
        assert all(word in begin for word in ("**You will", "**Time:**", "**You need:**"))
        titles = [title for _, title in headings_of(text)]
        assert titles[-3:] == ["Key points", "Two questions", "How far you are"]
        assert text.count("<details><summary>Answer</summary>") == 2

    def test_its_neighbours_are_one_link_away_at_both_ends(self, lesson):
        pages = [INDEX, *LESSONS, INDEX]
        at = pages.index(lesson)
        before, after = pages[at - 1].name, pages[at + 1].name
        first, *_, last = [c for c in cells_of(lesson) if c["cell_type"] == "markdown"]
        assert links_of("".join(first["source"])) == [before, after]
        assert links_of("".join(last["source"]))[0] == after
        assert INDEX.name in links_of("".join(last["source"]))


def test_the_index_leads_to_every_page_and_tells_the_minutes_that_they_tell():
    text = words_of(INDEX)
    assert {p.name for p in PAGES if p != INDEX} <= set(links_of(text))
    told = re.findall(r"^- \[\d.*\]\((.*)\), (\d) \+ (\d):", text, re.MULTILINE)
    assert [name for name, *_ in told] == [page.name for page in LESSONS]
    for name, reading, exercises in told:
        time = words_of(NOTEBOOKS / name)
        assert f"**Time:** {reading} minutes of reading, {exercises} for the exercise" in time
    assert sum(int(reading) for _, reading, _ in told) == 20
    assert 22 <= sum(int(exercises) for *_, exercises in told) <= 28


def test_teachers_are_told_the_same_minutes_and_where_each_mistake_is_put_right():
    text = (NOTEBOOKS / "TEACHING.md").read_text()
    index = re.findall(r"^- \[(\d\d) .*\), (\d) \+ (\d):", words_of(INDEX), re.MULTILINE)
    assert re.findall(r"^\| (\d\d) \| (\d) \| (\d) \|", text, re.MULTILINE) == index
    places = re.findall(r'\| (\d\d), "([^"]+)" \|$', text, re.MULTILINE)
    assert len(places) == 8
    for number, section in places:
        (lesson,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
        titles = [title for _, title in headings_of(words_of(lesson))]
        assert any(title.endswith(section) for title in titles), (number, section)


@pytest.mark.parametrize("page", sorted(NOTEBOOKS.glob("*.md")), ids=lambda path: path.name)
def test_the_links_of_the_pages_beside_the_lessons_lead_somewhere(page):
    links = links_of(page.read_text())
    assert links
    assert not [x for x in links if "://" not in x and not (NOTEBOOKS / x).exists()]


def test_the_template_passes_the_check_that_it_is_a_template_for():
    assert nbpipe.check(TEMPLATE).findings == ()
