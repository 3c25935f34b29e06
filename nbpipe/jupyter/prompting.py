"""``%nbpipe prompt``: a door to `nbpipe.prompt`."""

from __future__ import annotations

from typing import Any

from IPython.core.magic_arguments import argument, kwds, magic_arguments

import nbpipe
from nbpipe.jupyter import examples
from nbpipe.jupyter.arguments import evaluate, named_or_value


@magic_arguments("nbpipe prompt")
@kwds(epilog=examples.PROMPT)
@argument("X", help="the rows, a DataFrame")
@argument("y", help="the target, one value a row")
@argument("--pipeline", metavar="NAME", help="what there is already, to be improved")
@argument("--time", help="column of X, or times: ask for a split in time order")
@argument("--groups", help="column of X, or labels: ask to keep each group in one fold")
@argument("--unknown", metavar="COLUMNS", help="not known when predicting, comma-separated")
@argument("--values", action="store_true", help="show some values of each column, too")
def prompt(magics: Any, args: Any) -> Any:
    """Write a prompt for an AI assistant: columns, gaps, the split, the rules; no cell values."""
    space = magics.shell.user_ns
    X = evaluate(args.X, space)
    columns = getattr(X, "columns", ())
    return nbpipe.prompt(
        X,
        evaluate(args.y, space),
        pipeline=evaluate(args.pipeline, space) if args.pipeline else None,
        time=named_or_value(args.time, "column", columns, space),
        groups=named_or_value(args.groups, "column", columns, space),
        unknown=[name.strip() for name in (args.unknown or "").split(",") if name.strip()],
        values=args.values,
    )
