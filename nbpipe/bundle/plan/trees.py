"""Decision trees and forests, walked in lock-step over flat arrays.

Siblings stand next to each other and after their parent, so a step to a child is
``child[node] + (x > threshold)``; a leaf is its own child, and no number is above its threshold.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.scaling import allows_nan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.bundle.plan.compiling import Block, Compiler

_TOGETHER = 2**14  # pairs of a row and a tree that are walked at once
_BLOCK = 2**13  # rows of which one tree is walked at once


class Walk:
    """The trees of an ensemble, as `leaves` finds the way through them."""

    def __init__(self, part: Part, width: int) -> None:
        roots = part.get("roots", "iu", None)
        feature = part.get("feature", "iu", None)
        count = len(feature)
        child = part.get("child", "i", count).astype(np.intp)
        self.roots = part.indices("roots", max(count, 1), None)
        part.need(count and len(roots), "trees are empty")
        split = child >= 0
        number = np.arange(count)
        part.need((child[split] > number[split]).all(), "child comes before its parent")
        part.need((child[split] < count - 1).all(), "child is out of range")
        named = np.concatenate((self.roots, child[split], child[split] + 1))
        part.need((np.bincount(named, minlength=count) == 1).all(), "child is no tree's")
        self.leaf = np.where(split, 0, ~child).astype(np.intp)
        self.leaves_known = int(self.leaf.max()) + 1
        missing_left = part.get("missing_left", "iu", count)
        left_or_right = np.where(missing_left > 0, 0, width)
        self.columns = part.indices("feature", width, count)
        self.feature = np.where(split, self.columns + left_or_right, 0)
        threshold = part.get("threshold", "f", count)
        self.dtype, self.top = threshold.dtype, np.finfo(threshold.dtype).max
        # an infinite threshold parts missing values from all others, and these are below `top`
        self.threshold = np.where(split, np.minimum(threshold, self.top), self.dtype.type(np.inf))
        self.child = np.where(split, child, number)
        self.depths = _depths(self.roots, self.child)

    def leaves(self, X: Array) -> Iterator[tuple[slice, Array]]:
        """Yield trees and the leaves that the rows reach in them, of shape (n_trees, n)."""
        rows, trees = len(X), len(self.roots)
        doubled = self._doubled(X)
        if rows * trees <= _TOGETHER:
            start = np.repeat(self.roots, rows) if rows > 1 else self.roots
            base = np.tile(np.arange(rows) * doubled.shape[1], trees) if rows > 1 else None
            found = self._walk(start, doubled.ravel(), base, int(self.depths.max()))
            yield slice(0, trees), found.reshape(trees, rows)
            return
        base, flat = np.arange(rows) * doubled.shape[1], doubled.ravel()
        for tree in range(trees):
            start = np.full(rows, self.roots[tree])
            found = self._walk(start, flat, base, int(self.depths[tree]))
            yield slice(tree, tree + 1), found[None]

    def splits(self, width: int) -> tuple[Array, Array] | None:
        """Return feature and threshold of the splits of the first `width` columns by number."""
        chosen = (self.threshold < self.top) & (self.columns < width)
        found = self.columns[chosen], self.threshold[chosen]
        return found if len(found[0]) else None

    def _doubled(self, X: Array) -> Array:
        """Return each row twice: a missing value is below all others, and then above them."""
        X = X.astype(self.dtype, copy=False)
        above = X
        if np.isnan(X).any():
            gaps = np.isnan(X)
            above = np.where(gaps, np.inf, np.minimum(X, self.top))
            X = np.where(gaps, -np.inf, X)
        return np.concatenate((X, above), axis=1)

    def _walk(self, node: Array, flat: Array, base: Array | None, depth: int) -> Array:
        for _ in range(depth):
            where = self.feature.take(node)
            if base is not None:
                where += base
            right = flat.take(where) > self.threshold.take(node)
            node = self.child.take(node)
            node += right
        return self.leaf.take(node)


def _depths(roots: Array, child: Array) -> Array:
    """Return how many steps the longest way in each tree takes."""
    depths = np.zeros(len(roots), dtype=np.intp)
    tree, node = np.arange(len(roots)), roots
    while len(node):
        inner = child[node] != node
        tree, node = tree[inner], child[node[inner]]
        depths[tree] += 1  # once, however often a tree is among them
        tree, node = np.repeat(tree, 2), np.stack((node, node + 1), axis=1).ravel()
    return depths


class Forest:
    """The mean over trees of what their leaves say."""

    def __init__(self, part: Part) -> None:
        self.walk = Walk(part, part.width)
        self.value = part.get("value", "f", None, None)
        part.need(self.walk.leaves_known <= len(self.value), "leaves are out of range")
        self.width = self.value.shape[1]

    def __call__(self, X: Array) -> Array:
        return in_blocks(self._mean, as_singles(X))

    def _mean(self, X: Array) -> Array:
        total = np.zeros((len(X), self.width))
        for _, leaves in self.walk.leaves(X):
            if len(X) == 1:  # tree after tree, as scikit-learn adds them
                total = np.add.accumulate(self.value.take(leaves[:, 0], axis=0))[-1:]
            else:
                for each in leaves:
                    total += self.value.take(each, axis=0)
        total /= len(self.walk.roots)
        return total


def as_singles(X: Array) -> Array:
    """Return float32, as scikit-learn's trees see numbers, refusing what overflows there."""
    with np.errstate(over="ignore"):
        X = X.astype(np.float32)
    if np.isinf(X).any():
        raise ValueError("Input X contains a value too large for float32")
    return X


def in_blocks(predict: Any, X: Array) -> Array:
    """Predict many rows block by block, on all cores: numpy lets go of the interpreter."""
    if len(X) <= _BLOCK:
        result: Array = predict(X)
        return result
    parts = [X[start : start + _BLOCK] for start in range(0, len(X), _BLOCK)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(predict, parts)))


def flatten(trees: list[dict[str, Array]]) -> dict[str, Any]:
    """Renumber the nodes of trees level by level, siblings together, and join them.

    Each tree has ``left`` and ``right`` (-1 at a leaf), ``feature``, ``threshold`` and
    ``missing_left``, by node, and ``value`` of shape (n_nodes, k), which is kept of leaves.
    """
    orders, children, offset, leaves = [], [], 0, 0
    for tree in trees:
        order, child = _by_level(tree["left"], tree["right"])
        leaf = child < 0
        child[leaf] = ~(leaves + np.arange(leaf.sum()))
        child[~leaf] += offset
        orders.append(order)
        children.append(child)
        offset, leaves = offset + len(order), leaves + int(leaf.sum())
    child = np.concatenate(children)

    def join(name: str) -> Array:
        return np.concatenate([tree[name][o] for tree, o in zip(trees, orders, strict=True)])

    return {
        "roots": np.cumsum([0, *map(len, orders[:-1])]).astype(np.int32),
        "child": child.astype(np.int32),
        "feature": np.where(child < 0, 0, join("feature")).astype(np.int32),
        "threshold": np.where(child < 0, 0, join("threshold")),
        "missing_left": np.where(child < 0, 0, join("missing_left")).astype(np.uint8),
        "value": join("value")[child < 0],
    }


def _by_level(left: Array, right: Array) -> tuple[Array, Array]:
    """Return old numbers in the new order, and the new number of each left child, or -1."""
    levels, children, count = [np.zeros(1, dtype=np.intp)], [], 1
    while len(level := levels[-1]):
        inner = left[level] >= 0
        child = np.full(len(level), -1, dtype=np.intp)
        child[inner] = count + 2 * np.arange(inner.sum())
        children.append(child)
        below = np.stack((left[level[inner]], right[level[inner]]), axis=1).ravel()
        levels.append(below.astype(np.intp))
        count += len(below)
    return np.concatenate(levels), np.concatenate(children)


def as_tree(tree: Any, value: Array) -> dict[str, Array]:
    """Take what `flatten` needs from one of scikit-learn's trees, with its own `value`."""
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
        "forest",
        [block],
        "proba" if hasattr(estimator, "classes_") else "value",
        estimator,
        nan=allows_nan(estimator) and not block.sparse,
        **flatten([as_tree(tree, tree.value[:, 0, :]) for tree in trees]),
    )
