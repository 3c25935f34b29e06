"""Rows: when two sets of them may share one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpipe.leaks.rows import NO_ROWS, Rows, opposite, overlap, pick, source, within

WHOLE = source("frame")


def part(*sides: tuple[object, ...]) -> Rows:
    return pick(WHOLE, frozenset((f"key {number}", side) for number, side in enumerate(sides)))


def one(*side: object) -> Rows:
    return pick(WHOLE, frozenset({("key", side)}))


SIDES = st.one_of(
    st.tuples(st.just("part"), st.sampled_from(["train", "test", "val"])),
    st.tuples(st.just("range"), st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9)),
    st.tuples(st.just("cmp"), st.sampled_from(["<", ">=", "==", "!=", ">"]), st.integers(0, 3)),
)
PICKS = st.frozensets(st.tuples(st.sampled_from(["a", "b"]), SIDES), max_size=3)
ROWS = st.builds(lambda key, picks: pick(source(key), picks), st.integers(0, 1), PICKS)


@given(ROWS, ROWS)
def test_overlap_is_mutual(first: Rows, second: Rows) -> None:
    assert overlap(first, second) == overlap(second, first)


@given(ROWS, PICKS)
def test_a_part_is_within_the_whole_and_meets_what_the_whole_meets(
    rows: Rows, picks: frozenset
) -> None:
    assert within(pick(rows, picks), rows)
    assert not overlap(pick(rows, picks), source("elsewhere"))


@given(ROWS, ROWS, ROWS)
def test_a_union_meets_whatever_one_of_its_parts_meets(a: Rows, b: Rows, c: Rows) -> None:
    assert overlap(a | b, c) == (overlap(a, c) or overlap(b, c))


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (("part", "train"), ("part", "test"), False),
        (("part", "train"), ("part", "train"), True),
        (("range", None, 800), ("range", 800, None), False),
        (("range", None, 800), ("range", 700, None), True),
        (("range", None, 800), ("range", 900, None), False),
        (("range", None, -30), ("range", -30, None), False),
        (("range", None, "n"), ("range", "n", None), False),
        (("range", "n", "m"), ("range", "m", None), False),
        (("range", None, 100), ("range", None, 50), True),
        (("cmp", "<", "2018"), ("cmp", ">=", "2018"), False),
        (("cmp", "<", 5), ("cmp", ">", 9), False),
        (("cmp", "<", 9), ("cmp", ">", 5), True),
        (("cmp", "==", "a"), ("cmp", "==", "b"), False),
        (("cmp", "==", "a"), ("cmp", "!=", "a"), False),
        (("part", "in"), ("not", ("part", "in")), False),
    ],
)
def test_two_sides_of_one_division(first: tuple, second: tuple, meet: bool) -> None:
    assert overlap(one(*first), one(*second)) is meet


def test_two_divisions_say_nothing_of_each_other() -> None:
    assert overlap(part(("part", "train")), pick(WHOLE, frozenset({("other", ("part", "test"))})))


@given(st.sampled_from(["<", ">=", "==", "!=", ">", "<="]), st.integers())
def test_the_opposite_of_a_mask_shares_no_row_and_comes_back(op: str, value: int) -> None:
    picks = frozenset({("mask", ("cmp", op, value))})
    assert not overlap(pick(WHOLE, picks), pick(WHOLE, opposite(picks)))
    assert opposite(opposite(picks)) == picks


def test_no_rows_meet_nothing() -> None:
    assert not overlap(NO_ROWS, WHOLE)
    assert within(NO_ROWS, WHOLE)
