"""The parser of the ``nbpipe`` command, and what every verb has in common."""

from __future__ import annotations

import argparse
import os
import re
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import nbpipe
from nbpipe.cli import check, explain, models, predict, serve
from nbpipe.cli.console import complain
from nbpipe.errors import NbpipeError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

_WRONG = re.compile(r"invalid choice: '([^']*)'|unrecognized arguments: .*?(--?[^\s=]+)")
_VERBS = (check, explain, models, predict, serve)


class _Parser(argparse.ArgumentParser):
    """Says what may have been meant by a verb or an option that there is not."""

    words: ClassVar[set[str]] = set()

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        self.words.update(names, settings.get("choices") or ())
        return super().add_argument(*names, **settings)

    def error(self, message: str) -> NoReturn:
        wrong = _WRONG.search(message)
        near = did_you_mean((wrong[1] or wrong[2]).partition("=")[0], self.words) if wrong else ""
        super().error(message + (f".{near}" if near else ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code, or that of the error that it raised."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where a terminal has no such letter
    try:
        text, exit_code = options.verb(options)
    except NbpipeError as error:
        complain(str(error))
        return error.exit_code
    try:
        if text:
            print(text, flush=True)  # noqa: T201 - a command prints
    except (
        BrokenPipeError
    ):  # `nbpipe ... | head` has seen enough; so has Python's own flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="nbpipe", description=(nbpipe.__doc__ or "").split("\n")[0])
    parser.add_argument("--version", action="version", version=f"nbpipe {nbpipe.__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb in _VERBS:
        verb.add_to(verbs)
    parser.words.update(verbs.choices)
    return parser
