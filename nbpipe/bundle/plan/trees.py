"""Ensembles of trees: forests, which are a mean, and boosting, which is a sum."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.masks import Masks
from nbpipe.bundle.plan.scaling import allows_nan
from nbpipe.bundle.plan.walk import Walk, room

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

Links = tuple[Array, Array, Array]

_TWO = 2
CODES = 256  # that a column of categories can have, and one for a missing value


class Trees:
    """Scores that begin somewhere, to which each tree adds what its leaf says, or their mean.

    A leaf says all scores, or one, the trees in turns. A split by category is one of numbers here:
    for each, the columns are followed by one that is 1 where the row goes right, looked up by the
    category's code.
    """

    def __init__(self, part: Part) -> None:
        self.begin = part.get("begin", "f", None)
        self.width = len(self.begin)
        self.category = np.empty(0, np.intp)
        if "category" in part:
            self.category = part.indices("category", part.width, None)
            self.right = part.get("right", "iu", CODES + 1, len(self.category))
        columns = part.width + len(self.category)
        self.value = part.get("value", "f", None, None)
        self.says = self.value.shape[1]
        threshold = part.get("threshold", "f", None)
        roots = part.indices("roots", len(threshold), None)
        part.need(self.width and self.says in {1, self.width} and len(roots), "value")
        part.need(len(self.value) and len(roots) * self.says % self.width == 0, "value")
        self.divisor = len(roots) if part.number("mean", 1) else 1
        self.feature = part.indices("feature", columns, len(threshold))
        self.dtype, self.top = threshold.dtype, float(np.finfo(threshold.dtype).max)
        self.single = self.dtype == np.float32
        # an infinite one parts missing values from all others, and these are at most `top`;
        # adding 0 makes -0 what it is equal to
        self.threshold = np.minimum(threshold, self.dtype.type(self.top)) + self.dtype.type(0)
        right = part.get("missing_left", "iu", len(threshold)) == 0
        tests = self.feature, self.threshold, right
        links = _links(part, roots, part.get("children", "i", len(threshold), 2).astype(np.intp))
        self.leaves: Masks | Walk = Masks(tests, links)
        if not self.leaves.fits:
            self.leaves = Walk(tests, links, columns)
        part.need(self.leaves.fits, "threshold")

    def row(self, row: list[float]) -> list[float]:
        if self.single:
            with np.errstate(over="ignore"):
                row = np.array(row, self.dtype).tolist()
        if self.category.size or inf in row or -inf in row:
            row = self._prepared(np.array([row], self.dtype))[0].tolist()
        given = self.value.take(self.leaves.one(row), 0).reshape(-1, self.width)
        given[0] += self.begin
        total = np.add.accumulate(given)[-1].tolist()  # tree after tree
        return [score / self.divisor for score in total]

    def __call__(self, X: Array) -> Array:
        if len(X) < _TWO:  # numbers in one line are added in another order, so no part has one row
            return np.array([self.row(each) for each in X.tolist()]).reshape(-1, self.width)
        with np.errstate(over="ignore"):
            X = self._prepared(X.astype(self.dtype))
        total = np.empty((self.width // self.says, len(X), self.says))
        for start in range(0, len(X), self.leaves.rows):
            part = slice(min(start, len(X) - _TWO), start + self.leaves.rows)
            given = self.value.take(self.leaves.many(X[part]), 0)
            given = given.reshape(-1, *total[:, part].shape)
            given[0] += self.begin.reshape(-1, 1, self.says)
            np.add.reduce(given, 0, out=total[:, part])  # tree after tree
        total /= self.divisor
        scores: Array = total.transpose(1, 0, 2).reshape(len(X), self.width)
        # which decides in which order softmax adds: boosting of histograms has it by column
        return np.asarray(scores, order="C" if self.single else "F")

    def splits(self, width: int) -> tuple[Array, Array] | None:
        """Return feature and threshold of the splits of the first `width` columns by number."""
        chosen = (self.threshold < self.top) & (self.feature < width)
        return (self.feature[chosen], self.threshold[chosen]) if chosen.any() else None

    def _prepared(self, X: Array) -> Array:
        """Return infinity as a number like others, if it is not refused as in forests."""
        if self.single and np.isinf(X).any():
            raise ValueError("Input X contains a value too large for float32")
        X = np.minimum(X, self.dtype.type(self.top))
        if not self.category.size:
            return X
        codes = X[:, self.category]
        known = (codes >= 0) & (codes < CODES)
        codes = np.where(known, codes, CODES).astype(np.intp)
        return np.concatenate((X, self.right[codes, np.arange(len(self.category))]), axis=1)


def _links(part: Part, roots: Array, children: Array) -> Links:
    """Check that each test hangs below the root of its tree, and return where each tree begins."""
    tests, inner = len(children), children >= 0
    part.need(children.min() >= -part.get("value", "f", None, None).shape[0], "children")
    part.need(children.max() < tests, "children")
    hangs = np.append(children[inner], roots)
    part.need((np.bincount(hangs, minlength=tests) == 1).all(), "children")
    tree = np.full(tests, -1)
    tree[roots] = np.arange(len(roots))
    above = np.empty(tests, np.intp)
    above[hangs] = np.append(np.nonzero(inner)[0], roots)
    for _ in range(tests.bit_length()):  # twice as far above each time
        above = above[above]
    tree = tree[above]
    part.need(tree[0] == 0 and (np.diff(tree) >= 0).all(), "children")
    return children, roots, np.searchsorted(tree, np.arange(len(roots) + 1))


def pack(trees: list[dict[str, Array]], columns: int) -> dict[str, Any]:
    """Return the tests and the leaves of trees, one tree after the other.

    Each tree has ``left`` and ``right`` (-1 at a leaf), ``feature``, ``threshold`` and
    ``missing_left``, by node, and ``value`` of shape (n_nodes, k), which is kept of leaves. A child
    is the number of a test, or ``~number`` of a leaf.
    """
    parts, roots, tests, leaves = [], [], 0, 0
    for each in trees:
        tree = each if each["left"][0] >= 0 else _with_test(each)
        inner = tree["left"] >= 0
        if not room(int(inner.sum()), columns):
            raise NotCoveredError(f"a tree has {inner.sum():,} tests of {columns:,} columns")
        number = np.where(inner, tests - 1 + np.cumsum(inner), -leaves - np.cumsum(~inner))
        parts.append(
            {
                "children": number[np.stack((tree["left"], tree["right"]), 1)[inner]],
                "feature": tree["feature"][inner],
                "threshold": tree["threshold"][inner],
                "missing_left": tree["missing_left"][inner],
                "value": tree["value"][~inner],
            }
        )
        roots.append(tests)
        tests, leaves = tests + int(inner.sum()), leaves + int((~inner).sum())
    kinds = {"children": np.int32, "feature": np.int32, "missing_left": np.uint8}
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {name: each.astype(kinds.get(name, each.dtype)) for name, each in joined.items()} | {
        "roots": np.array(roots, np.int32)
    }


def _with_test(leaf: dict[str, Array]) -> dict[str, Array]:
    """Return a tree that is one leaf as a test whose both children say the same."""
    tree = {name: array[[0, 0]] for name, array in leaf.items()}
    child = np.array([1, -1])
    test = np.zeros(2, tree["threshold"].dtype)
    return tree | {"left": child, "right": child, "feature": np.zeros(2, int), "threshold": test}


def as_tree(tree: Any, value: Array) -> dict[str, Array]:
    """Take what `pack` needs from one of scikit-learn's trees, with its own `value`."""
    return {
        "left": tree.children_left,
        "right": tree.children_right,
        "feature": tree.feature,
        "threshold": _floor(tree.threshold),
        "missing_left": tree.missing_go_to_left,
        "value": value,
    }


def _floor(threshold: Array) -> Array:
    """Return the largest float32 that is not above: the same test for a number in float32."""
    single = threshold.astype(np.float32)
    return np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single)


def compile_forest(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a decision tree, a random forest or extra trees."""
    if estimator.n_outputs_ != 1:
        raise NotCoveredError(f"{type(estimator).__name__} predicts several outputs")
    block = compiler.numbers(block)
    trees = [each.tree_ for each in getattr(estimator, "estimators_", [estimator])]
    return compiler.predict(
        "trees",
        [block],
        "proba" if hasattr(estimator, "classes_") else "value",
        estimator,
        nan=allows_nan(estimator) and not block.sparse,
        begin=np.zeros(trees[0].value.shape[2]),
        mean=np.array(1),
        **pack([as_tree(tree, tree.value[:, 0, :]) for tree in trees], block.width),
    )


STEPS = {"trees": Trees}
COVERS = dict.fromkeys(
    (
        *("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier"),
        *("ExtraTreeRegressor", "RandomForestClassifier", "RandomForestRegressor"),
        *("ExtraTreesClassifier", "ExtraTreesRegressor"),
    ),
    compile_forest,
)
