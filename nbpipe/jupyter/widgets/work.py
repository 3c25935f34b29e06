"""Work that takes a while: a bar, a stop button, and a message where it ends badly."""

from __future__ import annotations

from contextlib import closing
from contextvars import copy_context
from html import escape
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, IntProgress, Layout, VBox
from sklearn import config_context, get_config
from traitlets import Bool

from nbpipe.errors import NbpipeError, one_line
from nbpipe.jupyter.widgets.style import row, status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Steps = Generator[tuple[int, int, str], None, Any]


class Work(VBox):
    """Runs a generator in a thread of its own, between whose steps it can be stopped.

    The kernel's main thread stays free: it is the one that hears of the stop button.

    Attributes
    ----------
    running : bool
        A trait, to be observed.
    message : HTML
        What went wrong, or where the work was stopped.
    """

    running = Bool(default_value=False)

    def __init__(self) -> None:
        super().__init__()
        self._bar = IntProgress(layout=Layout(width="200px"))
        self._label = HTML()
        self.stop_button = Button(description="Stop", tooltip="Stop after the step that runs now")
        self.stop_button.on_click(lambda _: self.stop())
        self._row = row(self._bar, self._label, self.stop_button)
        self._row.layout.display = "none"
        self.message = HTML()
        self.children = (self._row, self.message)
        self._stopping = Event()
        self._thread = Thread()

    def start(self, steps: Callable[[], Steps], done: Callable[[Any], None]) -> None:
        """Start working, unless work is under way already.

        Parameters
        ----------
        steps : generator function
            Yields (how many steps are done, of how many, what comes next); it is closed where the
            work is stopped.
        done : callable
            Called in the thread with what the generator returned, once it came to its end.
        """
        if self.running:
            self.say("This is still at work: stop it first.")
            return
        self._stopping.clear()
        self.say("")
        self._tell(0, 1, "starting")
        self.stop_button.disabled = False
        self._row.layout.display = ""
        self.running = True
        # scikit-learn's settings belong to a thread, the cell that messages belong to as well
        self._thread = Thread(
            target=copy_context().run, args=(self._run, steps, done, get_config()), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step that runs now; what it has computed is kept by the generator."""
        self._stopping.set()
        self.stop_button.disabled = True
        self._label.value += " (stopping after this)"

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end, in a script or a test."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a message below the bar; "" takes it away."""
        self.message.value = status(text, error=error)

    def _run(self, steps: Callable[[], Steps], done: Callable[[Any], None], config: Any) -> None:
        try:
            with config_context(**config), closing(steps()) as under_way:
                self._follow(under_way, done)
        except NbpipeError as error:
            self.say(str(error), error=True)
        except Exception as error:  # noqa: BLE001 - nobody else would tell of it
            self.say(f"{type(error).__name__}: {one_line(error)}", error=True)
        finally:
            self._row.layout.display = "none"
            self.running = False

    def _follow(self, steps: Steps, done: Callable[[Any], None]) -> None:
        count, total = 0, 0
        while not self._stopping.is_set():
            try:
                count, total, what = next(steps)
            except StopIteration as end:
                done(end.value)
                return
            self._tell(count, total, what)
        self.say(f"Stopped after {count} of {total}.")

    def _tell(self, count: int, total: int, what: str) -> None:
        self._bar.max, self._bar.value = total, count
        self._label.value = f'<span role="status">{count} of {total}: {escape(what)}</span>'
