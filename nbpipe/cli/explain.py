"""``nbpipe explain``: tell what a rule finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbpipe

if TYPE_CHECKING:
    import argparse


def add_to(verbs: Any) -> None:
    """Add the verb to the command's own."""
    explain = verbs.add_parser("explain", help="tell what a rule finds, and what to do")
    explain.add_argument(
        "rule", metavar="CODE", nargs="?", default="", help="such as NB101; without: list all"
    )
    explain.set_defaults(verb=_explain)


def _explain(options: argparse.Namespace) -> tuple[str, int]:
    return str(nbpipe.explain(options.rule)), 0
