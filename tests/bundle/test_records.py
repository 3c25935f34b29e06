"""Reading clean rows without pandas has no opinion of its own: `validate` would say the same."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbpipe.bundle.rows.clean import Row
from nbpipe.bundle.rows.learn import learn
from nbpipe.bundle.rows.policy import POLICY
from nbpipe.bundle.rows.records import Records
from nbpipe.bundle.rows.schema import Feature, Schema
from nbpipe.bundle.rows.validate import check
from nbpipe.errors import SchemaError

SCHEMA = Schema(
    (
        Feature("number", "number", "float64", nullable=True, minimum=-1.5, maximum=40),
        Feature("whole", "integer", "int8", nullable=False, minimum=0, maximum=9),
        Feature("hour", "integer", "int64", nullable=False, categories=(6, 7), unseen="error"),
        Feature("flag", "boolean", "bool", nullable=False),
        Feature("word", "text", "str", nullable=True),
        Feature("kind", "category", "str", nullable=True, categories=("a", "b "), unseen="warn"),
        Feature("level", "category", "category", nullable=False, categories=(1.5, 2)),
        Feature("empty", "number", "float64", nullable=True),
    ),
    ignored=("id",),
)
CLEAN = {
    "number": 3.5,
    "whole": 3,
    "hour": 7,
    "flag": True,
    "word": "x",
    "kind": "a",
    "level": 2,
    "empty": None,
}
ODD = [
    *(None, float("nan"), float("inf"), -0.0, 0, 1, 1.0, 1.5, 2, 6, 6.0, 9, 10, 300, 10**400, 40.0),
    *(True, False, "", "a", "b", "b ", "6", "\ud800", b"a", [], {}, (1,), object(), 1j),
    *(np.float64(3), np.float64("nan"), np.float32(2), np.int64(7), np.int8(7), np.bool_(1)),
    *(np.str_("a"), pd.NA, pd.NaT, pd.Timestamp("2020"), np.datetime64("NaT"), np.float64("inf")),
]
VALUES = st.sampled_from(ODD) | st.floats() | st.integers() | st.text(max_size=3)


def said(rows, schema, policy):
    """Return what `validate` makes of rows: plain columns, or None if it has anything to say."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return check(rows, schema, policy).table()
        except (SchemaError, UserWarning):
            return None


def plain(values):
    return [None if pd.isna(value) else value for value in values]


def table(rows):
    return rows.table() if isinstance(rows, Row) else rows


def agree(rows, policy):
    """Hold that what is read is what `validate` has nothing to say about."""
    found = Records(SCHEMA).read(rows)
    if found is None:
        return
    expected = said(rows, SCHEMA, policy)
    assert expected is not None
    assert list(map(plain, table(found).columns)) == list(map(plain, expected.columns))


@settings(max_examples=600, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from([*CLEAN, "id", "other", 1]), VALUES, max_size=2),
    dropped=st.sets(st.sampled_from(list(CLEAN)), max_size=1),
    policy=st.fixed_dictionaries(
        dict.fromkeys(POLICY, st.sampled_from(["error", "warn", "ignore"]))
    ),
)
def test_what_is_read_is_what_would_pass(changes, dropped, policy):
    record = {name: value for name, value in (CLEAN | changes).items() if name not in dropped}
    agree(record, policy)
    agree([CLEAN, record], policy)


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(list(CLEAN)), VALUES, max_size=2))
def test_a_frame_or_a_series_of_one_row_is_read_as_it_would_pass(changes):
    record = CLEAN | changes
    try:
        frame = pd.DataFrame([record])
    except (ValueError, TypeError, OverflowError):
        return
    agree(frame, POLICY)
    agree(pd.Series(record, dtype=object), POLICY)


@pytest.mark.parametrize("rows", [CLEAN, [CLEAN], pd.DataFrame([CLEAN]), CLEAN | {"id": 3}])
def test_clean_rows_are_read(rows):
    found = Records(SCHEMA).read(rows)
    assert isinstance(found, Row)
    assert plain(found.values) == list(CLEAN.values())


def test_many_clean_rows_are_read(flights):
    class Fitted:
        feature_names_in_ = tuple(flights[0])

    schema = learn(Fitted(), flights[0])
    rows = json.loads(flights[0].to_json(orient="records"))
    found = Records(schema).read(rows)
    assert len(found) == len(rows)
    expected = check(flights[0], schema, POLICY).table()
    assert list(map(plain, table(found).columns)) == list(map(plain, expected.columns))


@pytest.mark.parametrize(
    "rows",
    [
        {},
        [],
        [1],
        [CLEAN, None],
        [CLEAN, CLEAN | {"id": 1}],
        None,
        "text",
        pd.DataFrame([CLEAN, CLEAN]),
        pd.DataFrame([[1, 2]], columns=["number", "number"]),
        np.zeros((1, 8)),
    ],
)
def test_anything_else_is_left_to_validation(rows):
    assert Records(SCHEMA).read(rows) is None
