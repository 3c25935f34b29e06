"""NB301."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import choosing, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.often import compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class ComparedOnTest(Rule):
    """Several models were compared on the test rows.

    What it does
    ------------
    Asks to look where two models or settings are judged on the same test rows, and no further
    rows give the final score. One model with many metrics, and a baseline beside a model, are
    not reported.

    Why it is bad
    -------------
    The best of many scores is the luckiest one. Whoever then reports it reports the luck, too:
    of twenty models that are equally good, the best is expected to look better than it is by
    almost two standard errors of the score.

    What to do
    ----------
    Compare by cross-validation on the training rows, or on validation rows of their own; judge
    the one that was chosen on the test rows, once.

    What to tell your assistant
    ---------------------------
    "Compare the models by cross-validation on the training rows only. Use the test rows once,
    for the model that was chosen."
    """

    code = "NB301"
    name = "compared-on-test"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest = RandomForestClassifier().fit(X_train, y_train)
svm = SVC().fit(X_train, y_train)
print(forest.score(X_test, y_test))
print(svm.score(X_test, y_test))  # found
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.svm import SVC

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
forest, svm = RandomForestClassifier(), SVC()
print(cross_val_score(forest, X_train, y_train).mean())
print(cross_val_score(svm, X_train, y_train).mean())
forest.fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report the last of several models that were judged on the same rows."""
        for each in compared(view):
            first = each.others[0]
            yield words.finding(
                type(self),
                view,
                each.score,
                each.severity,
                problem=f"scores {choosing.model(view, each.score)} on test rows that "
                f"{choosing.already(view, each)}: the best of these scores is partly luck.",
                wish=f"Compare {choosing.model(view, each.score)} with the others by "
                "cross-validation on the training rows, and score the one that you choose on the "
                "test rows once.",
                fix=choosing.by_cross_validation(view, each),
                related=(
                    *words.split_notes(view, first),
                    *(words.score_note(view, other) for other in each.others[:8]),
                ),
            )
