"""Gradient boosting, compiled to trees that add to a baseline one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError
from nbpipe.bundle.plan.trees import CODES, as_tree, pack

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

_LOSS_LINKS = {
    "HalfBinomialLoss": "logit",
    "ExponentialLoss": "half_logit",
    "HalfMultinomialLoss": "softmax",
    "HalfPoissonLoss": "log",
    "HalfGammaLoss": "log",
}


def compile_gradient(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a GradientBoostingClassifier or GradientBoostingRegressor."""
    block = compiler.numbers(block)
    init = estimator.init_
    if not (isinstance(init, str) or type(init).__name__ in {"DummyClassifier", "DummyRegressor"}):
        raise NotCoveredError(f"{type(estimator).__name__} starts from {type(init).__name__}")
    begin = estimator._raw_predict_init(np.zeros((1, block.width), np.float32))  # noqa: SLF001
    trees = [each.tree_ for each in estimator.estimators_.ravel()]
    rate = float(estimator.learning_rate)
    return compiler.predict(
        "trees",
        [block],
        _link(estimator).replace("logit", "logit_at_zero"),
        estimator,
        begin=begin[0].astype(float),
        mean=np.array(0),
        **pack([as_tree(tree, rate * tree.value[:, 0, :]) for tree in trees], block.width),
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
    return compiler.predict(
        "trees",
        [block],
        _link(estimator),
        estimator,
        nan="all",
        begin=np.ravel(estimator._baseline_prediction).astype(float),  # noqa: SLF001
        mean=np.array(0),
        category=np.array(category, dtype=np.int64),
        right=np.array(right, dtype=np.uint8).reshape(-1, CODES + 1).T,
        **pack(trees, block.width + len(category)),
    )


def _bits(words: Array) -> Array:
    return np.unpackbits(words.view(np.uint8), bitorder="little")


def _link(estimator: Any) -> str:
    loss = type(estimator._loss).__name__.removesuffix("ArrayAPI")  # noqa: SLF001
    link = _LOSS_LINKS.get(loss, "value")
    if link == "value" and hasattr(estimator, "classes_"):
        raise NotCoveredError(f"{type(estimator).__name__} has loss {estimator.loss!r}")
    return link


COVERS = {
    **dict.fromkeys(("GradientBoostingClassifier", "GradientBoostingRegressor"), compile_gradient),
    **dict.fromkeys(
        ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"), compile_histogram
    ),
}
