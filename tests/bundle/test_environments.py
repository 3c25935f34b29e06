"""Bundles between really different environments: scikit-learn 1.7, 1.8 and the one running."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import environments
import pytest
import sklearn

DATA = Path(__file__).parents[2] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
pytestmark = [pytest.mark.environments, pytest.mark.slow]

EXPORT = """
import sys
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
import nbpipe

X = pd.read_csv(sys.argv[2], nrows=1000)
y = X.pop("late")
columns = make_column_transformer(
    (SimpleImputer(), ["distance", "temp", "wind_gust"]),
    (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["carrier", "origin"]),
)
for name, model in {
    "forest": make_pipeline(columns, RandomForestClassifier(5, random_state=0)),
    "boosting": make_pipeline(columns, HistGradientBoostingClassifier(max_iter=5)),
}.items():
    nbpipe.export(model.fit(X, y), f"{sys.argv[1]}/{name}", X=X, y=y)
line = make_pipeline(StandardScaler(), LogisticRegression())
nbpipe.export(line.fit(X[["distance"]], y), f"{sys.argv[1]}/line", X=X[["distance"]], y=y)
"""

LOAD = """
import json
import sys
import nbpipe

found = {}
for name in ("forest", "boosting", "line"):
    for allow in (None, False, True):
        try:
            model = nbpipe.load(f"{sys.argv[1]}/{name}", allow_version_mismatch=bool(allow))
            told = ["opened"] if allow is not None and model.pipeline is not None else (
                model.predict_proba(json.loads(sys.argv[2])).tolist()
            )
        except nbpipe.errors.NbpipeError as error:
            told = [type(error).__name__, str(error), getattr(error, "command", "")]
        found[f"{name} {allow}"] = told
print(json.dumps(found))
""".replace("import nbpipe\n", "import nbpipe\nimport nbpipe.errors\n", 1)

FLIGHT = {"distance": 1000, "temp": 40.0, "wind_gust": None, "carrier": "UA", "origin": "JFK"}


@pytest.fixture(scope="session")
def pythons(pytestconfig):
    """Map a minor version of scikit-learn to the Python that has it."""
    return {
        "1.7": environments.make(pytestconfig.cache, "scikit-learn==1.7.2", "pandas<3"),
        "1.8": environments.make(pytestconfig.cache, "scikit-learn==1.8.0", "pandas<3"),
        "here": sys.executable,
    }


@pytest.fixture(scope="session")
def made(pythons, tmp_path_factory):
    """Export the same three models in each environment."""
    root = tmp_path_factory.mktemp("made")
    for name, python in pythons.items():
        subprocess.run([python, "-c", EXPORT, root / name, DATA], check=True, cwd=root)
    return root


@cache
def load(python, folder):
    """Predict in another environment, and open the pipeline, strictly and with leave to."""
    done = subprocess.run(
        [python, "-c", LOAD, folder, json.dumps(FLIGHT)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("source", ["1.7", "1.8", "here"])
@pytest.mark.parametrize("target", ["1.7", "1.8", "here"])
def test_every_environment_predicts_the_same_from_what_any_of_them_made(
    pythons, made, source, target
):
    found, own = load(pythons[target], made / source), load(pythons[source], made / source)
    for model in ("forest", "boosting"):
        assert found[f"{model} None"] == own[f"{model} None"]
        assert len(found[f"{model} None"][0]) == 2
        assert own[f"{model} False"] == ["opened"]
    # `line` knows one column only, so the flight does not fit it.
    assert found["line None"][0] == "SchemaError"


@pytest.mark.parametrize(
    ("source", "target"), [("1.7", "1.8"), ("1.7", "here"), ("1.8", "here"), ("here", "1.8")]
)
def test_the_pipeline_of_another_minor_is_refused_with_both_versions_and_the_command(
    pythons, made, source, target
):
    if sklearn.__version__.startswith(("1.7.", "1.8.")):
        pytest.skip("needs a third version here")
    found = load(pythons[target], made / source)
    versions = {"1.7": "1.7.2", "1.8": "1.8.0", "here": sklearn.__version__}
    for model in ("forest", "boosting", "line"):
        kind, message, command = found[f"{model} False"]
        assert kind == "VersionMismatchError"
        assert f"scikit-learn {versions[source]}" in message
        assert f"this environment has {versions[target]}" in message
        assert f"scikit-learn=={versions[source]} " in command


def test_allowing_the_mismatch_goes_on_only_where_the_trial_agrees(pythons, made):
    """As measured: 1.7's imputer cannot predict from 1.8 on, its boosting not even be opened."""
    if not sklearn.__version__.startswith("1.9."):
        pytest.skip("which model breaks is known for 1.9")
    found = load(pythons["here"], made / "1.7")
    assert found["forest True"][0] == "VersionMismatchError"
    assert "has no attribute '_fill_dtype'" in found["forest True"][1]
    assert found["boosting True"][0] == "VersionMismatchError"
    assert "No module named '_loss'" in found["boosting True"][1]
    assert found["line True"] == ["opened"]
    found = load(pythons["here"], made / "1.8")
    assert found["forest True"] == ["opened"]
    assert "No module named '_loss'" in found["boosting True"][1]


def test_the_command_in_the_error_makes_an_environment_that_loads_the_model(
    pythons, made, tmp_path
):
    """The very command runs in a shell; nbpipe is installed beside it, as the message says."""
    if sklearn.__version__.startswith("1.8."):
        pytest.skip("needs another version here")
    _, _, command = load(pythons["here"], made / "1.8")["forest False"]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, capture_output=True)
    python = tmp_path / "forest-env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", environments.ROOT]
    subprocess.run(install, check=True, capture_output=True)
    assert load(python, made / "1.8")["forest False"] == ["opened"]
