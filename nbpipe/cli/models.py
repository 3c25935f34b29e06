"""``nbpipe models``: list the exported versions in a folder, and move the aliases of a model."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbpipe
from nbpipe.bundle.store.listing import Models
from nbpipe.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    import argparse

_USAGE = """nbpipe models DIR [--format text|json]
       nbpipe models promote DIR VERSION ALIAS [--reason TEXT]
       nbpipe models rollback DIR ALIAS [--reason TEXT]
       nbpipe models history DIR [--format text|json]"""
_EXAMPLES = """\
An alias such as production stands for one version. promote moves it, rollback takes back its last
promotion (and, again, the one before), history tells who moved what, when and why. DIR may be a
URL; a name that does not exist here is looked for in ./models. A listing without any model ends
with exit code 1.

examples:
  nbpipe models models                               every model and version, with its aliases
  nbpipe models promote models/late 1.2.0 production --reason "passed the canary"
  nbpipe models rollback late production             back to the version before
  nbpipe models history s3://bucket/late --format json
  nbpipe models ./promote                            list a folder that is called promote"""
_MOVES = ("promote", "rollback")


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    models = verbs.add_parser(
        "models",
        help="list the exported versions in a folder; promote, rollback, history",
        usage=_USAGE,
        description=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    models.add_argument(
        "words", metavar="DIR", nargs="+", help="a model's folder, or one of models"
    )
    models.add_argument("--format", choices=("text", "json"), default="text")
    models.add_argument("--reason", metavar="TEXT", help="why; goes into the history")
    models.set_defaults(verb=_models)


def _models(options: argparse.Namespace) -> tuple[str, int]:
    done = _done(options.words, options.reason)
    exit_code = int(isinstance(done, Models) and not done)
    if options.format == "text":
        return str(done), exit_code
    import json  # noqa: PLC0415 - only where it is asked for

    return json.dumps(done.to_dict(), indent=1), exit_code


def _done(words: list[str], reason: str | None) -> Any:
    if reason is not None and words[0] not in _MOVES:
        raise UsageError("--reason goes with promote and rollback.")
    match words:
        case ["promote", folder, version, alias]:
            return nbpipe.promote(_found(folder), version, alias, reason=reason)
        case ["rollback", folder, alias]:
            return nbpipe.rollback(_found(folder), alias, reason=reason)
        case ["history", folder]:
            return nbpipe.history(_found(folder))
        case ["promote" | "rollback" | "history" as word, *_]:
            (usage,) = (line.strip() for line in _USAGE.splitlines() if f" {word} " in line)
            raise UsageError(f"Write {usage} (or ./{word} for a folder of that name).")
        case [folder]:
            return nbpipe.models(_found(folder))
        case [word, *_]:
            near = did_you_mean(word, (*_MOVES, "history"))
            raise UsageError(f"nbpipe models has no {word!r}.{near} See nbpipe models --help.")


def _found(folder: str) -> str:
    """Return a model's folder, by its path or by its name in ``models``."""
    inside = Path("models", folder)
    try:
        return str(inside) if not Path(folder).exists() and inside.exists() else folder
    except (OSError, ValueError):  # the verb says what is wrong with it
        return folder
