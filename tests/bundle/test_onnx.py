"""model.onnx: anyone runs it, and it predicts what the pipeline does, or there is none."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import nbpipe
from nbpipe.bundle.formats import gate
from nbpipe.bundle.rows.learn import learn
from nbpipe.errors import ExportError, MissingExtraError

NUMBERS = ["distance", "temp", "wind_gust"]
TEXTS = ["carrier", "origin"]
ENCODER = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
SCALED = make_column_transformer(
    (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS), (ENCODER, TEXTS)
)
PLAIN = make_column_transformer((SimpleImputer(), NUMBERS), (ENCODER, TEXTS))

# All that this takes is onnxruntime, numpy and a JSON reader.
READER = """
import json, sys
import numpy as np
import onnxruntime

folder, rows = sys.argv[1], json.loads(sys.argv[2])
session = onnxruntime.InferenceSession(f"{folder}/model.onnx")
feed = {}
for each in session.get_inputs():
    values = [row[each.name] for row in rows]
    text = each.type == "tensor(string)"
    values = [("" if text else np.nan) if value is None else value for value in values]
    feed[each.name] = np.array(values, dtype=object if text else np.float32)[:, None]
found = session.run(None, feed)
assert "nbpipe" not in sys.modules and "sklearn" not in sys.modules
print(json.dumps([each.tolist() for each in found]))
"""


def read_elsewhere(bundle, rows):
    done = subprocess.run(
        [sys.executable, "-c", READER, bundle.path, json.dumps(rows)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def rows(flights):
    chosen = flights[0][NUMBERS + TEXTS].iloc[::100]
    assert chosen.isna().any(axis=None)
    return json.loads(chosen.to_json(orient="records"))


@pytest.mark.parametrize(
    ("last", "target"),
    [
        (LogisticRegression(), "late"),
        (HistGradientBoostingClassifier(max_iter=10), "origin"),
        (HistGradientBoostingRegressor(max_iter=10), "arr_delay"),
    ],
    ids=["binary", "multiclass", "numbers"],
)
def test_anyone_runs_it_without_nbpipe(flights, rows, tmp_path, last, target):
    X, y = flights
    y = y if target == "late" else X[target]
    columns = SCALED if target == "late" else PLAIN
    fitted = make_pipeline(columns, last).fit(X, y)
    bundle = nbpipe.export(fitted, tmp_path / "m", X=X, y=y, onnx=True)
    assert {"model.onnx", "model.joblib"} <= bundle.manifest.files.keys()
    found = read_elsewhere(bundle, rows)
    model = nbpipe.load(bundle.path)
    if target == "arr_delay":
        np.testing.assert_allclose(np.ravel(found[0]), model.predict(rows), rtol=1e-5, atol=1e-5)
    else:
        assert found[0] == model.predict(rows).tolist()
        np.testing.assert_allclose(found[1], model.predict_proba(rows), atol=1e-5)


def test_the_manifest_says_what_was_compared(flights, tmp_path):
    X, y = flights
    fitted = make_pipeline(SCALED, LogisticRegression()).fit(X, y)
    bundle = nbpipe.export(fitted, tmp_path / "m", X=X, y=y, onnx=True, format="skops")
    found = json.loads((bundle.path / "manifest.json").read_text())["onnx"]
    assert found["rows"] > len(X)  # made rows besides
    assert found["labels"] == 0
    assert 0 < found["difference"] < 1e-6
    assert found["tolerance"] == gate.TOLERANCE == 1e-5
    assert nbpipe.load(bundle.path).manifest.onnx.rows == found["rows"]
    plain = nbpipe.export(fitted, tmp_path / "m", X=X, y=y)
    assert plain.manifest.onnx is None
    assert "onnx" not in json.loads((plain.path / "manifest.json").read_text())


def test_rows_that_single_precision_moves_are_counted_and_refused(flights, tmp_path):
    """A scaled number within a rounding of a threshold goes the other way: 0.1 turns 0."""
    X = pd.DataFrame({"a": np.arange(3000) / 3 + 1e6})
    y = (np.arange(3000) // 2 % 2).astype(int)
    fitted = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(X, y)
    with pytest.raises(ExportError) as caught:
        nbpipe.export(fitted, tmp_path / "m", X=X, y=y, onnx=True)
    told = str(caught.value)
    assert "rows, by up to" in told
    assert "(tolerance 1e-05)" in told
    assert "The worst: [" in told
    assert "for {'a': 1000" in told
    assert not (tmp_path / "m").exists()
    assert nbpipe.export(fitted, tmp_path / "m", X=X, y=y)


class Shifted:
    """A graph whose probabilities and labels are off by what a test says."""

    def __init__(self, estimator, by, *, swap=False):
        self.estimator, self.by, self.swap = estimator, by, swap

    def __call__(self, rows):
        sure = np.add(self.estimator.predict_proba(rows), [self.by, -self.by])
        labels = self.estimator.predict(rows)
        return (1 - labels if self.swap else labels), sure


def test_a_label_may_differ_only_where_rounding_can_decide(flights):
    X, y = flights
    X = X[["distance", "temp"]].fillna(0.0)
    fitted = LogisticRegression().fit(X, y)
    compare = gate._differences
    assert not compare(fitted, Shifted(fitted, 0.9e-5), X).wrong.any()
    assert compare(fitted, Shifted(fitted, 1.1e-5), X).wrong.all()
    assert compare(fitted, Shifted(fitted, 0.0, swap=True), X).wrong.all()
    fitted.coef_[:], fitted.intercept_[:] = 0, 3.9e-5  # 0.50000975 to 0.49999025: within rounding
    tied = compare(fitted, Shifted(fitted, 0.0, swap=True), X)
    assert tied.labels.all()
    assert not tied.wrong.any()
    fitted.intercept_[:] = 4.1e-5
    assert compare(fitted, Shifted(fitted, 0.0, swap=True), X).wrong.all()


def test_models_of_labels_alone_may_differ_in_none(flights):
    X, y = flights
    fitted = make_pipeline(SCALED, RidgeClassifier()).fit(X, y)
    _, found = gate.proven(fitted, X, learn(fitted, X))
    assert found.labels == 0
    assert found.rows > len(X)


@pytest.mark.parametrize(
    "fitted",
    [
        make_pipeline(FunctionTransformer(np.log1p), LinearRegression()),
        make_pipeline(FunctionTransformer(np.log1p), KNeighborsClassifier()),
    ],
)
def test_what_cannot_be_converted_is_told(flights, tmp_path, fitted):
    X, y = flights[0][["distance"]], flights[1]
    with pytest.raises(ExportError, match=r"skl2onnx cannot convert .*FunctionTransformer is not"):
        nbpipe.export(fitted.fit(X, y), tmp_path / "m", X=X, y=y, onnx=True)
    assert not (tmp_path / "m").exists()


def test_times_and_several_outputs_have_no_graph(flights, tmp_path):
    X, y = flights
    several = LinearRegression().fit(X[["distance"]], X[["arr_delay", "air_time"]])
    with pytest.raises(ExportError, match="one output"):
        nbpipe.export(several, tmp_path / "m", X=X[["distance"]], onnx=True)
    times = pd.DataFrame({"at": pd.to_datetime(X["sched_dep"]), "distance": X["distance"]})
    hour = FunctionTransformer(np.isnat)
    columns = make_column_transformer((hour, ["at"]), ("passthrough", ["distance"]))
    fitted = make_pipeline(columns, LogisticRegression()).fit(times, y)
    with pytest.raises(ExportError, match="Column 'at' holds times"):
        nbpipe.export(fitted, tmp_path / "m", X=times, y=y, onnx=True)


@pytest.mark.parametrize("module", ["skl2onnx", "onnxruntime"])
def test_onnx_is_an_extra_that_is_named(flights, tmp_path, monkeypatch, module):
    X, y = flights[0][["distance"]], flights[1]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"nbpipe-sklearn\[onnx\]"):
        nbpipe.export(LogisticRegression().fit(X, y), tmp_path / "m", X=X, y=y, onnx=True)
    assert not (tmp_path / "m").exists()
