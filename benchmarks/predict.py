"""Predicting with a loaded bundle beside the tutorial's way, in one run.

Run as ``python benchmarks/predict.py``; it takes a few minutes on 2 cores. Times are medians of
interleaved calls; on a shared machine the ratios say more than the microseconds, and each ratio
stands beside the one that is asked for.

The tutorial's way is a joblib file, a list of feature names, a check that the names are there, and
``pipeline.predict_proba`` of an array or frame of one row. nbpipe's is ``model.predict_proba`` of a
dict with its full validation: names, types, missing values, categories, ranges.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

import nbpipe

warnings.simplefilter("ignore")
DATA = Path(__file__).parents[1] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS = ["distance", "temp", "wind_gust", "humid", "pressure", "visib"]
WORDS = ["carrier", "origin", "dest"]
ROWS = 20_000
CALLS, OFTEN = 40, 40  # turns, and calls of nbpipe in each, on as many different rows
#: How many times faster one row is to be than the tutorial's way, as fitted and with n_jobs=1.
BARS = {"forest of 100": (200, 50), "HistGradientBoosting": (150, 0), "logistic": (500, 0)}
COLD_BARS = 0.35, 80  # seconds and MB from a cold start to the first prediction

COLD = """
import json, pathlib, re, sys, time
started = time.perf_counter()
import {module}
{body}
seconds = time.perf_counter() - started
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps([seconds, int(re.search("VmHWM:\\s*(\\d+)", status)[1]) / 1024]))
"""
BODIES = {
    "nbpipe": "nbpipe.load(sys.argv[1]).predict_proba(json.loads(sys.argv[2]))",
    "joblib": (
        "import pandas\n"
        "row = pandas.DataFrame([json.loads(sys.argv[2])])\n"
        "joblib.load(sys.argv[1]).predict_proba(row)"
    ),
}


def cases():
    """Yield the name, the fitted pipeline, its rows and target, and whether it takes an array."""
    A, y = make_classification(ROWS, 20, n_informative=10, random_state=0)
    X = pd.DataFrame(A, columns=[f"f{i:02d}" for i in range(20)])
    forest = make_pipeline(StandardScaler(), RandomForestClassifier(n_jobs=-1, random_state=42))
    yield "forest of 100", forest.fit(X.to_numpy(), y), X, y, True
    X = pd.read_csv(DATA, nrows=ROWS)
    y, X = X["late"], X[NUMBERS + WORDS]
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(("passthrough", NUMBERS), (codes, WORDS))
    boosted = make_pipeline(columns, HistGradientBoostingClassifier(random_state=0))
    yield "HistGradientBoosting", boosted.fit(X, y), X, y, False
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), WORDS),
    )
    logistic = make_pipeline(columns, LogisticRegression(max_iter=1000))
    yield "logistic", logistic.fit(X, y), X, y, False


def tutorial(pipeline, names, *, array):
    """Return the tutorial's ``predict`` of one dict."""

    def predict(record):
        missing = set(names) - set(record)
        if missing:
            raise ValueError(f"Missing features: {missing}")
        if array:
            return pipeline.predict_proba(np.array([[record[name] for name in names]]))
        return pipeline.predict_proba(pd.DataFrame([record])[names])

    return predict


def interleaved(functions, arguments, calls):
    """Return the median seconds of each function, called in turn, so that all meet the same load.

    `calls` says how many calls in a row each function gets each time.
    """
    times = [[] for _ in functions]
    for turn in range(len(arguments)):
        for function, taken, count in zip(functions, times, calls, strict=True):
            for call in range(turn * count, (turn + 1) * count):
                argument = arguments[call % len(arguments)]
                started = time.perf_counter()
                function(argument)
                taken.append(time.perf_counter() - started)
    return [median(each) for each in times]


def plain(frame, row):
    values = {name: frame[name].iloc[row] for name in frame}
    return {
        name: None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in values.items()
    }


def cold(kind, path, record):
    """Return seconds and MB from the first import to the first prediction of a new process."""
    code = COLD.format(module=kind, body=BODIES[kind])
    runs = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", code, str(path), json.dumps(record)],
            capture_output=True,
            text=True,
            check=True,
        )
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    seconds, memory = zip(*runs, strict=True)
    return median(seconds), median(memory)


def report(name, pipeline, X, y, folder, *, array):
    """Print what one model takes, one row, many rows, and from a cold start."""
    fitted = pipeline if not array else clone_of_frame(X, y)
    bundle = nbpipe.export(fitted, folder, X=X, y=y)
    joblib.dump(fitted, saved := folder.with_suffix(".joblib"))
    model, one_job = nbpipe.load(bundle.path), nbpipe.load(bundle.path).pipeline
    names = list(X)
    records = [plain(X, row) for row in range(0, 10 * CALLS, 10)]
    calls = [model.predict_proba, tutorial(pipeline, names, array=array)]
    calls.append(tutorial(one_job, names, array=array))
    for call in calls:
        call(records[0])
    ours, theirs, single = interleaved(calls, records, [OFTEN, 1, 1])
    print(f"\n{name}{': ' + bundle.note if bundle.note else ''}")
    print(f"  one row         {1e6 * ours:9.0f} us   tutorial {1e6 * theirs:9.0f} us", end="")
    bar, bar_of_one = BARS[name]
    print(f" = {theirs / ours:.0f} x ({bar} asked); n_jobs=1 {1e6 * single:.0f} us", end="")
    print(f" = {single / ours:.0f} x" + (f" ({bar_of_one} asked)" if bar_of_one else ""))
    for rows, repeats in ((1000, 7), (1_000_000, 3)):
        frame = X.iloc[np.arange(rows) % len(X)].reset_index(drop=True)
        given = frame.to_numpy() if array else frame
        functions = [lambda _, f=frame: model.predict_proba(f)]
        functions.append(lambda _, g=given: pipeline.predict_proba(g))
        ours, theirs = interleaved(functions, range(repeats), [1, 1])
        print(f"  {rows:9,} rows  {1e3 * ours:9.1f} ms   scikit-learn, as fitted,", end="")
        print(f" {1e3 * theirs:9.1f} ms = {theirs / ours:.1f} x (1 asked)")
    ours, memory = cold("nbpipe", bundle.path, records[0])
    theirs, used = cold("joblib", saved, records[0])
    print(f"  cold start      {ours:9.2f} s, {memory:.0f} MB", end="")
    print(" ({} s, {} MB asked)".format(*COLD_BARS), end="")
    print(f"   joblib {theirs:.2f} s, {used:.0f} MB")


def clone_of_frame(X, y):
    """Return the same forest, fitted on a frame, as exporting asks for names."""
    forest = RandomForestClassifier(n_jobs=-1, random_state=42)
    return make_pipeline(StandardScaler(), forest).fit(X, y)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, pipeline, X, y, array in cases():
            report(name, pipeline, X, y, Path(folder) / name.split()[0], array=array)


if __name__ == "__main__":
    main()
