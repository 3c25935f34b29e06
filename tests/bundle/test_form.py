"""A form for one row: its texts stand for values, and the model's validation speaks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

import nbpipe
from nbpipe.bundle.form import attempt, fields
from nbpipe.bundle.opening import content
from nbpipe.bundle.trust import probe


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """Return a model that reads a column of each type."""
    n = 60
    X = pd.DataFrame(
        {
            "whole": np.arange(n),
            "number": np.linspace(0.1, 1e-7, n),
            "gaps": [None, 2.5, *range(n - 2)],
            "flag": np.arange(n) % 2 == 0,
            "text": ["a", "b", "", " c "] * (n // 4),
            "strict": ["x", "y", "z"] * (n // 3),
            "codes": pd.Categorical([3, 1, 2] * (n // 3)),
            "day": pd.date_range("2013-01-01 08:30", periods=n),
        }
    )
    numbers = ["whole", "number", "gaps", "flag"]
    columns = make_column_transformer(
        ("passthrough", numbers),
        (OneHotEncoder(handle_unknown="ignore"), ["text"]),
        (OrdinalEncoder(), ["strict", "codes"]),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["day"]),
        sparse_threshold=0,
    )
    y = np.arange(n) ** 1.5
    pipeline = make_pipeline(columns, HistGradientBoostingRegressor(min_samples_leaf=2))
    return nbpipe.load(
        nbpipe.export(pipeline.fit(X, y), tmp_path_factory.mktemp("m"), X=X, y=y).path
    )


def texts(form, **other):
    return {each.name: each.text for each in form} | other


@pytest.mark.parametrize("which", ["model", "every"])
def test_every_row_of_the_probe_survives_the_way_through_its_texts(which, request):
    model = request.getfixturevalue(which)
    form = fields(model)
    rows = probe.parse(content(model.bundle, probe.FILE))
    for row, expected in zip(rows.rows, rows.predict, strict=True):
        shown = {each.name: "" if row[each.name] is None else str(row[each.name]) for each in form}
        read = {each.name: each.value(shown[each.name]) for each in form}
        told = {name: value for name, value in row.items() if value != ""}  # empty is missing
        assert {name: read[name] for name in told} == told
        if len(told) == len(row):
            assert float(attempt(model, form, shown).prediction) == pytest.approx(expected)


def test_a_form_starts_with_a_row_that_predicts(model):
    form = fields(model)
    tried = attempt(model, form, texts(form))
    rows = probe.parse(content(model.bundle, probe.FILE))
    assert tried.prediction == str(rows.predict[0])
    assert dict(tried.probabilities)["0"] == pytest.approx(rows.predict_proba[0][0])
    assert [p for _, p in tried.probabilities] == sorted(
        (p for _, p in tried.probabilities), reverse=True
    )
    assert not tried.errors


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("temp", "warm", "expected a number"),
        ("distance", "12.5", "expected a whole number"),
        ("distance", "", "expected a value, since training had none missing"),
        ("temp", "inf", "expected a finite number"),
    ],
)
def test_a_problem_is_told_at_its_field_and_nothing_is_predicted(model, column, text, told):
    form = fields(model)
    tried = attempt(model, form, texts(form, **{column: text}))
    assert dict(tried.errors) == {column: told}
    assert tried.prediction == ""


def test_all_problems_are_told_at_once(model):
    form = fields(model)
    tried = attempt(model, form, texts(form, temp="warm", distance="far"))
    assert set(tried.errors) == {"temp", "distance"}


def test_what_policy_warns_of_is_told_beside_the_prediction(model):
    form = fields(model)
    tried = attempt(model, form, texts(form, carrier="aa ", distance="99999"))
    assert tried.prediction
    assert "(did you mean 'AA'?)" in tried.warnings["carrier"]
    assert "as in training" in tried.warnings["distance"]


def test_each_type_has_its_control(every):
    form = {each.name: each for each in fields(every)}
    assert form["flag"].options == ("true", "false")
    assert not form["flag"].free
    assert form["strict"].options == ("x", "y", "z")
    assert not form["strict"].free  # another would make the encoder raise
    assert form["text"].free
    assert set(form["codes"].options) == {"1", "2", "3"}
    assert form["codes"].value("2") == 2
    assert form["whole"].options == ()
    assert form["gaps"].text == ""
    assert form["gaps"].hint == "number, 0 to 57; empty is missing"
    assert form["number"].hint == "number, 1e-07 to 0.1"
    tried = attempt(every, form.values(), texts(form.values(), day="yesterday", flag="perhaps"))
    assert "a time without a time zone" in tried.errors["day"]
    assert tried.errors["flag"] == "expected true or false"


def test_several_outputs_are_shown_together(tmp_path):
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    pipeline = LinearRegression().fit(X, np.c_[X.a, -X.a])
    model = nbpipe.load(nbpipe.export(pipeline, tmp_path / "two", X=X).path)
    form = fields(model)
    tried = attempt(model, form, {"a": "2"})
    assert np.allclose(eval(tried.prediction), [2, -2])
    assert tried.probabilities == ()
