"""``nbpipe models``: list the exported versions in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbpipe

if TYPE_CHECKING:
    import argparse


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    models = verbs.add_parser("models", help="list the exported versions in a folder")
    models.add_argument("folder", metavar="DIR", help="a model's folder, or a folder of models")
    models.add_argument("--format", choices=("text", "json"), default="text")
    models.set_defaults(verb=_models)


def _models(options: argparse.Namespace) -> tuple[str, int]:
    found = nbpipe.models(options.folder)
    if options.format == "text":
        return str(found), 0
    import json  # noqa: PLC0415 - as above

    return json.dumps(found.to_dict(), indent=1), 0
