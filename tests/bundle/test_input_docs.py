"""What docs/input.md shows is what happens."""

from __future__ import annotations

import doctest
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

import nbpipe

PAGE = Path(__file__).parents[2] / "docs" / "input.md"


def test_the_examples_of_the_page_say_what_it_shows(tmp_path):
    X = pd.DataFrame(
        {
            "carrier": ["AA", "DL", "UA"] * 20,
            "distance": range(500, 1100, 10),
            "temp": [31.0, 50.5, None] * 20,
        }
    )
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((encode, ["carrier"]), remainder="passthrough")
    fitted = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=2))
    with threadpool_limits(1):  # its threads wait long for a busy machine
        fitted.fit(X, X["distance"] > 800)
        path = nbpipe.export(fitted, tmp_path / "late", X=X).path
        names = {"nbpipe": nbpipe, "model": nbpipe.load(path), "path": path}
        page = PAGE.read_text(encoding="utf-8").replace("```", "")  # ends what is expected
        examples = doctest.DocTestParser().get_doctest(page, names, PAGE.name, str(PAGE), 0)
        found = doctest.DocTestRunner().run(examples)
    assert found.attempted == 5
    assert found.failed == 0
