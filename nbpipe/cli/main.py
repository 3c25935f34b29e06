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

_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_OPTION = re.compile(r"unrecognized arguments: .*?(--?[^\s=]+)")
_STOPPED = 130  # as shells say of what Ctrl-C has stopped
_ELSEWHERE = (
    "build, cv, prompt, export and load are verbs of Python and of notebooks (%load_ext nbpipe)."
)
_VERBS = (check, explain, models, predict, serve)


class _Parser(argparse.ArgumentParser):
    """Says what may have been meant by a verb or an option that there is not."""

    words: ClassVar[set[str]] = set()

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        self.words.update(names)
        return super().add_argument(*names, **settings)

    def error(self, message: str) -> NoReturn:
        near = ""
        if choice := _CHOICE.search(message):
            near = did_you_mean(choice[1], re.split(r"[', ]+", choice[2]))
        elif option := _OPTION.search(message):
            near = did_you_mean(option[1], self.words)
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
    except KeyboardInterrupt:
        complain("stopped.")
        return _STOPPED
    try:
        if text:
            print(text, flush=True)  # noqa: T201 - a command prints
    except (
        BrokenPipeError
    ):  # `nbpipe ... | head` has seen enough; so has Python's own flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(exit_code)


def _parser() -> argparse.ArgumentParser:
    about = (nbpipe.__doc__ or "").split("\n")[0]
    parser = _Parser(prog="nbpipe", description=about, epilog=_ELSEWHERE)
    parser.add_argument("--version", action="version", version=f"nbpipe {nbpipe.__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb in _VERBS:
        verb.add_to(verbs)
    return parser
