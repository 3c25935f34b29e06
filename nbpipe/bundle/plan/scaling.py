"""Numbers in, numbers out, column by column: reading them, scaling them, choosing among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.rows import Rows, getter

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

_TERMS = (
    *(("subtract", np.subtract), ("divide", np.divide)),
    *(("multiply", np.multiply), ("add", np.add)),
)


class Numbers:
    """The raw columns `columns`, as floats of the dtype that they had together in training."""

    def __init__(self, part: Part) -> None:
        self.columns = getter(part.indices("columns", part.width, None).tolist())
        self.width = len(part.get("columns", "iu", None))
        self.singles = part.indices("singles", self.width, None)
        self.exact = not self.singles.size  # else a value may be too large
        self.dtype = np.float32 if self.width == len(self.singles) else np.float64

    def __call__(self, rows: Rows) -> Array:
        block = rows.numbers(self.columns)
        if not self.singles.size:
            return block
        if self.dtype is np.float32:
            return block.astype(np.float32)
        block[:, self.singles] = block[:, self.singles].astype(np.float32)
        return block


class Select:
    """Some of the columns."""

    def __init__(self, part: Part) -> None:
        self.columns = part.indices("columns", part.width, None)
        self.width = len(self.columns)

    def __call__(self, X: Array) -> Array:
        return X.take(self.columns, axis=1)


class Affine:
    """What scalers do: subtract, divide, multiply, add and clip, each where it is given."""

    def __init__(self, part: Part) -> None:
        self.width = part.width
        self.terms = [
            (function, part.get(name, "f", self.width)) for name, function in _TERMS if name in part
        ]
        self.range = part.get("range", "f", 2) if "range" in part else None

    def __call__(self, X: Array) -> Array:
        if len(X) == 1 and X.dtype == np.float64 and self.range is None:
            for function, term in self.terms:
                X = function(X, term)
            return X
        X = X.copy()
        for function, term in self.terms:
            function(X, term, out=X, casting="same_kind")
        if self.range is not None:
            np.clip(X, self.range[0], self.range[1], out=X)
        return X


def compile_scaler(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile what a StandardScaler, MinMaxScaler, RobustScaler or MaxAbsScaler does."""
    name, scale = type(estimator).__name__, getattr(estimator, "scale_", None)
    terms: dict[str, Any] = {"divide": scale}
    if name == "StandardScaler":
        terms["subtract"] = estimator.mean_ if estimator.with_mean else None
    elif name == "RobustScaler":
        terms["subtract"] = estimator.center_
    elif name == "MinMaxScaler":
        terms = {"multiply": scale, "add": estimator.min_}
    if getattr(estimator, "clip", False):
        limits = estimator.feature_range if name == "MinMaxScaler" else (-1, 1)
        terms["range"] = np.array(limits, dtype=float)
    block = compiler.numbers(block)
    arrays = {key: np.asarray(value) for key, value in terms.items() if value is not None}
    if block.single and _casts(estimator, block.width, arrays):
        arrays = {key: value.astype(np.float32) for key, value in arrays.items()}
    return compiler.add("affine", [block], block.width, nan=True, **arrays)


def _casts(estimator: Any, width: int, terms: dict[str, Array]) -> bool:
    """Say whether a scaler rounds its terms first, given float32, as some from 1.9 on do."""
    X = np.random.default_rng(0).normal(size=(64, width)).astype(np.float32)
    expected, scaled = estimator.transform(X), X.copy()
    for name, function in _TERMS:
        if name in terms:
            function(scaled, terms[name], out=scaled, casting="same_kind")
    return "range" not in terms and not np.array_equal(expected, scaled)


def compile_selector(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile what keeps some columns, such as VarianceThreshold or SelectKBest."""
    kept = np.asarray(estimator.get_support(indices=True))
    if not len(kept):
        raise NotCoveredError(f"{type(estimator).__name__} keeps no column")
    block = compiler.numbers(block)
    return compiler.add("select", [block], len(kept), nan=allows_nan(estimator), columns=kept)


def allows_nan(estimator: Any) -> bool:
    """Say whether an estimator takes missing values."""
    return bool(estimator.__sklearn_tags__().input_tags.allow_nan)
