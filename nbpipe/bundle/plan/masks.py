"""Small trees, found by masks: each test that fails rules out the leaves to its left.

For a feature's value, the tests that fail are those below it. So one look-up by each feature gives,
for all trees at once, the leaves that are still possible; the leftmost of what all of them leave is
the one that the row reaches. (Lucchese et al., QuickScorer, SIGIR 2015, here one row of a table for
each gap between two thresholds.)
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array
    from nbpipe.bundle.plan.trees import Walk

_LEAVES = 53  # of one tree: what a float holds exactly
_SIZE = 2**24  # bytes of the table
_ROWS = 2**9  # that are looked up at once, to stay in the cache


class Masks:
    """The leaves of trees by masks; `fits` says whether there are few enough.

    With `depth`, trees are cut off there, and what is found are nodes.
    """

    def __init__(self, walk: Walk, depth: int | None = None) -> None:
        trees = len(walk.roots)
        split = walk.inner if depth is None else walk.inner & _above(walk, depth)
        ends = walk.leaf if depth is None else np.arange(len(walk.leaf))
        tree, leaves, first = _leaves(walk, split)
        self.most = int(leaves[walk.roots].max())
        dtype = np.uint32 if self.most <= 32 else np.uint64  # noqa: PLR2004 - its bits
        inner = np.flatnonzero(split)
        used = np.unique(walk.columns[inner])
        gaps = [np.unique(walk.threshold[inner[walk.columns[inner] == each]]) for each in used]
        starts = np.cumsum([0, *(len(each) + 2 for each in gaps)])
        size = int(starts[-1]) * trees * np.dtype(dtype).itemsize
        self.fits = self.most <= _LEAVES and size <= _SIZE
        if not self.fits:
            return
        # the bits of a tree's leaves, from the highest, which is the leftmost
        left = walk.child[inner]
        ones = (np.uint64(1) << leaves[left].astype(np.uint64)) - np.uint64(1)
        shift = (self.most - first[left] - leaves[left]).astype(np.uint64)
        mask = ~(ones << shift)
        everything = (1 << self.most) - 1
        table = np.full((int(starts[-1]), trees), everything, dtype=np.uint64)
        for each, thresholds, start in zip(used, gaps, starts, strict=False):
            of = walk.columns[inner] == each
            below = start + 1 + np.searchsorted(thresholds, walk.threshold[inner[of]])
            np.bitwise_and.at(table, (below, tree[inner[of]]), mask[of])
            stop = start + len(thresholds) + 1
            np.bitwise_and.accumulate(table[start:stop], axis=0, out=table[start:stop])
            right = of & ~walk.missing_left[inner]  # where a missing value fails the test
            np.bitwise_and.at(table[stop], tree[inner[right]], mask[right])
        self.table = table.astype(dtype)
        self.used = used.tolist()
        self.gaps = gaps
        self.by_feature = list(
            zip(self.used, [each.tolist() for each in gaps], starts.tolist(), strict=False)
        )
        self.starts = starts
        # by tree and exponent of the mask, the leaf that its highest bit stands for
        self.base = np.arange(trees) * (self.most + 1)
        self.leaf = np.zeros(trees * (self.most + 1), dtype=np.intp)
        end = np.flatnonzero((tree >= 0) & ~split)
        self.leaf[self.base[tree[end]] + self.most - first[end]] = ends[end]

    def one(self, X: Array) -> Array:
        """Return the leaves, (n_trees,), that one row reaches."""
        row = X[0].tolist()
        looked = []
        for column, thresholds, start in self.by_feature:
            value = row[column]
            below = bisect_left(thresholds, value) if value == value else len(thresholds) + 1  # noqa: PLR0124
            looked.append(start + below)
        if not looked:
            return self.leaf.take(self.base + self.most)
        left = np.bitwise_and.reduce(self.table.take(looked, 0), 0)
        leaves: Array = self.leaf.take(np.frexp(left)[1] + self.base)
        return leaves

    def many(self, X: Array) -> Array:
        """Return the leaves, (n, n_trees), that rows reach."""
        found = np.empty((len(X), len(self.base)), dtype=np.intp)
        looked = np.empty((len(self.used), len(X)), dtype=np.intp)
        for number, (column, thresholds) in enumerate(zip(self.used, self.gaps, strict=True)):
            below = np.searchsorted(thresholds, X[:, column])
            below[np.isnan(X[:, column])] = len(thresholds) + 1
            looked[number] = self.starts[number] + below
        for start in range(0, len(X), _ROWS):
            part = slice(start, start + _ROWS)
            left = np.full((len(X[part]), len(self.base)), (1 << self.most) - 1, self.table.dtype)
            for each in looked[:, part]:
                left &= self.table.take(each, axis=0)
            exponent = np.frexp(left)[1] + self.base
            found[part] = self.leaf.take(exponent)
        return found


def _above(walk: Walk, depth: int) -> Array:
    """Mark the nodes above `depth`."""
    above, level = np.zeros(len(walk.child), dtype=bool), walk.roots
    for _ in range(depth):
        above[level] = True
        left = walk.child[level[walk.inner[level]]]
        level = np.concatenate((left, left + 1))
    return above


def _leaves(walk: Walk, split: Array) -> tuple[Array, Array, Array]:
    """Return each node's tree (-1 if cut off), how many leaves it has, and how many are left."""
    levels, tree = [walk.roots], np.full(len(walk.child), -1, dtype=np.intp)
    tree[walk.roots] = np.arange(len(walk.roots))
    while len(inner := levels[-1][split[levels[-1]]]):
        left = walk.child[inner]
        tree[left], tree[left + 1] = tree[inner], tree[inner]
        levels.append(np.concatenate((left, left + 1)))
    leaves, first = np.ones_like(tree), np.zeros_like(tree)
    for level in reversed(levels):
        inner = level[split[level]]
        leaves[inner] = leaves[walk.child[inner]] + leaves[walk.child[inner] + 1]
    for level in levels:
        inner = level[split[level]]
        left = walk.child[inner]
        first[left], first[left + 1] = first[inner], first[inner] + leaves[left]
    return tree, leaves, first
