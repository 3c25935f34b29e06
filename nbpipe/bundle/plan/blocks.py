"""Trees in blocks of tests: cut at export, and checked at load before any link is followed."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import NotCoveredError
from nbpipe.bundle.plan.masks import MOST, ruled_out

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array, Part

BITS = 31  # of a node and a column together


def bits(tests: int, columns: int) -> tuple[int, int]:
    """Return how many bits a node of a tree takes, and the column that is read there."""
    return (2 * tests + 1).bit_length(), (2 * columns).bit_length()


def _cut(left: list[int], right: list[int]) -> tuple[list[int], list[int]]:
    """Return the tests of a tree, block after block, and how many each block has."""
    size = [0] * len(left)  # tests in the part that hangs on a node
    for node in reversed(range(len(left))):  # nodes come after their parents
        if left[node] >= 0:
            size[node] = 1 + size[left[node]] + size[right[node]]

    def in_order(node: int) -> None:
        if node in inside:
            in_order(left[node])
            tests.append(node)
            in_order(right[node])
        elif size[node]:
            heads.append(node)

    tests: list[int] = []
    counts, heads = [], [0]
    for head in heads:  # which grows by those of later blocks
        inside = _block(head, left, right, size)
        counts.append(len(inside))
        in_order(head)
    return tests, counts


def _block(head: int, left: list[int], right: list[int], size: list[int]) -> set[int]:
    """Choose the tests of a block: from its head on, those that most others hang on.

    A part that fits into a block is not torn apart, but at the root, from which all rows come.
    """
    inside: set[int] = set()
    least = 0 if size[head] <= MOST or not head else MOST
    waiting = [(-size[head], head)]
    while waiting and len(inside) < MOST:
        node = heappop(waiting)[1]
        inside.add(node)
        for child in (left[node], right[node]):
            if size[child] > least:
                heappush(waiting, (-size[child], child))
    return inside


def pack(trees: list[dict[str, Array]], columns: int) -> dict[str, Any]:
    """Return the blocks of trees, one tree after the other.

    Each tree has ``left`` and ``right`` (-1 at a leaf), ``feature``, ``threshold`` and
    ``missing_left``, by node, and ``value`` of shape (n_nodes, k), which is kept of leaves. A child
    is the number of a test, or ``~number`` of a leaf.
    """
    parts, roots, count, tests, leaves = [], [], [], 0, 0
    for each in trees:
        tree = each if each["left"][0] >= 0 else _with_test(each)
        order, counts = _cut(tree["left"].tolist(), tree["right"].tolist())
        if sum(bits(len(order), columns)) > BITS:
            raise NotCoveredError(f"a tree has {len(order):,} tests of {columns:,} columns")
        leaf = tree["left"] < 0
        number = np.empty(len(leaf), np.int32)
        number[order] = tests + np.arange(len(order))
        number[leaf] = ~(leaves + np.arange(leaf.sum()))
        parts.append(
            {
                "children": number[np.stack((tree["left"], tree["right"]), 1)[order]],
                "feature": tree["feature"][order].astype(np.int32),
                "threshold": tree["threshold"][order],
                "missing_left": tree["missing_left"][order].astype(np.uint8),
                "value": tree["value"][leaf],
            }
        )
        roots.append(number[0])
        count += counts
        tests, leaves = tests + len(order), leaves + int(leaf.sum())
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return joined | {"roots": np.array(roots, np.int32), "count": np.array(count, np.uint8)}


def _with_test(leaf: dict[str, Array]) -> dict[str, Array]:
    """Return a tree that is one leaf as a test whose both children say the same."""
    tree = {name: array[[0, 0]] for name, array in leaf.items()}
    child = np.array([1, -1])
    test = np.zeros(2, tree["threshold"].dtype)
    return tree | {"left": child, "right": child, "feature": np.zeros(2, int), "threshold": test}


class Links:
    """Where each test stands, what it rules out in its block, and where a block's ends lead.

    `children` are those of `pack`; `bounds` are the first tests of the trees, and their number;
    `exits` are later blocks, or ``~number`` of one of `leaves` leaves.
    """

    def __init__(
        self, part: Part, count: Array, children: Array, roots: Array, leaves: int
    ) -> None:
        tests, start = np.arange(len(children)), np.cumsum(count) - count
        self.block = block = np.repeat(np.arange(len(count)), count)
        self.place = place = tests - start[block]
        self.bounds = [*start[block[roots]].tolist(), len(tests)]
        part.need(count.all() and self.bounds[0] == 0 and np.diff(self.bounds).min() > 0, "roots")
        part.need(children.min() >= -leaves and children.max() < len(tests), "children")
        inner = children >= 0
        of, own = np.where(inner, block[children.clip(0)], children), block[:, None]
        inside = of == own
        tree = np.searchsorted(self.bounds, tests, side="right")
        part.need((~inner | (tree[children.clip(0)] == tree[:, None])).all(), "children")
        part.need((inside | ~inner | (of > own)).all(), "children")
        part.need((~inside[:, 0] | (children[:, 0] < tests)).all(), "children")
        part.need((~inside[:, 1] | (children[:, 1] > tests)).all(), "children")
        parents = np.bincount(np.append(children[inner], roots), minlength=len(tests))
        part.need((parents == 1).all(), "children")
        lowest = np.where(inside[:, 0], children[:, 0], tests)
        for _ in range(MOST.bit_length()):
            lowest = lowest[lowest]
        right = np.where(inside[:, 1], children[:, 1], 0)
        part.need((~inside[:, 1] | (lowest[right] == tests + 1)).all(), "children")
        self.mask = ruled_out(place[lowest], place)
        self.exits = np.full((len(count), MOST + 1), -1, np.intp)
        for side in (0, 1):
            out = ~inside[:, side]
            self.exits[block[out], place[out] + side] = of[out, side]
