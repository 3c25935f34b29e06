"""Fit each pipeline of the compatibility matrix and save it twice: with nbpipe and with joblib.

``python write.py FOLDER FLIGHTS [NAME...]`` runs under every scikit-learn of the matrix. Beside
each model it writes what the pipeline itself predicts for rows that it has not seen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder
from sklearn.svm import SVC

import nbpipe

TRAINING, UNSEEN = 1000, 200  # rows of the flights
REGRESSORS = {"gradient", "ridge"}
NUMBERS, WORDS = ["distance", "temp", "wind_gust"], ["carrier", "origin"]


def columns(numeric: object, words: object, **options: object) -> object:
    return make_column_transformer((numeric, NUMBERS), (words, WORDS), **options)


def pipelines() -> dict[str, object]:
    """Return the unfitted pipelines by their name in the matrix."""
    filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    dummies = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    rest = make_column_transformer((ordinal, WORDS), remainder="passthrough")
    forest = RandomForestClassifier(20, max_depth=8, random_state=0)
    return {
        "boosting": make_pipeline(rest, HistGradientBoostingClassifier(max_iter=20)),
        "forest": make_pipeline(columns(SimpleImputer(), dummies), forest),
        "logistic": make_pipeline(columns(filled, dummies), LogisticRegression()),
        "gradient": make_pipeline(
            columns(SimpleImputer(), TargetEncoder()),
            GradientBoostingRegressor(n_estimators=20, random_state=0),
        ),
        "ridge": make_pipeline(columns(filled, dummies, remainder="drop"), Ridge()),
        "neighbours": make_pipeline(columns(filled, dummies), KNeighborsClassifier()),
        "support": make_pipeline(columns(KNNImputer(), dummies), StandardScaler(), SVC()),
    }


def main(folder: Path, flights: str, *names: str) -> None:
    """Write ``NAME/1.0.0``, ``NAME.joblib`` and ``NAME.json`` for each pipeline."""
    frame = pd.read_csv(flights, nrows=TRAINING + UNSEEN)
    late, hours, X = frame["late"], frame["arr_delay"].fillna(0) / 60, frame[NUMBERS + WORDS]
    for name in names or pipelines():
        pipeline, y = pipelines()[name], hours if name in REGRESSORS else late
        pipeline.fit(X[:TRAINING], y[:TRAINING])
        nbpipe.export(pipeline, folder / name, X=X[:TRAINING], y=y[:TRAINING])
        joblib.dump(pipeline, folder / f"{name}.joblib")
        ask = pipeline.predict_proba if hasattr(pipeline, "predict_proba") else pipeline.predict
        (folder / f"{name}.json").write_text(json.dumps(ask(X[TRAINING:]).tolist()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
