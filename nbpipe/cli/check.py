"""``nbpipe check``: find the leaks in notebooks and scripts."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbpipe
from nbpipe.cli.console import complain, in_colour, progress
from nbpipe.errors import UsageError

if TYPE_CHECKING:
    from nbpipe.leaks.checked import Checked

_EXAMPLES = """\
examples:
  nbpipe check notebooks/ train.py
  nbpipe check . --select NB1,NB2 --fail-on review
  nbpipe check . --format sarif > nbpipe.sarif
  cat analysis.ipynb | nbpipe check - --stdin-name analysis.ipynb

A comment `# nbpipe: ignore[NB101] reason` silences a finding on its line; `[tool.nbpipe]` in
pyproject.toml holds select, ignore, exclude, paths and fail-on.
Exits with 1 if there are findings as grave as --fail-on, with 2 if something cannot be read or
nothing is there to check.
"""


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    check = verbs.add_parser(
        "check",
        help="find the leaks in notebooks and scripts",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "paths", metavar="PATH", nargs="*", help="notebooks, scripts, folders, or - for stdin"
    )
    check.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    check.add_argument(
        "--fail-on", metavar="S", help="exit with 1 from: error (default), review, note, never"
    )
    check.add_argument(
        "--select",
        metavar="CODES",
        action="append",
        default=[],
        help="only these, such as NB1,NB201",
    )
    check.add_argument(
        "--ignore", metavar="CODES", action="append", default=[], help="all but these"
    )
    check.add_argument("--stdin-name", metavar="NAME", default="-", help="what - is to be called")
    check.set_defaults(verb=_check)


def _check(options: argparse.Namespace) -> tuple[str, int]:
    chosen = {
        "select": options.select,
        "ignore": options.ignore,
        "fail_on": options.fail_on,
    }
    if "-" not in options.paths:
        checked = nbpipe.check(*map(Path, options.paths), **chosen, progress=progress)
    elif options.paths == ["-"]:
        from nbpipe.leaks.source import decode  # noqa: PLC0415 - as all that one verb needs

        text = decode(sys.stdin.buffer.read(), options.stdin_name)
        checked = nbpipe.check_text(text, options.stdin_name, **chosen)
    else:
        raise UsageError("`-` is checked by itself: give either paths or `-`.")
    for warning in checked.warnings:
        complain(f"warning: {warning}")
    return _reported(checked, options.format), checked.exit_code


def _reported(checked: Checked, form: str) -> str:
    if form == "text":
        from nbpipe.leaks.output.text import to_text  # noqa: PLC0415 - as above

        return to_text(checked, colour=in_colour())
    reporter = import_module(f"nbpipe.leaks.output.{form}")
    return str(getattr(reporter, f"to_{form}")(checked))
