"""Ensembles of trees: forests, which are a mean, and boosting, which is a sum.

Trees are stored in blocks, connected parts of at most 63 tests. A block's tests stand from left to
right, each with the first of the ends that it rules out where it sends a row right; the last of
them is the one at its left. An end leads to a later block, or to a leaf: so whatever numbers stand
there, each row comes to a leaf. Few rows are led through block by block, all trees at once; many
rows tree by tree, in lock-step.
"""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part, broken
from nbpipe.bundle.plan.blocks import pack
from nbpipe.bundle.plan.masks import MOST, Masks, Tests, first_end, ruled_out
from nbpipe.bundle.plan.scaling import allows_nan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.bundle.plan.compiling import Block, Compiler

CODES = 256  # that a column of categories can have, and one for a missing value
_WIDE = MOST + 1  # ends of a block
_FEW = 64  # rows that are sooner predicted one by one
_STRIDE = 4  # steps between two looks at which rows are at a leaf
_MOST = 0.8  # of the rows are on their way: else those that are not are left behind


class Trees:
    """Scores that begin somewhere, to which each tree adds what its leaf says, or their mean.

    A leaf says all scores, or one, the trees in turns. A split by category is one of numbers here:
    for each, the columns are followed by one that is 1 where the row goes right, looked up by the
    category's code.
    """

    def __init__(self, part: Part) -> None:
        self.begin = part.get("begin", "f", None)
        self.width = len(self.begin)
        self.category = part.indices("category", part.width, None)
        self.right = part.get("right", "iu", CODES + 1, len(self.category))
        self.columns = part.width + len(self.category)
        self.by_column = part.number("by_column", 1)
        self.value = part.get("value", "f", None, None)
        self.says = self.value.shape[1]
        count = part.indices("count", _WIDE, None)
        blocks, tests = len(count), int(count.sum())
        self.roots = part.indices("roots", blocks, None)
        part.need(self.width and self.says in {1, self.width} and len(self.roots), "value")
        part.need(len(self.roots) * self.says % self.width == 0, "rounds are incomplete")
        self.divisor = len(self.roots) if part.number("mean", 1) else 1
        self.block, self.place = _places(count)
        self.first = part.indices("first", MOST, tests)
        part.need((self.first <= self.place).all(), "first")
        exits = part.get("exit", "i", tests + blocks).astype(np.intp)
        owner, end = _places(count + 1)
        later = (exits > owner) & (exits < blocks) & (count[owner] > 0)
        part.need((later | ((exits < 0) & (exits >= -len(self.value)))).all(), "exit")
        self.exits = np.zeros((blocks, _WIDE), np.int32)
        self.exits[owner, end] = exits
        threshold = part.get("threshold", "f", tests)
        self.dtype, self.top = threshold.dtype, float(np.finfo(threshold.dtype).max)
        self.tests = Tests(
            part.indices("feature", self.columns, tests),
            # an infinite one parts missing values from all others, and these are at most `top`;
            # adding 0 makes -0 what it is equal to
            np.minimum(threshold, np.finfo(threshold.dtype).max) + threshold.dtype.type(0),
            part.get("missing_left", "iu", tests) > 0,
            ruled_out(self.first, self.place),
        )
        tree = np.full(blocks, -1)
        tree[self.roots] = np.arange(len(self.roots))
        top = tree[self.block] >= 0
        self._masks = Masks(len(self.roots), tree[self.block[top]], self.tests.of(top))
        self._small = self._masks.fits and bool((self.exits[self.roots] < 0).all())
        if not self._small:
            # where values are missing, columns come twice: below all others, and above them
            reads = self.tests.feature + np.where(self.tests.missing_left, 0, self.columns)
            self._shift = (2 * self.columns).bit_length()
            self._reads = reads.astype(np.min_scalar_type(2 * self.columns))
            self._feature = self._by_block(self._reads, 0)
            self._threshold = self._by_block(self.tests.threshold, np.inf)
            self._mask = self._by_block(self.tests.mask, 0)

    def _by_block(self, values: Array, empty: float) -> Array:
        table = np.full((len(self.exits), _WIDE), empty, values.dtype)
        table[self.block, self.place] = values
        return table

    def row(self, row: list[float]) -> list[float]:
        row = np.array(row, self.dtype).tolist()
        if inf in row or -inf in row:
            row = self._finite(np.array(row, self.dtype)).tolist()
        if self.category.size:
            row = self._with_categories(np.array([row]))[0].tolist()
        leaves = self._leaves_of_one(row)
        given = self.value.take(leaves, 0).reshape(-1, self.width)
        total = np.add.accumulate(np.concatenate((self.begin[None], given)))  # tree after tree
        scores: list[float] = (total[-1] / self.divisor).tolist()
        return scores

    def __call__(self, X: Array) -> Array:
        if len(X) < _FEW:
            total = np.array([self.row(each) for each in X.tolist()])
        else:
            with np.errstate(over="ignore"):
                X = self._with_categories(self._finite(X.astype(self.dtype)))
            total = np.repeat(self.begin[None], len(X), axis=0)
            for number, leaves in enumerate(self._leaves_of_many(X)):
                at = number * self.says % self.width
                total[:, at : at + self.says] += self.value.take(leaves, axis=0)
            total /= self.divisor
        return np.asfortranarray(total) if self.by_column else total

    def splits(self, width: int) -> tuple[Array, Array] | None:
        """Return feature and threshold of the splits of the first `width` columns by number."""
        chosen = (self.tests.threshold < self.top) & (self.tests.feature < width)
        found = self.tests.feature[chosen], self.tests.threshold[chosen]
        return found if len(found[0]) else None

    def _finite(self, X: Array) -> Array:
        """Return infinity as a number like others, if it is not refused as in forests."""
        if self.dtype == np.float32 and np.isinf(X).any():
            raise ValueError("Input X contains a value too large for float32")
        return np.minimum(X, self.top)

    def _with_categories(self, X: Array) -> Array:
        if not self.category.size:
            return X
        codes = X[:, self.category]
        known = (codes >= 0) & (codes < CODES)
        codes = np.where(known, codes, CODES).astype(np.intp)
        return np.concatenate((X, self.right[codes, np.arange(len(self.category))]), axis=1)

    def _leaves_of_one(self, row: list[float]) -> Array:
        x = None if self._small else _twice(np.array([row], self.dtype))[0]
        fits = self._masks.fits
        block = self.roots
        found = self.exits[block, (self._masks.one(row) if fits else self._ends(block, x)) - 1]
        on = np.flatnonzero(found >= 0)
        block = found.take(on)
        while len(on):
            found[on] = block = self.exits[block, self._ends(block, x) - 1]
            further = np.flatnonzero(block >= 0)
            on, block = on.take(further), block.take(further)
        leaves: Array = ~found
        return leaves

    def _ends(self, block: Array, x: Any) -> Array:
        """Return the end, from 1, that one row reaches in each block."""
        right = x.take(self._feature.take(block, 0)) > self._threshold.take(block, 0)
        return first_end(np.bitwise_or.reduce(self._mask.take(block, 0) * right, 1))

    def _leaves_of_many(self, X: Array) -> Iterator[Array]:
        """Yield tree after tree the leaves that rows reach."""
        if self._small:
            ends = zip(self.exits[self.roots], self._masks.many(X), strict=True)
            yield from (~exits.take(end - 1) for exits, end in ends)
            return
        _, _, leaf = self._words
        flat, base = _twice(X).ravel(), np.arange(len(X)) * 2 * self.columns
        first = len(leaf) - len(self.roots)
        for root in range(first, len(leaf)):
            yield leaf.take(self._walk(np.full(len(X), root), flat, base))

    @cached_property
    def _words(self) -> tuple[Array, Array, Array]:
        """Nodes to walk: the left child and the column that is read, threshold, and leaf.

        The children of a test stand side by side, at twice its number, and the roots at the end. A
        leaf is its own child, and no number is above its threshold.
        """
        key = self.block * _WIDE + self.first
        order = np.argsort(key, kind="stable")
        keys = key[order]

        def topmost(key: Array) -> Array:  # of the tests that have it: the one furthest right
            found = np.searchsorted(keys, key, side="right") - 1
            return np.where(keys[found] == key, order[found], -1)

        def beyond(block: Array, end: Array) -> Array:
            exits = self.exits[block, end]
            return np.where(exits < 0, exits, topmost(exits * _WIDE))

        left, right = np.full_like(key, -1), topmost(self.block * _WIDE + self.place + 1)
        same = np.flatnonzero(keys[1:] == keys[:-1])
        left[order[same + 1]] = order[same]
        left = np.where(left < 0, beyond(self.block, self.first), left)
        right = np.where(right < 0, beyond(self.block, self.place + 1), right)
        root = topmost(self.roots * _WIDE)
        root = np.where(root < 0, beyond(self.roots, np.zeros_like(root)), root)
        node = np.concatenate((np.stack((left, right), axis=1).ravel(), root))
        slot = np.flatnonzero(node >= 0)
        test = node[slot]
        if (np.bincount(test, minlength=len(key)) != 1).any():
            raise broken("its trees are none")
        words, limit = np.arange(len(node)) << self._shift, np.full(len(node), inf, self.dtype)
        words[slot] = 2 * test << self._shift | self._reads[test]
        limit[slot] = self.tests.threshold[test]
        return words, limit, np.where(node < 0, ~node, 0)

    def _walk(self, node: Array, flat: Array, base: Array) -> Array:
        """Return the leaf's node of each row, which starts at `base` in `flat`."""
        words, limits, _ = self._words
        found, active = np.empty_like(node), np.arange(len(node))
        dtypes = (np.intp, np.intp, bool, self.dtype, self.dtype)
        buffers = [np.empty(len(node), dtype) for dtype in dtypes]
        column = (1 << self._shift) - 1
        while len(node):
            word, where, right, x, limit = (each[: len(node)] for each in buffers)
            for _ in range(_STRIDE):
                words.take(node, None, word, "clip")
                limits.take(node, None, limit, "clip")
                np.bitwise_and(word, column, where)
                np.add(where, base, where)
                flat.take(where, None, x, "clip")
                np.greater(x, limit, right)
                np.right_shift(word, self._shift, word)
                np.add(word, right.view(np.int8), node)
            on = np.flatnonzero(limits.take(node) < np.inf)
            if len(on) < _MOST * len(node):
                found[active] = node
                node, active, base = node.take(on), active.take(on), base.take(on)
        return found


def _places(count: Array) -> tuple[Array, Array]:
    """Return the block of each entry, and its place there, given how many each block has."""
    block = np.repeat(np.arange(len(count)), count)
    return block, np.arange(len(block)) - (np.cumsum(count) - count)[block]


def _twice(X: Array) -> Array:
    """Return the columns twice: with what is missing below all others, and above them."""
    gaps = np.isnan(X)
    if not gaps.any():
        return np.concatenate((X, X), axis=1)
    one = X.dtype.type(np.inf)
    return np.concatenate((np.where(gaps, -one, X), np.where(gaps, one, X)), axis=1)


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


def no_categories() -> dict[str, Any]:
    """Return the arrays of trees that split by numbers alone."""
    return {"category": np.empty(0, np.int64), "right": np.empty((CODES + 1, 0), np.uint8)}


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
        by_column=np.array(0),
        **no_categories(),
        **pack([as_tree(tree, tree.value[:, 0, :]) for tree in trees]),
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
