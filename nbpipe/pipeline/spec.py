"""A pipeline as data: what a cell, the code view and the builder share."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nbpipe.errors import SpecError
from nbpipe.pipeline.layout import flat
from nbpipe.pipeline.source import Source


@dataclass(frozen=True, slots=True)
class Expression:
    """A Python expression, compared by its text in normal form.

    Attributes
    ----------
    text : str
        The expression on one line, in the normal form of `nbpipe.pipeline.layout.flat`.
    node : ast.expr
        Where and how it was written; no part of equality.
    """

    text: str
    node: ast.expr = field(compare=False, repr=False)

    @classmethod
    def of(cls, node: ast.expr) -> Expression:
        """Take over what was parsed."""
        return cls(flat(node), node)

    @classmethod
    def read(cls, text: str) -> Expression:
        """Parse one expression; `SpecError` where it is none."""
        try:
            return cls.of(ast.parse(text, mode="eval").body)
        except (SyntaxError, ValueError, TypeError):
            raise SpecError(f"{text!r} is not a Python expression.") from None


@dataclass(frozen=True, slots=True)
class Step:
    """One estimator: ``name = estimator``, or a bare ``estimator``."""

    estimator: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Columns through transformers: ``name = columns >> a >> b``."""

    columns: Expression
    chain: tuple[Expression, ...]
    name: str | None = None


Part: TypeAlias = Step | Route


@dataclass(frozen=True, slots=True)
class Spec:
    """A pipeline as data; equal specs build equal pipelines.

    Attributes
    ----------
    parts : tuple of Step or Route
        In order; neighbouring routes form one ``ColumnTransformer``.
    source : Source
        The cell that it was read from, for errors; no part of equality.
    """

    parts: tuple[Part, ...]
    source: Source = field(default=Source(), compare=False, repr=False)


def to_data(spec: Spec) -> dict[str, Any]:
    """Turn a spec into plain data for JSON, the inverse of `from_data`."""
    return {"parts": [_part_to_data(part) for part in spec.parts]}


def _part_to_data(part: Part) -> dict[str, Any]:
    if isinstance(part, Step):
        return {"name": part.name, "estimator": part.estimator.text}
    chain = [expression.text for expression in part.chain]
    return {"name": part.name, "columns": part.columns.text, "chain": chain}


def from_data(data: dict[str, Any]) -> Spec:
    """Turn plain data, as `to_data` makes it, into a spec.

    Raises
    ------
    SpecError
        Where a key is missing or an expression is not Python. Whether the parts make a
        pipeline shows when it is built.
    """
    try:
        return Spec(tuple(_part_from_data(part) for part in data["parts"]))
    except (KeyError, TypeError) as error:
        message = f"This is not a pipeline as data: {type(error).__name__} {error}."
        raise SpecError(message) from None


def _part_from_data(data: dict[str, Any]) -> Part:
    if "estimator" in data:
        return Step(Expression.read(data["estimator"]), data["name"])
    chain = tuple(Expression.read(text) for text in data["chain"])
    return Route(Expression.read(data["columns"]), chain, data["name"])
