"""What a pipeline is given is what it would have been given in training."""

from __future__ import annotations

import dateutil.tz
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

import nbpipe
from nbpipe.bundle.rows.learn import describe
from nbpipe.bundle.rows.policy import POLICY
from nbpipe.bundle.rows.schema import Schema
from nbpipe.bundle.rows.validate import to_frame
from nbpipe.errors import ExportError, SchemaError

QUIET = dict.fromkeys(POLICY, "ignore")


def rebuilt(training, given):
    """Return a column as the pipeline sees it, given rows of plain values."""
    schema = Schema((describe(pd.Series(training, name="x")),))
    return to_frame([{"x": value} for value in given], schema, QUIET)["x"]


@pytest.mark.parametrize(
    "values", [[False, True], [2**53, 2**53 + 1], [0.5, 1.5], ["a", "b"]], ids=repr
)
def test_categories_of_any_kind_are_rebuilt(values):
    training = pd.Categorical(values)
    assert rebuilt(training, values).tolist() == values
    frame = pd.DataFrame({"x": values})
    schema = Schema((describe(pd.Series(training, name="x")),))
    assert to_frame(frame, schema, QUIET)["x"].tolist() == values


def test_categories_of_booleans_predict_as_in_training(tmp_path):
    values = np.array([True, False] * 50)
    X = pd.DataFrame({"a": values}).astype("category")
    fitted = HistGradientBoostingClassifier(categorical_features="from_dtype", max_iter=5)
    with threadpool_limits(1):  # its threads wait long for a busy machine
        loaded = nbpipe.load(nbpipe.export(fitted.fit(X, values), tmp_path / "m", X=X).path)
        assert loaded.predict(pd.DataFrame({"a": [True, False]})).tolist() == [True, False]


@pytest.mark.parametrize("dtype", ["category", object])
def test_the_encoder_itself_meets_an_unseen_category(tmp_path, dtype):
    X = pd.DataFrame({"c": ["a"] * 30 + ["b"] * 15 + ["c"] * 15}).astype(dtype)
    y = np.array([True] * 25 + [False] * 35)
    encode = OneHotEncoder(handle_unknown="ignore")
    pipeline = make_pipeline(SimpleImputer(strategy="most_frequent"), encode, LogisticRegression())
    loaded = nbpipe.load(
        nbpipe.export(pipeline.fit(X, y), tmp_path / "m", X=X).path, policy={"unseen": "ignore"}
    )
    new = pd.DataFrame({"c": ["z", "a"]})
    expected = pipeline.predict_proba(new.astype(dtype))
    np.testing.assert_array_equal(loaded.predict_proba(new), expected)
    assert expected[0, 1] != expected[1, 1]


@pytest.mark.parametrize("nulls", [[None, np.nan], [pd.NA, None], [np.nan, pd.NA]])
def test_nulls_that_no_row_could_tell_apart_are_refused_at_export(nulls):
    column = pd.Series(["x", *nulls, "y"], dtype=object, name="c")
    with pytest.raises(ExportError, match=r"X\['c'\]\.where\(X\['c'\]\.notna\(\), None\)"):
        describe(column)
    mended = column.where(column.notna(), None)
    assert rebuilt(mended, ["x", None]).tolist() == ["x", None]


TIMES = pd.to_datetime(["2020-01-01T00:00", "2020-12-31T23:00"])
NAIVE = [pd.Timestamp("2020-06-01T12:00"), "2020-06-01T12:00", "2020-06-01", "2020-06-01 12:00:00"]
AWARE = [pd.Timestamp("2020-06-01T12:00Z"), "2020-06-01T12:00+02:00", "2020-06-01 12:00Z"]


@pytest.mark.parametrize("zone", [None, "America/New_York", "UTC"])
def test_times_with_a_zone_and_without_are_never_taken_for_each_other(zone):
    schema = Schema((describe(pd.Series(TIMES.tz_localize(zone), name="x")),))
    fit, unfit = (NAIVE, AWARE) if zone is None else (AWARE, NAIVE)
    for value in fit:
        assert to_frame({"x": value}, schema, QUIET)["x"].dtype == TIMES.tz_localize(zone).dtype
    told = "without a time zone" if zone is None else "with a time zone"
    for value in unfit:
        with pytest.raises(SchemaError, match=told):
            to_frame({"x": value}, schema, QUIET)
        with pytest.raises(SchemaError, match=told):
            to_frame(pd.DataFrame({"x": pd.to_datetime([value])}), schema, QUIET)


@pytest.mark.parametrize("word", ["now", "today", "June", ""])
def test_words_are_no_times(word):
    schema = Schema((describe(pd.Series(TIMES, name="x")),))
    with pytest.raises(SchemaError, match="expected a time"):
        to_frame({"x": word}, schema, QUIET)


@pytest.mark.parametrize("feature", [[1.5, 2.5], [1, 2], [True, False], ["a", "b"]], ids=repr)
@pytest.mark.parametrize("kind", ["M8[ns]", "M8[s]", "m8[ns]", "c16"])
def test_a_column_of_another_kind_is_refused_by_its_values(feature, kind):
    schema = Schema((describe(pd.Series(feature, name="x")),))
    given = pd.DataFrame({"x": np.array([1, 2], kind)})
    with pytest.raises(SchemaError, match="expected"):
        to_frame(given, schema, QUIET)
    with pytest.raises(SchemaError, match="expected"):
        to_frame({"x": np.array([1], kind)[0]}, schema, QUIET)


def test_a_column_of_missing_times_passes_where_values_may_be_missing():
    given = pd.DataFrame({"x": pd.to_datetime([None, None])})
    schema = Schema((describe(pd.Series([1.5, np.nan], name="x")),))
    assert to_frame(given, schema, QUIET)["x"].isna().all()


@pytest.mark.parametrize(
    ("dtype", "value", "rebuilt_as"),
    [
        ("Int64", 1.5, "Float64"),
        ("UInt8", 300, "Float64"),
        ("UInt8", -5, "Float64"),
        ("Int64", 7, "Int64"),
        ("UInt8", 7, "UInt8"),
    ],
)
def test_a_number_that_a_whole_column_with_gaps_cannot_hold_makes_it_a_float(
    dtype, value, rebuilt_as
):
    column = rebuilt(pd.array([1, None, 3], dtype=dtype), [value, None])
    assert column.dtype == rebuilt_as
    assert column[0] == value
    assert column.isna().tolist() == [False, True]


@pytest.mark.parametrize("dtype", ["int64", "uint64", "int8"])
def test_the_limits_of_whole_numbers_are_those_of_their_dtype(dtype):
    high = np.iinfo(dtype).max
    high = high if dtype == "int8" else int(np.nextafter(float(high), 0))
    column = np.array([1, high], dtype)
    assert rebuilt(column, [high]).tolist() == [high]
    with pytest.raises(SchemaError, match="expected a whole number"):
        rebuilt(column, [2 * high])
    with pytest.raises(SchemaError, match="expected a whole number"):
        rebuilt(column, [np.iinfo(dtype).min - 1])


@pytest.mark.parametrize(
    ("dtype", "values", "kind"),
    [
        ("string[pyarrow]", ["a", None], "string"),
        ("bool[pyarrow]", [True, None], "boolean"),
        ("int64[pyarrow]", [1, None], "Int64"),
        ("uint8[pyarrow]", [1, 2], "UInt8"),
        ("double[pyarrow]", [1.5, 2.5], "float64"),
    ],
)
def test_columns_of_arrow_come_back_as_pandas_own(dtype, values, kind):
    pa = pytest.importorskip("pyarrow")
    types = {"string": pa.string(), "double": pa.float64(), "bool": pa.bool_()}
    name = dtype.partition("[")[0]
    arrow = pd.ArrowDtype(types[name] if name in types else getattr(pa, name)())
    column = rebuilt(pd.array(values, dtype=arrow), values)
    assert column.dtype == kind
    assert column.isna().tolist() == [value is None for value in values]
    frame = pd.DataFrame({"x": pd.array(values, dtype=arrow)})
    schema = Schema((describe(frame["x"]),))
    pd.testing.assert_series_equal(to_frame(frame, schema, QUIET)["x"], column)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ([1.0, np.inf], "holds infinity"),
        (pd.to_datetime(["2020-01-01"]).tz_localize(dateutil.tz.gettz("Europe/Berlin")), "dtype"),
    ],
    ids=["infinity", "zone"],
)
def test_what_no_row_could_give_again_is_refused_at_export(column, told):
    with pytest.raises(ExportError, match=told):
        describe(pd.Series(column, name="x"))
