"""Gradient boosting: a baseline, and trees that add to it one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.masks import Masks
from nbpipe.bundle.plan.trees import Walk, as_singles, as_tree, flatten

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

_CODES = 256  # that a column of categories can have, and one for a missing value
_LOSS_LINKS = {
    "HalfBinomialLoss": "logit",
    "ExponentialLoss": "half_logit",
    "HalfMultinomialLoss": "softmax",
    "HalfPoissonLoss": "log",
    "HalfGammaLoss": "log",
}


class Boost:
    """Scores that start at the baseline; each round of trees adds to each of them.

    A split by category is one of numbers here: for each, the columns are followed by one that
    is 1 where the row goes right, looked up by the category's code.
    """

    def __init__(self, part: Part) -> None:
        self.baseline = part.get("baseline", "f", None)
        self.width = len(self.baseline)
        self.category = part.indices("category", part.width, None)
        self.right = part.get("right", "iu", _CODES + 1, len(self.category))
        self.walk = Walk(part, part.width + len(self.category))
        self.value = part.get("value", "f", None, 1)[:, 0]
        part.need(self.walk.leaves_known <= len(self.value), "leaves are out of range")
        part.need(self.width and len(self.walk.roots) % self.width == 0, "rounds are incomplete")
        self.by_column = part.number("by_column", 1)
        self.masks = Masks(self.walk)

    def __call__(self, X: Array) -> Array:
        # beside an infinite threshold, infinity is a number like others
        single = self.walk.dtype == np.float32
        X = as_singles(X) if single else np.minimum(X, self.walk.top)
        return self._scores(self._with_categories(X))

    def _with_categories(self, X: Array) -> Array:
        if not self.category.size:
            return X
        codes = X[:, self.category]
        known = (codes >= 0) & (codes < _CODES)
        codes = np.where(known, codes, _CODES).astype(np.intp)
        return np.concatenate((X, self.right[codes, np.arange(len(self.category))]), axis=1)

    def _scores(self, X: Array) -> Array:
        if not self.masks.fits:
            leaves = self.walk.leaves(X)
        elif len(X) == 1:
            leaves = self.masks.one(X)
        else:
            leaves = self.masks.many(X)
        rounds = np.empty((len(X), len(self.walk.roots) // self.width + 1, self.width))
        rounds[:, 0] = self.baseline
        rounds[:, 1:] = self.value.take(leaves).reshape(len(X), -1, self.width)
        scores: Array = np.add.accumulate(rounds, axis=1)[:, -1]  # tree after tree
        return np.asfortranarray(scores) if self.by_column else np.ascontiguousarray(scores)


def compile_gradient(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a GradientBoostingClassifier or GradientBoostingRegressor."""
    block = compiler.numbers(block)
    init = estimator.init_
    if not (isinstance(init, str) or type(init).__name__ in {"DummyClassifier", "DummyRegressor"}):
        raise NotCoveredError(f"{type(estimator).__name__} starts from {type(init).__name__}")
    start = estimator._raw_predict_init(np.zeros((1, block.width), np.float32))  # noqa: SLF001
    trees = [each.tree_ for each in estimator.estimators_.ravel()]
    rate = float(estimator.learning_rate)
    none = np.empty(0, dtype=np.int64)
    return compiler.predict(
        "boost",
        [block],
        _link(estimator),
        estimator,
        at_zero=True,
        by_column=np.array(0),
        baseline=start[0].astype(float),
        category=none,
        right=np.empty((_CODES + 1, 0), dtype=np.uint8),
        **flatten([as_tree(tree, rate * tree.value[:, 0, :]) for tree in trees]),
    )


def compile_histogram(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a HistGradientBoostingClassifier or HistGradientBoostingRegressor."""
    if estimator._preprocessor is None:  # noqa: SLF001 - the rest of it is private, too
        block = compiler.numbers(block)
    else:
        block = compiler.transform(estimator._preprocessor, block)  # noqa: SLF001
    known, column = estimator._bin_mapper.make_known_categories_bitsets()  # noqa: SLF001
    trees, category, right = [], [], []
    for predictor in (each for group in estimator._predictors for each in group):  # noqa: SLF001
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        feature = nodes["feature_idx"].astype(np.intp)
        threshold = nodes["num_threshold"].astype(float)
        missing_left = nodes["missing_go_to_left"].astype(np.uint8)
        for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf):
            left = _bits(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
            among = _bits(known[column[feature[node]]])
            goes_right = np.where(left, 0, np.where(among, 1, 1 - int(missing_left[node])))
            category.append(feature[node])
            right.append(np.append(goes_right, 1 - int(missing_left[node])))
            feature[node], threshold[node] = block.width + len(category) - 1, 0.5
        trees.append(
            {
                "left": np.where(leaf, -1, nodes["left"].astype(np.intp)),
                "right": np.where(leaf, -1, nodes["right"].astype(np.intp)),
                "feature": feature,
                "threshold": threshold,
                "missing_left": missing_left,
                "value": nodes["value"][:, None].astype(float),
            }
        )
    table = np.array(right, dtype=np.uint8).reshape(-1, _CODES + 1).T
    return compiler.predict(
        "boost",
        [block],
        _link(estimator),
        estimator,
        nan="all",
        by_column=np.array(1),  # which decides in which order softmax adds
        baseline=np.ravel(estimator._baseline_prediction).astype(float),  # noqa: SLF001
        category=np.array(category, dtype=np.int64),
        right=np.ascontiguousarray(table),
        **flatten(trees),
    )


def _bits(words: Array) -> Array:
    return np.unpackbits(words.view(np.uint8), bitorder="little")


def _link(estimator: Any) -> str:
    loss = type(estimator._loss).__name__.removesuffix("ArrayAPI")  # noqa: SLF001
    link = _LOSS_LINKS.get(loss, "value")
    if link == "value" and hasattr(estimator, "classes_"):
        raise NotCoveredError(f"{type(estimator).__name__} has loss {estimator.loss!r}")
    return link
