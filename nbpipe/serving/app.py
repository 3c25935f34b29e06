"""The HTTP service of one model, as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.codec import encode
from nbpipe.errors import extra
from nbpipe.serving import metrics, openapi
from nbpipe.serving.current import Current
from nbpipe.serving.observe import Observe
from nbpipe.serving.predict import Limits, Predict
from nbpipe.serving.problems import NOWHERE, Refusal

with extra("serve", "Serving needs FastAPI and uvicorn"):
    from fastapi import FastAPI
    from starlette.exceptions import HTTPException
    from starlette.responses import Response
    from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from os import PathLike

    from starlette.requests import Request

    from nbpipe.bundle.model import Model

_LOOK = 1.0  # seconds between looks for a newer version


def create_app(
    model: Model | str | PathLike[str],
    *,
    version: str | None = None,
    max_rows: int = 10_000,
    max_body: int = 8 * 2**20,
    timeout: float = 30.0,
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
    return _App(current, counts, Limits(max_rows, max_body, timeout))


class _App(FastAPI):
    """FastAPI with the routes of one model, and a document that follows the model."""

    def __init__(self, current: Current, counts: metrics.Metrics, limits: Limits) -> None:
        self._current = current
        self._counts = counts
        self._limits = limits
        self._predict = Predict(current, counts, limits)
        self._document: tuple[Model | None, dict[str, Any]] = None, {}
        super().__init__(
            routes=[
                Route("/predict", self._predict, methods=["POST"]),
                Route("/model", self._model),
                Route("/health", self._health),
                Route("/ready", self._ready),
                Route("/metrics", self._metrics),
            ],
            title=current.model.name,
            version=current.model.version,
            redoc_url=None,
            redirect_slashes=False,
            lifespan=self._following,
            exception_handlers={HTTPException: _no_route},
        )
        paths = frozenset(route.path for route in self.routes if isinstance(route, Route))
        direct = {("POST", "/predict"): self._predict}
        self.add_middleware(Observe, metrics=counts, paths=paths, direct=direct)

    def openapi(self) -> dict[str, Any]:
        model = self._current.model
        if self._document[0] is not model:
            self._document = model, openapi.document(model, self._limits.rows)
        return self._document[1]

    async def _model(self, _: Request) -> Response:
        return _json(encode(self._current.model.manifest))

    async def _health(self, _: Request) -> Response:
        return _json({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        model = self._current.model
        told = {"status": "ready", "model": {"name": model.name, "version": model.version}}
        return _json({**told, "refused": self._current.refused or None})

    async def _metrics(self, _: Request) -> Response:
        model = self._current.model
        text = self._counts.text(model.name, model.version)
        return Response(text, headers={"content-type": metrics.MEDIA_TYPE})

    @asynccontextmanager
    async def _following(self, _: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(self._current.follow(_LOOK))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._predict.pool.shutdown(wait=False, cancel_futures=True)


def _json(told: Any) -> Response:
    return Response(json.dumps(told), media_type="application/json")


async def _no_route(_: Request, error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    if error.status_code == NOWHERE.status:
        return NOWHERE
    return Refusal(error.status_code, "Use a method of `allow`.", error.headers)
