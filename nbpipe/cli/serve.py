"""``nbpipe serve``: answer requests over HTTP."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_EXAMPLES = """\
examples:
  nbpipe serve models/late
  nbpipe serve models/late@production --host 0.0.0.0 --policy unseen=error,range=ignore
  nbpipe serve models/late --write-dockerfile && docker build -t late .

A newer version in the folder, or another one under the alias, is taken up without a pause; one
that cannot be used is refused, and the one that serves goes on. SIGTERM ends it once the requests
that are being answered are done. There is no encryption, and no asking who it is: for others than
this machine it belongs behind a gateway.
"""


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    serve = verbs.add_parser(
        "serve",
        help="answer requests over HTTP",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("model", metavar="MODEL", help="a model's folder, a version's, or an alias")
    serve.add_argument("--version", metavar="V", help="this version (default: the latest)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="0 is any free one (%(default)s)")
    serve.add_argument(
        "--policy", metavar="NAME=ACTION,...", help="missing, unseen, range: error, warn or ignore"
    )
    serve.add_argument("--trusted-key", metavar="PUB", help="refuse what this key did not sign")
    serve.add_argument("--no-pickle", action="store_true", help="open none, whatever it holds")
    serve.add_argument(
        "--max-rows", type=_above_zero, metavar="N", default=10_000, help="a request (%(default)s)"
    )
    serve.add_argument(
        "--max-body",
        type=_above_zero,
        metavar="BYTES",
        default=8 * 2**20,
        help="a request (%(default)s)",
    )
    serve.add_argument(
        "--timeout",
        type=_above_zero,
        metavar="SECONDS",
        default=30,
        help="for a request to arrive, and to be answered (%(default)s)",
    )
    serve.add_argument(
        "--write-dockerfile",
        metavar="FILE",
        nargs="?",
        const="Dockerfile",
        help="write the definition of an image that serves this version, and end",
    )
    serve.set_defaults(verb=_serve)


def _serve(options: argparse.Namespace) -> tuple[str, int]:
    loading = {
        name: given
        for name in ("policy", "trusted_key")
        if (given := getattr(options, name)) is not None
    }
    loading |= {"unpickle": False} if options.no_pickle else {}
    if options.write_dockerfile:
        from nbpipe.serving import dockerfile  # noqa: PLC0415 - as all that one verb needs

        written = Path(options.write_dockerfile)
        dockerfile.write(written, options.model, options.version, **loading)
        return f"{written} is written; build it in the folder that it lies in.", 0
    from nbpipe.serving.app import create_app  # noqa: PLC0415 - as above

    app = create_app(
        options.model,
        version=options.version,
        max_rows=options.max_rows,
        max_body=options.max_body,
        timeout=options.timeout,
        **loading,
    )
    from nbpipe.serving import server  # noqa: PLC0415 - after what names the extra

    listening, url = server.bind(options.host, options.port)
    print(f"{app.title} {app.version} at {url}", flush=True)  # noqa: T201 - a command prints
    server.run(app, listening, options.timeout)
    return "", 0


def _above_zero(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
