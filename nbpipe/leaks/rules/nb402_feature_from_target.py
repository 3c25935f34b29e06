"""NB402."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Related
from nbpipe.leaks.rules import words
from nbpipe.leaks.rules.answers import compared, computed, supervised, without
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fit
    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.rules.columns import Columns
    from nbpipe.leaks.view import View


class FeatureFromTarget(Rule):
    """A feature was computed from the target, or the target from a feature.

    What it does
    ------------
    Asks to look where a column was computed from the target and stays among the features, or
    the target was computed from one column that stays among them: `late` from `arr_delay > 15`.
    An error where the target given to the model is itself such a comparison.

    Why it is bad
    -------------
    Such a column is the answer in other words. It is not known when the prediction is due,
    however good the score is: with the departure delay among its features a model of late
    flights claims an accuracy of .895, and in production, without it, its F1 is .003. Splitting
    by time does not find this.

    What to do
    ----------
    Drop the column from the features. Ask of each feature whether its value is known at the
    moment of the prediction.

    What to tell your assistant
    ---------------------------
    "Use only features whose values are known at prediction time; drop everything computed from
    the target, and whatever the target was computed from."
    """

    code = "NB402"
    name = "feature-from-target"
    severity = "error"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
df["late"] = df["arr_delay"] > 15  # found
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
df["late"] = df["arr_delay"] > 15
X = df.drop(columns=["late", "arr_delay"])
X_train, X_test, y_train, y_test = train_test_split(X, df["late"])
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report columns among the features that tell the target."""
        told: set[object] = set()
        for fit, target, given in supervised(view):
            kept = fit.data is not None and target in fit.data.without
            if compared(fit) and given.hold(target) and not kept and id(given.node) not in told:
                told.add(id(given.node))
                yield self._compared(view, fit, target, given)
            for cell, node, made, used in computed(view, given.frames, target):
                answer = made if used == target else used
                gone = fit.data is not None and answer in fit.data.without
                if gone or not given.hold(answer) or (cell, node) in told:
                    continue
                told.add((cell, node))
                yield words.finding(
                    type(self),
                    view,
                    replace(fit, node=node, cell=cell),
                    "review",
                    problem=f"makes `{made}` from `{used}`, and `{answer}` is among the features "
                    f"from which {words.does(fit)} {words.at(view, fit)} is to predict `{target}`.",
                    wish=f"Leave `{answer}` out of the features, unless it is known when the "
                    "prediction is due.",
                    fix=without(view, given, answer),
                    related=(Related(view.place(fit), f"Here `{target}` is the target."),),
                )

    def _compared(self, view: View, fit: Fit, column: str, given: Columns) -> Finding:
        """Report features that hold the column whose comparison is the target."""
        return words.finding(
            type(self),
            view,
            replace(fit, node=given.node, cell=given.cell),
            "error",
            problem=f"still holds `{column}`, and the target of {words.does(fit)} "
            f"{words.at(view, fit)} is computed from `{column}`.",
            wish=f"Leave `{column}` out of the features.",
            fix=without(view, given, column),
            related=(Related(view.place(fit), f"Here the target is computed from `{column}`."),),
        )
