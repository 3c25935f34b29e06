"""Around every request: time, counts, one line of log, and an answer whatever happens."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING

from nbpipe.serving.problems import NOWHERE, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from nbpipe.serving.metrics import Metrics

_log = logging.getLogger("nbpipe.serving")
_FAILED = "The server failed to answer; its log says why."
_GONE = 499  # nginx's number for a client that left before the answer
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Observe:
    """ASGI middleware. Paths and methods that nobody foresaw are counted together.

    Neither values of the input nor addresses are logged. What is in `direct`, by method and path,
    is asked without the router and its middleware, which take as long as to predict a row.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        paths: frozenset[str],
        direct: Mapping[tuple[str, str], ASGIApp],
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), _GONE

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_flight += 1
        try:
            # the `$` at the end of a route lets a line feed pass
            path = scope["path"]
            routed = NOWHERE if path.endswith("\n") else self._app
            app = self._direct.get((scope["method"], path), routed)
            await app(scope, receive, sending)
        except Exception:  # whatever it is, it is answered, and told in the log alone
            _log.exception("failed to answer")
            if status != _GONE:
                raise  # a half-sent answer can only be cut off
            await Refusal(500, _FAILED)(scope, receive, sending)
        finally:
            self._metrics.in_flight -= 1
            self._tell(scope, status, perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"] if scope["path"] in self._paths else "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request(path, method, status, seconds)
        if _log.isEnabledFor(logging.INFO):
            fields = {"method": method, "path": path, "status": status}
            fields |= {"rows": scope.get("nbpipe.rows", 0), "ms": round(1000 * seconds, 2)}
            _log.info("request", extra={"fields": fields})
