"""The endpoint that predicts."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from traceback import extract_tb
from typing import TYPE_CHECKING

from nbpipe.bundle.plan import arrays
from nbpipe.errors import DataError, SchemaError
from nbpipe.serving import answers, body, problems
from nbpipe.serving.problems import Refusal
from nbpipe.serving.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Receive, Scope, Send

    from nbpipe.bundle.model import Model
    from nbpipe.serving.answers import Reply
    from nbpipe.serving.current import Current
    from nbpipe.serving.metrics import Metrics

_log = logging.getLogger("nbpipe.serving")
_INLINE = 8 * 2**10  # bytes: what is predicted in less time than others would mind to wait


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows and bytes of one request; seconds for its body to arrive, and to predict."""

    rows: int
    body: int
    seconds: float


class Predict:
    """Plain ASGI: a request object and its stream would take as long as the prediction."""

    def __init__(self, current: Current, metrics: Metrics, limits: Limits) -> None:
        self._current = current
        self._metrics = metrics
        self._limits = limits
        self._together = Together()
        self.pool = ThreadPoolExecutor(os.cpu_count(), "nbpipe-predict")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        try:
            content = await body.read(scope, receive, self._limits.body, self._limits.seconds)
            reply = await self._reply(self._current.model, content)
        except ConnectionError:
            return  # there is nobody to answer
        except Refusal as refusal:
            await refusal(scope, receive, send)
            return
        self._metrics.rows += reply.rows
        scope["nbpipe.rows"] = reply.rows
        length = (b"content-length", b"%d" % len(reply.content))
        headers = [(b"content-type", b"application/json"), length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": reply.content})

    async def _reply(self, model: Model, content: bytes) -> Reply:
        """Predict, and count what is unusual in the rows."""
        planned = arrays.FILE in model.manifest.files
        try:
            if planned and len(content) <= _INLINE:
                reply = await self._here(model, content)
            else:
                reply = await self._beside(model, content)
        except SchemaError as error:
            found = Counter((each.column, each.kind) for each in error.problems)
            self._count(model, ((*key, count) for key, count in found.items()), "error")
            many = content.lstrip().startswith(b"[")
            errors = problems.listed(error.problems, many=many)
            raise Refusal(422, str(error), errors=errors) from None
        except DataError as error:
            if not planned and error.__cause__:
                raise _foreign(error.__cause__) from None
            raise Refusal(422, str(error)) from None
        self._count(model, reply.warned, "warn")
        return reply

    async def _here(self, model: Model, content: bytes) -> Reply:
        rows = body.parse(content, self._limits.rows)
        row = model.read_alone(rows)
        given = model.answer(rows) if row is None else await self._together.answer(model, row)
        return answers.reply(model, given, many=isinstance(rows, list))

    async def _beside(self, model: Model, content: bytes) -> Reply:
        """Predict beside the event loop, so that small requests do not wait for large ones."""
        work = partial(_answered, model, content, self._limits.rows)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await asyncio.get_running_loop().run_in_executor(self.pool, work)
        except TimeoutError:
            late = "There was no time to predict; try again later, or with fewer rows."
            raise Refusal(503, late, {"retry-after": "1"}) from None

    def _count(self, model: Model, found: Iterable[tuple[str, str, int]], done: str) -> None:
        """Count by the model's columns: those that clients make up would have no end."""
        for column, kind, count in found:
            known = column in model.schema.names or column in model.schema.ignored
            self._metrics.problems(column if known else "", kind, done, count)


def _answered(model: Model, content: bytes, max_rows: int) -> Reply:
    rows = body.parse(content, max_rows)
    return answers.reply(model, model.answer(rows), many=isinstance(rows, list))


def _foreign(error: BaseException) -> Refusal:
    """Tell nobody what an estimator says: to clients it may name files, and to the log values."""
    kind, place = type(error).__name__, extract_tb(error.__traceback__)[-1]
    _log.warning("the estimator raised %s in %s:%d", kind, place.filename, place.lineno)
    return Refusal(422, f"The model's own steps cannot use these rows ({kind}).")
