"""``%nbpipe watch``: a look at each cell after it was run, which speaks only of what is new."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from IPython.display import display

from nbpipe.leaks.output.text import counted

if TYPE_CHECKING:
    from nbpipe.jupyter.session import Session

_EVENT = "post_run_cell"
_log = logging.getLogger(__name__)


class Watch:
    """Checks the session after each cell while it is on."""

    def __init__(self, shell: Any, session: Session) -> None:
        self._events = shell.events
        self._session = session
        self._severity = "review"

    def switch(self, state: str | None, severity: str) -> str:
        """Turn it on or off, or leave it as it is; say how it stands."""
        if state == "on":
            return self.start(severity)
        if state == "off":
            self.stop()
        return f"nbpipe watch is {'on' if self._is_on else 'off'}."

    def start(self, severity: str) -> str:
        """Watch from now on; what is there already is counted, and not told again."""
        self._severity = severity
        known = counted(self._session.check().at_least(severity).findings)
        if not self._is_on:
            self._events.register(_EVENT, self._after_a_cell)
        already = f" There is already: {known}; `%nbpipe check` shows it." if known else ""
        return f"nbpipe watch is on.{already}"

    def stop(self) -> None:
        """Watch no more."""
        if self._is_on:
            self._events.unregister(_EVENT, self._after_a_cell)

    @property
    def _is_on(self) -> bool:
        return self._after_a_cell in self._events.callbacks[_EVENT]

    def _after_a_cell(self, _: Any) -> None:
        try:
            new = self._session.news().at_least(self._severity)
        except Exception:  # noqa: BLE001 - a look over the shoulder must never get in the way
            _log.debug("the session could not be checked", exc_info=True)
            return
        if new.findings:
            content = {"text/plain": new.lines(), "text/html": new.html_lines()}
            display(content, raw=True)
