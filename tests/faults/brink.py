"""Do an action up to its first touch of a folder, and from there in as many children as asked.

``python brink.py ACTIONS NAME FOLDER [ARGUMENT...]`` calls a function of the file ACTIONS. When it
is about to touch something below FOLDER, everything before was in memory; so the process stops
there, and for every line of JSON that it reads it forks a child that goes on, a real process in the
midst of a real action. ``{}`` lets it end; ``{"after": SECONDS}`` kills it by SIGKILL that much
later; ``{"at": N}`` kills it when it is about to open, make, rename, link or remove a file for the
N-th time, counted from 0. A child that ends sooner was not killed. The answer, a line of JSON, has
what the action returned or raised, or that it was killed, and how long that took.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import sys
import time

#: Audit events of what changes a file system, or opens a file of it.
TOUCHES = {"open", "shutil.rmtree"} | {
    f"os.{verb}"
    for verb in ("mkdir", "rename", "link", "symlink", "remove", "rmdir", "truncate", "chmod")
}


class Brink:
    """What is known on this side of the fork, and on the other."""

    def __init__(self, below: str) -> None:
        self.below = below
        self.told: int | None = None  # where a child tells how it ended; None before the fork
        self.left: float = float("inf")  # touches that a child has yet to live

    def touched(self, event: str, facts: tuple) -> None:
        """Stop at the first touch; later count, and die."""
        if event not in TOUCHES:
            return
        path = str(facts[0])
        if self.told is None:
            if self.below in path:
                self.serve()
            return
        if self.below in path or not path.startswith("/"):  # rmtree names what it removes briefly
            self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def serve(self) -> None:
        """Fork for each line that is read; return in the children alone."""
        _tell("ready")
        for line in sys.stdin:
            asked = json.loads(line)
            out, into = os.pipe()
            started = time.perf_counter()
            pid = os.fork()
            if pid == 0:
                os.close(out)
                os.dup2(2, 1)  # the answers' pipe is the parent's
                self.told, self.left = into, asked.get("at", float("inf"))
                return
            os.close(into)
            _tell(pid)
            if not select.select([out], [], [], asked.get("after"))[0]:
                os.kill(pid, signal.SIGKILL)
            with os.fdopen(out) as pipe:
                said = pipe.read()
            os.waitpid(pid, 0)
            ended = json.loads(said) if said else {"killed": True}
            _tell(json.dumps(ended | {"seconds": time.perf_counter() - started}))
        os._exit(0)


def _tell(what: object) -> None:
    print(what, flush=True)  # noqa: T201 - the test reads it


def main(actions: str, name: str, folder: str, *arguments: str) -> None:
    """Do the action; only children ever end it."""
    do, brink = runpy.run_path(actions)[name], Brink(folder)
    sys.addaudithook(brink.touched)
    try:
        said = {"returned": do(folder, *arguments)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the test asks for it
        said = {"raised": type(error).__name__, "message": str(error)}
    os.write(brink.told, json.dumps(said).encode())
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
