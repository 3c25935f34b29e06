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

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array

MOST = 63  # tests of a tree: its ends have a bit each, and the last is never ruled out
_SIZE = 2**24  # bytes of a table at most
_ROWS = 2**9  # that are looked up at once, to stay in the cache
_ONE = np.uint64(1)


def ruled_out(first: Array, last: Array) -> Array:
    """Return masks of the ends from `first` to `last`."""
    masks: Array = (_ONE << (last + 1).astype(np.uint64)) - (_ONE << first.astype(np.uint64))
    return masks


def first_end(out: Array) -> Array:
    """Return the first end that is not ruled out, counted from 1."""
    exponent: Array = np.frexp(~out & (out + out.dtype.type(1)))[1]  # exact of a power of 2
    return exponent


class Masks:
    """What is ruled out in each tree by tests ``x[feature] > threshold``, each with its mask.

    `right` says of each test whether a missing value goes right, `fits` whether the table is small
    enough.
    """

    def __init__(self, tree: Array, tests: tuple[Array, Array], right: Array, mask: Array) -> None:
        (feature, threshold), trees = tests, int(tree[-1]) + 1
        self.used = np.unique(feature).tolist()
        self.gaps = [np.unique(threshold[feature == each]) for each in self.used]
        self.starts = np.cumsum([0, *(len(each) + 2 for each in self.gaps)]).tolist()
        self.fits = self.starts[-1] * trees * 8 <= _SIZE
        if not self.fits:
            return
        table = np.zeros((self.starts[-1], trees), dtype=np.uint64)
        for each, gaps, start in zip(self.used, self.gaps, self.starts, strict=False):
            own, stop = feature == each, start + len(gaps) + 1  # the row of missing values
            below = start + 1 + np.searchsorted(gaps, threshold[own])
            np.bitwise_or.at(table, (below, tree[own]), mask[own])
            np.bitwise_or.accumulate(table[start:stop], axis=0, out=table[start:stop])
            np.bitwise_or.at(table[stop], tree[own & right], mask[own & right])
        self.table = table.astype(np.uint32) if table.max() < 2**31 else table
        lists = [each.tolist() for each in self.gaps]
        self.by_feature = list(zip(self.used, lists, self.starts, strict=False))

    def one(self, row: list[float]) -> Array:
        """Return the end in each tree, from 1, that one row reaches."""
        looked = []
        for column, gaps, start in self.by_feature:
            value = row[column]
            below = bisect_left(gaps, value) if value == value else len(gaps) + 1  # noqa: PLR0124
            looked.append(start + below)
        return first_end(np.bitwise_or.reduce(self.table.take(looked, 0), 0))

    def many(self, X: Array) -> Array:
        """Return the end in each tree, from 1, that each row reaches, as (n_trees, n)."""
        looked = np.empty((len(self.used), len(X)), dtype=np.intp)
        for number, (column, gaps) in enumerate(zip(self.used, self.gaps, strict=True)):
            below = np.searchsorted(gaps, X[:, column])
            below[np.isnan(X[:, column])] = len(gaps) + 1
            looked[number] = self.starts[number] + below
        found = np.empty((self.table.shape[1], len(X)), dtype=np.intp)
        for start in range(0, len(X), _ROWS):
            part = slice(start, start + _ROWS)
            out = np.zeros((len(X[part]), len(found)), self.table.dtype)
            for each in looked[:, part]:
                out |= self.table.take(each, axis=0)
            found[:, part] = first_end(out).T
        return found
