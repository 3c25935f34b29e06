"""NB502."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.findings import Related
from nbpipe.leaks.rules import names, words
from nbpipe.leaks.rules.names import argument, statement, text
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class SavedUnfitted(Rule):
    """A model was saved that was never fitted.

    What it does
    ------------
    Reports a model that is saved after `cross_validate` or `cross_val_score` and was never
    fitted itself.

    Why it is bad
    -------------
    Cross-validation fits copies and throws them away. What is saved has learned nothing, and
    raises `NotFittedError` at its first prediction.

    What to do
    ----------
    Fit on all training rows after cross-validation, then save.

    What to tell your assistant
    ---------------------------
    "`cross_validate` leaves the pipeline unfitted: call `fit` on the training rows before
    saving it."
    """

    code = "NB502"
    name = "saved-unfitted"
    severity = "error"
    bad = (
        """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
pipeline = make_pipeline(StandardScaler(), LogisticRegression())
scores = cross_validate(pipeline, X, y, cv=5)
joblib.dump(pipeline, "model.joblib")  # found
""",
    )
    good = (
        """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
pipeline = make_pipeline(StandardScaler(), LogisticRegression())
scores = cross_validate(pipeline, X, y, cv=5)
pipeline.fit(X, y)
joblib.dump(pipeline, "model.joblib")
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report saved models that only copies were fitted of."""
        for save in view.saves:
            name = argument(save.node, 0, "value", "obj")
            tried = [each for each in view.facts if isinstance(each, Fit) and each.oid == save.oid]
            tried = [each for each in tried if each.number < save.number]
            if (
                save.fitted
                or not tried
                or _fitted_somewhere(view, text(argument(tried[-1].node, 0)))
            ):
                continue
            fold = tried[-1]
            model, X, y = (
                argument(fold.node, i, key) for i, key in enumerate(("estimator", "X", "y"))
            )
            lines = [f"{text(model)}.fit({text(X)}, {text(y)})", text(statement(view, save))]
            yield words.finding(
                type(self),
                view,
                save,
                "error",
                problem=f"saves {words.quoted(model or name)} unfitted: "
                f"{words.quoted(fold.node)} {words.at(view, fold)} fits copies only.",
                wish=f"Fit {words.quoted(model or name)} before it is saved.",
                fix="\n".join(lines) if names.simple(X) and names.simple(y) else "",
                related=(Related(view.place(fold), "Here copies are fitted, and thrown away."),),
            )


def _fitted_somewhere(view: View, name: str) -> bool:
    """Say whether a model is fitted by its name, or given to a function that may fit it."""
    for cell in view.document.cells:
        for node in ast.walk(cell.tree):
            if not isinstance(node, ast.Call):
                continue
            called = text(node.func)
            if called in {f"{name}.fit", f"{name}.fit_predict", f"{name}.partial_fit"}:
                return True
            given = [text(each) for each in (*node.args, *(k.value for k in node.keywords))]
            if name in given and called.rpartition(".")[2] not in _LEAVE_UNFITTED:
                return True
    return False


_LEAVE_UNFITTED = frozenset(
    {"cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "dump", "dumps"}
    | {"validation_curve", "permutation_test_score", "save", "print", "display", "clone"}
)
