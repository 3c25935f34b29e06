"""Trees, cut into blocks of tests at export."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.masks import MOST

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array


class _Cut:
    """One tree, whose nodes come after their parents, as `blocks` of tests and ends."""

    def __init__(self, left: list[int], right: list[int]) -> None:
        self.left, self.right = left, right
        self.size = [0] * len(left)  # tests in the part that hangs on a node
        for node in reversed(range(len(left))):
            if left[node] >= 0:
                self.size[node] = 1 + self.size[left[node]] + self.size[right[node]]
        self.counts: list[int] = []
        self.tests: list[int] = []
        self.first: list[int] = []
        self.ends: list[int] = []
        self.heads = [0]
        for head in self.heads:  # which grows by those of later blocks
            inside, ends = self._inside(head), len(self.ends)
            self._in_order(head, inside, ends)
            self.counts.append(len(inside))
            self.heads += [node for node in self.ends[ends:] if self.size[node]]

    def _inside(self, head: int) -> set[int]:
        """Choose the tests of a block: from its head on, those that most others hang on.

        A part that fits into a block is not torn apart, but at the root, from which all rows come.
        """
        inside: set[int] = set()
        whole = self.size[head] <= MOST
        waiting = [(-self.size[head], head)] if self.size[head] else []
        while waiting and len(inside) < MOST:
            node = heappop(waiting)[1]
            inside.add(node)
            for child in (self.left[node], self.right[node]):
                if self.size[child] > (0 if whole or not head else MOST):
                    heappush(waiting, (-self.size[child], child))
        return inside

    def _in_order(self, node: int, inside: set[int], start: int) -> None:
        """Note the tests and ends below a node from left to right."""
        if node not in inside:
            self.ends.append(node)
            return
        first = len(self.ends) - start
        self._in_order(self.left[node], inside, start)
        self.tests.append(node)
        self.first.append(first)
        self._in_order(self.right[node], inside, start)


def pack(trees: list[dict[str, Array]]) -> dict[str, Any]:
    """Return the blocks of trees, one tree after the other.

    Each tree has ``left`` and ``right`` (-1 at a leaf), ``feature``, ``threshold`` and
    ``missing_left``, by node, and ``value`` of shape (n_nodes, k), which is kept of leaves.
    """
    cuts = [_Cut(tree["left"].tolist(), tree["right"].tolist()) for tree in trees]
    roots, exits, values, blocks, leaves = [], [], [], 0, 0
    for tree, cut in zip(trees, cuts, strict=True):
        place = {node: blocks + number for number, node in enumerate(cut.heads)}
        ends = [node for node in cut.ends if not cut.size[node]]
        place |= {node: ~(leaves + number) for number, node in enumerate(ends)}
        exits += [place[node] for node in cut.ends]
        values.append(tree["value"][ends])
        roots.append(blocks)
        blocks, leaves = blocks + len(cut.heads), leaves + len(ends)

    def join(name: str) -> Array:
        return np.concatenate([tree[name][c.tests] for tree, c in zip(trees, cuts, strict=True)])

    return {
        "roots": np.array(roots, np.int32),
        "count": np.array([each for cut in cuts for each in cut.counts], np.uint8),
        "first": np.array([each for cut in cuts for each in cut.first], np.uint8),
        "feature": join("feature").astype(np.int32),
        "threshold": join("threshold"),
        "missing_left": join("missing_left").astype(np.uint8),
        "exit": np.array(exits, np.int32),
        "value": np.concatenate(values),
    }
