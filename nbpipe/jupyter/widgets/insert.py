"""Text into a new cell below, where nbpipe's part of JupyterLab is there to do it."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING, Any

from comm import create_comm

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = "nbpipe:insert-cell"
SECONDS = 1.0  # a page that knows the target answers at once; others may stay silent


def insert_cell(text: str, answered: Callable[[bool], None]) -> None:
    """Ask the page for a new cell below the active one, and tell `answered`, once, if it came."""
    waiting = [answered]

    def tell(*, inserted: bool) -> None:  # the kernel's thread and the timer's may both come here
        if waiting:
            waiting.pop()(inserted)

    def heard(message: Any) -> None:
        timer.cancel()
        tell(inserted=bool(message["content"]["data"].get("inserted")))

    timer = Timer(SECONDS, tell, kwargs={"inserted": False})
    timer.daemon = True
    comm = create_comm(target_name=TARGET, data={"text": text})
    comm.on_msg(heard)
    comm.on_close(lambda _: tell(inserted=False))
    timer.start()
