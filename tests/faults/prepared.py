"""Real processes that wait on the brink of an action, to be let go and killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


class Prepared:
    """An action that goes on from its first touch of `folder`, in a new child each time."""

    def __init__(self, action: str, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, HERE / "brink.py", HERE / "actions.py", action, folder, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,  # of no repository, whose state an export would ask git for
        )
        assert self.process.stdout.readline() == "ready\n", f"{action} never touched {folder}"

    def start(self, **how: float) -> int:
        """Let a child go on, to be killed `after` seconds or `at` a touch; return its id."""
        self.process.stdin.write(json.dumps(how) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def ended(self) -> dict:
        """Wait for the child that was started, and return how it ended."""
        return json.loads(self.process.stdout.readline())

    def go(self, **how: float) -> dict:
        """Start a child and wait for it."""
        self.start(**how)
        return self.ended()


@contextmanager
def prepared(action: str, folder: Path, *arguments: str) -> Iterator[Prepared]:
    """Give a `Prepared`, and end it."""
    made = Prepared(action, folder, *arguments)
    try:
        yield made
    finally:
        made.process.communicate()


def kill_often(action: Prepared, times: int, check: Callable[[], None], seed: int = 0) -> int:
    """Kill an action at each of its touches of files and at random moments; return how often.

    `check` looks at what is on disk after each kill; what it says is told with the moment.
    """
    moments, killed, touch = random.Random(seed), 0, 0
    seconds = max(action.go()["seconds"] for _ in range(3))
    check()
    while killed < times:
        how = {"after": moments.uniform(0, seconds)} if touch is None else {"at": touch}
        ended = action.go(**how)
        died = "killed" in ended
        if not died:
            assert "returned" in ended, f"{how}: {ended}"
        killed += died
        if touch is not None:
            touch = touch + 1 if died else None  # every touch was once the last
        try:
            check()
        except Exception as error:
            error.add_note(f"after kill {killed} of seed {seed}: {how} of {seconds:.3f} s")
            raise
    return killed
