"""Spec -> cell text: ``parse(format_spec(spec)) == spec``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.pipeline.layout import WIDTH, flat, wrap
from nbpipe.pipeline.spec import Route

if TYPE_CHECKING:
    from nbpipe.pipeline.spec import Expression, Part, Spec


def format_spec(spec: Spec) -> str:
    """Write a spec as the body of a build cell, one part a line where it fits."""
    return "\n".join(line for part in spec.parts for line in _format_part(part)) + "\n"


def _format_part(part: Part) -> list[str]:
    before = f"{part.name} = " if part.name else ""
    if not isinstance(part, Route):
        return wrap(part.estimator.node, before)
    columns = _as_operand(part.columns)
    line = before + " >> ".join([columns, *(item.text for item in part.chain)])
    if len(line) <= WIDTH:
        return [line]
    bare = columns == part.columns.text
    inner = wrap(part.columns.node, indent=4) if bare else [f"    {columns}"]
    inner += [line for item in part.chain for line in wrap(item.node, ">> ", indent=4)]
    return [f"{before}(", *inner, ")"]


def _as_operand(columns: Expression) -> str:
    """Put parentheses around an expression that binds more loosely than ``>>``."""
    chained = ast.BinOp(columns.node, ast.RShift(), ast.Name("x"))
    return flat(chained).removesuffix(" >> x")
