"""``%nbpipe builder``: a door to `nbpipe.jupyter.Builder`."""

from __future__ import annotations

from typing import Any

from IPython.core.magic_arguments import argument, kwds, magic_arguments

from nbpipe import jupyter
from nbpipe.jupyter import examples
from nbpipe.jupyter.arguments import evaluate


@magic_arguments("nbpipe builder")
@kwds(epilog=examples.BUILDER)
@argument("name", metavar="NAME", help="the variable that the pipeline is for")
@argument("X", help="the rows, a DataFrame")
@argument("y", nargs="?", help="the target, one value a row")
def builder(magics: Any, args: Any) -> Any:
    """Propose a pipeline for the columns, and change it with a mouse."""
    space = magics.shell.user_ns
    y = evaluate(args.y, space) if args.y else None
    return jupyter.Builder(evaluate(args.X, space), y, name=args.name, namespace=space)
