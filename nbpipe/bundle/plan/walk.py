"""Trees of any size, in lock-step: all pairs of a row and a tree go down a level at once.

A node is one word of 64 bits: its left child, the key of its threshold, and the column that it
reads. Keys are whole numbers in the order of the values. A row's key is subtracted from the word:
where it is above the threshold's, it borrows one from the left child's number, which is then that
of the right child. A leaf is its own child, and no row's key is above its own.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nbpipe.bundle.plan.arrays import distinct

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array

_BITS = 31  # of a node and a column together; a key takes the other 32, and one is the sign's
_KEY = 32
_LEAF = 2**_KEY - 1
_PAIRS = 2**17  # that go down at once: more leave the cache, fewer have threads wait for Python
_ROWS = 2**12
_STRIDE = 4  # levels between two looks at which pairs are at a leaf
_FEW = 2**8  # pairs are quicker taken along than parted
_MOST = 0.8  # of the pairs are on their way: else those that are not are left behind


def column_bits(columns: int) -> int:
    """Return how many bits it takes to tell a column, all of which may come twice."""
    return (2 * columns).bit_length()


def room(tests: int, columns: int) -> int:
    """Return how many trees of at most `tests` tests there is room for in one table of words."""
    return (1 << max(0, _BITS - column_bits(columns))) // (2 * tests + 1)


class Walk:
    """Tests ``x[feature] > threshold``, with their children, of trees that begin at `bounds`.

    A child is the number of a test, or ``~number`` of a leaf. `right` says whether a missing value
    goes right. `rows` is how many are best given at once.
    """

    def __init__(
        self, tests: tuple[Array, Array, Array], links: tuple[Array, Array, Array], columns: int
    ) -> None:
        self.feature, self.threshold, self.right = tests
        self.children, self.roots, self.bounds = links
        self.columns = columns
        self.low = column_bits(columns)
        self.together = room(int(np.diff(self.bounds).max()), columns)
        self.rows = max(_ROWS, _PAIRS // len(self.roots))
        self.first = (len(self.children) // len(self.roots)).bit_length() + 1

    @property
    def fits(self) -> bool:
        """Whether the nodes of a tree and the columns can be told in a word."""
        return bool(self.together)

    def one(self, row: list[float]) -> Array:
        """Return the leaf of each tree that one row reaches."""
        keys, groups = self._keyed(np.array([row], self.threshold.dtype))
        return np.concatenate([self._down(*group, keys[0]) for group in groups])

    def many(self, X: Array) -> Array:
        """Return the leaf of each tree that each row reaches, as (n_trees, n)."""
        keys, groups = self._keyed(X)
        base = np.arange(0, keys.size, keys.shape[1])  # where each row's keys begin
        step = max(1, _PAIRS // len(X))
        found = [
            self._down_pairs(words, leaf, np.repeat(roots[at : at + step], len(X)), keys, base)
            for words, leaf, roots in groups
            for at in range(0, len(roots), step)
        ]
        return np.concatenate(found).reshape(-1, len(X))

    def _keyed(self, X: Array) -> tuple[Array, list[tuple[Array, Array, Array]]]:
        """Return the keys of each row, where a word has its own, and the words they are for."""
        gaps = np.isnan(X)
        keys, groups = self._keys(X), self._full
        if gaps.any():  # columns come twice: with what is missing below all others, and above them
            keys = np.concatenate((np.where(gaps, 0, keys), np.where(gaps, _LEAF - 1, keys)), 1)
            groups = self._gapped
        keys <<= self.low
        return keys, groups

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        """The mask of a word's column and the shift to its child, as arrays for numpy."""
        return np.array((1 << self.low) - 1), np.array(_KEY + self.low)

    def _down(self, words: Array, leaf: Array, node: Array, keys: Array) -> Array:
        """Return the leaf of each node of one row: few, so that calls of numpy are what counts."""
        column, child = self._parts
        levels = self.first
        while True:
            for _ in range(levels):
                word = words[node]
                node = word - keys[word & column] >> child
            reached = leaf[node]
            if reached.min() >= 0:
                return reached
            levels = _STRIDE

    def _down_pairs(
        self, words: Array, leaf: Array, node: Array, keys: Array, base: Array
    ) -> Array:
        """Return the leaf of each pair of a node and a row, whose keys start at `base`."""
        base, keys = np.resize(base, len(node)), keys.ravel()
        found, pairs = np.empty_like(node), np.arange(len(node))
        buffers = np.empty((3, len(node)), np.intp)
        column, child = self._parts
        levels = self.first
        while len(node):
            word, where, key = buffers[:, : len(node)]
            for _ in range(levels):
                words.take(node, None, word, "clip")
                np.bitwise_and(word, column, where)
                np.add(where, base, where)
                keys.take(where, None, key, "clip")
                np.subtract(word, key, word)
                np.right_shift(word, child, node)
            levels = _STRIDE
            reached = leaf.take(node)
            (on,) = (reached < 0).nonzero()
            if len(on) < (_MOST * len(node) if len(node) > _FEW else 1):
                found[pairs] = reached
                pairs, node, base = pairs.take(on), node.take(on), base.take(on)
        return found

    @cached_property
    def _full(self) -> list[tuple[Array, Array, Array]]:
        return self._packed(self.feature)

    @cached_property
    def _gapped(self) -> list[tuple[Array, Array, Array]]:
        return self._packed(self.feature + self.right * self.columns)

    def _packed(self, reads: Array) -> list[tuple[Array, Array, Array]]:
        """Return words, the leaf that each is or -1, and roots, for as many trees as have room.

        The children of a test are at twice its number, the right one first, the roots at the end.
        """
        test_keys = self._keys_of_tests()
        packed = []
        for at in range(0, len(self.roots), self.together):
            roots = self.roots[at : at + self.together]
            start, stop = self.bounds[at], self.bounds[at + len(roots)]
            node = np.append(self.children[start:stop, ::-1], roots)
            leaf, test = node < 0, np.maximum(node, start)
            left = np.where(leaf, np.arange(len(node)), 2 * (test - start) + 1)
            key, column = np.where(leaf, [[_LEAF], [0]], (test_keys[test], reads[test]))
            words = (left << _KEY | key) << self.low | column
            at_end = np.arange(len(node) - len(roots), len(node))
            packed.append((words, np.where(leaf, ~node, -1), at_end))
        return packed

    def _keys(self, X: Array) -> Array:
        if self.threshold.dtype == np.float32:
            return _by_bits(X)
        keys = np.zeros(X.shape, np.int64)
        for column, gaps in self._gaps.items():
            keys[:, column] = np.searchsorted(gaps, X[:, column])
        return keys

    def _keys_of_tests(self) -> Array:
        if self.threshold.dtype == np.float32:
            return _by_bits(self.threshold)
        keys = np.zeros(len(self.threshold), np.int64)
        for column, gaps in self._gaps.items():
            own = self.feature == column
            keys[own] = np.searchsorted(gaps, self.threshold[own])
        return keys

    @cached_property
    def _gaps(self) -> dict[int, Array]:
        """The thresholds of each column: a value's key is how many are below it."""
        used = distinct(self.feature).tolist()
        return {each: distinct(self.threshold[self.feature == each]) for each in used}


def _by_bits(values: Array) -> Array:
    """Return numbers of single precision as whole ones in the same order."""
    bits = (values + np.float32(0)).view(np.int32)  # which makes -0 what it is equal to
    return (bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64) + 2**31
