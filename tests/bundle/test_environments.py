"""Bundles between really different environments: a corner of docs/compatibility.md, run again."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import environments
import pytest
import sklearn

FOUND = environments.ROOT / "docs" / "compatibility.json"
HERE = sklearn.__version__.rpartition(".")[0]
MODELS = ("boosting", "forest", "logistic", "neighbours")  # the last has no plan
pytestmark = [pytest.mark.environments, pytest.mark.slow]


@pytest.fixture(scope="session")
def pythons(pytestconfig):
    """Map a minor version of scikit-learn to the Python that has it."""
    others = {
        name: environments.cached(pytestconfig.cache, *environments.PINS[name])
        for name in ("1.7", "1.8")
    }
    return others | {"here": sys.executable}


@pytest.fixture(scope="session")
def made(pythons, tmp_path_factory):
    """Export the same models in each environment."""
    root = tmp_path_factory.mktemp("made")
    for name, python in pythons.items():
        environments.run(python, "write.py", root / name, *MODELS)
    return root


@cache
def read(python, folder):
    """Predict in another environment, and open the estimator, strictly and with leave to."""
    return json.loads(environments.run(python, "read.py", folder))


@pytest.mark.parametrize("source", ["1.7", "1.8", "here"])
@pytest.mark.parametrize("target", ["1.7", "1.8", "here"])
def test_every_environment_reads_as_the_compatibility_page_tells(pythons, made, source, target):
    found = read(pythons[target], made / source)
    writer, reader = (HERE if name == "here" else name for name in (source, target))
    cells = json.loads(FOUND.read_text())["read"].get(writer, {}).get(reader)
    if cells is None:
        pytest.skip(f"scikit-learn {HERE} is not in the matrix")
    assert set(found) == set(MODELS)
    for model in MODELS:
        kinds = {way: answer["kind"] for way, answer in found[model].items()}
        assert kinds == {way: answer["kind"] for way, answer in cells[model].items()}, model


@pytest.mark.parametrize("source", ["1.7", "1.8", "here"])
@pytest.mark.parametrize("target", ["1.7", "1.8", "here"])
def test_what_has_a_plan_predicts_the_same_everywhere(pythons, made, source, target):
    for model, found in read(pythons[target], made / source).items():
        if model != "neighbours":
            assert found["predict"] == {"kind": "same", "rows": 0, "warned": False, "plan": True}


@pytest.mark.parametrize(
    ("source", "target"), [("1.7", "1.8"), ("1.7", "here"), ("1.8", "here"), ("here", "1.8")]
)
def test_the_estimator_of_another_minor_is_refused_with_both_versions_and_the_command(
    pythons, made, source, target
):
    if HERE in {"1.7", "1.8"}:
        pytest.skip("needs a third version here")
    found = read(pythons[target], made / source)
    versions = {"1.7": "1.7.2", "1.8": "1.8.0", "here": sklearn.__version__}
    for model in MODELS:
        refused = found[model]["pipeline"]
        assert refused["error"] == "VersionMismatchError"
        assert f"scikit-learn {versions[source]}" in refused["message"]
        assert f"this environment has {versions[target]}" in refused["message"]
        assert f"scikit-learn=={versions[source]} " in refused["command"]


def test_allowing_the_mismatch_goes_on_only_where_the_trial_agrees(pythons, made):
    """As measured: 1.7's imputer cannot predict from 1.8 on, nor 1.8's boosting be opened in 1.9.

    Plain joblib fails in the same places, with scikit-learn's own words and nothing else.
    """
    if HERE != "1.9":
        pytest.skip("which model breaks is known for 1.9")
    found = read(pythons["here"], made / "1.7")
    for model, cause in {"forest": "'_fill_dtype'", "boosting": "No module named '_loss'"}.items():
        assert cause in found[model]["joblib"]["message"]
        assert cause in found[model]["allowed"]["message"]
        assert found[model]["allowed"]["error"] == "VersionMismatchError"
    found = read(pythons["here"], made / "1.8")
    assert found["forest"]["allowed"]["kind"] == "same"
    assert "No module named '_loss'" in found["boosting"]["allowed"]["message"]


def test_the_command_in_the_error_makes_an_environment_that_loads_the_model(
    pythons, made, tmp_path
):
    """The very command runs in a shell; nbpipe is installed beside it, as the message says."""
    if HERE == "1.8":
        pytest.skip("needs another version here")
    command = read(pythons["here"], made / "1.8")["forest"]["pipeline"]["command"]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, capture_output=True)
    python = tmp_path / "forest-env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", environments.ROOT]
    subprocess.run(install, check=True, capture_output=True)
    assert read(python, made / "1.8")["forest"]["pipeline"]["kind"] == "same"
