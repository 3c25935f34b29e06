"""NB202."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import holdout, parts, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.sides import refitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class ScoredOnFittedRows(Rule):
    """A model was judged on rows that it was fitted on.

    What it does
    ------------
    Reports a score of a test part where the model was fitted on all rows, on the test part
    itself, or on a slice that overlaps it. A training score beside a test score is not
    reported.

    Why it is bad
    -------------
    A model that memorises its rows scores well on them and knows nothing of others. The score
    says how much it can remember.

    What to do
    ----------
    Fit on the training part only. To fit on all rows for production, do so after the last
    score, under another name.

    What to tell your assistant
    ---------------------------
    "Fit the model on the training rows only, and score it on rows that it has never seen."
    """

    code = "NB202"
    name = "scored-on-fitted-rows"
    severity = "error"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier()
forest.fit(X, y)  # found
print(forest.score(X_test, y_test))
""",
        """
import pandas as pd
from sklearn.linear_model import Ridge

X = pd.read_csv("houses.csv").to_numpy()
y = pd.read_csv("prices.csv").to_numpy()
X_train, y_train = X[:1200], y[:1200]
X_test, y_test = X[1000:], y[1000:]
ridge = Ridge()
ridge.fit(X_train, y_train)  # found
print(ridge.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_train, y_train), forest.score(X_test, y_test))
final = RandomForestClassifier().fit(X, y)
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report fits on rows that judge the model."""
        told = set()
        for each in refitted(view):
            if each.cause.number in told:
                continue
            told.add(each.cause.number)
            fit = view.fits(each.score)[-1]
            model = words.quoted(parts.model_name(view, each.score))
            yield words.finding(
                type(self),
                view,
                fit,
                each.severity,
                problem=f"fits on rows that also {words.judged(view, each.score)}.",
                wish=f"Fit {model} on the training rows only, and score it on others.",
                fix=holdout.fitted_on_train(view, fit, each.score),
                related=(*words.split_notes(view, each.score), words.score_note(view, each.score)),
            )
