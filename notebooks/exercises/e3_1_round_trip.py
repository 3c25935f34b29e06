"""Export a model, and read from it how it was made"""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import nbpipe
from flights import CATEGORICAL, NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
mine = ...  # a fitted pipeline, exported to models/03/mine
again = ...  # the same, loaded from there
rows = ...  # a function of any loaded model: how many rows was it trained on?
"""

hints = (
    "Take the pipeline `late`, or build one as above. Fit it, export it, load it: three lines.",
    (
        "`%nbpipe export mine X y --to models/03/mine`, then "
        "`again = %nbpipe load models/03/mine`. All that is known about a model stands in its "
        "`manifest`."
    ),
    (
        "`again.manifest.data.rows` is the number of rows. As a function of any loaded model: "
        "`rows = lambda model: model.manifest.data.rows`."
    ),
)

solution = """
from sklearn.ensemble import HistGradientBoostingClassifier

mine = HistGradientBoostingClassifier(max_leaf_nodes=6, class_weight="balanced")
mine.fit(X[NUMERIC], y)
%nbpipe export mine X[NUMERIC] y --to models/03/mine
again = %nbpipe load models/03/mine


def rows(model):
    return model.manifest.data.rows
"""

also_right = (
    """
import json
import nbpipe
mine = late
nbpipe.export(mine, "models/03/mine", X=X, y=y)
again = nbpipe.load("models/03/mine")
rows = lambda model: json.loads((model.bundle.path / "manifest.json").read_text())["data"]["rows"]
""",
)

_EXPORTED = """
import nbpipe
mine = late
nbpipe.export(mine, "models/03/mine", X=X, y=y)
again = nbpipe.load("models/03/mine")
rows = lambda model: model.manifest.data.rows
"""
_COPIED = "from sklearn.base import clone\nmine = clone(late)\n"
wrong = {
    _EXPORTED + "again = mine": "was not loaded",
    _EXPORTED + "rows = 6000": "should be a function",
    _EXPORTED + "rows = lambda model: 6000": "trained on 300 rows",
    _EXPORTED + _COPIED: "not fitted",
    _EXPORTED + _COPIED + "mine.fit(X[:3000], y[:3000])": "other probabilities",
    _EXPORTED + "rows = lambda model: len(model.schema.features)": "columns",
}


def check(space):
    mine, again, rows = (space[name] for name in ("mine", "again", "rows"))
    expect(hasattr(mine, "predict_proba"), "`mine` is no pipeline that gives probabilities.")
    expect(
        isinstance(again, nbpipe.Model),
        "`again` was not loaded by nbpipe: `again = %nbpipe load models/03/mine`.",
    )
    X = read_flights("jan_aug")[NUMERIC + CATEGORICAL]
    X = X[list(getattr(mine, "feature_names_in_", X))]
    try:
        before = mine.predict_proba(X)
    except Exception as error:
        expect("NotFitted" not in type(error).__name__, "`mine` is not fitted: `mine.fit(X, y)`.")
        raise
    after = attempt("Asked for all flights,", again.predict_proba, X)
    expect(
        np.allclose(before, after),
        "`again` gives other probabilities than `mine`: was `mine` fitted anew after the export?",
    )
    expect(callable(rows), "`rows` should be a function of a loaded model.")
    with tempfile.TemporaryDirectory() as folder:
        small = _other(Path(folder, "other"))
        told = attempt("Asked for the rows of another model,", rows, small)
        columns = len(small.schema.features)
    expect(told != columns, f"{columns} are the columns of that model; its rows are asked for.")
    expect(told == 300, f"Of a model that was trained on 300 rows, `rows` says {told}.")
    return "The file brings its own history, and nobody has to remember it."


def _other(folder):
    """Export and load a model of 300 rows and two columns."""
    data = read_flights("jan_aug").iloc[:300]
    X, y = data[["hour", "distance"]], data["late"]
    return nbpipe.load(nbpipe.export(LogisticRegression().fit(X, y), folder, X=X, y=y).path)
