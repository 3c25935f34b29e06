"""NB401."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Related
from nbpipe.leaks.rules import words
from nbpipe.leaks.rules.answers import compared, supervised, without
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class TargetAmongFeatures(Rule):
    """The target was left among the features.

    What it does
    ------------
    Reports a model that is fitted on a frame which still holds the column it is to predict:
    nothing dropped it, or a list of features names it.

    Why it is bad
    -------------
    The model reads the answer off and needs nothing else. Its score is near perfect and means
    nothing, and in production the column is not there.

    What to do
    ----------
    Drop the target from the features, or list the features without it.

    What to tell your assistant
    ---------------------------
    "Define `X` without the target column, and check with `assert target not in X.columns`."
    """

    code = "NB401"
    name = "target-among-features"
    severity = "error"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X = df.drop(columns=["flight_id"])  # found
y = df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier()
forest.fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
features = ["distance", "temp", "late"]
X, y = df[features], df["late"]
X_train, X_test, y_train, y_test = train_test_split(df[features], df["late"])  # found
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X = df.drop(columns=["flight_id"])
y = X.pop("late")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier()
forest.fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report fits whose features hold the target, once where these are taken."""
        told = set()
        for fit, target, given in supervised(view):
            kept = fit.data is not None and target in fit.data.without
            if kept or compared(fit) or not given.hold(target) or id(given.node) in told:
                continue
            told.add(id(given.node))
            yield words.finding(
                type(self),
                view,
                replace(fit, node=given.node, cell=given.cell),
                "error",
                problem=f"still holds `{target}`, which is what {words.does(fit)} "
                f"{words.at(view, fit)} is to predict.",
                wish=f"Leave `{target}` out of the features.",
                fix=without(view, given, target),
                related=(Related(view.place(fit), f"Here `{target}` is the target, too."),),
            )
