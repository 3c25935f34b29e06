"""Steps made of steps: pipelines, routes by column, and a search's best."""

from __future__ import annotations

from dataclasses import replace
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
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return True
    if type(step).__name__ != "FunctionTransformer":
        return False
    return step.func is None or _only_checks(step)


def _only_checks(step: Any) -> bool:
    """Say whether a function is what HistGradientBoosting has: it makes doubles of all numbers."""
    function, keywords = getattr(step.func, "func", None), getattr(step.func, "keywords", {})
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__name__', '')}"
    known = name == "sklearn.utils.validation.check_array" and not step.kw_args
    return known and keywords.get("dtype") == [np.float64]


def compile_pipeline(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile the steps one after the other; imputers go with an encoder that follows."""
    waiting: list[Any] = []
    for step in [each for _, each in estimator.steps if not is_nothing(each)]:
        if type(step).__name__ == "SimpleImputer":
            waiting.append(step)
            continue
        if type(step).__name__ in ENCODERS:
            block = compile_encoder(compiler, step, block, waiting)
        else:
            block = compiler.transform(step, compiler.in_turn(waiting, block))
        waiting = []
    return compiler.in_turn(waiting, block)


def compile_columns(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a ColumnTransformer."""
    routes = [
        (transformer, compiler.pick(block, columns))
        for _, transformer, columns in estimator.transformers_
        if transformer != "drop"
    ]
    made = _side_by_side(compiler, estimator, [each for each in routes if each[1].width])
    return replace(made, sparse=bool(estimator.sparse_output_))


def compile_union(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a FeatureUnion."""
    parts = [(step, block) for _, step in estimator.transformer_list if step != "drop"]
    return _side_by_side(compiler, estimator, parts)


def _side_by_side(compiler: Compiler, estimator: Any, routes: list[tuple[Any, Block]]) -> Block:
    if getattr(estimator, "transformer_weights", None):
        raise NotCoveredError(f"{type(estimator).__name__} has weights")
    if not routes:
        raise NotCoveredError("no column is read")
    made = [
        compiler.numbers(part if is_nothing(step) else compiler.transform(step, part))
        for step, part in routes
    ]
    return made[0] if len(made) == 1 else compiler.add("stack", made, nan="all")


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
