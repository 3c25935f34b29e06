"""Small trees, all at once: each test that sends a row right rules out the ends to its left.

A tree's ends are numbered from left to right, and what a test rules out is a mask of them. Of a
feature's tests, those send a row right whose thresholds are below its value: so one look-up by each
feature tells what is ruled out in all trees, and the first end that is left is the one that the row
reaches (Lucchese et al., QuickScorer, SIGIR 2015; here with a row of a table for each gap between
two thresholds).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from nbpipe.bundle.plan.arrays import distinct

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array

MOST = 63  # tests of a tree: its ends have a bit each, and the last is never ruled out
_SIZE = 2**24  # bytes of a table at most
_ONE = np.uint64(1)


def ruled_out(first: Array, stop: Array) -> Array:
    """Return masks of the ends from `first` to below `stop`."""
    masks: Array = (_ONE << stop.astype(np.uint64)) - (_ONE << first.astype(np.uint64))
    return masks


def first_end(out: Array) -> Array:
    """Return the first end that is not ruled out, counted from 1."""
    exponent: Array = np.frexp(~out & (out + out.dtype.type(1)))[1]  # exact of a power of 2
    return exponent


class Masks:
    """Tests ``x[feature] > threshold``, with their children, of trees that begin at `bounds`.

    A child is the number of a test, or ``~number`` of a leaf. `right` says whether a missing value
    goes right; `fits` whether trees and table are small enough. `rows` are best given at once.
    """

    rows = 2**9

    def __init__(
        self, tests: tuple[Array, Array, Array], links: tuple[Array, Array, Array]
    ) -> None:
        (feature, threshold, right), (children, roots, bounds) = tests, links
        self.fits = bool(np.diff(bounds).max() <= MOST)
        if not self.fits:
            return
        self.used = distinct(feature).tolist()
        self.gaps = [distinct(threshold[feature == each]) for each in self.used]
        self.starts = np.cumsum([0, *(len(each) + 2 for each in self.gaps)]).tolist()
        self.fits = self.starts[-1] * len(roots) * 8 <= _SIZE
        if not self.fits:
            return
        tree = np.repeat(np.arange(len(roots)), np.diff(bounds))
        mask = self._find_ends(children, roots, tree)
        table = np.zeros((self.starts[-1], len(roots)), dtype=np.uint64)
        for each, gaps, start in zip(self.used, self.gaps, self.starts, strict=False):
            own, stop = feature == each, start + len(gaps) + 1  # the row of missing values
            below = start + 1 + np.searchsorted(gaps, threshold[own])
            np.bitwise_or.at(table, (below, tree[own]), mask[own])
            np.bitwise_or.accumulate(table[start:stop], axis=0, out=table[start:stop])
            np.bitwise_or.at(table[stop], tree[own & right], mask[own & right])
        self.table = table.astype(np.uint32) if table.max() < 2**31 else table
        lists = [each.tolist() for each in self.gaps]
        self.by_feature = list(zip(self.used, lists, self.starts, strict=False))

    def _find_ends(self, children: Array, roots: Array, tree: Array) -> Array:
        """Find which leaf each end of a tree is, from left to right, and what tests rule out."""
        child = np.maximum(children, -1)  # of which the last, at -1, is any leaf
        levels, level = [], roots
        while len(level):
            levels.append(level)
            level = child[level][child[level] >= 0]
        ends, first = np.ones(len(tree) + 1, np.intp), np.zeros(len(tree) + 1, np.intp)
        for level in reversed(levels):
            ends[level] = ends[child[level]].sum(1)
        for level in levels:
            first[child[level, 0]] = first[level]
            first[child[level, 1]] = first[level] + ends[child[level, 0]]
        first, middle = first[:-1], first[:-1] + ends[child[:, 0]]
        self.exits = np.zeros((len(roots), MOST + 1), np.intp)
        for side, place in enumerate((first, middle)):
            at_leaf = children[:, side] < 0
            self.exits[tree[at_leaf], place[at_leaf]] = ~children[at_leaf, side]
        # where the ends of each tree begin, which are counted from 1
        self.before = np.arange(-1, self.exits.size - 1, MOST + 1)
        return ruled_out(first, middle)

    def one(self, row: list[float]) -> Array:
        """Return the leaf of each tree that one row reaches."""
        looked = []
        for column, gaps, start in self.by_feature:
            value = row[column]
            below = bisect_left(gaps, value) if value == value else len(gaps) + 1  # noqa: PLR0124
            looked.append(start + below)
        end = first_end(np.bitwise_or.reduce(self.table.take(looked, 0), 0))
        leaves: Array = self.exits.take(self.before + end)
        return leaves

    def many(self, X: Array) -> Array:
        """Return the leaf of each tree that each row reaches, as (n_trees, n)."""
        out = np.zeros((len(X), len(self.exits)), self.table.dtype)
        for column, gaps, start in zip(self.used, self.gaps, self.starts, strict=False):
            below = np.searchsorted(gaps, X[:, column])
            below[np.isnan(X[:, column])] = len(gaps) + 1
            out |= self.table.take(start + below, axis=0)
        leaves: Array = self.exits.take(self.before + first_end(out)).T
        return leaves
