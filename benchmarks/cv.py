"""Wall time of nbpipe.cv beside scikit-learn's cross_validate and beside the limit.

Run as ``python benchmarks/cv.py``; it takes less than two minutes on 2 cores. Times are medians of
interleaved repeats; on a shared machine the ratios say more than the seconds.

The literal code is the tutorial's: ``cross_validate(..., return_train_score=True, n_jobs=-1)``
around ``RandomForestClassifier(n_jobs=-1)``. The limit is the sum of all fits and of one prediction
pass over each set, on one core, divided by the cores. nbpipe.cv also computes its baseline and
probe within its time, which the other two do without.
"""

from __future__ import annotations

import os
import time
from statistics import median

import numpy as np
from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import TimeSeriesSplit, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbpipe

ROWS, COLUMNS, REPEATS = 20_000, 20, 3
BY_NAME = ["accuracy", "precision", "recall", "f1", "roc_auc"]
MACRO = ["accuracy", "precision_macro", "recall_macro", "f1_macro", "roc_auc"]
SPLITTER = TimeSeriesSplit(5)


def first_literal(pipeline, X, y, scoring):
    """Run the literal code as the first call of a session does, starting its workers."""
    get_reusable_executor().shutdown(wait=True)
    started = time.perf_counter()
    literal(pipeline, X, y, scoring)
    return time.perf_counter() - started


def literal(pipeline, X, y, scoring):
    cross_validate(pipeline, X, y, cv=SPLITTER, scoring=scoring, return_train_score=True, n_jobs=-1)


def in_process(pipeline, X, y, scoring):
    cross_validate(pipeline, X, y, cv=SPLITTER, scoring=scoring, return_train_score=True)


def ours(pipeline, X, y, scoring):
    nbpipe.cv(pipeline, X, y, cv=SPLITTER, scoring=scoring, progress=False)


def limit(pipeline, X, y, _):
    single = clone(pipeline)
    if "n_jobs" in single[-1].get_params() and isinstance(single[-1], RandomForestClassifier):
        single[-1].set_params(n_jobs=1)
    started = time.perf_counter()
    for train, test in SPLITTER.split(X):
        single.fit(X[train], y[train]).predict_proba(X[test])
        single.predict_proba(X[train])
    return (time.perf_counter() - started) / cpu_count()


def seconds(run, *arguments):
    started = time.perf_counter()
    told = run(*arguments)
    return time.perf_counter() - started if told is None else told


def compare(title, pipeline, X, y, scoring, *runs):
    times = {run.__name__: [] for run in runs}
    for _ in range(REPEATS):
        for run in runs:
            times[run.__name__].append(seconds(run, pipeline, X, y, scoring))
    found = {name: median(each) for name, each in times.items()}
    ratios = "  ".join(
        f"ours/{name} {found['ours'] / value:5.2f}"
        for name, value in found.items()
        if name != "ours"
    )
    print(f"{title:28} ours {found['ours']:6.2f} s   {ratios}", flush=True)


def main():
    X, y = make_classification(ROWS, COLUMNS, n_informative=8, flip_y=0.1, random_state=42)
    text = np.array(["late", "on time"])[y]
    forest = make_pipeline(
        StandardScaler(), RandomForestClassifier(n_estimators=100, random_state=42, n_jobs=-1)
    )
    linear = make_pipeline(StandardScaler(), LogisticRegression())
    for run in (literal, ours):  # imports and workers are paid for once, by nobody
        run(linear, X[:500], y[:500], ["accuracy"])
    print(
        f"{ROWS:,} x {COLUMNS}, TimeSeriesSplit(5), medians of {REPEATS}, {cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    compare("forest", forest, X, y, BY_NAME, literal, ours, limit)
    compare("logistic regression", linear, X, y, BY_NAME, first_literal, literal, in_process, ours)
    compare(
        "logistic, labels as text", linear, X, text, MACRO, first_literal, literal, in_process, ours
    )


if __name__ == "__main__":
    main()
