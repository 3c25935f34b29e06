"""NB203."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import holdout, parts, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.sides import training_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class OnlyTrainingScores(Rule):
    """No model was ever judged on rows that it had not seen.

    What it does
    ------------
    Asks to look where every score is one of the very rows that the model was fitted on, and no
    rows are held out anywhere.

    Why it is bad
    -------------
    Such a score says how well the model remembers, and nothing about rows to come: an unpruned
    tree reaches 100 % on pure noise.

    What to do
    ----------
    Hold some rows out with `train_test_split`, by time where there is time, or use
    `cross_val_score`.

    What to tell your assistant
    ---------------------------
    "Hold out a test part and report the score on that, or cross-validate."
    """

    code = "NB203"
    name = "only-training-scores"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
tree = DecisionTreeClassifier()
tree.fit(X, y)  # found
print(tree.score(X, y))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
tree = DecisionTreeClassifier()
print(cross_val_score(tree, X, y, cv=5).mean())
tree.fit(X, y)
print(tree.score(X, y))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report a fit whose own rows are all that it is judged on."""
        for each in training_only(view):
            fit = view.fits(each.score)[-1]
            model = words.quoted(parts.model_name(view, each.score))
            yield words.finding(
                type(self),
                view,
                fit,
                each.severity,
                problem=f"fits on the very rows that {words.judged(view, each.score)}, "
                "and no others do.",
                wish=f"Hold some rows out, and score {model} on these.",
                fix=holdout.held_out(fit),
                related=(words.score_note(view, each.score),),
            )
