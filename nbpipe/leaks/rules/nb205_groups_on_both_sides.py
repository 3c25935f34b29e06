"""NB205."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Groups
from nbpipe.leaks.rules import holdout, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.sides import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class GroupsOnBothSides(Rule):
    """Rows of one person were dealt out to both sides.

    What it does
    ------------
    Asks to look where rows are counted or gathered by person (a column such as `patient_id`),
    and the split or the folds do not keep a person's rows together.

    Why it is bad
    -------------
    Several rows of one person are alike. With some of them in the training part, the model
    recognises the person and not the illness, and fails on people it has never met.

    What to do
    ----------
    Split by person: `GroupShuffleSplit`, `GroupKFold` or `StratifiedGroupKFold`, with the
    column as `groups`.

    What to tell your assistant
    ---------------------------
    "Several rows belong to one person: split with `GroupKFold` or `GroupShuffleSplit`, and give
    the column as `groups`."
    """

    code = "NB205"
    name = "groups-on-both-sides"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

df = pd.read_csv("voices.csv")
print(df["patient_id"].nunique(), "patients,", len(df), "recordings")  # found
X, y = df.drop(columns=["patient_id", "ill"]), df["ill"]
model = LogisticRegression()
print(cross_val_score(model, X, y, cv=5).mean())
""",
    )
    good = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score

df = pd.read_csv("voices.csv")
print(df["patient_id"].nunique(), "patients,", len(df), "recordings")
X, y = df.drop(columns=["patient_id", "ill"]), df["ill"]
model = LogisticRegression()
print(cross_val_score(model, X, y, groups=df["patient_id"], cv=GroupKFold(5)).mean())
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report where rows are told apart by person, and divided regardless."""
        for each in grouped(view):
            assert isinstance(each.cause, Groups)
            column = words.quoted(each.cause.column)
            judges = words.judged(view, each.score)
            yield words.finding(
                type(self),
                view,
                each.cause,
                each.severity,
                problem=f"shows several rows to one {column}, and rows are dealt out without "
                f"regard to it: rows of people that the model knows {judges}.",
                wish=f"Split so that all rows of one {column} stay on one side.",
                fix=holdout.by_group(view, each.cause, each.score),
                related=(*words.split_notes(view, each.score), words.score_note(view, each.score)),
            )
