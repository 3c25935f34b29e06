"""NB201."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Copies
from nbpipe.leaks.rules import holdout, words
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.sides import copied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class CopiedBeforeSplit(Rule):
    """Rows were copied before they were split.

    What it does
    ------------
    Reports oversampling (SMOTE, `resample`, `sample(replace=True)`, rows joined to themselves,
    augmented images) before the split or before cross-validation.

    Why it is bad
    -------------
    Copies of one row, or rows made up from it, stand on both sides, so the model is judged on
    rows that it knows. Oversampled before a random split, flights claim an F1 of .925 and give
    .307 in production; 43 % of the test rows were in the training part.

    What to do
    ----------
    Split first and resample the training part only. Inside cross-validation use
    `imblearn.pipeline.make_pipeline`, which resamples within each fold, or
    `class_weight="balanced"`, which needs no copies.

    What to tell your assistant
    ---------------------------
    "Resample only the training rows, after the split; in cross-validation use a Pipeline of
    imbalanced-learn."
    """

    code = "NB201"
    name = "copied-before-split"
    severity = "error"
    bad = (
        """
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
smote = SMOTE(random_state=0)
X_more, y_more = smote.fit_resample(X, y)  # found
X_train, X_test, y_train, y_test = train_test_split(X_more, y_more, test_size=0.2)
forest = RandomForestClassifier()
forest.fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
        """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample

df = pd.read_csv("loans.csv")
bad = df[df["default"] == 1]
more = resample(bad, replace=True, n_samples=5000, random_state=0)  # found
df = pd.concat([df[df["default"] == 0], more])
X, y = df.drop(columns="default"), df["default"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree = DecisionTreeClassifier()
tree.fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
X_more, y_more = SMOTE(random_state=0).fit_resample(X_train, y_train)
forest = RandomForestClassifier().fit(X_more, y_more)
print(forest.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report what copied rows that are divided later."""
        told = set()
        for each in sorted(copied(view), key=lambda each: each.severity != "error"):
            if each.cause.number in told:
                continue
            told.add(each.cause.number)
            assert isinstance(each.cause, Copies)
            where = "before the folds are made" if each.score.folds else "before they are split"
            judges = words.judged(view, each.score)
            yield words.finding(
                type(self),
                view,
                each.cause,
                each.severity,
                problem=f"repeats rows or makes up new ones from them {where}: "
                f"some of these {judges}.",
                wish=f"Split first, and do {words.does(each.cause)} to the training part only.",
                fix=holdout.copied_later(view, each.cause, each.score),
                related=(*words.split_notes(view, each.score), words.score_note(view, each.score)),
            )
