"""Ensembles of trees: forests, which are a mean, and boosting, which is a sum.

Trees are stored in blocks, connected parts of at most 63 tests, which stand from left to right. A
child of a test is one of its block, on its side, or stands in a later block of its tree, or is a
leaf: so whatever numbers stand there, each row comes to a leaf. Few rows are led through block by
block, all trees at once; many rows tree by tree, in lock-step.
"""

from __future__ import annotations

import sys
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part
from nbpipe.bundle.plan.blocks import BITS, Links, bits, pack
from nbpipe.bundle.plan.masks import MOST, Masks, first_end
from nbpipe.bundle.plan.scaling import allows_nan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.bundle.plan.compiling import Block, Compiler

CODES = 256  # that a column of categories can have, and one for a missing value
_WIDE = MOST + 1  # ends of a block
_FEW = 64  # rows that are sooner predicted one by one
_STRIDE = 4  # steps between two looks at which rows are at a leaf
_MOST = 0.8  # of the rows are on their way: else those that are not are left behind
_LOW = int(sys.byteorder == "big")  # which half of a word is the lower one


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
        self.columns = part.width + len(self.category)
        self.value = part.get("value", "f", None, None)
        self.says = self.value.shape[1]
        count = part.indices("count", _WIDE, None)
        tests = int(count.sum())
        self.roots = part.indices("roots", tests, None)
        part.need(self.width and self.says in {1, self.width} and len(self.roots), "value")
        part.need(len(self.value) and len(self.roots) * self.says % self.width == 0, "value")
        self.divisor = len(self.roots) if part.number("mean", 1) else 1
        self.feature = part.indices("feature", self.columns, tests)
        threshold = part.get("threshold", "f", tests)
        self.dtype, self.top = threshold.dtype, float(np.finfo(threshold.dtype).max)
        # an infinite one parts missing values from all others, and these are at most `top`;
        # adding 0 makes -0 what it is equal to
        self.threshold = np.minimum(threshold, self.dtype.type(self.top)) + self.dtype.type(0)
        missing_right = part.get("missing_left", "iu", tests) == 0
        # where values are missing, columns come twice: below all others, and above them
        self.reads = self.feature + np.where(missing_right, self.columns, 0)
        self.children = part.get("children", "i", tests, 2).astype(np.intp)
        links = Links(part, count, self.children, self.roots, len(self.value))
        self.heads, self.exits, self.bounds = links.block[self.roots], links.exits, links.bounds
        node, self.shift = bits(int(np.diff(self.bounds).max()), self.columns)
        part.need(node + self.shift <= BITS, "count")
        self.masks = None
        if len(count) == len(self.roots):  # each tree is one block
            self.masks = Masks(
                links.block, (self.feature, self.threshold), missing_right, links.mask
            )
        if self.masks is None or not self.masks.fits:
            self.masks = None
            at = links.block, links.place
            self.by_block = [
                _table(len(count), at, self.reads, 0),
                _table(len(count), at, self.threshold, inf),
                _table(len(count), at, links.mask, 0),
            ]

    def row(self, row: list[float]) -> list[float]:
        row = np.array(row, self.dtype).tolist()
        if self.category.size or inf in row or -inf in row:
            row = self._prepared(np.array([row], self.dtype))[0].tolist()
        given = self.value.take(self._leaves_of_one(row), 0).reshape(-1, self.width)
        total = np.add.accumulate(np.concatenate((self.begin[None], given)))  # tree after tree
        scores: list[float] = (total[-1] / self.divisor).tolist()
        return scores

    def __call__(self, X: Array) -> Array:
        if len(X) < _FEW:
            total = np.array([self.row(each) for each in X.tolist()])
        else:
            with np.errstate(over="ignore"):
                X = self._prepared(X.astype(self.dtype))
            total = np.repeat(self.begin[None], len(X), axis=0)
            for number, leaves in enumerate(self._leaves_of_many(X)):
                at = number * self.says % self.width
                total[:, at : at + self.says] += self.value.take(leaves, axis=0)
            total /= self.divisor
        # which decides in which order softmax adds: boosting of histograms has it by column
        return np.asfortranarray(total) if self.dtype == np.float64 else total

    def splits(self, width: int) -> tuple[Array, Array] | None:
        """Return feature and threshold of the splits of the first `width` columns by number."""
        chosen = (self.threshold < self.top) & (self.feature < width)
        return (self.feature[chosen], self.threshold[chosen]) if chosen.any() else None

    def _prepared(self, X: Array) -> Array:
        """Return infinity as a number like others, if it is not refused as in forests."""
        if self.dtype == np.float32 and np.isinf(X).any():
            raise ValueError("Input X contains a value too large for float32")
        X = np.minimum(X, self.dtype.type(self.top))
        if not self.category.size:
            return X
        codes = X[:, self.category]
        known = (codes >= 0) & (codes < CODES)
        codes = np.where(known, codes, CODES).astype(np.intp)
        return np.concatenate((X, self.right[codes, np.arange(len(self.category))]), axis=1)

    def _leaves_of_one(self, row: list[float]) -> Array:
        if self.masks is not None:
            single: Array = ~self.exits[self.heads, self.masks.one(row) - 1]
            return single
        x, block = _twice(np.array([row], self.dtype))[0], self.heads
        found, on = np.empty_like(block), np.arange(len(block))
        while len(on):
            feature, threshold, mask = (each.take(block, 0) for each in self.by_block)
            out = np.bitwise_or.reduce(mask * (x.take(feature) > threshold), 1)
            found[on] = block = self.exits[block, first_end(out) - 1]
            further = np.flatnonzero(block >= 0)
            on, block = on.take(further), block.take(further)
        return ~found

    def _leaves_of_many(self, X: Array) -> Iterator[Array]:
        """Yield tree after tree the leaves that rows reach."""
        if self.masks is not None:
            ends = zip(self.exits[self.heads], self.masks.many(X), strict=True)
            yield from (~exits.take(end - 1) for exits, end in ends)
            return
        flat = _twice(X if self.dtype == np.float32 else self._ranks(X)).ravel()
        base = np.arange(len(X)) * 2 * self.columns
        for words, leaf in self._words:
            yield leaf.take(self._walk(words, flat, base))

    def _ranks(self, X: Array) -> Array:
        """Return how many thresholds are below each value: the same tests, in single precision."""
        ranks = np.full(X.shape, np.nan, np.float32)
        for column, gaps in self._gaps.items():
            ranks[:, column] = np.searchsorted(gaps, X[:, column])
        ranks[np.isnan(X)] = np.nan
        return ranks

    @cached_property
    def _gaps(self) -> dict[int, Array]:
        used = np.unique(self.feature).tolist()
        return {each: np.unique(self.threshold[self.feature == each]) for each in used}

    @cached_property
    def _words(self) -> list[tuple[Array, Array]]:
        """Nodes of each tree, a word for each, and their leaves.

        A word is the threshold, the column that is read, and the left child, beside which the right
        one stands. The children of a test are at twice its number, the root at the end. A leaf is
        its own child, and no number is above its threshold.
        """
        limit = self.threshold
        if self.dtype == np.float64:
            limit = np.empty(len(limit), np.float32)
            for column, gaps in self._gaps.items():
                own = self.feature == column
                limit[own] = np.searchsorted(gaps, self.threshold[own])
        trees = []
        for start, stop, root in zip(self.bounds, self.bounds[1:], self.roots, strict=False):
            node = np.append(self.children[start:stop], root)
            leaf, test = node < 0, np.maximum(node, 0)
            left = np.where(leaf, np.arange(len(node)), 2 * (test - start))
            halves = np.empty((len(node), 2), np.float32)
            halves[:, _LOW] = np.where(leaf, np.float32(inf), limit[test])
            halves.view(np.int32)[:, 1 - _LOW] = left << self.shift | np.where(
                leaf, 0, self.reads[test]
            )
            trees.append((halves.view(np.int64).ravel(), np.where(leaf, ~node, 0)))
        return trees

    def _walk(self, words: Array, flat: Array, base: Array) -> Array:
        """Return the leaf's node of each row, which starts at `base` in `flat`."""
        node = np.full(len(base), len(words) - 1)
        found, active = np.empty_like(node), np.arange(len(node))
        buffers = [np.empty(len(node), dtype) for dtype in (np.intp, np.intp, bool, np.float32)]
        while len(node):
            word, where, right, x = (each[: len(node)] for each in buffers)
            limit = word.view(np.float32)[_LOW::2]
            for _ in range(_STRIDE):
                words.take(node, None, word, "clip")
                np.right_shift(word, 32, where)
                np.bitwise_and(where, (1 << self.shift) - 1, where)
                np.add(where, base, where)
                flat.take(where, None, x, "clip")
                np.greater(x, limit, right)
                np.right_shift(word, 32 + self.shift, word)
                np.add(word, right.view(np.int8), node)
            words.take(node, None, word, "clip")
            on = np.flatnonzero(limit < np.inf)
            if len(on) < _MOST * len(node):
                found[active] = node
                node, active, base = node.take(on), active.take(on), base.take(on)
        return found


def _table(blocks: int, at: tuple[Array, Array], values: Array, empty: float) -> Array:
    table = np.full((blocks, _WIDE), empty, values.dtype)
    table[at] = values
    return table


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
