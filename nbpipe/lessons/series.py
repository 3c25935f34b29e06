"""The exercises of all lessons, and how far a learner has come with them."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UsageError, did_you_mean
from nbpipe.lessons.exercise import Answer, Exercise, grade, number_of, read, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = "exercises"
_FILE = ".progress.json"  # beside the exercises, so that it goes when the lessons go


def exercise(number: str, space: Mapping[str, Any]) -> Answer:
    """Check the answer to an exercise, and remember that it was right.

    Parameters
    ----------
    number : str
        Such as ``"2.1"``.
    space : Mapping
        The namespace that the answer stands in, such as ``globals()``.

    Raises
    ------
    UsageError
        There is no such exercise, or the lessons are not here.
    """
    answer = grade(_find(number), space)
    if answer.status == "right":
        _remember("done", answer.number, 1)
    return answer


def hint(number: str, level: int | None = None) -> str:
    """Return a hint of an exercise: by default the next one that was not shown yet.

    Parameters
    ----------
    number : str
    level : {1, 2, 3}, optional

    Raises
    ------
    UsageError
    """
    found = _find(number)
    last = len(found.hints)
    if level is None:
        level = min(_progress().get("hints", {}).get(found.number, 0) + 1, last)
    if not 1 <= level <= last:
        raise UsageError(f"There are hints 1 to {last}, and no {level}.")
    _remember("hints", found.number, level)
    more = "" if level < last else f" After this comes only `%nbpipe solution {found.number}`."
    return f"Hint {level} of {last}: {found.hints[level - 1]}{more}"


def solution(number: str) -> str:
    """Return a cell that solves an exercise; others may be as right.

    Raises
    ------
    UsageError
    """
    return _find(number).solution


class Progress:
    """Which exercises were answered rightly."""

    def __init__(self, titles: Mapping[str, str], done: Mapping[str, int]) -> None:
        self.titles = dict(titles)
        self.done = tuple(number for number in titles if number in done)

    def __repr__(self) -> str:
        return "\n  ".join([self._head, *self._lines()])

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li style='list-style:none'>{escape(line)}</li>" for line in self._lines()
        )
        return f"<b>{self._head}</b><ul>{items}</ul>"

    @property
    def _head(self) -> str:
        return f"{len(self.done)} of {len(self.titles)} exercises solved"

    def _lines(self) -> list[str]:
        return [
            f"{'✓' if number in self.done else '·'} {number} {title}"
            for number, title in self.titles.items()
        ]


def progress() -> Progress:
    """Return how far the learner has come in the series."""
    titles = {number: title_of(path) for number, path in _paths().items()}
    return Progress(titles, _progress().get("done", {}))


def folder() -> Path:
    """Return the folder of exercises: it lies beside the lessons, where their kernels work.

    Raises
    ------
    UsageError
    """
    here = Path.cwd() / _FOLDER
    if not any(here.glob("e*_*_*.py")):
        raise UsageError(
            "The exercises belong to the lessons, and those are not here. Open a lesson in the "
            "folder notebooks of nbpipe's repository."
        )
    return here


def _paths() -> dict[str, Path]:
    return {number_of(path): path for path in sorted(folder().glob("e*_*_*.py"))}


def _find(number: str) -> Exercise:
    known = _paths()
    if number not in known:
        near = did_you_mean(number, known)
        raise UsageError(f"There is no exercise {number!r}; there are {', '.join(known)}.{near}")
    return read(known[number])


def _progress() -> dict[str, dict[str, int]]:
    try:
        found = json.loads((folder() / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or half a file: to count from new harms nobody
        return {}
    return found if isinstance(found, dict) else {}


def _remember(kind: str, number: str, value: int) -> None:
    known = _progress()
    known.setdefault(kind, {})[number] = value
    place = folder() / _FILE
    beside = place.with_suffix(f".{os.getpid()}")
    with suppress(OSError):  # where nothing can be written, progress is not kept
        beside.write_text(json.dumps(known), encoding="utf-8")
        beside.replace(place)
