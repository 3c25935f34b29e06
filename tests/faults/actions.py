"""What the prepared process does in its children: each verb once, on a small real model."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import nbpipe

FLIGHTS = Path(__file__).parents[2] / "notebooks" / "data" / "flights_jan_aug.csv.gz"

X = pd.read_csv(FLIGHTS, nrows=200)[["distance", "temp", "carrier"]]
y = pd.read_csv(FLIGHTS, nrows=200)["late"]
columns = make_column_transformer(
    (SimpleImputer(), ["distance", "temp"]), (OneHotEncoder(handle_unknown="ignore"), ["carrier"])
)
model = make_pipeline(columns, RandomForestClassifier(5, max_depth=4, random_state=0)).fit(X, y)


def export(folder, version=None):
    return nbpipe.export(model, folder, X=X, y=y, version=version).version


def promote(folder, version, alias):
    return nbpipe.promote(folder, version, alias).version


def predict(folder, late):
    """Predict for a file in `folder`; small blocks, so that a small file takes many."""
    from nbpipe.serving.batch import csv_input

    csv_input.BLOCK = 2**14
    done = nbpipe.predict_file(
        late,
        f"{folder}/flights.csv",
        f"{folder}/late.csv",
        rejects=f"{folder}/bad.csv",
        keep=["flight"],
        resume=True,
        progress=False,
    )
    return [done.rows, done.rejected]


def serve(folder, port):
    """Serve what is in production, and look often for a newer one."""
    from nbpipe.serving import app, server

    logging.disable()
    app._LOOK = 0.02
    made = app.create_app(f"{folder}@production")
    server.run(made, server.bind("127.0.0.1", int(port))[0], 5)
