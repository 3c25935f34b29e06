"""One small real pipeline on the flights, fitted and exported once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nbpipe

DATA = Path(__file__).parents[2] / "notebooks" / "data"


@pytest.fixture(scope="session")
def flights():
    """Return X and y: 1,500 real rows with gaps, numbers, whole numbers and text."""
    X = pd.read_csv(DATA / "flights_jan_aug.csv.gz", nrows=1500)
    return X, X.pop("late")


@pytest.fixture(scope="session")
def pipeline(flights):
    """Return a fitted pipeline that reads five of the columns, with parallel parts inside."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, ["distance", "temp", "wind_gust"]),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=60), ["carrier", "origin"]),
        n_jobs=2,
    )
    forest = RandomForestClassifier(n_estimators=5, max_depth=4, random_state=42, n_jobs=2)
    return make_pipeline(columns, forest).fit(*flights)


@pytest.fixture(scope="session")
def exported(pipeline, flights, tmp_path_factory):
    """Return a bundle that no test changes."""
    X, y = flights
    return nbpipe.export(pipeline, tmp_path_factory.mktemp("models") / "late", X=X, y=y)


@pytest.fixture
def damaged(exported, tmp_path):
    """Return the folder of a copy that a test may damage."""
    return Path(shutil.copytree(exported.path, tmp_path / "late" / exported.version))


@pytest.fixture(scope="session")
def model(exported):
    return nbpipe.load(exported.path)


@pytest.fixture
def record(flights):
    """Return one valid row as a dict."""
    columns = ["carrier", "origin", "distance", "temp", "wind_gust"]
    return flights[0].iloc[0][columns].to_dict()
