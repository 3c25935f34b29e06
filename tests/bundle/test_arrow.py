"""Frames of Arrow and Polars are answered as the equal frame of pandas is."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbpipe.bundle.rows.learn import describe
from nbpipe.bundle.rows.policy import POLICY, parse_policy
from nbpipe.bundle.rows.schema import Schema
from nbpipe.bundle.rows.validate import check, examine
from nbpipe.errors import MissingExtraError, SchemaError

QUIET = parse_policy(dict.fromkeys(POLICY, "ignore"))
TRAINED = pd.DataFrame(
    {
        "number": [1.5, None],
        "long": pd.array([2**62 + 1, None], dtype="Int64"),
        "whole": np.array([0, 200], dtype="uint8"),
        "flag": [True, False],
        "maybe": pd.array([True, None], dtype="boolean"),
        "word": ["a", None],
        "kind": pd.Categorical(["a", "b "]),
        "level": pd.Categorical([7, 8]),
        "day": pd.to_datetime(["2020-01-01", None]),
        "moment": pd.to_datetime(["2020-01-01", None]).tz_localize("UTC"),
    }
)
SCHEMA = Schema(tuple(describe(TRAINED[name]) for name in TRAINED))

TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - without a zone
WORDS = st.sampled_from(["a", "b ", " A", "9", "2020-01-01", "", "ü"])
COLUMNS = {
    pa.float64(): st.floats(),
    pa.float32(): st.floats(width=32),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.int8(): st.integers(-128, 127),
    pa.bool_(): st.booleans(),
    pa.string(): WORDS,
    pa.large_string(): WORDS,
    pa.dictionary(pa.int8(), pa.string()): WORDS,
    pa.dictionary(pa.int32(), pa.int64()): st.integers(6, 9),
    pa.timestamp("us"): TIMES,
    pa.timestamp("ms"): TIMES.map(lambda each: each.replace(microsecond=0)),
    pa.timestamp("us", "UTC"): TIMES.map(lambda each: each.replace(tzinfo=UTC)),
    pa.date32(): st.dates(date(1700, 1, 1), date(2200, 1, 1)),
    pa.time64("us"): st.times(),
    pa.duration("us"): st.timedeltas(timedelta(-9), timedelta(9)),
    pa.decimal128(9, 2): st.decimals(-99, 99, places=2),
    pa.binary(): st.binary(max_size=2),
    pa.list_(pa.int64()): st.lists(st.integers(0, 9), max_size=2),
    pa.struct([("a", pa.int64())]): st.fixed_dictionaries({"a": st.integers(0, 9)}),
    pa.null(): st.none(),
}


@st.composite
def tables(draw):
    """Draw a table that has each feature, of any type, and perhaps another column."""
    count = draw(st.integers(1, 4))
    names = [*TRAINED, *draw(st.sampled_from([[], ["other"]]))]
    columns = {}
    for name in names:
        kind = draw(st.sampled_from(list(COLUMNS)))
        values = st.lists(COLUMNS[kind] | st.none(), min_size=count, max_size=count)
        columns[name] = pa.array(draw(values), kind)
    table = pa.table(columns)
    return pa.concat_tables([table, table]) if draw(st.booleans()) else table  # in two chunks


def found(rows):
    """Return every problem with its place, and what a plan would read where there is none."""
    checked, findings = examine(rows, SCHEMA)
    told = [
        (f.column, f.kind, f.expected, None if f.rows is None else f.rows.tolist())
        for f in findings
    ]
    wrong = {f.column for f in findings}
    fine = {c.feature.name: plain(c) for c in checked.columns if c.feature.name not in wrong}
    return told, fine


def plain(column):
    return [
        None if gone else str(each)
        for each, gone in zip(column.plain(), column.missing, strict=True)
    ]


@settings(max_examples=200, deadline=None)
@given(tables())
def test_any_table_is_read_as_the_equal_frame_of_pandas(table):
    """Held for Arrow, for its batches, for Polars, and for records, too."""
    told = found(table.to_pandas(types_mapper=pd.ArrowDtype))
    assert found(table) == told
    assert found(table.combine_chunks().to_batches()[0]) == told
    assert found(pl.from_arrow(table)) == told
    assert found(table.to_pylist()) == told


def test_predictions_are_those_of_the_equal_frame(model, flights):
    frame = flights[0].head(300)
    expected = model.predict_proba(frame)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    encoded = table.set_column(
        table.column_names.index("carrier"), "carrier", table["carrier"].dictionary_encode()
    )
    forms = {
        "Arrow": table,
        "dictionary": encoded,
        "in chunks": pa.concat_tables([table.slice(0, 7), table.slice(7)]),
        "batch": table.combine_chunks().to_batches()[0],
        "reader": pa.RecordBatchReader.from_batches(table.schema, table.to_batches(50)),
        "Polars": pl.from_arrow(table),
        "Polars categories": pl.from_arrow(table).with_columns(
            pl.col("carrier").cast(pl.Categorical)
        ),
        "Enum": pl.from_arrow(table).with_columns(
            pl.col("origin").cast(pl.Enum(["LGA", "EWR", "JFK"]))
        ),
    }
    for form, rows in forms.items():
        np.testing.assert_array_equal(model.predict_proba(rows), expected, err_msg=form)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(forms["Polars"].head(1))


def test_whole_numbers_beside_gaps_keep_all_their_digits():
    rows = pl.DataFrame({"long": [2**62 + 1, None]})
    schema = Schema((describe(TRAINED["long"]),))
    assert check(rows, schema, QUIET).frame()["long"].tolist() == [2**62 + 1, pd.NA]


def test_a_full_dictionary_with_gaps_is_decoded():
    words = [f"w{i}" for i in range(127)]
    table = pa.table({"x": pa.array([*words, None]).cast(pa.dictionary(pa.int8(), pa.string()))})
    schema = Schema((describe(pd.Series([*words, None], name="x")),))
    assert check(table, schema, QUIET).frame()["x"].isna().tolist() == [False] * 127 + [True]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (pl.DataFrame({"x": []}), "no rows"),
        (pa.table({"x": pa.array([], pa.dictionary(pa.int8(), pa.string()))}), "no rows"),
        (pl.LazyFrame({"x": [1]}), r"not LazyFrame\. Collect it first"),
        (pl.Series("x", [1]), "The Series cannot be read as a table"),
        (pa.array([1]), "The Int64Array cannot be read as a table"),
        (pa.table([[1], [2]], names=["x", "x"]), "more than one column named 'x'"),
        (pl.DataFrame({"y": [1]}), "missing column 'x'; unexpected column 'y'"),
        (pl.DataFrame({"x": [timedelta(1)]}), "expected a number"),
        (pl.DataFrame({"x": [time(1)]}), "expected a number"),
        (pl.DataFrame({"x": [Decimal("1e30")]}), None),
        (pl.DataFrame({"x": [[1]]}), r"\[1\], expected a number"),
        (pl.DataFrame({"x": ["1"]}), r"'1' \(text\), expected a number"),
    ],
    ids=str,
)
def test_what_is_no_row_is_told(rows, told):
    schema = Schema((describe(pd.Series([1.0], name="x")),))
    if told is None:
        assert check(rows, schema, QUIET).frame()["x"].tolist() == [1e30]
    else:
        with pytest.raises(SchemaError, match=told):
            check(rows, schema, QUIET)


def test_without_pyarrow_its_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"DataFrame of polars .*\[parquet\]"):
        check(pl.DataFrame({"x": [1.0]}), SCHEMA, QUIET)


def test_arrow_predicts_from_a_plan_without_pandas(exported, model, flights, tmp_path):
    rows = flights[0][list(model.schema.names)].head(50)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), tmp_path / "rows.parquet")
    code = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in {"pandas", "sklearn"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking())
import nbpipe, pyarrow.parquet as pq
print(nbpipe.load(sys.argv[1]).predict_proba(pq.read_table(sys.argv[2]))[:, 1].sum())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(exported.path), str(tmp_path / "rows.parquet")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert float(done.stdout) == model.predict_proba(rows)[:, 1].sum()
