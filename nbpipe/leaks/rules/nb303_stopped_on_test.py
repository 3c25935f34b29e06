"""NB303."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import choosing, holdout, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.often import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class StoppedOnTest(Rule):
    """Training was stopped by the rows that give the final score.

    What it does
    ------------
    Reports early stopping, checkpoints or `eval_set` on the rows that judge the model in the
    end; a `review` where training is only watched on them.

    Why it is bad
    -------------
    Training ends where these rows like it best, so they are no longer unseen. The more rounds
    there are to choose from, the more of the score is this choice.

    What to do
    ----------
    Take validation rows from the training part for the stopping, and keep the test rows for one
    score at the end.

    What to tell your assistant
    ---------------------------
    "Take a validation part from the training rows for early stopping. Never pass the test rows
    to `fit`."
    """

    code = "NB303"
    name = "stopped-on-test"
    severity = "error"
    bad = (
        """
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
booster = LGBMClassifier(n_estimators=2000)
booster.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=50)  # found
print(roc_auc_score(y_test, booster.predict_proba(X_test)[:, 1]))
""",
    )
    good = (
        """
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_rest, X_test, y_rest, y_test = train_test_split(X, y, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, random_state=0)
booster = LGBMClassifier(n_estimators=2000)
booster.fit(X_train, y_train, eval_set=[(X_val, y_val)], early_stopping_rounds=50)
print(roc_auc_score(y_test, booster.predict_proba(X_test)[:, 1]))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report training that is steered by the rows of the final score."""
        told = set()
        for each in stopped(view):
            key = (each.score.cell, each.score.node)
            if key in told:
                continue
            told.add(key)
            final = each.others[-1]
            does = (
                "steers the training of" if each.severity == "error" else "shows, while it trains,"
            )
            model = choosing.model(view, each.score)
            rows = f"`{each.score.how}` is the rows that later {words.judged(view, final)}"
            yield words.finding(
                type(self),
                view,
                each.score,
                each.severity,
                problem=f"{does} {model} by test rows: its {rows}.",
                wish=f"Watch {model} on validation rows from the training part, and keep the test "
                "rows for the final score.",
                fix=holdout.validated(view, final, stops=True),
                related=(*words.split_notes(view, final), words.score_note(view, final)),
            )
