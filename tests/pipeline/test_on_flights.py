"""The cell of the lessons, on the real flights."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import nbpipe

DATA = Path(__file__).parents[2] / "notebooks" / "data"
CELL = """
num = numbers >> SimpleImputer(strategy="median") >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
{rest}
model = RandomForestClassifier(n_estimators=50, max_depth=6, min_samples_leaf=30, random_state=42)
"""
NUMBERS = ["distance", "temp", "humid", "wind_speed", "wind_gust", "pressure", "recent_delay"]


def read(name):
    return pd.read_csv(DATA / f"flights_{name}.csv.gz", parse_dates=["sched_dep"])


@pytest.fixture(scope="module")
def flights():
    return read("jan_aug"), read("sep_dec")


@pytest.fixture(scope="module", params=["", "['visib', 'precip'] >> passthrough", "rest >> drop"])
def fitted(request, flights):
    train, _ = flights
    late = nbpipe.build(CELL.format(rest=request.param), {"numbers": NUMBERS})
    return late.fit(train.drop(columns="late"), train["late"])


def test_it_learns_something_about_later_months(fitted, flights):
    _, later = flights
    scores = fitted.predict_proba(later.drop(columns="late"))[:, 1]
    assert roc_auc_score(later["late"], scores) > 0.6


def test_columns_in_another_order_give_the_same_predictions(fitted, flights):
    _, later = flights
    X = later.drop(columns="late")
    expected = fitted.predict_proba(X)
    assert np.array_equal(fitted.predict_proba(X[X.columns[::-1]]), expected)
    needed = [*NUMBERS, "carrier", "origin", "visib", "precip"]
    assert np.array_equal(fitted.predict_proba(X[needed]), expected)


def test_an_airline_never_seen_is_predicted(fitted, flights):
    _, later = flights
    row = later.drop(columns="late").head(1).assign(carrier="ZZ")
    assert fitted.predict(row).shape == (1,)


def test_selectors_route_every_column_of_the_flights_by_kind(flights):
    train, later = flights
    X = train.drop(columns=["late", "tailnum", "dep_delay", "air_time", "arr_delay"])
    late = nbpipe.build(
        "numeric >> SimpleImputer(add_indicator=True) >> StandardScaler()\n"
        "categorical >> OneHotEncoder(handle_unknown='ignore', min_frequency=60)\n"
        "LogisticRegression(max_iter=1000, class_weight='balanced')"
    ).fit(X, train["late"])
    step = late.named_steps["columntransformer"]
    assert [columns for _, _, columns in step.transformers_[:2]] == [
        [name for name in X if pd.api.types.is_numeric_dtype(X[name])],
        ["carrier", "origin", "dest"],
    ]
    assert "categorical__carrier_UA" in step.get_feature_names_out()
    assert roc_auc_score(later["late"], late.decision_function(later)) > 0.6


def test_the_rest_of_the_columns_is_matched_by_name(flights):
    train, later = flights
    encoder = "OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)"
    cell = f"numeric >> drop\nrest >> {encoder}"
    prepared = nbpipe.build(cell).fit(train[["distance", "carrier", "origin", "dest"]])
    shuffled = later[["dest", "distance", "origin", "carrier"]]
    assert np.array_equal(prepared.transform(shuffled), prepared.transform(later))
