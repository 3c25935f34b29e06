"""What is told of an error over HTTP: RFC 9457 problem details, and nothing of the server."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nbpipe.errors import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Receive, Scope, Send

    from nbpipe.bundle.rows.problems import Problem

MEDIA_TYPE = "application/problem+json"
LISTED = 1000  # problems in one answer; `detail` counts all
_WHOLE = {"missing column": "this column", "unexpected column": "no such column"}
# As RFC 9110 has the phrases, and Python since 3.13.
_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
_LONG = 100  # characters of a value that is told whole


class Refusal(Exception):  # noqa: N818 - the answer is the server's word, not its failure
    """A request that is answered with a problem.

    Attributes
    ----------
    status : int
    detail : str
        What is wrong, and what to do.
    headers : Mapping of str to str
    members : Mapping
        Further members of the problem details.
    """

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.members = members

    def content(self) -> bytes:
        """Return the problem details as JSON."""
        title = _RENAMED.get(self.status) or HTTPStatus(self.status).phrase
        told = {"title": title, "status": self.status, "detail": self.detail}
        return json.dumps({"type": "about:blank", **told, **self.members}).encode()

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Answer with it, as an ASGI application."""
        content = self.content()
        told = {"content-type": MEDIA_TYPE, "content-length": str(len(content)), **self.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


NOWHERE = Refusal(404, "There is nothing here; see /openapi.json.")


def listed(problems: Iterable[Problem], *, many: bool) -> list[dict[str, Any]]:
    """Return problems as data, each with the place of its value in the request.

    A problem of every row has no row; its pointer is to the first.
    """
    return [
        {
            "pointer": "#/" + (f"{each.row or 0}/" if many else "") + _escaped(each.column),
            "row": each.row,
            "column": each.column,
            "value": _plain(each.value),
            "kind": each.kind,
            "expected": each.expected.strip() or _WHOLE.get(each.kind, ""),
        }
        for each, _ in zip(problems, range(LISTED), strict=False)
    ]


def _escaped(name: str) -> str:
    """Return a name as a part of a JSON pointer in a fragment (RFC 6901, section 6)."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~", errors="backslashreplace")


def _plain(value: Any) -> Any:
    """Return a value that came as JSON, shortened where it is long."""
    if isinstance(value, str):
        return value if len(value) <= _LONG else value[:_LONG] + "..."
    finite = isinstance(value, (int, float)) and abs(value) < 2**1023 and isfinite(value)
    return value if value is None or finite else brief(value)
