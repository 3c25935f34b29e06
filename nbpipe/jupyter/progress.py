"""A progress bar for notebooks that leaves nothing behind, also in a saved notebook."""

from __future__ import annotations

from html import escape
from io import StringIO
from typing import Any

from IPython.display import display
from tqdm.std import tqdm


class NotebookBar(tqdm):
    """tqdm's counting, shown as HTML's own progress element; it vanishes when it is closed.

    tqdm's notebook bar is a widget, of which a saved notebook keeps the state at its beginning, as
    if the work had stopped there.
    """

    def __init__(self, *args: Any, **keywords: Any) -> None:
        self._shown: Any = None
        super().__init__(*args, **keywords, file=StringIO())

    def display(self, msg: str | None = None, pos: int | None = None) -> None:  # noqa: ARG002 - tqdm's own
        """Show the state, in place of what was shown before."""
        told = escape(f"{self.desc}{self.n} of {self.total}  {self.postfix or ''}")
        bar = f'<progress value="{self.n}" max="{self.total}" aria-label="{told}"></progress> '
        content = {"text/html": bar + told, "text/plain": told}
        if self._shown is None:
            self._shown = display(content, raw=True, display_id=True)
        else:
            self._shown.update(content, raw=True)

    def close(self) -> None:
        """Take the bar away."""
        super().close()
        if self._shown is not None:
            self._shown.update({"text/html": "", "text/plain": ""}, raw=True)
            self._shown = None
