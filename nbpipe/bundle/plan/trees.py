"""Decision trees and forests, walked in lock-step over flat arrays.

Siblings stand next to each other and after their parent, so a step to a child is
``child[node] + (x > threshold)``; a leaf is its own child, and no number is above its threshold.
The comparison is the sign of a difference: to numpy that is cheaper than adding a boolean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.masks import Masks
from nbpipe.bundle.plan.scaling import allows_nan

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler

_STRIDE = 4  # steps between two looks at which rows are at a leaf
_TOGETHER = 2**16  # pairs of a row and a tree that are walked at once
_TOP = 5  # steps from the root that are looked up at once
_FEW = 40  # trees that are walked one by one
_MOST = 0.75  # of the rows are on their way: else those that are not are left behind
_SIGN = np.int64(63)


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
        self.inner = split
        self.leaf = np.where(split, 0, ~child).astype(np.intp)
        self.leaves_known = int(self.leaf.max()) + 1
        self.missing_left = part.get("missing_left", "iu", count) > 0
        self.columns = part.indices("feature", width, count)
        self.columns = np.where(split, self.columns, 0)
        self._doubled = np.where(split & ~self.missing_left, self.columns + width, self.columns)
        threshold = part.get("threshold", "f", count)
        self.dtype, self.top = threshold.dtype, np.finfo(threshold.dtype).max
        # an infinite threshold parts missing values from all others, and these are below `top`;
        # adding 0 makes -0 what it is equal to
        finite = np.minimum(threshold.astype(np.float64), self.top)
        self.threshold = np.where(split, finite, np.inf) + 0.0
        self.child = np.where(split, child, number)
        self.depths = _depths(self.roots, self.child)
        self._tops = Masks(self, _TOP)
        views: list[Any] = [self.inner, self.threshold, self.child]
        self._split, self._limit, self._next = (memoryview(each) for each in views)

    def leaves(self, X: Array) -> Array:
        """Return the leaves, (n, n_trees), that rows reach."""
        start = self._tops.one(X)[None] if len(X) == 1 else self._tops.many(X)
        X, feature = self._without_gaps(X)
        flat = X.ravel()
        if len(X) == 1:
            return self._walk_one(start[0], flat, feature)[None]
        every, base = np.empty_like(start.T), np.arange(len(X)) * X.shape[1]
        group = max(1, _TOGETHER // len(X))
        for first in range(0, len(every), group):
            chosen = slice(first, first + group)
            node, depth = start.T[chosen], int(self.depths[chosen].max())
            bases = np.tile(base, len(node))
            found = self._walk_on(node.ravel(), flat, feature, bases, depth)
            every[chosen] = found.reshape(node.shape)
        return every.T

    def splits(self, width: int) -> tuple[Array, Array] | None:
        """Return feature and threshold of the splits of the first `width` columns by number."""
        chosen = (self.threshold < self.top) & (self.columns < width)
        found = self.columns[chosen], self.threshold[chosen].astype(self.dtype)
        return found if len(found[0]) else None

    def _without_gaps(self, X: Array) -> tuple[Array, Array]:
        """Return rows without missing values, and the column that each node reads there.

        Where values are missing, the columns come twice: below all others, and above them.
        """
        X = X.astype(np.float64)
        gaps = np.isnan(X)
        if not gaps.any():
            return X, self.columns
        low, high = np.where(gaps, -np.inf, X), np.where(gaps, np.inf, X)
        return np.concatenate((low, high), axis=1), self._doubled

    def _walk_one(self, node: Array, flat: Array, feature: Array) -> Array:
        """Walk one row down all trees: together, and the last few one by one."""
        active = np.flatnonzero(self.inner.take(node))
        while len(active) > _FEW:
            node = self._walk(node, flat, feature, None, _STRIDE)
            active = np.flatnonzero(self.inner.take(node))
        row, features = flat.tolist() if len(active) else [], memoryview(feature)  # type: ignore[arg-type]
        for each in active.tolist():
            at = node.item(each)
            while self._split[at]:
                at = self._next[at] + (row[features[at]] > self._limit[at])
            node[each] = at
        return self.leaf.take(node)

    def _walk_on(self, node: Array, flat: Array, feature: Array, base: Array, depth: int) -> Array:
        """Walk many rows down their trees, and leave behind those that are at a leaf."""
        leaf, active = np.empty_like(node), np.arange(len(node))
        for _ in range(0, depth, _STRIDE):
            on = np.flatnonzero(self.inner.take(node))
            if len(on) < _MOST * len(node):
                leaf[active] = node
                node, active, base = node.take(on), active.take(on), base.take(on)
            node = self._walk(node, flat, feature, base, _STRIDE)
        leaf[active] = node
        return self.leaf.take(leaf)

    def _walk(
        self, node: Array, flat: Array, feature: Array, base: Array | None, depth: int
    ) -> Array:
        """Take `depth` steps at once for all nodes, of the row that starts at `base` in `flat`."""
        node, where, threshold = node.copy(), np.empty_like(node), np.empty(len(node))
        value, right = np.empty_like(threshold), threshold.view(np.int64)
        for _ in range(depth):
            feature.take(node, None, where, "clip")
            if base is not None:
                np.add(where, base, where)
            flat.take(where, None, value, "clip")
            self.threshold.take(node, None, threshold, "clip")
            self.child.take(node, None, where, "clip")
            np.subtract(threshold, value, threshold)
            np.right_shift(right, _SIGN, right)  # -1 where the value is above, else 0
            np.subtract(where, right, node)
        return node


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
        leaves = self.walk.leaves(as_singles(X))
        if len(X) == 1:  # tree after tree, as scikit-learn adds them
            total = np.add.accumulate(self.value.take(leaves[0], axis=0))[-1:]
        else:
            total = np.zeros((len(X), self.width))
            for each in leaves.T:
                total += self.value.take(each, axis=0)
        total /= leaves.shape[1]
        return total


def as_singles(X: Array) -> Array:
    """Return float32, as scikit-learn's trees see numbers, refusing what overflows there."""
    if len(X) == 1:
        single = X.astype(np.float32)
    else:
        with np.errstate(over="ignore"):
            single = X.astype(np.float32)
    if np.isinf(single).any():
        raise ValueError("Input X contains a value too large for float32")
    return single


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
