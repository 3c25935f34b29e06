"""Which columns a pipeline reads, which it drops, and which it encodes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)

import nbpipe
from nbpipe.bundle.rows.inputs import columns_read, encoded_columns, feature_names
from nbpipe.bundle.rows.learn import learn
from nbpipe.errors import SchemaError

X = pd.DataFrame(
    {
        "a": [1.5, 2.5, 3.0, 5.0],
        "b": [4.0, 3, 1, 2],
        "c": ["x", "y", "y", "x"],
        "d": ["u", "v", "u", "v"],
    }
)
NAMES = tuple(X)


def pipeline_of(columns):
    return make_pipeline(columns, LinearRegression()).fit(X, X["a"])


@pytest.mark.parametrize(
    ("columns", "remainder", "read"),
    [
        (["a"], "drop", "a"),
        ([1], "drop", "b"),
        (slice("a", "b"), "drop", "ab"),
        (slice(0, 1), "drop", "a"),
        ([True, False, False, False], "drop", "a"),
        (np.array([False, True, False, False]), "drop", "b"),
        (make_column_selector(dtype_include="number"), "drop", "ab"),
        (lambda frame: [name for name in frame if name == "b"], "drop", "b"),
    ],
    ids=["names", "index", "names slice", "slice", "mask", "array", "selector", "function"],
)
def test_a_column_transformers_columns_are_read_however_they_are_given(columns, remainder, read):
    fitted = pipeline_of(ColumnTransformer([("n", StandardScaler(), columns)], remainder=remainder))
    names = feature_names(fitted)
    assert names == NAMES
    assert "".join(columns_read(fitted, names)) == read


def test_dropped_columns_are_not_required_and_remaining_ones_are():
    numbers = X[["a", "b"]]
    for remainder, read in (("drop", "a"), ("passthrough", "ab"), (SimpleImputer(), "ab")):
        columns = ColumnTransformer([("n", StandardScaler(), ["a"])], remainder=remainder)
        fitted = make_pipeline(columns, LinearRegression()).fit(numbers, X["a"])
        assert "".join(columns_read(fitted, ("a", "b"))) == read
    columns = ColumnTransformer([("x", "drop", ["a"])], remainder="passthrough")
    fitted = make_pipeline(columns, LinearRegression()).fit(numbers, X["a"])
    assert columns_read(fitted, ("a", "b")) == ("b",)


def test_without_a_leading_column_transformer_all_columns_are_read():
    fitted = make_pipeline("passthrough", StandardScaler(), LinearRegression())
    fitted.fit(X[["b", "a"]], X["a"])
    assert columns_read(fitted, feature_names(fitted)) == ("b", "a")


def test_what_an_imputer_takes_for_missing_is_known():
    """Also where no row of training had it."""
    imputer = SimpleImputer(missing_values="?", strategy="most_frequent")
    assert encoded(imputer, OneHotEncoder()) == (("x", "y", "?"), "error")


def test_encoders_tell_what_an_unseen_category_does():
    columns = make_column_transformer(
        (StandardScaler(), ["a"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["c"]),
        (OneHotEncoder(handle_unknown="ignore"), ["d"]),
    )
    found = encoded_columns(pipeline_of(columns), NAMES)
    assert found == {"c": (("x", "y"), "error"), "d": (("u", "v"), "warn")}
    columns = make_column_transformer((OrdinalEncoder(), ["c"]), (TargetEncoder(cv=2), ["d"]))
    found = encoded_columns(pipeline_of(columns), NAMES)
    assert found == {"c": (("x", "y"), "error"), "d": (("u", "v"), "warn")}


def test_encoders_are_found_at_any_depth():
    inner = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), [0]),
        (OrdinalEncoder(), ["d"]),
    )
    both = make_union(
        OneHotEncoder(handle_unknown="ignore"), make_pipeline(make_pipeline("passthrough"), inner)
    )
    columns = make_column_transformer(("drop", ["b"]), (both, ["c", "d"]), ("passthrough", ["a"]))
    known = {"c": (("x", "y"), "error"), "d": (("u", "v"), "error")}
    assert encoded_columns(pipeline_of(make_pipeline(columns)), NAMES) == known


def test_of_two_encoders_of_a_column_what_both_know_is_known():
    few = OneHotEncoder(categories=[["x"]], handle_unknown="ignore")
    every = OneHotEncoder(categories=[["y", "x"]], handle_unknown="ignore")
    columns = make_column_transformer((make_union(few, every), ["c"]), (few, ["c"]))
    assert encoded_columns(pipeline_of(columns), NAMES) == {"c": (("x",), "warn")}
    columns = make_column_transformer((make_union(few, OneHotEncoder()), ["c"]))
    assert encoded_columns(pipeline_of(columns), NAMES) == {"c": (("x", "y"), "error")}


def test_behind_a_step_that_changes_columns_nothing_is_known():
    added = SimpleImputer(strategy="most_frequent", add_indicator=True)
    gaps = X[["c"]].where(X[["c"]] == "x")
    fitted = make_pipeline(added, OneHotEncoder(), LinearRegression()).fit(gaps, X["a"])
    assert encoded_columns(fitted, ("c",)) == {}
    scaled = make_pipeline(StandardScaler(), OneHotEncoder(), LinearRegression())
    assert encoded_columns(scaled.fit(X[["a"]], X["a"]), ("a",)) == {}


def test_only_what_is_read_is_required_at_prediction(tmp_path):
    columns = make_column_transformer((StandardScaler(), ["b"]), (OneHotEncoder(), ["d"]))
    fitted = pipeline_of(columns)
    model = nbpipe.load(nbpipe.export(fitted, tmp_path / "m", X=X, y=X["a"]).path)
    assert model.schema.names == ("b", "d")
    assert model.schema.ignored == ("a", "c")
    expected = fitted.predict(X)
    np.testing.assert_allclose(model.predict(X[["d", "b"]]), expected)
    np.testing.assert_allclose(model.predict(X), expected)
    np.testing.assert_allclose(model.predict(X.assign(a="anything")), expected)
    with pytest.raises(ValueError, match="unexpected column 'new'"):
        model.predict(X.assign(new=1))


def test_the_schema_reads_as_a_table(model):
    text, html = repr(model.schema), model.schema._repr_html_()
    assert "distance   integer   no" in text
    assert "wind_gust  number    yes" in text
    assert "EWR, JFK, LGA" in html
    assert "ignored: sched_dep" in text


def encoded(*steps, values=("x", "y", "y", "x")):
    """Return what is learned of one column of a pipeline of these steps."""
    frame = pd.DataFrame({"c": values})
    fitted = make_pipeline(*steps, LinearRegression()).fit(frame, X["a"])
    (feature,) = learn(fitted, frame).features
    return feature.categories, feature.unseen


def lower(frame):
    return frame.apply(lambda column: column.str.lower())


def test_an_encoders_categories_are_its_own_and_only_where_it_reads_the_column_itself():
    every = OneHotEncoder(categories=[["x", "y", "z"]])
    assert encoded(every) == (("x", "y", "z"), "error")
    filled = SimpleImputer(strategy="constant", fill_value="none", missing_values=None)
    none = ("x", None, "y", "x")
    assert encoded(filled, OneHotEncoder(), values=pd.Series(none, dtype=object)) == (
        ("none", "x", "y"),
        "error",
    )
    bins = KBinsDiscretizer(2, encode="ordinal", strategy="uniform")
    assert encoded(bins, OneHotEncoder(), values=(1.5, 2, 7, 9)) == (None, None)
    assert encoded(FunctionTransformer(lower), OneHotEncoder()) == (None, None)
    times = pd.to_datetime(["2020-01-01", "2020-01-02"] * 2)
    assert encoded(OneHotEncoder(), values=times) == (None, None)


def test_a_declared_category_that_the_encoder_never_saw_is_refused_by_name(tmp_path):
    frame = pd.DataFrame({"c": pd.Categorical(["x", "y", "y", "x"], categories=["z", "y", "x"])})
    fitted = make_pipeline(OneHotEncoder(), LinearRegression()).fit(frame, X["a"])
    model = nbpipe.load(nbpipe.export(fitted, tmp_path / "m", X=frame).path)
    assert model.schema.features[0].categories == ("y", "x")
    with pytest.raises(SchemaError, match=r"'z' \(text\), expected one of y, x"):
        model.predict({"c": "z"})
