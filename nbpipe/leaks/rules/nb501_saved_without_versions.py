"""NB501."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.knowledge.estimators import KERAS
from nbpipe.leaks.rules import names, words
from nbpipe.leaks.rules.names import argument, text
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class SavedWithoutVersions(Rule):
    """A model was saved without the versions that it needs.

    What it does
    ------------
    Notes a model written by `pickle`, `joblib` or `torch.save` with nothing beside it that says
    which versions made it. A file that writes `__version__` into JSON is left alone.

    Why it is bad
    -------------
    Another scikit-learn may not load the file, or load it and fail at `predict`: a Pipeline
    saved by 1.6.1 does not load in 1.9.1, one saved by 1.7.2 loads and then has no
    `_fill_dtype`. A version inside the pickle comes too late, since the crash comes before it
    can be read.

    What to do
    ----------
    Write versions, columns and a hash into JSON beside the model; `nbpipe.export` does this,
    and `nbpipe.load` reads it before it unpickles.

    What to tell your assistant
    ---------------------------
    "Save the model with a JSON manifest beside it: versions of Python and of all packages,
    feature names and types, a hash of the file. Check these before loading."
    """

    code = "NB501"
    name = "saved-without-versions"
    severity = "note"
    bad = (
        """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
model = LogisticRegression().fit(X, y)
joblib.dump(model, "model.joblib")  # found
""",
    )
    good = (
        """
import nbpipe
import pandas as pd
from sklearn.linear_model import LogisticRegression

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
model = LogisticRegression().fit(X, y)
nbpipe.export(model, to="models/late", X=X, y=y)
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Note models that are pickled alone."""
        if any(_writes_versions(cell.text) for cell in view.document.cells):
            return
        told = set()
        for save in view.saves:
            fits = [
                fit
                for fit in view.facts
                if isinstance(fit, Fit) and fit.oid == save.oid and fit.kind in {"model", "search"}
            ]
            if save.how.partition(".")[0] not in _PICKLERS or not fits or save.node in told:
                continue
            told.add(save.node)
            saved = argument(save.node, 0, "value", "obj")
            yield words.finding(
                type(self),
                view,
                save,
                "note",
                problem="writes a model without the versions that it was made with: others may "
                "refuse it, or load it and fail when it predicts.",
                wish=f"Write versions, columns and a hash of {words.quoted(saved)} into JSON "
                "beside it.",
                fix=_export(view, fits[-1], saved),
            )


def _export(view: View, fit: Fit, saved: ast.expr | None) -> str:
    """Return the export of a model; what cannot be exported gets its versions beside it."""
    X, y = (argument(fit.node, i, name) for i, name in enumerate("Xy"))
    if not names.simple(X):
        return ""
    stated = names.definition(view, text(saved), fit)
    packed = stated is not None and isinstance(stated.value, ast.Dict | ast.Tuple | ast.List)
    if not names.simple(saved) or packed or fit.label in KERAS:
        about = f"{{'scikit-learn': sklearn.__version__, 'rows': {text(X)}.shape}}"
        return f"json.dump({about}, open('model.json', 'w'))"
    given = [text(saved), f"to='models/{_NOT_WORD.sub('_', text(saved))}'", f"X={text(X)}"]
    given += [f"y={text(y)}"] if names.simple(y) else []
    return f"nbpipe.export({', '.join(given)})"


_PICKLERS = frozenset({"joblib", "pickle", "cPickle", "dill", "cloudpickle", "torch", "sklearn"})
_NOT_WORD = re.compile(r"\W+")


def _writes_versions(source: str) -> bool:
    """Say whether versions are written where they can be read without unpickling."""
    return "__version__" in source and "json" in source
