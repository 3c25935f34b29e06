"""The failures of docs/failures.md: what people see without nbpipe, and what it does instead.

Those that other tests show already are named in docs/make_failures.py, not written twice.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import runpy
import shutil
import signal
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import environments
import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import nbpipe
from nbpipe.errors import IntegrityError, NotPortableError, SchemaError

if TYPE_CHECKING:
    from pathlib import Path

ROOT = environments.ROOT
FAILURES = runpy.run_path(ROOT / "docs" / "make_failures.py")["FAILURES"]
NUMBERS = ["distance", "temp", "humid"]


@pytest.fixture(scope="module")
def flights():
    X = pd.read_csv(environments.FLIGHTS, nrows=600).dropna(subset=["temp", "humid"])
    return X, X["late"]


@pytest.fixture(scope="module")
def line(flights, tmp_path_factory):
    """Return a fitted pipeline of three numbers, and what it is once exported and loaded."""
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    return pipeline, exported(pipeline, X, y, tmp_path_factory.mktemp("line"))


def exported(pipeline, X, y, folder):
    return nbpipe.load(nbpipe.export(pipeline, folder / "late", X=X, y=y).path)


@cache
def named(file: Path) -> set[str]:
    """Name the tests in a file."""
    tree = ast.parse(file.read_text())
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize("script", ["make_failures.py", "make_compatibility.py"])
def test_the_page_is_drawn_from_its_table(script):
    subprocess.run([sys.executable, ROOT / "docs" / script, "--check"], check=True)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.message[:30])
def test_every_failure_has_a_test_that_exists_and_a_reason_where_it_cannot_be_had(failure):
    assert failure.tests
    for node in failure.tests:
        file, _, name = node.partition("::")
        assert name in named(ROOT / file), node


def test_the_failures_are_25_and_different():
    assert len({failure.message for failure in FAILURES}) == 25


def test_a_function_of_the_notebook_fails_elsewhere(tmp_path):
    script = "import joblib, sys\ndef double(X): return X * 2\njoblib.dump(double, sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, tmp_path / "model.joblib"], check=True)
    with pytest.raises(AttributeError, match=r"Can't get attribute 'double' on <module '.*main__'"):
        joblib.load(tmp_path / "model.joblib")


def test_a_lambda_leaves_a_broken_file_behind_and_a_refused_export_nothing(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(FunctionTransformer(lambda X: X), LogisticRegression()).fit(X, y)
    with pytest.raises(Exception, match="lambda"):
        joblib.dump(pipeline, tmp_path / "model.joblib")
    with pytest.raises(EOFError):
        joblib.load(tmp_path / "model.joblib")
    with pytest.raises(NotPortableError, match="holds a lambda"):
        nbpipe.export(pipeline, tmp_path / "late", X=X, y=y)
    assert not (tmp_path / "late").exists()


def test_a_function_written_by_value_is_refused(flights, tmp_path):
    """It loads under this Python, and another minor version raises or crashes."""
    X, y = flights[0][NUMBERS], flights[1]
    by_value = joblib.wrap_non_picklable_objects(lambda X: X)
    pipeline = make_pipeline(FunctionTransformer(by_value), LogisticRegression()).fit(X, y)
    joblib.dump(pipeline, tmp_path / "model.joblib")
    with pytest.raises(NotPortableError, match="written by value"):
        nbpipe.export(pipeline, tmp_path / "late", X=X, y=y)


def test_a_git_lfs_pointer_is_named_instead_of_an_invalid_load_key(line, tmp_path):
    copy = shutil.copytree(line[1].bundle.path, tmp_path / "late" / "1.0.0")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    (copy / "model.joblib").write_bytes(pointer)
    with pytest.raises(pickle.UnpicklingError, match="invalid load key, 'v'"):
        pickle.loads(pointer)
    with pytest.raises(IntegrityError, match=r"Git LFS pointer.*git lfs pull"):
        nbpipe.load(copy)


def test_a_bare_array_is_refused_instead_of_warned_of_until_its_columns_are_named(line, flights):
    pipeline, model = line
    rows = flights[0][NUMBERS].to_numpy()[:5]
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        expected = pipeline.predict_proba(rows)
    with pytest.raises(SchemaError, match="columns="):
        model.predict_proba(rows)
    found = model.predict_proba(rows, columns=NUMBERS)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_columns_in_another_order_are_put_right_by_their_names(line, flights):
    pipeline, model = line
    rows = flights[0][NUMBERS][:5]
    other = rows[NUMBERS[::-1]]
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline.predict_proba(other)
    with pytest.warns(UserWarning, match="valid feature names"):  # and silently something else
        swapped = pipeline.predict_proba(other.to_numpy())
    assert not np.allclose(swapped, pipeline.predict_proba(rows))
    np.testing.assert_array_equal(model.predict_proba(other), model.predict_proba(rows))


def test_dummies_of_one_row_are_told_by_the_columns_that_they_lack(flights, tmp_path):
    X, y = pd.get_dummies(flights[0][["distance", "carrier"]], dtype=float), flights[1]
    pipeline = LogisticRegression(max_iter=1000).fit(X, y)
    model = exported(pipeline, X, y, tmp_path)
    row = pd.get_dummies(flights[0][["distance", "carrier"]][:1], dtype=float)
    with (
        pytest.warns(UserWarning, match="valid feature"),
        pytest.raises(ValueError, match="X has 2"),
    ):
        pipeline.predict(row.to_numpy())
    with pytest.raises(SchemaError, match=r"missing.*carrier_"):
        model.predict(row)


def test_an_unseen_category_is_told_where_the_encoder_says_nothing(flights, tmp_path, recwarn):
    X, y = flights[0][["distance", "carrier"]], flights[1]
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["carrier"]), remainder="passthrough"
    )
    pipeline = make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(X, y)
    model = exported(pipeline, X, y, tmp_path)
    row = {"distance": 1000, "carrier": "ua"}
    recwarn.clear()
    pipeline.predict(pd.DataFrame([row]))
    assert not recwarn
    with pytest.warns(UserWarning, match=r"'carrier'.*'ua'"):
        model.predict(row)


FORK = """
import os, sys
import joblib, pandas as pd
import nbpipe
X = pd.read_csv(sys.argv[3], nrows=600)[["distance", "temp", "humid"]].dropna()
model = joblib.load(sys.argv[2]) if sys.argv[1] == "joblib" else nbpipe.load(sys.argv[2])
model.predict(X)
child = os.fork()
if child == 0:
    model.predict(X)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP is what hangs after a fork")
def test_a_model_that_hangs_in_a_forked_worker_answers_there_from_its_plan(flights, tmp_path):
    """As gunicorn with --preload does it: predict, fork, and predict in the child."""
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = HistGradientBoostingClassifier(max_iter=20, early_stopping=False).fit(X, y)
    joblib.dump(pipeline, tmp_path / "model.joblib")
    bundle = nbpipe.export(pipeline, tmp_path / "late", X=X, y=y)

    def forked(how, path, seconds):
        command = [sys.executable, "-W", "ignore", "-c", FORK, how, path, environments.FLIGHTS]
        own = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
        with subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "2"}, **own) as p:
            try:
                return p.communicate(timeout=seconds)[0].strip()
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)  # parent and child
                return "hangs"

    assert forked("nbpipe", bundle.path, 120) == "0"
    assert forked("joblib", tmp_path / "model.joblib", 20) == "hangs"


def test_a_forest_of_all_cores_is_exported_as_one_of_one(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    forest = RandomForestClassifier(5, n_jobs=-1, random_state=0).fit(X, y)
    assert exported(forest, X, y, tmp_path).pipeline.n_jobs == 1


@pytest.fixture(scope="module")
def old(pytestconfig, tmp_path_factory):
    """Return what scikit-learn 1.6 with numpy 2 wrote, and the Pythons of numpy 1 and of today."""
    writer = environments.cached(pytestconfig.cache, *environments.PINS["1.6"])
    reader = environments.cached(pytestconfig.cache, *environments.PINS["1.6, numpy 1"])
    folder = tmp_path_factory.mktemp("old") / "made"
    environments.run(writer, "write.py", folder, "gradient", "logistic")
    return folder, reader


@pytest.mark.slow
@pytest.mark.environments
def test_what_numpy_2_wrote_fails_under_numpy_1_and_predicts_from_its_plan(old):
    folder, numpy_1 = old
    found = json.loads(environments.run(numpy_1, "read.py", folder))["gradient"]
    assert "is not a known BitGenerator module" in found["joblib"]["message"]
    assert found["pipeline"]["error"] == "VersionMismatchError"
    assert "made with numpy 2." in found["pipeline"]["message"]
    assert "BitGenerator" in found["allowed"]["message"]
    assert (found["predict"]["kind"], found["predict"]["plan"]) == ("same", True)


@pytest.mark.slow
@pytest.mark.environments
def test_a_private_class_that_is_gone_does_not_matter_to_the_plan(old):
    if sklearn.__version__ < "1.7":
        pytest.skip("needs a scikit-learn after 1.6")
    found = json.loads(environments.run(sys.executable, "read.py", old[0]))["logistic"]
    assert "_RemainderColsList" in found["joblib"]["message"]
    assert "_RemainderColsList" in found["allowed"]["message"]
    assert found["pipeline"]["error"] == "VersionMismatchError"
    assert (found["predict"]["kind"], found["predict"]["plan"]) == ("same", True)
