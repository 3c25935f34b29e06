"""``nbpipe models``: list exported versions, compare and verify them, and move their aliases."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.store.listing import Models
from nbpipe.bundle.words import FORMS, answer

if TYPE_CHECKING:
    import argparse

_USAGE = "\n       ".join(
    ["nbpipe models DIR [--format text|json]"]
    + [f"nbpipe models {word} {form} [--format text|json]" for word, form in FORMS.items()]
)
_EXAMPLES = """\
An alias such as production stands for one version. promote moves it, rollback takes back its last
promotion (and, again, the one before), history tells who moved what, when and why. diff tells what
changed between two versions or aliases. verify checks a version as a load does: digests, then plan
and probe. DIR may be a URL; a name that does not exist here is looked for in ./models. A listing
without any model ends with exit code 1.

examples:
  nbpipe models models                               every model and version, with its aliases
  nbpipe models promote models/late 1.2.0 production --reason "passed the canary"
  nbpipe models rollback late production             back to the version before
  nbpipe models history s3://bucket/late --format json
  nbpipe models diff late production 1.2.0
  nbpipe models verify late 1.2.0
  nbpipe models ./promote                            list a folder that is called promote"""


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    models = verbs.add_parser(
        "models",
        help="list the exported versions in a folder; promote, rollback, history, diff, verify",
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
    done = answer(options.words, options.reason)
    exit_code = int(isinstance(done, Models) and not done)
    if options.format == "text":
        return str(done), exit_code
    import json  # noqa: PLC0415 - only where it is asked for

    return json.dumps(done.to_dict(), indent=1), exit_code
