"""The ``nbpipe`` command: one function a verb, and nothing that the verb itself does not do."""

from __future__ import annotations

import argparse
import json
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

import nbpipe
from nbpipe.errors import NbpipeError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return 0, or the exit code of the error that it raised."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where a terminal has no such letter
    try:
        print(options.verb(options))  # noqa: T201 - a command prints
    except NbpipeError as error:
        print(f"nbpipe: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nbpipe", description=(nbpipe.__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--version", action="version", version=f"nbpipe {nbpipe.__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    models = verbs.add_parser("models", help="list the exported versions in a folder")
    models.add_argument("folder", metavar="DIR", help="a model's folder, or a folder of models")
    models.add_argument("--format", choices=("text", "json"), default="text")
    models.set_defaults(verb=_models)
    return parser


def _models(options: argparse.Namespace) -> str:
    found = nbpipe.models(options.folder)
    return json.dumps(found.to_dict(), indent=1) if options.format == "json" else str(found)


if __name__ == "__main__":
    sys.exit(main())
