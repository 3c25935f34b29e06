# labels: none
# why: unit tests: toy data, no result of a study; the fits on X are asserted for shapes and round trips, and the one score uses a proper split.
# hard: many fit_transform(X) and scaler calls on all rows, SMOTE on all rows, several models in one file, parametrised
"""Tests of churnlib.training."""
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from numpy.testing import assert_allclose
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from churnlib.training import build_pipeline, load_frame, save_model, split_frame


@pytest.fixture
def toy():
    X, y = make_classification(n_samples=300, n_features=8, n_informative=5, weights=[0.8], random_state=0)
    return pd.DataFrame(X, columns=[f"f{i}" for i in range(8)]), pd.Series(y, name="churn")


@pytest.fixture
def parts(toy):
    X, y = toy
    return train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler(), RobustScaler()])
def test_scalers_round_trip(toy, scaler):
    X, _ = toy
    Z = scaler.fit_transform(X)
    assert Z.shape == X.shape
    assert_allclose(scaler.inverse_transform(Z), X)


def test_standard_scaler_has_zero_mean(toy):
    X, _ = toy
    Z = StandardScaler().fit_transform(X)
    assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
    assert_allclose(Z.std(axis=0), 1)


def test_smote_balances(toy):
    X, y = toy
    X_res, y_res = SMOTE(random_state=0).fit_resample(X, y)
    assert y_res.value_counts().nunique() == 1
    assert len(X_res) > len(X)


def test_split_is_disjoint(toy):
    X, y = toy
    train, test = split_frame(X.assign(churn=y), test_size=0.25, seed=1)
    assert set(train.index).isdisjoint(test.index)
    assert len(train) + len(test) == len(X)


def test_split_keeps_the_rate(toy):
    X, y = toy
    train, test = split_frame(X.assign(churn=y), test_size=0.25, seed=1)
    assert abs(train["churn"].mean() - test["churn"].mean()) < 0.03


def test_pipeline_learns_from_train_only(parts):
    X_train, X_test, y_train, y_test = parts
    pipe = build_pipeline("logreg").fit(X_train, y_train)
    assert_allclose(pipe.named_steps["scale"].mean_, X_train.mean().to_numpy())


def test_pipeline_is_better_than_chance(parts):
    X_train, X_test, y_train, y_test = parts
    pipe = build_pipeline("logreg").fit(X_train, y_train)
    assert pipe.score(X_test, y_test) > 0.7


def test_set_params_reaches_the_model():
    pipe = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())])
    pipe.set_params(model__C=0.1, scale__with_mean=False)
    assert pipe.named_steps["model"].C == 0.1


def test_predictions_survive_saving(tmp_path, toy):
    X, y = toy
    pipe = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    path = tmp_path / "m.joblib"
    save_model(pipe, path)
    import joblib
    again = joblib.load(path)
    assert_allclose(again.predict_proba(X), pipe.predict_proba(X))


def test_clone_forgets(toy):
    from sklearn.base import clone
    X, y = toy
    scaler = StandardScaler().fit(X)
    assert not hasattr(clone(scaler), "mean_")


def test_load_frame_casts(tmp_path):
    f = tmp_path / "t.csv"
    f.write_text("tenure,TotalCharges,Churn\n1,29.85,No\n2, ,Yes\n")
    df = load_frame(f)
    assert df["TotalCharges"].dtype == float
    assert df["Churn"].tolist() == [0, 1]
