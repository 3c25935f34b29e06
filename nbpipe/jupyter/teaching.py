"""The verbs of the lessons' exercises: doors to `nbpipe.lessons`."""

from __future__ import annotations

from typing import Any

from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import Code

from nbpipe.lessons import series


@magic_arguments("nbpipe exercise")
@argument("number", nargs="?", help="such as 2.1 (default: show how far you are)")
def exercise(magics: Any, args: Any) -> Any:
    """Check your answer to an exercise of the lessons."""
    return series.exercise(args.number, magics.shell.user_ns) if args.number else series.progress()


@magic_arguments("nbpipe hint")
@argument("number", help="of the exercise, such as 2.1")
@argument("--level", type=int, metavar="N", help="1, 2 or 3 (default: the next)")
def hint(_magics: Any, args: Any) -> None:
    """Give a hint for an exercise; asked again, it gives the next."""
    print(series.hint(args.number, args.level))  # noqa: T201 - words for the learner


@magic_arguments("nbpipe solution")
@argument("number", help="of the exercise, such as 2.1")
def solution(_magics: Any, args: Any) -> Any:
    """Show a solution of an exercise."""
    return Code(series.solution(args.number), language="python")
