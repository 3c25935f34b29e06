"""One exercise: what a learner finds, three hints, a solution, and the check of an answer.

An exercise is a Python file in the folder ``exercises`` beside the lessons, ``e1_2_some_name.py``
for number 1.2. Its docstring is the title, and it defines

``start``
    the cell that a learner finds; a name set to ``...`` in it is to be answered
``hints``
    three of them, from a nudge to nearly everything
``solution``, ``also_right``
    a cell that answers, and others that do so in another way
``wrong``
    cells that do not, each with a part of the sentence that its author should read
``check(space)``
    raises `WrongAnswerError` by `expect` and `attempt`, or returns what to take away

so that its examples are its tests.
"""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbpipe.errors import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class WrongAnswerError(Exception):
    """What is wrong with an answer, in one sentence."""


def expect(holds: Any, otherwise: str) -> None:
    """Say what is wrong with the answer unless something holds."""
    if not holds:
        raise WrongAnswerError(otherwise)


def attempt(what: str, do: Callable[..., Any], *given: Any) -> Any:
    """Do something with the answer; `what` begins the sentence for the case that it raises."""
    try:
        return do(*given)
    except WrongAnswerError:
        raise
    except Exception as error:  # an answer is anybody's code
        raise WrongAnswerError(f"{what} it stops with {_named(error)}") from error


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise as its file has it.

    Attributes
    ----------
    number, title : str
    start, solution : str
        Cells.
    hints : tuple of str
    also_right : tuple of str
    wrong : Mapping of str to str
        Cells, and a part of the sentence that each is answered with.
    check : callable
        Takes the namespace of the answer.
    """

    number: str
    title: str
    start: str
    hints: tuple[str, str, str]
    solution: str
    also_right: tuple[str, ...]
    wrong: Mapping[str, str]
    check: Callable[[Mapping[str, Any]], str]

    @property
    def asked(self) -> tuple[str, ...]:
        """The names to be answered: those that `start` sets to ``...``."""
        return tuple(
            target.id
            for statement in ast.parse(self.start).body
            if isinstance(statement, ast.Assign) and _is_open(statement.value)
            for target in statement.targets
            if isinstance(target, ast.Name)
        )


def _is_open(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def read(path: Path) -> Exercise:
    """Read the exercise in a file of the folder ``exercises``."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Exercise(
        number=number_of(path),
        title=title_of(path),
        start=module.start.strip(),
        hints=module.hints,
        solution=module.solution.strip(),
        also_right=module.also_right,
        wrong=module.wrong,
        check=module.check,
    )


def number_of(path: Path) -> str:
    """Return the number of an exercise: 1.2 of ``e1_2_some_name.py``."""
    lesson, number = path.stem.removeprefix("e").split("_")[:2]
    return f"{int(lesson)}.{number}"


def title_of(path: Path) -> str:
    """Return the title of an exercise without running its file, which imports much."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").rstrip(".")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the check of an answer found.

    Attributes
    ----------
    number : str
    status : str
        ``"right"``, ``"wrong"`` or ``"not attempted"``.
    told : str
        A sentence for the learner.
    """

    number: str
    status: str
    told: str

    def __str__(self) -> str:
        sign = {"right": "✓", "wrong": "✗"}.get(self.status, "·")
        return f"{sign} Exercise {self.number}, {self.status}. {self.told}"

    __repr__ = __str__


def grade(exercise: Exercise, space: Mapping[str, Any]) -> Answer:
    """Check the answer that stands in a namespace; whatever it does, nothing is raised."""
    open_ = [name for name in exercise.asked if space.get(name, ...) is ...]
    if len(open_) == len(exercise.asked):
        names = " and ".join(f"`{name}`" for name in open_)
        told = f"Set {names} in the cell above, run it, and run this cell again."
        return Answer(exercise.number, "not attempted", told)
    if open_:
        return Answer(exercise.number, "wrong", f"`{open_[0]}` is still open.")
    try:
        return Answer(exercise.number, "right", exercise.check(space))
    except WrongAnswerError as wrong:
        return Answer(exercise.number, "wrong", str(wrong))
    except Exception as error:  # noqa: BLE001 - an answer may be anything at all
        return Answer(exercise.number, "wrong", f"It cannot be tried: {_named(error)}")


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {one_line(error).rstrip('.:')}."
