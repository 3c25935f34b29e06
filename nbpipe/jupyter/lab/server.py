"""The server's half: ``POST nbpipe/check`` takes an unsaved notebook, and answers what is found.

It takes ``{"client": str, "path": str, "cells": [str, ...]}``, the source of the code cells in
order, and answers as ``nbpipe check --format json`` does, with the texts of the rules besides.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from nbpipe.jupyter.lab.checks import Checks, SupersededError

MAX_BYTES = 4 * 2**20  # of a request: the code of a notebook has no pictures in it
MAX_CELLS = 2_000
MAX_NAME = 4_096  # characters of a path


class CheckHandler(APIHandler):
    """Checks one notebook."""

    auth_resource = "nbpipe"
    _track_activity = False  # a page that is open is not a person who works

    def initialize(self, checks: Checks) -> None:
        """Take what asks the checker."""
        self.checks = checks

    @web.authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Answer with the findings, or with why there are none to be had."""
        client, request = _request(self.request.body)
        try:
            answer = await self.checks.check(client, request)
        except SupersededError:
            raise web.HTTPError(409, "A newer version of this notebook is checked.") from None
        except TimeoutError:
            raise web.HTTPError(503, "The check took too long.") from None
        except OSError as error:
            raise web.HTTPError(500, f"The check failed: {error}.") from None
        self.finish(answer)


def _request(body: bytes) -> tuple[str, bytes]:
    """Return who asks, and one line for the checker; refuse what is no notebook's code."""
    if len(body) > MAX_BYTES:
        raise web.HTTPError(413, f"A notebook of more than {MAX_BYTES} bytes of code is too large.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPError(400, "The body is not JSON.") from None
    match given:
        case {"client": str(client), "path": str(path), "cells": list(cells)} if max(
            len(client), len(path)
        ) <= MAX_NAME and all(isinstance(each, str) for each in cells):
            pass
        case _:
            raise web.HTTPError(400, 'The body is {"client": str, "path": str, "cells": [str]}.')
    if len(cells) > MAX_CELLS:
        raise web.HTTPError(413, f"A notebook of more than {MAX_CELLS} code cells is too large.")
    within = posixpath.normpath(f"/{path}").lstrip("/")  # never above the server's folder
    return client, json.dumps({"client": client, "path": within, "cells": cells}).encode()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    settings = app.web_app.settings
    checks = Checks(Path(settings.get("server_root_dir", ".")).expanduser())
    where = url_path_join(settings["base_url"], "nbpipe", "check")
    app.web_app.add_handlers(".*$", [(where, CheckHandler, {"checks": checks})])
