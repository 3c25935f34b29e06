"""The body of a request: read within limits of size and time, and parsed as strict JSON."""

from __future__ import annotations

import asyncio
import json
from email.message import Message
from typing import TYPE_CHECKING, Any

from nbpipe.errors import one_line
from nbpipe.serving.problems import Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

Records = dict[str, Any] | list[dict[str, Any]]
_CLOSE = {"connection": "close"}


async def read(scope: Scope, receive: Receive, limit: int, seconds: float) -> bytes:
    """Return the whole body, of at most `limit` bytes, if it comes within `seconds`.

    Raises
    ------
    Refusal
        With 400, 408, 413 or 415.
    ConnectionError
        The client is gone.
    """
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"")
    if kind != b"application/json" and not _is_json(kind):
        accept = {"accept-post": "application/json"}
        raise Refusal(415, "Send the rows as application/json, in UTF-8.", accept)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415, "Send the body as it is, not compressed.", {"accept-encoding": ""})
    if int(headers.get(b"content-length", 0)) > limit:
        raise _large(limit)
    try:
        async with asyncio.timeout(seconds):
            parts, size, more = [], 0, True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionError
                part, more = message.get("body", b""), message.get("more_body", False)
                parts.append(part)
                size += len(part)
                if size > limit:
                    raise _large(limit)
            return b"".join(parts)
    except TimeoutError:
        late = f"The body did not arrive within {seconds:g} seconds."
        raise Refusal(408, late, _CLOSE) from None


def _is_json(kind: bytes) -> bool:
    told = Message()
    told["content-type"] = kind.decode("latin-1")
    utf_8 = told.get_content_charset("utf-8") in {"utf-8", "utf8"}
    return told.get_content_type() == "application/json" and utf_8


def _large(limit: int) -> Refusal:
    return Refusal(413, f"The body is larger than the limit of {limit:,} bytes; send fewer rows.")


def parse(content: bytes, max_rows: int) -> Records:
    """Return one record, or a list of at most `max_rows`.

    Raises
    ------
    Refusal
        It is no JSON as RFC 8259 has it, has a key twice, is neither, or too long.
    """
    if not content.strip():
        raise Refusal(400, "The body is empty; send a record, or a list of records.")
    try:
        rows = _DECODER.decode(content.decode())
    except UnicodeDecodeError as error:
        raise Refusal(400, f"The body is not UTF-8: byte {error.start}.") from None
    except RecursionError:
        raise Refusal(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Refusal(400, f"The body is not JSON: {one_line(error)}.") from None
    if isinstance(rows, dict):
        return rows
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        raise Refusal(422, "Send a record, as a JSON object, or a list of at least one record.")
    if len(rows) > max_rows:
        raise Refusal(
            413, f"{len(rows):,} rows are more than the limit of {max_rows:,}; send fewer."
        )
    return rows


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("an object has a key twice")
    return record


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number; a missing value is null")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)
