"""``nbpipe predict``: predict for every row of a file."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import nbpipe
from nbpipe.cli.console import complain

_STOPPED = 130  # as shells say of what Ctrl-C has stopped
_EXAMPLES = """\
examples:
  nbpipe predict models/late --input flights.csv.gz --output late.csv --keep flight
  nbpipe predict models/late --input flights.parquet --output late.parquet --rejects bad.csv
  cat flights.jsonl | nbpipe predict models/late --input - --input-format jsonl \\
      --output - --output-format csv > late.csv

CSV is UTF-8 with a header; columns are found by name, and those that the model does not read are
passed over. The output has the number of each row from 1, what --keep names, the prediction, and
for a classifier the probability of each class. It is there completely or not at all.
After a kill or Ctrl-C, the same command with --resume goes on where it was stopped.

Exits with 0 if every row was predicted, with 1 if some were rejected, with 2 if it could not be
done, with 130 after Ctrl-C.
"""


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    predict = verbs.add_parser(
        "predict",
        help="predict for every row of a file",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = predict.add_argument
    add("model", metavar="MODEL", help="a model's folder or URL, with @ALIAS or without")
    add("--version", metavar="V", help="which version, by default the latest")
    add("--trusted-key", metavar="PUB", help="take only what was signed with this key")
    add("--no-pickle", action="store_true", help="open no pickle, whatever the bundle holds")
    add("--input", metavar="F", required=True, help="CSV, JSON lines (also .gz), Parquet, or -")
    add("--output", metavar="F", required=True, help="likewise")
    add("--input-format", metavar="KIND", help="csv, jsonl or parquet; by default by suffix")
    add("--output-format", metavar="KIND", help="likewise")
    add("--keep", metavar="COLUMNS", type=_listed, default=[], help="copy them to the output")
    add("--no-proba", dest="proba", action="store_false", help="leave out probabilities")
    add("--rejects", metavar="F", help="set bad rows aside there, with reasons, and go on")
    add("--max-rejects", metavar="N", type=int, help="if there are more, there is no output")
    add("--na-values", metavar="TEXTS", type=_listed, default=[], help="are missing values in CSV")
    add("--policy", metavar="RULES", help="such as unseen=error,range=ignore")
    add("--overwrite", action="store_true", help="replace output and rejects")
    add("--resume", action="store_true", help="go on with a run that was stopped")
    add("--quiet", action="store_true", help="no progress and no summary")
    predict.set_defaults(verb=_predict)


def _listed(text: str) -> list[str]:
    return text.split(",")


def _predict(options: argparse.Namespace) -> tuple[str, int]:
    model = nbpipe.load(
        options.model,
        options.version,
        policy=options.policy,
        trusted_key=options.trusted_key,
        unpickle=not options.no_pickle,
    )
    try:
        done = nbpipe.predict_file(
            model,
            options.input,
            options.output,
            input_format=options.input_format,
            output_format=options.output_format,
            keep=options.keep,
            proba=options.proba,
            rejects=options.rejects,
            max_rejects=options.max_rejects,
            na_values=options.na_values,
            overwrite=options.overwrite,
            resume=options.resume,
            progress=False if options.quiet or sys.stderr is None else None,
        )
    except BrokenPipeError:  # `... | head` has seen enough, and Python would flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "", 0
    except KeyboardInterrupt:
        piped = "-" in {options.input, options.output}
        complain("stopped." if piped else "stopped; the same command with --resume goes on.")
        return "", _STOPPED
    for warning in done.warnings:
        complain(f"warning: {warning}")
    if not options.quiet:
        complain(str(done))
    return "", 1 if done.rejected else 0
