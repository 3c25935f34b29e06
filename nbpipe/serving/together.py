"""Rows of several requests, predicted at once: to trees a few are hardly more work than one."""

from __future__ import annotations

import asyncio
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpipe.bundle.model import Answer, Model
    from nbpipe.bundle.rows.clean import Row


class Together:
    """Collects the rows that come within one turn of the event loop; none waits longer."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Model, Row, asyncio.Future[Answer]]] = []

    async def answer(self, model: Model, row: Row) -> Answer:
        """Return what the model makes of a row from `Model.read_alone`.

        Raises
        ------
        DataError
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._predict)
        answered: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((model, row, answered))
        return await answered

    def _predict(self) -> None:
        waiting, self._waiting = self._waiting, []
        for model, group in groupby(waiting, itemgetter(0)):
            _, rows, futures = zip(*group, strict=True)
            for answered, answer in zip(futures, _answers(model, rows), strict=True):
                if answered.cancelled():
                    continue
                if isinstance(answer, Exception):
                    answered.set_exception(answer)
                else:
                    answered.set_result(answer)


def _answers(model: Model, rows: tuple[Row, ...]) -> list[Answer | Exception]:
    """Return an answer for each row, or why that one cannot be used."""
    try:
        return [*model.answer_rows(rows)]
    except Exception as error:  # noqa: BLE001 - whatever it is, each request tells its own
        return [error] if len(rows) == 1 else [_answers(model, (row,))[0] for row in rows]
