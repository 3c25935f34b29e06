"""A prompt tells what the data is like, and nothing of what is in it."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import nbpipe
from nbpipe.errors import DataError, UsageError

DATA = Path(__file__).parents[2] / "notebooks/data/flights_jan_aug.csv.gz"


@pytest.fixture(scope="module")
def flights():
    return pd.read_csv(DATA, nrows=2000, parse_dates=["sched_dep"])


@pytest.fixture(scope="module")
def X(flights):  # noqa: N802 - the field's own name
    return flights[["sched_dep", "carrier", "dest", "distance", "wind_gust", "dep_delay"]]


class TestPrompt:
    def test_it_names_columns_kinds_gaps_split_and_what_is_unknown(self, X, flights):
        told = nbpipe.prompt(X, flights["late"], time="sched_dep", unknown=["dep_delay"])
        missing = X["wind_gust"].isna().mean()
        assert f"- `wind_gust`: number, {missing:.1%} missing" in told
        assert f"- `dest`: text, {X['dest'].nunique()} different values" in told
        assert "TimeSeriesSplit(n_splits=5)" in told
        assert "- `dep_delay`" not in told
        assert "never used: `dep_delay`" in told
        assert "`late`" in told

    def test_groups_ask_for_folds_that_keep_them_together(self, X, flights):
        told = nbpipe.prompt(X, flights["late"], groups=flights["tailnum"].fillna("none"))
        assert "StratifiedGroupKFold" in told

    def test_a_number_is_a_regression(self, X, flights):
        told = nbpipe.prompt(X.drop(columns="dep_delay"), flights["dep_delay"].fillna(0.0))
        assert "regression" in told
        assert "DummyRegressor" in told
        assert "KFold(n_splits=5)" in told

    def test_no_value_of_any_cell_is_told_unless_asked_for(self):
        rng = np.random.default_rng(0)
        X = pd.DataFrame(
            {
                "iban": [f"SECRET{i:04}" for i in range(60)],
                "amount": rng.normal(size=60) + 987654,
                "kind": pd.Categorical(rng.choice(["SECRETA", "SECRETB"], 60)),
            }
        )
        y = pd.Series(np.where(rng.random(60) > 0.5, "SECRETYES", "SECRETNO"), name="churn")
        assert not re.search("SECRET|98765", nbpipe.prompt(X, y))
        shown = nbpipe.prompt(X, y, values=True)
        assert "SECRET0000" in shown
        assert "SECRETYES" not in shown

    def test_the_pipeline_there_is_stands_in_it(self, X, flights):
        pipeline = make_pipeline(SimpleImputer(strategy="median"), LogisticRegression(C=0.25))
        told = nbpipe.prompt(X[["distance"]], flights["late"], pipeline=pipeline)
        assert 'SimpleImputer(strategy="median")' in told
        assert "C=0.25" in told

    def test_what_cannot_be_used_is_told(self, X, flights):
        with pytest.raises(UsageError, match=r"no column 'dep_dely'\. Did you mean 'dep_delay'"):
            nbpipe.prompt(X, flights["late"], unknown=["dep_dely"])
        with pytest.raises(DataError):
            nbpipe.prompt(X, flights["late"][:10])
        with pytest.raises(DataError):
            nbpipe.prompt(X.to_numpy(), flights["late"])


def test_the_magic_is_the_same(X, flights):
    from IPython.core.interactiveshell import InteractiveShell

    from shells import run

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.user_ns |= {"X": X, "y": flights["late"]}
    run(shell, "%load_ext nbpipe")
    told = run(shell, "%nbpipe prompt X y --time sched_dep --unknown dep_delay")
    assert told == nbpipe.prompt(X, flights["late"], time="sched_dep", unknown=["dep_delay"])
    InteractiveShell.clear_instance()
