"""NB104."""

from __future__ import annotations

from nbpipe.leaks.rules.early import SELECTORS, Early


class SelectedBeforeSplit(Early):
    """Features were selected before the rows were split.

    What it does
    ------------
    Reports a selector, or a choice by correlations or p-values, that saw rows which later judge
    the model.

    Why it is bad
    -------------
    Features that go with the target in the test rows by chance were kept for that reason. The
    more features and the fewer rows, the more of the score is such chance.

    What to do
    ----------
    Split first and select by the training part only, or make the selector a step of the
    Pipeline.

    What to tell your assistant
    ---------------------------
    "Select features on the training rows only: make the selector a step of the Pipeline."
    """

    code = "NB104"
    name = "selected-before-split"
    kinds = SELECTORS
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import train_test_split

df = pd.read_csv("genes.csv")
X, y = df.drop(columns="ill"), df["ill"]
kbest = SelectKBest(f_classif, k=20)
X_new = kbest.fit_transform(X, y)  # found
X_train, X_test, y_train, y_test = train_test_split(X_new, y, random_state=0)
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import train_test_split

df = pd.read_csv("genes.csv")
X, y = df.drop(columns="ill"), df["ill"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
kbest = SelectKBest(f_classif, k=20).fit(X_train, y_train)
forest = RandomForestClassifier().fit(kbest.transform(X_train), y_train)
print(forest.score(kbest.transform(X_test), y_test))
""",
    )
