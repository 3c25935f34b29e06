"""Rows of any kind become the training frame, or one error lists all that is wrong."""

from __future__ import annotations

import json
import math
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from threadpoolctl import threadpool_limits

import nbpipe
from nbpipe.bundle.rows.inputs import Encoded
from nbpipe.bundle.rows.learn import describe
from nbpipe.bundle.rows.policy import POLICY, parse_policy
from nbpipe.bundle.rows.problems import InputWarning
from nbpipe.bundle.rows.schema import Schema
from nbpipe.bundle.rows.validate import to_frame
from nbpipe.errors import DataError, SchemaError, UsageError

STRICT = parse_policy({"missing": "error", "unseen": "error", "range": "error"})


def described(column, unseen):
    """Describe a column; with `unseen`, as read by an encoder that learned its values."""
    known = Encoded(tuple(sorted(column.dropna().unique())), unseen) if unseen else None
    return describe(column, known)


def schema_of(frame, **unseen):
    return Schema(tuple(described(frame[name], unseen.get(name)) for name in frame))


def problems(rows, schema, policy=STRICT, **options):
    with pytest.raises(SchemaError) as caught:
        to_frame(rows, schema, policy, **options)
    return [(p.row, p.column, p.kind) for p in caught.value.problems]


def problem(value, column, unseen=None):
    """Return the kind of the only problem of a value in a column, or None."""
    name = "x"
    schema = Schema((described(pd.Series(column, name=name), unseen),))
    try:
        to_frame({name: value}, schema, STRICT)
    except SchemaError as error:
        (only,) = error.problems
        return only.kind
    return None


def test_the_tutorials_verification_works_as_written(tmp_path):
    rng = np.random.default_rng(0)
    names = ["feature_1", "feature_2", "feature_3"]
    X = pd.DataFrame(rng.normal(size=(50, 3)), columns=names)
    y = X.sum(axis=1) > 0
    model = nbpipe.load(
        nbpipe.export(LogisticRegression().fit(X, y), tmp_path / "m", X=X, y=y).path,
        policy={"range": "ignore"},
    )
    prediction = model.predict_proba({"feature_1": 5.2, "feature_2": 3.1, "feature_3": 1.4})[0, 1]
    assert f"{prediction:.3f}" == "1.000"
    caught = None
    try:
        model.predict({"wrong_feature": 1.0})
    except ValueError as error:
        caught = str(error)
    assert caught == (
        "The input does not fit the model: missing columns 'feature_1', 'feature_2', 'feature_3'; "
        "unexpected column 'wrong_feature' (did you mean 'feature_3'?)."
    )


def test_every_form_of_the_same_rows_gives_the_same_predictions(model, flights):
    names = list(model.schema.names)
    rows = flights[0][names].head(20)
    expected = model.predict_proba(rows)
    records = json.loads(rows.to_json(orient="records"))  # null where a value is missing
    forms = {
        "list of dicts": records,
        "tuple of dicts": tuple(records),
        "reordered": rows[names[::-1]],
        "another index": rows.set_index(pd.Index(range(40, 20, -1))),
        "with the columns that are dropped": flights[0].head(20),
        "array of objects": rows.to_numpy(object),
        "records": rows.to_records(index=False),
        "objects": rows.astype(object),
    }
    for form, given_rows in forms.items():
        columns = names if form == "array of objects" else None
        found = model.predict_proba(given_rows, columns=columns)
        np.testing.assert_array_equal(found, expected, err_msg=form)
    for i, one in enumerate(records):
        np.testing.assert_array_equal(model.predict_proba(one), expected[i : i + 1])
    np.testing.assert_array_equal(model.predict_proba(rows.iloc[3]), expected[3:4])


def test_numbers_of_any_kind_are_numbers():
    for value in (1, 1.5, np.float32(1.5), np.int8(1), 3, 2.0):
        assert problem(value, [0.5, 4.0]) is None
    for value in ("9", True, np.True_, [1.0], {"a": 1}, 1j, b"1"):
        assert problem(value, [0.5, 4.0]) == "type", value


def test_whole_numbers_stay_whole():
    assert problem(3.0, [1, 4]) is None
    assert problem(np.uint8(3), [1, 4]) is None
    assert problem(3.5, [1, 4]) == "type"
    assert problem("3", [1, 4]) == "type"
    assert problem(300, np.array([1, 4], dtype="int8")) == "type"
    assert problem(2**63, [1, 4]) == "type"


@pytest.mark.parametrize("value", [math.inf, -math.inf, np.float32("inf"), 10**400])
@pytest.mark.parametrize("column", [[0.5, 4.0], [0.5, None], [1, 4]])
def test_infinity_and_numbers_beyond_floats_are_refused(value, column):
    assert problem(value, column) == "infinity"


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, float("nan")])
@pytest.mark.parametrize(
    "column",
    [
        [1, None],
        [1.5, None],
        ["a", None],
        pd.array([1, None], dtype="Int64"),
        pd.array([True, None], dtype="boolean"),
        pd.Categorical(["a", None]),
        pd.to_datetime(["2020-01-01", None]),
    ],
    ids=["whole", "number", "text", "Int64", "boolean", "category", "time"],
)
def test_missing_values_are_alike_and_an_error_only_where_training_had_none(column, missing):
    assert problem(missing, column) is None
    assert problem(missing, column[:1]) == "missing"


def test_a_whole_column_with_gaps_is_a_number():
    feature = describe(pd.Series([1, 2, None], name="x"))
    assert feature.type == "number"
    assert describe(pd.Series(pd.array([1, None], dtype="Int64"), name="x")).type == "number"
    assert describe(pd.Series([1, 2], name="x")).type == "integer"


def test_a_gap_in_a_whole_column_becomes_a_float_when_the_policy_allows_it():
    schema = schema_of(pd.DataFrame({"x": [1, 2]}))
    frame = to_frame([{"x": 1}, {"x": None}], schema, parse_policy({"missing": "ignore"}))
    assert frame["x"].dtype == "float64"
    assert to_frame([{"x": 1}], schema, POLICY)["x"].dtype == "int64"


def test_text_is_text():
    assert problem("b", ["a", "b"]) is None
    assert problem(3, ["a", "b"]) == "type"
    assert problem("c", ["a", "b"], unseen="warn") == "unseen"
    assert problem("a ", ["a", "b"], unseen="warn") == "unseen"
    assert problem("9", pd.Categorical([8, 9])) == "type"
    assert problem(7, pd.Categorical([8, 9])) == "unseen"
    assert problem("1011", pd.Categorical([1011, 1012])) == "type"


def test_times_are_iso_text_or_datetimes():
    column = pd.to_datetime(["2020-01-01", "2020-12-31"])
    for value in ("2020-06-01", "2020-06-01T12:00:00", pd.Timestamp("2020-06-01"), column[0]):
        assert problem(value, column) is None
    assert problem(pd.Timestamp("2020-06-01").to_pydatetime().date(), column) is None
    assert problem("2021-06-01", column) == "range"
    for value in ("June", 20200601, 3.5, True):
        assert problem(value, column) == "type", value
    zoned = column.tz_localize("America/New_York")
    schema = schema_of(pd.DataFrame({"x": zoned}))
    frame = to_frame({"x": "2020-06-01T12:00:00Z"}, schema, STRICT)
    assert frame["x"].dtype == zoned.dtype
    assert frame["x"][0] == pd.Timestamp("2020-06-01T08:00:00", tz="America/New_York")


def test_booleans_are_not_numbers_and_the_reverse():
    assert problem(np.True_, [True, False]) is None
    assert problem(np.False_, [True, False]) is None
    assert problem(1, [True, False]) == "type"
    assert problem("true", [True, False]) == "type"


def test_out_of_range_is_told_with_the_range():
    schema = schema_of(pd.DataFrame({"x": [1.5, 2.5]}))
    with pytest.warns(InputWarning, match=r"'x': 9\.0, expected 1\.5 to 2\.5, as in training"):
        to_frame({"x": 9.0}, schema, POLICY)


def test_all_problems_of_all_rows_come_in_one_error():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"], "c": [1, 2]})
    rows = [
        {"a": 1.5, "b": "x", "c": 1},
        {"a": "1.5", "b": 3, "c": 1},
        {"a": None, "b": "z", "d": 1},
        {"a": math.inf, "b": "y", "c": 1.5},
    ]
    assert sorted(problems(rows, schema_of(frame, b="warn"))) == [
        (1, "a", "type"),
        (1, "b", "type"),
        (2, "a", "missing"),
        (2, "b", "unseen"),
        (2, "c", "missing column"),
        (2, "d", "unexpected column"),
        (3, "a", "infinity"),
        (3, "c", "type"),
    ]


def test_the_message_is_bounded_and_still_names_both_kinds_of_columns():
    schema = schema_of(pd.DataFrame({f"column_{i}": [1.0, 2.0] for i in range(500)}))
    with pytest.raises(SchemaError) as caught:
        to_frame([{"wrong": "x" * 10_000}] * 2, schema, STRICT)
    assert len(str(caught.value)) < 1000
    assert "unexpected column 'wrong'" in str(caught.value)
    assert len(caught.value.problems) == 501
    with pytest.raises(SchemaError, match=r"'x': 2,000 of 2,000 values, such as 'y' \(text\)"):
        to_frame(pd.DataFrame({"x": ["y"] * 2000}), schema_of(pd.DataFrame({"x": [1.0]})), STRICT)
    with pytest.raises(SchemaError) as caught:
        to_frame({"k" * 100_000: 1.0}, schema, STRICT)
    assert len(str(caught.value)) < 1000


def test_a_misspelt_column_is_matched_with_the_missing_one():
    schema = schema_of(pd.DataFrame({"distance": [1.0]}))
    with pytest.raises(
        SchemaError, match=r"unexpected column 'Distance' \(did you mean 'distance'\?\)"
    ):
        to_frame({"Distance": 1.0}, schema, STRICT)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "no rows"),
        (pd.DataFrame({"x": []}), "no rows"),
        (np.zeros((2, 1)), "no column names"),
        ([[1.0]], "a dict, a list of dicts.* not list of list"),
        ([pd.Series({"x": 1.0})], "not list of Series"),
        ((), "no rows"),
        (None, "not NoneType"),
        ("x", "not str"),
        (3, "not int"),
        (pd.DataFrame([[1.0, 2.0]], columns=["x", "x"]), "more than one column named 'x'"),
        (pd.DataFrame([[1.0, 2.0]], columns=[1, "1"]), "more than one column named '1'"),
        (pd.Series([1.0, 2.0], index=["x", "x"]), "more than one column named 'x'"),
        ({"x": 1.0, 1: 2.0, "1": 3.0}, "more than one column named '1'"),
        ({}, "missing column 'x'"),
        ({1: 2.0}, "unexpected column '1'"),
    ],
    ids=repr,
)
def test_what_is_no_row_is_told(rows, told):
    with pytest.raises(SchemaError, match=told):
        to_frame(rows, schema_of(pd.DataFrame({"x": [1.0]})), STRICT)


def test_an_array_takes_names_beside_it_and_they_must_fit():
    schema = schema_of(pd.DataFrame({"a": [0.0, 9.0], "b": [0.0, 9.0]}))
    frame = to_frame(np.array([[1.0, 2.0]]), schema, STRICT, ["b", "a"])
    assert frame.to_dict("list") == {"a": [2.0], "b": [1.0]}
    with pytest.raises(SchemaError, match="does not fit its 1 columns"):
        to_frame(np.array([[1.0, 2.0]]), schema, STRICT, ["b"])
    text = np.array([["9", "2"]])
    assert problems(text, schema, columns=["a", "b"]) == [(0, "a", "type"), (0, "b", "type")]


@pytest.mark.parametrize("columns", [{"a", "b"}, "ab", 5, {"a": 0, "b": 1}], ids=repr)
def test_names_of_an_array_need_an_order(columns):
    schema = schema_of(pd.DataFrame({"a": [0.0, 9.0], "b": [0.0, 9.0]}))
    with pytest.raises(UsageError, match="pass a list of names"):
        to_frame(np.array([[1.0, 2.0]]), schema, STRICT, columns)


@pytest.mark.parametrize("handle", ["ignore", "infrequent_if_exist", "error"])
def test_an_unseen_category_is_an_error_only_where_the_encoder_would_raise(tmp_path, handle):
    X = pd.DataFrame({"c": ["a", "b"] * 10, "n": range(20)})
    encoder = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    encoder[1].set_params(handle_unknown=handle)
    columns = make_column_transformer((encoder, ["c"]), ("passthrough", ["n"]))
    pipeline = make_pipeline(columns, LogisticRegression()).fit(X, X["c"])
    path = nbpipe.export(pipeline, tmp_path / "m", X=X, y=X["c"]).path
    new = {"c": "z", "n": 3}
    if handle == "error":
        with pytest.raises(SchemaError, match=r"'z' \(text\), expected one of a, b"):
            nbpipe.load(path, policy={"unseen": "ignore"}).predict(new)
        return
    with pytest.warns(InputWarning, match="'z'"):
        nbpipe.load(path).predict(new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbpipe.load(path, policy={"unseen": "ignore"}).predict(new)
    with pytest.raises(SchemaError, match="'z'"):
        nbpipe.load(path, policy={"unseen": "error"}).predict(new)


def test_a_number_that_is_encoded_has_categories_too(tmp_path):
    X = pd.DataFrame({"hour": [6, 7, 8, 9] * 5})
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    pipeline = make_pipeline(encoder, LogisticRegression()).fit(X, X["hour"] > 7)
    loaded = nbpipe.load(nbpipe.export(pipeline, tmp_path / "m", X=X).path)
    assert loaded.schema.features[0].categories == (6, 7, 8, 9)
    with pytest.warns(InputWarning, match="expected one of 6, 7, 8, 9"):
        loaded.predict({"hour": 5})


def test_one_row_with_all_text_missing_predicts(tmp_path):
    X = pd.DataFrame({"a": ["x", None, "y", "x"] * 5, "b": [None, "u", "v", "u"] * 5})
    encode = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    pipeline = make_pipeline(encode, LogisticRegression()).fit(X, X["a"] == "x")
    loaded = nbpipe.load(nbpipe.export(pipeline, tmp_path / "m", X=X).path)
    assert loaded.predict({"a": None, "b": None}).shape == (1,)


@pytest.mark.parametrize("null", [None, np.nan])
def test_an_encoder_that_learned_a_missing_value_meets_the_same_one(tmp_path, null):
    X = pd.DataFrame({"a": pd.Series(["x", null, "y", "x"] * 5, dtype=object)})
    pipeline = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    pipeline.fit(X, X["a"].isna())
    loaded = nbpipe.load(nbpipe.export(pipeline, tmp_path / "m", X=X).path)
    assert loaded.predict([{"a": None}, {"a": "x"}]).tolist() == [True, False]


def test_categorical_columns_keep_their_order_of_categories(tmp_path):
    X = pd.DataFrame({"c": pd.Categorical(["b", "a", "c"] * 20, categories=["c", "b", "a"])})
    y = X["c"].astype(str)
    fitted = HistGradientBoostingClassifier(max_iter=9, min_samples_leaf=5, learning_rate=0.5)
    with threadpool_limits(1):  # its threads wait long for a busy machine
        loaded = nbpipe.load(nbpipe.export(fitted.fit(X, y), tmp_path / "m", X=X, y=y).path)
    assert loaded.predict([{"c": "a"}, {"c": "c"}, {"c": "b"}]).tolist() == ["a", "c", "b"]
    with pytest.warns(InputWarning, match="expected one of c, b, a"):
        loaded.predict({"c": "z"})


def test_what_the_pipeline_itself_refuses_is_one_clear_error(tmp_path):
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    path = nbpipe.export(LogisticRegression().fit(X, X["x"] > 1), tmp_path / "m", X=X).path
    with pytest.raises(
        DataError, match=r"could not use the rows \(ValueError\): Input X contains NaN"
    ):
        nbpipe.load(path, policy={"missing": "ignore"}).predict({"x": None})


DTYPES = {
    "float64": st.floats(allow_nan=True, allow_infinity=False),
    "float32": st.floats(width=32, allow_infinity=False),
    "int64": st.integers(-(2**63) + 1, 2**63 - 1024),
    "uint8": st.integers(0, 255),
    "bool": st.booleans(),
    "object": st.text() | st.none(),
    "Int64": st.integers(-(2**53), 2**53) | st.none(),
    "boolean": st.booleans() | st.none(),
    "string": st.text() | st.none(),
    "category": st.sampled_from(["a", "b", "ü"]) | st.none(),
    "datetime64[ns]": st.datetimes(
        min_value=pd.Timestamp("1700-01-01").to_pydatetime(),
        max_value=pd.Timestamp("2200-01-01").to_pydatetime(),
    ),
}


@given(st.data())
def test_any_training_frame_fits_its_own_schema_unchanged(data):
    """What was learned from a frame accepts the frame, as a frame and as dicts, with its dtypes."""
    dtype = data.draw(st.sampled_from(sorted(DTYPES)))
    values = data.draw(st.lists(DTYPES[dtype], min_size=1, max_size=8))
    assume(dtype != "category" or any(values))  # without any category it has no kind
    frame = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    schema = schema_of(frame)
    pd.testing.assert_frame_equal(to_frame(frame, schema, STRICT), frame)
    records = [{"x": value} for value in frame["x"].tolist()]
    pd.testing.assert_frame_equal(to_frame(records, schema, STRICT), frame)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MIXED = pd.DataFrame(
    {
        "number": [1.0, None],
        "integer": [1, 2],
        "boolean": [True, False],
        "text": ["a", "b"],
        "category": pd.Categorical(["a", "b"]),
        "datetime": pd.to_datetime(["2020-01-01", None]),
    }
)


@given(
    st.lists(st.dictionaries(st.sampled_from([*MIXED, "other"]), ANYTHING), max_size=4) | ANYTHING
)
def test_any_input_gives_a_frame_or_a_schema_error_and_nothing_else(rows):
    try:
        frame = to_frame(rows, schema_of(MIXED), STRICT)
    except SchemaError:
        return
    assert list(frame) == list(MIXED)


@pytest.mark.parametrize("value", [1e39, -1e39])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_the_trees_of_a_forest_cannot_hold_is_refused_by_plan_and_pipeline(
    tmp_path, value, dtype
):
    X = pd.DataFrame({"x": np.array([1, 2, 3, 4], dtype)})
    forest = RandomForestRegressor(2, random_state=0).fit(X, X["x"])
    loaded = nbpipe.load(nbpipe.export(forest, tmp_path / "m", X=X).path, policy="range=ignore")
    told = "'x': .*, expected a finite number" if dtype == "float32" else "too large for"
    with pytest.raises((DataError, SchemaError), match=told):
        loaded.predict({"x": value})
    with pytest.raises(ValueError, match=told):
        loaded.pipeline.predict(to_frame({"x": value}, loaded.schema, loaded.policy))
    assert loaded.predict({"x": 1e38}).shape == (1,)


@pytest.mark.parametrize("kind", [Decimal, Fraction])
def test_exact_numbers_are_numbers(kind):
    assert problem(kind(3), [1, 4]) is None
    assert problem(kind("3.5"), [1, 4]) == "type"
    assert problem(kind("3.5"), [1.5, 4]) is None
    assert problem(kind(9), pd.Categorical([8, 9])) is None
    assert problem(kind(3), pd.array([1, 4, None], dtype="Int64")) is None
    schema = schema_of(pd.DataFrame({"x": pd.Categorical([8, 9])}))
    assert to_frame({"x": kind(9)}, schema, STRICT)["x"].tolist() == [9]


@pytest.mark.parametrize("text", ["NaN", "sNaN"])
def test_a_decimal_may_be_missing(text):
    assert problem(Decimal(text), [1.5, None]) is None
    assert problem(Decimal(text), [1.5]) == "missing"
    assert problem(Decimal("Infinity"), [1.5]) == "infinity"
    assert problem(Decimal("1e999999999"), [1.5]) == "infinity"


def test_text_that_differs_in_case_or_white_space_is_matched_with_its_category():
    schema = schema_of(pd.DataFrame({"x": ["AMS", "JFK"]}), x="warn")
    for near in ("AMS ", "ams", "\tAms\u00a0"):
        with pytest.raises(SchemaError, match=r"expected one of AMS, JFK \(did you mean 'AMS'\?\)"):
            to_frame({"x": near}, schema, STRICT)
    with pytest.raises(SchemaError) as caught:
        to_frame(pd.DataFrame({"x": ["jfk", "AMS", "LGA"] * 100}), schema, STRICT)
    assert "200 of 300 values, such as 'jfk' (text) (row 0)" in str(caught.value)
    assert [p.expected.endswith("'JFK'?)") for p in caught.value.problems[:2]] == [True, False]


def test_masked_values_of_an_array_are_missing():
    schema = schema_of(pd.DataFrame({"x": [1.5, None]}))
    masked = np.ma.array([[1.5], [9.0]], mask=[[False], [True]])
    assert to_frame(masked, schema, STRICT, ["x"])["x"].isna().tolist() == [False, True]
