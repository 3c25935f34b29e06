"""The ``nbpipe`` command: one function a verb, and nothing that the verb itself does not do."""

from __future__ import annotations

import argparse
import os
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import nbpipe
from nbpipe.errors import NbpipeError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbpipe.leaks.checked import Checked

_WRONG = re.compile(r"invalid choice: '([^']*)'|unrecognized arguments: .*?(--?[^\s=]+)")
_FEW = 5  # files that need no progress bar
_CHECK = """\
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
        _complain(str(error))
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

    check = verbs.add_parser(
        "check",
        help="find the leaks in notebooks and scripts",
        epilog=_CHECK,
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

    explain = verbs.add_parser("explain", help="tell what a rule finds, and what to do")
    explain.add_argument(
        "rule", metavar="CODE", nargs="?", default="", help="such as NB101; without: list all"
    )
    explain.set_defaults(verb=_explain)

    models = verbs.add_parser("models", help="list the exported versions in a folder")
    models.add_argument("folder", metavar="DIR", help="a model's folder, or a folder of models")
    models.add_argument("--format", choices=("text", "json"), default="text")
    models.set_defaults(verb=_models)
    parser.words.update(verbs.choices)
    return parser


def _check(options: argparse.Namespace) -> tuple[str, int]:
    chosen = {
        "select": options.select,
        "ignore": options.ignore,
        "fail_on": options.fail_on,
    }
    if "-" not in options.paths:
        checked = nbpipe.check(*map(Path, options.paths), **chosen, progress=_progress)
    elif options.paths == ["-"]:
        from nbpipe.leaks.source import decode  # noqa: PLC0415 - as all that one verb needs

        text = decode(sys.stdin.buffer.read(), options.stdin_name)
        checked = nbpipe.check_text(text, options.stdin_name, **chosen)
    else:
        raise UsageError("`-` is checked by itself: give either paths or `-`.")
    for warning in checked.warnings:
        _complain(f"warning: {warning}")
    return _reported(checked, options.format), checked.exit_code


def _reported(checked: Checked, form: str) -> str:
    from importlib import import_module  # noqa: PLC0415 - each reporter only where it is asked for

    if form == "text":
        from nbpipe.leaks.output.text import to_text  # noqa: PLC0415 - as above

        return to_text(checked, colour=_in_colour())
    reporter = import_module(f"nbpipe.leaks.output.{form}")
    return str(getattr(reporter, f"to_{form}")(checked))


def _explain(options: argparse.Namespace) -> tuple[str, int]:
    return str(nbpipe.explain(options.rule)), 0


def _models(options: argparse.Namespace) -> tuple[str, int]:
    found = nbpipe.models(options.folder)
    if options.format == "text":
        return str(found), 0
    import json  # noqa: PLC0415 - as above

    return json.dumps(found.to_dict(), indent=1), 0


def _progress(files: Sequence[Path]) -> Iterable[Path]:
    if len(files) <= _FEW or not sys.stderr.isatty():
        return files
    from tqdm import tqdm  # noqa: PLC0415 - only where somebody watches

    bar: Iterable[Path] = tqdm(files, unit="file", leave=False)
    return bar


def _in_colour() -> bool:
    """Follow https://no-color.org and https://force-color.org, else the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    watched = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or watched


def _complain(message: str) -> None:
    print(f"nbpipe: {message}", file=sys.stderr)  # noqa: T201 - a command prints


if __name__ == "__main__":
    sys.exit(main())
