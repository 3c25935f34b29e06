"""One process of uvicorn around the service: its socket, its log, its end."""

from __future__ import annotations

import gc
import json
import logging
import signal
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from nbpipe.errors import UsageError, one_line
from nbpipe.serving.problems import MEDIA_TYPE, Refusal

if TYPE_CHECKING:
    import asyncio

    from fastapi import FastAPI

_LOOKS = 3  # of `seconds` each: for the body, for the prediction, and for the client to read it


def bind(host: str, port: int) -> tuple[socket.socket, str]:
    """Return a listening socket, and its URL; port 0 is any that is free.

    Raises
    ------
    UsageError
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or one_line(error)
        raise UsageError(
            f"{host}:{port} cannot be used: {why.rstrip('.')}. Choose another host or port; port 0 "
            "is any that is free."
        ) from error
    # asyncio sets it on sockets of its own making alone; without it each answer waits 40 ms
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    shown = f"[{host}]" if ":" in host else host
    return listening, f"http://{shown}:{listening.getsockname()[1]}"


def run(app: FastAPI, listening: socket.socket, seconds: float) -> None:
    """Serve until SIGTERM or SIGINT; what is being answered then has `seconds` to finish."""
    _log_as_json()
    patient = type("Patient", (_Patient,), {"seconds": seconds})
    config = uvicorn.Config(
        app,
        http=patient,
        ws="none",
        log_config=None,
        access_log=False,  # `observe` writes one without addresses and queries
        server_header=False,
        timeout_graceful_shutdown=round(seconds) or 1,
    )
    gc.collect()
    gc.freeze()  # what is loaded stays: to go through it again takes as long as many answers
    sys.setswitchinterval(0.0005)  # seconds that a batch holds up a row; else 0.005
    signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again once it is done
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        _end()


def _end(*_: Any) -> None:
    sys.exit(0)


class _Strict(h11.Connection):
    """Refuses a request of two lengths, of which others may believe the other (RFC 9112, 6.1)."""

    def next_event(self) -> Any:
        event = super().next_event()
        if type(event) is h11.Request:
            names = [name for name, _ in event.headers]
            if b"transfer-encoding" in names and b"content-length" in names:
                raise h11.RemoteProtocolError("both Transfer-Encoding and Content-Length")
        return event


class _Patient(H11Protocol):
    """A connection that is closed where nothing comes of it.

    uvicorn waits for a request's headers, and for a client to read its answer, for ever.
    """

    seconds = 30.0
    _seen: Any = None
    _looks = 0
    _watch: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.conn = _Strict(h11.SERVER)
        self._watch = self.loop.call_later(self.seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Cut off a connection on which nothing new began for so long."""
        self._looks = self._looks + 1 if self.cycle is self._seen else 0
        done = self.cycle is None or self.cycle.response_complete
        if self._looks >= (1 if done else _LOOKS):
            self.transport.abort()
            return
        self._seen = self.cycle
        self._watch = self.loop.call_later(self.seconds, self._look)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            content = Refusal(400, msg).content()
            head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\n"
            head += f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
            self.transport.write(head.encode() + content)
        self.transport.close()


def _log_as_json() -> None:
    """Write the log of everything to the error stream, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.captureWarnings(capture=True)


class _Lines(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)
