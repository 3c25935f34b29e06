"""Numbers in, numbers out, column by column: reading them, scaling them, choosing among them."""

from __future__ import annotations

from math import nan
from operator import add, mul, sub, truediv
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler
    from nbpipe.bundle.rows.clean import Table

_TERMS = {
    "subtract": (np.subtract, sub),
    "divide": (np.divide, truediv),
    "multiply": (np.multiply, mul),
    "add": (np.add, add),
}


class Numbers:
    """The raw columns `columns` as floats, `singles` rounded to the precision of training."""

    def __init__(self, part: Part) -> None:
        self.columns = part.indices("columns", part.width, None).tolist()
        self.width = len(self.columns)
        self.singles = part.indices("singles", self.width, None).tolist()

    def row(self, values: Any) -> list[float]:
        picked = [values[each] for each in self.columns]
        row = [nan if value is None else float(value) for value in picked]
        for each in self.singles:
            row[each] = float(np.float32(row[each]))
        return row

    def __call__(self, rows: Table) -> Array:
        block = np.empty((len(rows), self.width))
        for number, column in enumerate(self.columns):
            block[:, number] = rows.columns[column]
        if self.singles:
            block[:, self.singles] = block[:, self.singles].astype(np.float32)
        return block


class Select:
    """Some of the columns."""

    def __init__(self, part: Part) -> None:
        self.columns = part.indices("columns", part.width, None)
        self.kept = self.columns.tolist()
        self.width = len(self.kept)

    def row(self, row: list[float]) -> list[float]:
        return [row[each] for each in self.kept]

    def __call__(self, X: Array) -> Array:
        return X.take(self.columns, axis=1)


class Affine:
    """What scalers do: subtract, divide, multiply, add and clip, each where it is given."""

    def __init__(self, part: Part) -> None:
        self.width = part.width
        self.terms = []
        for name, functions in _TERMS.items():
            if name in part:
                term = part.get(name, "f", self.width)
                part.need(name != "divide" or term.all(), name)
                self.terms.append((*functions, term, term.tolist()))
        self.range = part.get("range", "f", 2).tolist() if "range" in part else None

    def row(self, row: list[float]) -> list[float]:
        for _, function, _, term in self.terms:
            row = list(map(function, row, term))
        if self.range is not None:
            low, high = self.range
            row = [min(max(value, low), high) for value in row]  # NaN comes first, and stays
        return row

    def __call__(self, X: Array) -> Array:
        X = X.copy()
        for function, _, term, _ in self.terms:
            function(X, term, out=X)
        return X if self.range is None else np.clip(X, *self.range, out=X)


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
    return compiler.add("affine", [block], nan=True, **arrays)


def compile_selector(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile what keeps some columns, such as VarianceThreshold or SelectKBest."""
    kept = np.asarray(estimator.get_support(indices=True))
    if not len(kept):
        raise NotCoveredError(f"{type(estimator).__name__} keeps no column")
    block = compiler.numbers(block)
    return compiler.add("select", [block], nan=allows_nan(estimator), columns=kept)


def allows_nan(estimator: Any) -> bool:
    """Say whether an estimator takes missing values."""
    return bool(estimator.__sklearn_tags__().input_tags.allow_nan)


STEPS = {"numbers": Numbers, "select": Select, "affine": Affine}
COVERS = {
    **dict.fromkeys(
        ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"), compile_scaler
    ),
    **dict.fromkeys(
        ("VarianceThreshold", "SelectKBest", "SelectPercentile", "SelectFromModel", "RFE", "RFECV"),
        compile_selector,
    ),
}
