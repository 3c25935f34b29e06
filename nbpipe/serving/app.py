"""The HTTP service of one model, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.codec import encode
from nbpipe.bundle.plan import arrays
from nbpipe.errors import DataError, MissingExtraError, SchemaError
from nbpipe.serving import body, metrics, openapi, problems
from nbpipe.serving.answers import answer
from nbpipe.serving.current import Current
from nbpipe.serving.observe import Observe
from nbpipe.serving.problems import Refusal

try:
    from fastapi import FastAPI
    from starlette.exceptions import HTTPException
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import Response
    from starlette.routing import Route
except ImportError as error:
    raise MissingExtraError(
        "Serving needs FastAPI and uvicorn: pip install 'nbpipe-sklearn[serve]'.", extra="serve"
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from os import PathLike

    from nbpipe.bundle.model import Model
    from nbpipe.serving.answers import Reply

MAX_ROWS, MAX_BODY, TIMEOUT = 10_000, 8 * 2**20, 30.0
_INLINE = 8 * 2**10  # bytes: what is predicted in less time than others would mind to wait
_LOOK = 1.0  # seconds between looks for a newer version


def create_app(
    model: Model | str | PathLike[str],
    *,
    version: str | None = None,
    max_rows: int = MAX_ROWS,
    max_body: int = MAX_BODY,
    timeout: float = TIMEOUT,
    **options: Any,
) -> FastAPI:
    """Make the HTTP service of a model: an ASGI application for any server.

    Parameters
    ----------
    model : Model or path-like
        A loaded model, or as for `nbpipe.load`: then a newer version in its folder, or another
        one under its alias, is loaded, proved and taken up without a pause.
    version : str, optional
        By default the latest.
    max_rows, max_body : int
        Limits of one request; `max_body` in bytes.
    timeout : float
        Seconds for the body to arrive, and again for the prediction.
    **options
        Of `nbpipe.load`.

    Returns
    -------
    fastapi.FastAPI

    Raises
    ------
    MissingExtraError
        On import, without the extra ``serve``.
    UsageError, BundleError
        As from `nbpipe.load`.
    """
    counts = metrics.Metrics()
    current = Current(model, version, counts, **options)
    return _App(_Endpoints(current, counts, _Limits(max_rows, max_body, timeout)))


@dataclass(frozen=True, slots=True)
class _Limits:
    """Rows and bytes of one request, and seconds to wait for it."""

    rows: int
    body: int
    seconds: float


class _Endpoints:
    """What is answered at each path."""

    def __init__(self, current: Current, counts: metrics.Metrics, limits: _Limits) -> None:
        self.current = current
        self.counts = counts
        self.limits = limits
        self.pool = ThreadPoolExecutor(os.cpu_count(), "nbpipe-predict")

    async def predict(self, request: Request) -> Response:
        content = await body.read(request, self.limits.body, self.limits.seconds)
        model = self.current.model
        try:
            reply = await self._answer(model, content)
        except TimeoutError:
            late = "There was no time to predict; try again later, or with fewer rows."
            raise Refusal(503, late, {"retry-after": "1"}) from None
        except SchemaError as error:
            found = Counter((each.column, each.kind) for each in error.problems)
            self._count(model, ((*key, count) for key, count in found.items()), "error")
            many = content.lstrip().startswith(b"[")
            errors = problems.listed(error.problems, many=many)
            raise Refusal(422, str(error), errors=errors) from None
        self.counts.rows += reply.rows
        request.scope["nbpipe.rows"] = reply.rows
        self._count(model, reply.warned, "warn")
        return Response(reply.content, media_type="application/json")

    async def _answer(self, model: Model, content: bytes) -> Reply:
        """Predict here what takes microseconds, and beside the event loop what takes longer."""
        if len(content) <= _INLINE and arrays.FILE in model.manifest.files:
            return answer(model, content, self.limits.rows)
        async with asyncio.timeout(self.limits.seconds):
            work = partial(answer, model, content, self.limits.rows)
            return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    def _count(self, model: Model, found: Iterable[tuple[str, str, int]], done: str) -> None:
        """Count by the model's columns: those that clients make up would have no end."""
        for column, kind, count in found:
            known = column in model.schema.names or column in model.schema.ignored
            self.counts.problems(column if known else "", kind, done, count)

    async def model(self, _: Request) -> Response:
        return _json(encode(self.current.model.manifest))

    async def health(self, _: Request) -> Response:
        return _json({"status": "alive"})

    async def ready(self, _: Request) -> Response:
        model = self.current.model
        told = {"status": "ready", "model": {"name": model.name, "version": model.version}}
        return _json({**told, "refused": self.current.refused or None})

    async def metrics(self, _: Request) -> Response:
        model = self.current.model
        text = self.counts.text(model.name, model.version)
        return Response(text, headers={"content-type": metrics.MEDIA_TYPE})


class _App(FastAPI):
    """FastAPI with the routes of one model, and a document that follows the model."""

    def __init__(self, endpoints: _Endpoints) -> None:
        self._endpoints = endpoints
        self._document: tuple[Model | None, dict[str, Any]] = None, {}
        super().__init__(
            routes=[
                Route("/predict", endpoints.predict, methods=["POST"]),
                Route("/model", endpoints.model),
                Route("/health", endpoints.health),
                Route("/ready", endpoints.ready),
                Route("/metrics", endpoints.metrics),
            ],
            title=endpoints.current.model.name,
            version=endpoints.current.model.version,
            redoc_url=None,
            redirect_slashes=False,
            lifespan=self._following,
            exception_handlers={
                Refusal: _refused,
                DataError: _unusable,
                HTTPException: _no_route,
                ClientDisconnect: _gone,
            },
        )
        paths = frozenset(route.path for route in self.routes if isinstance(route, Route))
        self.add_middleware(Observe, metrics=endpoints.counts, paths=paths)

    def openapi(self) -> dict[str, Any]:
        model = self._endpoints.current.model
        if self._document[0] is not model:
            self._document = model, openapi.document(model, self._endpoints.limits.rows)
        return self._document[1]

    @asynccontextmanager
    async def _following(self, _: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(self._endpoints.current.follow(_LOOK))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._endpoints.pool.shutdown(wait=False, cancel_futures=True)


def _json(told: Any) -> Response:
    return Response(json.dumps(told), media_type="application/json")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return Response(error.content(), error.status, error.headers, problems.MEDIA_TYPE)


async def _unusable(request: Request, error: Exception) -> Response:
    """Answer what the model's own steps refuse; what they say names no file of the server."""
    return await _refused(request, Refusal(422, str(error)))


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = {404: "There is nothing here; see /openapi.json.", 405: "Use a method of `allow`."}
    detail = told.get(error.status_code, error.detail)
    return await _refused(request, Refusal(error.status_code, detail, error.headers))


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)
