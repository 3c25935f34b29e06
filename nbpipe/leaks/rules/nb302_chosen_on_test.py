"""NB302."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import choosing, words
from nbpipe.leaks.rules.names import statement
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.often import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class ChosenOnTest(Rule):
    """A setting was chosen by the score on the test rows.

    What it does
    ------------
    Reports a loop that fits another setting in each round (a `k`, a depth, a seed, a threshold)
    and judges each on the same test rows, or goes one way or another by such a score.

    Why it is bad
    -------------
    The setting fits these rows best, by chance as well as by merit, so the score that chose it
    is too good. No rows are left to find out by how much.

    What to do
    ----------
    Choose by cross-validation on the training rows (`GridSearchCV` does), or on validation
    rows; judge once on the test rows, at the end.

    What to tell your assistant
    ---------------------------
    "Choose the setting with `GridSearchCV` on the training rows only, and report the test score
    of the best one once."
    """

    code = "NB302"
    name = "chosen-on-test"
    severity = "error"
    bad = (
        """
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scores = []
for k in range(1, 40):
    knn = KNeighborsClassifier(n_neighbors=k)
    knn.fit(X_train, y_train)
    scores.append(accuracy_score(y_test, knn.predict(X_test)))  # found
print("best k:", scores.index(max(scores)) + 1)
""",
    )
    good = (
        """
import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": range(1, 40)})
search.fit(X_train, y_train)
print(search.best_params_, search.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report scores of held-out rows by which something is chosen."""
        told = set()
        for each in chosen(view):
            key = (each.score.cell, statement(view, each.score) or each.score.node)
            if key in told:
                continue
            told.add(key)
            model = choosing.model(view, each.score)
            yield words.finding(
                type(self),
                view,
                each.score,
                each.severity,
                problem=f"scores {model} on the same test rows in every round, so that these rows "
                "choose the setting that they then give the score of.",
                wish=f"Choose the setting of {model} on rows of the training part, and use the "
                "test rows once, at the end.",
                fix=choosing.on_validation(view, each),
                related=words.split_notes(view, each.score),
            )
