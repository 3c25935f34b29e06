"""Predictors that are one weighted sum, or nothing but a constant."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

_SHORT = 2**9  # weights that are sooner summed up one by one


class Linear:
    """Scores ``X @ weights + intercept``."""

    def __init__(self, part: Part) -> None:
        self.weights = part.get("weights", "f", part.width, None)
        self.width = self.weights.shape[1]
        self.intercept = part.get("intercept", "f", self.width)
        short = self.weights.size <= _SHORT
        lists = (self.weights.T.tolist(), self.intercept.tolist()) if short else ((), ())
        self.outputs = list(zip(*lists, strict=True))

    def row(self, row: list[float]) -> list[float]:
        if not self.outputs:
            scores: list[float] = self(np.array([row]))[0].tolist()
            return scores
        return [sum(map(mul, row, weights)) + intercept for weights, intercept in self.outputs]

    def __call__(self, X: Array) -> Array:
        scores: Array = X.dot(self.weights)
        scores += self.intercept
        return scores


class Constant:
    """The same scores for every row."""

    def __init__(self, part: Part) -> None:
        self.scores = part.get("scores", "f", None)
        self.width = len(self.scores)

    def row(self, _: Any) -> list[float]:
        scores: list[float] = self.scores.tolist()
        return scores

    def __call__(self, rows: Any) -> Array:
        return np.repeat(self.scores[None], len(rows), axis=0)


def compile_linear(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a linear classifier or regressor of one output."""
    block = compiler.numbers(block)
    weights = np.atleast_2d(np.asarray(estimator.coef_, dtype=float))
    intercept = np.broadcast_to(np.asarray(estimator.intercept_, dtype=float), len(weights))
    link = _link(estimator, len(weights))
    if link == "value" and len(weights) > 1:
        raise NotCoveredError(f"{type(estimator).__name__} predicts several outputs")
    return compiler.predict(
        "linear",
        [block],
        link,
        estimator,
        weights=np.ascontiguousarray(weights.T),
        intercept=intercept.copy(),
    )


def _link(estimator: Any, outputs: int) -> str:
    if not hasattr(estimator, "classes_"):
        return "value"
    if not hasattr(estimator, "predict_proba"):
        return "sign"
    one_by_one = estimator.solver == "liblinear" or getattr(estimator, "multi_class", "") == "ovr"
    if outputs > 1 and one_by_one:
        raise NotCoveredError(f"{type(estimator).__name__} fits one class after the other")
    return "logit" if outputs == 1 else "softmax"


def compile_dummy(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a DummyClassifier or DummyRegressor that predicts a constant."""
    if estimator.n_outputs_ != 1:
        raise NotCoveredError(f"{type(estimator).__name__} predicts several outputs")
    if not hasattr(estimator, "classes_"):
        constant = np.asarray(estimator.constant_, dtype=float).ravel()
        return compiler.predict("constant", [block], "value", estimator, scores=constant)
    if estimator._strategy not in {"prior", "most_frequent", "constant"}:  # noqa: SLF001
        raise NotCoveredError(f"DummyClassifier draws at random ({estimator.strategy})")
    scores = estimator.predict_proba(np.zeros((1, 1)))[0]
    return compiler.predict("constant", [block], "proba", estimator, scores=scores)


STEPS = {"linear": Linear, "constant": Constant}
COVERS = {
    **dict.fromkeys(
        (
            *("LogisticRegression", "LogisticRegressionCV", "LinearSVC", "LinearSVR"),
            *("RidgeClassifier", "RidgeClassifierCV", "LinearRegression", "Ridge", "RidgeCV"),
            *("Lasso", "LassoCV", "ElasticNet", "ElasticNetCV", "BayesianRidge"),
            *("HuberRegressor", "SGDRegressor"),
        ),
        compile_linear,
    ),
    **dict.fromkeys(("DummyClassifier", "DummyRegressor"), compile_dummy),
}
