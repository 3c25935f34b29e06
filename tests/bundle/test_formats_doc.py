"""The examples of docs/formats.md run as they stand, on a real bundle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import nbpipe

DOC = Path(__file__).parents[2] / "docs" / "formats.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", DOC.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def folder(pipeline, flights, tmp_path_factory):
    """Return where models/late has a version of each format."""
    X, y = flights
    folder = tmp_path_factory.mktemp("doc")
    nbpipe.export(pipeline, folder / "models" / "late", X=X, y=y)
    line = LogisticRegression()
    fitted = make_pipeline(pipeline[0], line).fit(X, y)
    nbpipe.export(fitted, folder / "models" / "late", X=X, y=y, format="skops", onnx=True)
    return folder


def test_there_is_an_example_for_each_file_that_predicts():
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("code", EXAMPLES, ids=["joblib", "skops", "onnx"])
def test_each_example_runs_without_nbpipe(folder, flights, code):
    result = "labels" if "labels" in code else "pipeline"
    check = f"\nimport sys\nassert 'nbpipe' not in sys.modules\nassert {result} is not None\n"
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code + check],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
