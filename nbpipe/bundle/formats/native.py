"""What scikit-learn's compiled code follows without looking, checked before it does.

A tree is walked from index to index: one that leads out of its arrays crashes the process, or
reads what is none of its business. Codes of categories beyond a sparse matrix do likewise.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from nbpipe.bundle.formats.inside import parts

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array

_WORDS = 8  # of 32 bits, which say of 256 categories whether they go left


class UnsafeError(Exception):
    """What is wrong with an estimator."""


def check(estimator: Any) -> None:
    """Check everything in `estimator` that compiled code relies on.

    Raises
    ------
    UnsafeError
    """
    found = list(parts(estimator))
    for kind, fitted, look in _CHECKS:  # in this order: a later check relies on those before
        for each in found:
            if isinstance(each, kind) and (not fitted or fitted in vars(each)):
                try:
                    look(each)
                except UnsafeError:
                    raise
                except Exception as error:  # crafted attributes are of any type
                    raise UnsafeError(f"{type(each).__name__}: {error}") from error


def _need(holds: Any, what: str) -> None:
    if not holds:
        raise UnsafeError(what)


def _check_tree(tree: Any) -> None:
    _need(0 < tree.node_count <= tree.capacity and tree.n_outputs > 0, "a tree is empty")
    left, right = tree.children_left, tree.children_right
    depth = _check_structure(left, right, left == -1, tree.feature, tree.n_features)
    _need(tree.max_depth == depth, "a tree is deeper than it says")


def _check_structure(left: Array, right: Array, leaf: Array, feature: Array, width: int) -> int:
    """Check that nodes form one tree from node 0, and return its depth."""
    inner = np.flatnonzero(~leaf)
    below = np.stack((left[inner], right[inner])).astype(np.int64)
    _need((below > inner).all() and (below < len(left)).all(), "a child is out of range")
    _need((np.bincount(below.ravel(), minlength=len(left))[1:] == 1).all(), "a child is no tree's")
    _need(
        (feature[inner] >= 0).all() and (feature[inner] < width).all(), "a feature is out of range"
    )
    depth, level = -1, np.zeros(1, dtype=np.int64)
    while len(level):
        depth, level = depth + 1, level[~leaf[level]]
        level = np.concatenate((left[level], right[level])).astype(np.int64)
    return depth


def _check_owner(estimator: Any) -> None:
    _need(isinstance(estimator.tree_, Tree), "a tree is missing")
    _need(_width(estimator) == estimator.tree_.n_features, "a tree has other features than its X")


def _width(estimator: Any) -> int:
    """Return how many features scikit-learn will insist on, which it does only if it is told."""
    width = vars(estimator).get("n_features_in_")
    _need(type(width) is int, f"{type(estimator).__name__} does not say how many features it has")
    return int(width)


def _check_gradient(estimator: Any) -> None:
    trees, width = estimator.estimators_, _width(estimator)
    _need(type(trees) is np.ndarray and trees.ndim == 2 and trees.size, "stages are misshapen")  # noqa: PLR2004
    for each in trees.ravel():
        _need(isinstance(each, BaseDecisionTree), "a stage is no tree")
        _need(_width(each) == width, "a tree has other features than its X")
    first = estimator.init_
    known = isinstance(first, (DummyClassifier, DummyRegressor))
    _need(known or (isinstance(first, str) and first == "zero"), "it starts from another estimator")
    start = estimator._raw_predict_init(np.zeros((1, width), np.float32))  # noqa: SLF001
    _need(start.shape == (1, trees.shape[1]), "stages and scores differ in number")


def _check_histogram(estimator: Any) -> None:
    categorical, width = estimator._bin_mapper.is_categorical_, _width(estimator)  # noqa: SLF001
    flags = type(categorical) is np.ndarray and categorical.dtype.kind in "bu"
    _need(flags, "categories are misshapen")
    _need(categorical.shape == (width,), "categories are misshapen")
    if estimator._preprocessor is not None:  # noqa: SLF001 - as is all that follows
        _need(_width_after(estimator._preprocessor, width) == width, "columns get lost")  # noqa: SLF001
    for each in parts(estimator._predictors):  # noqa: SLF001
        if isinstance(each, TreePredictor):
            _check_predictor(each, categorical)


def _width_after(preprocessor: Any, width: int) -> int:
    kinds = {OrdinalEncoder, FunctionTransformer, str}
    _need({type(each) for _, each, _ in preprocessor.transformers_} <= kinds, "it has other steps")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names of features
        return int(preprocessor.transform(np.full((1, width), np.nan, dtype=object)).shape[1])


def _check_predictor(predictor: Any, categorical: Array) -> None:
    nodes, bits = predictor.nodes, predictor.raw_left_cat_bitsets
    _need(type(nodes) is np.ndarray and nodes.dtype == PREDICTOR_RECORD_DTYPE, "nodes are no nodes")
    _need(nodes.ndim == 1 and len(nodes), "a tree is empty")
    leaf, feature = nodes["is_leaf"].astype(bool), nodes["feature_idx"]
    _check_structure(nodes["left"], nodes["right"], leaf, feature, len(categorical))
    by_category = ~leaf & nodes["is_categorical"].astype(bool)
    _need(categorical[feature[by_category]].all(), "a split by category is of a number")
    _need(type(bits) is np.ndarray and bits.shape[1:] == (_WORDS,), "categories are misshapen")
    _need((nodes["bitset_idx"][by_category] < len(bits)).all(), "a category is out of range")


def _check_encoder(encoder: Any) -> None:
    """Check that no category's code is beyond the columns of its feature."""
    drops = encoder._drop_idx_after_grouping  # noqa: SLF001 - as is all that follows
    grouped = encoder._infrequent_enabled  # noqa: SLF001
    _need(encoder._n_features_outs == encoder._compute_n_features_outs(), "columns get lost")  # noqa: SLF001
    _need(drops is None or len(drops) == len(encoder.categories_), "drops are misshapen")
    for i, categories in enumerate(encoder.categories_):
        codes = np.arange(len(categories))
        if grouped and encoder._infrequent_indices[i] is not None:  # noqa: SLF001
            codes = np.asarray(encoder._default_to_infrequent_mappings[i])  # noqa: SLF001
            rare = encoder._infrequent_indices[i]  # noqa: SLF001
            _need(codes.shape == (len(categories),), "rare categories are misshapen")
            _need(((rare >= 0) & (rare < len(codes))).all(), "a rare category is out of range")
        elif grouped:
            _need(encoder._default_to_infrequent_mappings[i] is None, "a category is out of range")  # noqa: SLF001
        drop = None if drops is None else drops[i]
        width = encoder._n_features_outs[i] + (drop is not None)  # noqa: SLF001
        _need(((codes >= 0) & (codes < width)).all(), "a category is out of range")
        _need(drop is None or 0 <= drop < width, "a dropped category is out of range")


# What is checked, the attribute that it has once fitted, and how.
_CHECKS: tuple[tuple[Any, str, Any], ...] = (
    (Tree, "", _check_tree),
    (BaseDecisionTree, "tree_", _check_owner),
    (OneHotEncoder, "_n_features_outs", _check_encoder),
    (BaseHistGradientBoosting, "_predictors", _check_histogram),
    ((GradientBoostingClassifier, GradientBoostingRegressor), "estimators_", _check_gradient),
)
