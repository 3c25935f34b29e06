"""Steps made of steps: pipelines, routes by column, unions, and a search's best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.encoding import ENCODERS, compile_encoder

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler


class Stack:
    """Blocks of columns, side by side."""

    def __init__(self, part: Part) -> None:
        self.width = sum(part.widths)

    def row(self, rows: list[list[float]]) -> list[float]:
        return [value for row in rows for value in row]

    def __call__(self, blocks: list[Array]) -> Array:
        return np.concatenate(blocks, 1)


def is_nothing(step: Any) -> bool:
    """Say whether a step passes its input through."""
    named = step is None or (isinstance(step, str) and step == "passthrough")
    checks = ("check_array", None)  # what HistGradientBoosting puts before its own numbers
    function = getattr(step, "func", step)
    inner = getattr(function, "func", function)
    return named or (
        type(step).__name__ == "FunctionTransformer" and getattr(inner, "__name__", None) in checks
    )


def compile_pipeline(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile the steps one after the other; imputers go with an encoder that follows."""
    waiting: list[Any] = []
    for step in [each for _, each in estimator.steps if not is_nothing(each)]:
        name = type(step).__name__
        if name == "SimpleImputer":
            waiting.append(step)
        elif name in ENCODERS:
            block, waiting = compile_encoder(compiler, step, block, waiting), []
        else:
            for each in (*waiting, step):
                block = compiler.transform(each, block)
            waiting = []
    for each in waiting:
        block = compiler.transform(each, block)
    return block


def compile_columns(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a ColumnTransformer."""
    if any((getattr(estimator, "transformer_weights", None) or {}).values()):
        raise NotCoveredError("ColumnTransformer has weights")
    routes = []
    for _, transformer, columns in estimator.transformers_:
        if isinstance(transformer, str) and transformer == "drop":
            continue
        part = compiler.pick(block, columns)
        if part.width:
            routes.append(_route(compiler, transformer, part))
    return _stacked(compiler, routes).with_sparse(sparse=bool(estimator.sparse_output_))


def compile_union(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a FeatureUnion."""
    if estimator.transformer_weights:
        raise NotCoveredError("FeatureUnion has weights")
    steps = [each for _, each in estimator.transformer_list if not _dropped(each)]
    routes = [_route(compiler, each, block) for each in steps]
    return _stacked(compiler, routes).with_sparse(sparse=any(each.sparse for each in routes))


def _dropped(step: Any) -> bool:
    return isinstance(step, str) and step == "drop"


def _route(compiler: Compiler, transformer: Any, block: Block) -> Block:
    if is_nothing(transformer):
        return compiler.numbers(block)
    return compiler.numbers(compiler.transform(transformer, block))


def _stacked(compiler: Compiler, routes: list[Block]) -> Block:
    if not routes:
        raise NotCoveredError("no column is read")
    if len(routes) == 1:
        return routes[0]
    return compiler.add("stack", routes, sum(each.width for each in routes), nan="all")


def compile_search(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile what a search found best."""
    return compiler.transform(estimator.best_estimator_, block)


STEPS = {"stack": Stack}
COVERS = {
    "Pipeline": compile_pipeline,
    "ColumnTransformer": compile_columns,
    "FeatureUnion": compile_union,
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV"), compile_search),
}
