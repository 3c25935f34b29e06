"""Checks of notebooks that are being edited: one at a time, of each client the newest, in time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_COMMAND = (sys.executable, "-P", "-m", "nbpipe.jupyter.lab.worker")  # -P: no module of the user's


class SupersededError(Exception):
    """The same client asked again before its turn came."""


class Checks:
    """Asks the process that checks; safe to be asked by many at once.

    Parameters
    ----------
    folder : Path
        What the notebooks' paths start from.
    seconds : float
        How long one check may take; then its process is ended, and the next gets a new one.
    """

    def __init__(self, folder: Path, seconds: float = 10.0) -> None:
        self._folder = folder
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()
        self._newest: dict[str, object] = {}

    async def check(self, client: str, request: bytes) -> bytes:
        """Return the answer to a request, which is one line of JSON.

        Raises
        ------
        SupersededError
            If `client` has asked anew while it waited for its turn.
        TimeoutError
            If the check took too long.
        OSError
            If the process cannot be started, or ended without an answer.
        """
        ticket = self._newest[client] = object()
        try:
            async with self._turn:
                if self._newest[client] is not ticket:
                    raise SupersededError
                answer = asyncio.to_thread(self._exchange, request)
                return await asyncio.wait_for(answer, self._seconds)
        except (TimeoutError, OSError):
            self.stop()
            raise
        finally:
            if self._newest.get(client) is ticket:
                del self._newest[client]

    def _exchange(self, request: bytes) -> bytes:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - this very package
                _COMMAND, cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise OSError("the checker ended without an answer")
        return answer

    def stop(self) -> None:
        """End the process; the next check starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
