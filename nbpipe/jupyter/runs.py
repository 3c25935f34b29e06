"""What was run in a session, in the order in which it was run, as cells for the checker."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from nbpipe.jupyter.live import stand_ins
from nbpipe.leaks.findings import Place
from nbpipe.leaks.order import names
from nbpipe.leaks.source import Cell, parse_cell


class RunPlace(Place):
    """A place in what was run: it goes by the number in the prompt."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"In [{self.cell}], line {self.line}"


@dataclass(frozen=True, slots=True)
class Run(Cell):
    """A cell as it was run; its number is that in the prompt.

    Parameters
    ----------
    cell_id : str
        Which cell of the notebook it was, where the front end says so.
    failed : bool
        Whether it ended in an error; only the statements before that one are in its tree.
    """

    cell_id: str = ""
    failed: bool = False

    @property
    def key(self) -> str:
        """What stays the same when the cell is run again."""
        return self.cell_id or self.text

    def place(self, node: Any) -> Place:
        """Return where a node stands."""
        at = Cell.place(self, node)
        return RunPlace(at.cell, at.line, at.column, at.end_line, at.end_column)


@dataclass(frozen=True, slots=True)
class _Note:
    """What IPython's history leaves out."""

    cell_id: str = ""
    failed_at: int | None = None  # the line; 0 where nothing was run at all


class Runs:
    """IPython's history of a session, with the cell that each run was of and where it failed."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._notes: dict[int, _Note] = {}
        self._running: _Note | None = None
        self._read: list[Run] = []

    def start(self) -> None:
        """Listen to the shell."""
        self._shell.events.register("pre_run_cell", self._begin)
        self._shell.events.register("post_run_cell", self._end)

    def stop(self) -> None:
        """Listen no more."""
        for event, hook in (("pre_run_cell", self._begin), ("post_run_cell", self._end)):
            if hook in self._shell.events.callbacks[event]:
                self._shell.events.unregister(event, hook)

    def all(self) -> tuple[Run, ...]:
        """Return everything that was run; what is known already is the same object as before."""
        texts = self._shell.history_manager.input_hist_raw[1:]
        pairs = zip(self._read, texts, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1], pairs))
        del self._read[same:]
        for number, text in enumerate(texts[same:], same + 1):
            running = self._running if number == len(texts) else None
            self._read.append(self._run(number, text, running or self._notes.get(number, _Note())))
        return tuple(self._read)

    def _begin(self, info: Any) -> None:
        self._running = _Note(_cell_id(info))

    def _end(self, result: Any) -> None:
        self._running = None
        texts = self._shell.history_manager.input_hist_raw
        if texts[-1] == result.info.raw_cell.rstrip("\n"):  # not all that is run is kept there
            failed_at = None if result.success else self._failed_at(result.error_in_exec)
            self._notes[len(texts) - 1] = _Note(_cell_id(result.info), failed_at)
            del self._read[len(texts) - 2 :]  # it may have been read while it ran

    def _failed_at(self, error: BaseException | None) -> int:
        step = error.__traceback__ if error is not None else None
        while step is not None:
            if step.tb_frame.f_globals is self._shell.user_ns:
                return step.tb_lineno
            step = step.tb_next
        return 0

    def _run(self, number: int, text: str, note: _Note) -> Run:
        cell = parse_cell(text, number)
        body = cell.tree.body
        if note.failed_at is not None:
            body = [each for each in body if (each.end_lineno or 0) < note.failed_at]
        known = set().union(*(names(run.tree)[0] for run in self._read))
        body = [*stand_ins(cell.tree, known, self._shell.user_ns), *body]
        tree = cell.tree if body == cell.tree.body else ast.Module(body=body, type_ignores=[])
        failed = note.failed_at is not None
        return Run(number, text, tree, cell.ignores, cell_id=note.cell_id, failed=failed)


def _cell_id(info: Any) -> str:
    return getattr(info, "cell_id", None) or ""  # older IPythons say nothing of it
