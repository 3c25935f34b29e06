"""Exercises check behaviour: every right answer passes, every wrong one is told what is wrong."""

import json
import re
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import make
from nbpipe.errors import UsageError
from nbpipe.lessons import series
from nbpipe.lessons.exercise import grade, read
from shells import run

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
EXERCISES = [read(path) for path in sorted(NOTEBOOKS.glob("exercises/e*_*_*.py"))]
ANSWERS = [
    pytest.param(exercise, cell, told, id=f"{exercise.number}-{kind}-{i}")
    for exercise in EXERCISES
    for kind, cells in (
        ("right", dict.fromkeys((exercise.solution, *exercise.also_right))),
        ("wrong", exercise.wrong),
    )
    for i, (cell, told) in enumerate(cells.items())
]


@pytest.fixture(scope="module", autouse=True)
def _in_the_folder_of_the_lessons():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(NOTEBOOKS)
        yield


@pytest.fixture(scope="module")
def lessons():
    """Give what a lesson has defined where its exercise stands, each lesson run once."""
    InteractiveShell.clear_instance()
    shell, known = InteractiveShell.instance(), {}
    run(shell, "%load_ext nbpipe\nimport matplotlib; matplotlib.use('agg')")

    def before(exercise):
        number = exercise.number
        if number not in known:
            (source,) = NOTEBOOKS.glob(f"source/{int(number.split('.')[0]):02}_*.py")
            shell.reset()
            for cell in make.build(source).cells:
                if cell.source == exercise.start:
                    break
                if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get(
                    "tags", []
                ):
                    run(shell, cell.source)
            known[number] = dict(shell.user_ns)
        shell.user_ns.update(known[number])
        return shell

    yield before
    InteractiveShell.clear_instance()


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "cell", "told"), ANSWERS)
def test_an_answer_is_graded_by_what_it_does(exercise, cell, told, lessons):
    shell = lessons(exercise)
    run(shell, exercise.start)
    run(shell, cell)
    answer = grade(exercise, shell.user_ns)
    if told is None:
        assert answer.status == "right", answer
    else:
        assert (answer.status, told in answer.told) == ("wrong", True), answer
    assert "Traceback" not in answer.told
    assert "\n" not in answer.told


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.number)
class TestExercise:
    def test_untouched_it_is_not_attempted(self, exercise):
        space = {}
        exec(exercise.start, space)
        assert exercise.asked
        assert grade(exercise, space).status == "not attempted"
        assert grade(exercise, {}).status == "not attempted"

    def test_it_has_three_hints_and_knows_three_wrong_answers_and_two_right_ones(self, exercise):
        assert len(exercise.hints) == 3
        assert len(exercise.wrong) >= 3
        assert len(set(exercise.wrong.values())) >= 3
        assert exercise.also_right

    def test_anything_at_all_is_answered_in_a_sentence(self, exercise):
        for value in (None, 3, "text", [1], {}, object(), type, lambda: 1):
            answer = grade(exercise, dict.fromkeys(exercise.asked, value))
            assert answer.status == "wrong", (value, answer)
            assert answer.told.endswith((".", "?", "`"))


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.number)
def test_no_number_passes_nor_a_function_that_says_it_of_everything(exercise):
    """Whatever number could be copied from the exercise, its solution or what its lesson shows."""
    number = exercise.number
    (lesson,) = NOTEBOOKS.glob(f"{int(number.partition('.')[0]):02}_*.ipynb")
    shown = "".join(
        "".join(output.get("text", ()))
        for cell in json.loads(lesson.read_text())["cells"]
        for output in cell.get("outputs", ())
    )
    told = (*exercise.hints, exercise.solution, *exercise.wrong, shown)
    numbers = {float(found) for text in told for found in re.findall(r"\d+(?:\.\d+)?", text)}
    assert numbers
    for value in (True, False, *sorted(numbers)):
        assert grade(exercise, dict.fromkeys(exercise.asked, value)).status == "wrong"
    for value in (True, False, *sorted(numbers)[:: max(1, len(numbers) // 8)]):
        constant = dict.fromkeys(exercise.asked, lambda *_, value=value: value)
        assert grade(exercise, constant).status == "wrong"


class TestProgress:
    @pytest.mark.usefixtures("elsewhere")
    def test_hints_come_one_after_the_other_and_the_last_stays(self):
        number = EXERCISES[0].number
        shown = [series.hint(number) for _ in range(4)]
        assert [text[:6] for text in shown] == ["Hint 1", "Hint 2", "Hint 3", "Hint 3"]
        assert "solution" in shown[-1]

    def test_what_was_solved_stays_solved_in_the_next_kernel(self, elsewhere):
        assert "0 of" in repr(series.progress())
        (elsewhere / "exercises" / ".progress.json").write_text(
            json.dumps({"done": {EXERCISES[0].number: 1}})
        )
        assert series.progress().done == (EXERCISES[0].number,)

    def test_a_damaged_record_counts_from_new(self, elsewhere):
        (elsewhere / "exercises" / ".progress.json").write_text("{half")
        assert series.progress().done == ()

    def test_where_nothing_can_be_written_the_answer_still_comes(self, elsewhere, monkeypatch):
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        (elsewhere / "exercises" / ".progress.json").mkdir()
        assert series.hint(EXERCISES[0].number).startswith("Hint 1")

    @pytest.mark.usefixtures("elsewhere")
    def test_a_number_that_there_is_not_names_those_that_there_are(self):
        with pytest.raises(UsageError, match=r"There is no exercise '1\.7'; there are .*1\.1"):
            series.solution("1.7")

    def test_elsewhere_it_says_where_the_lessons_are(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="folder notebooks"):
            series.progress()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Work in a copy of the exercises, so that nobody's progress is touched."""
    (tmp_path / "exercises").mkdir()
    for path in NOTEBOOKS.glob("exercises/e*_*_*.py"):
        (tmp_path / "exercises" / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path
