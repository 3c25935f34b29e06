"""NB105."""

from __future__ import annotations

from nbpipe.leaks.rules.early import ENCODERS, Early


class EncodedBeforeSplit(Early):
    """Groups or targets were averaged over all rows before the split.

    What it does
    ------------
    Reports a mean per group, a target encoding or a count per category that took in rows which
    later judge the model.

    Why it is bad
    -------------
    A group's mean of the target holds the answers of the test rows; in a small group it is the
    answer. The late rate per plane, computed before the split, claims an F1 of .678 on flights
    where production gives .314, and the gap between training and test score is only .005: no
    comparison of scores shows it.

    What to do
    ----------
    Compute the table on the training part and look it up in both, or use `TargetEncoder` in a
    Pipeline, which encodes each training row by the others.

    What to tell your assistant
    ---------------------------
    "Compute group means on the training rows only, or use scikit-learn's `TargetEncoder` inside
    the Pipeline."
    """

    code = "NB105"
    name = "encoded-before-split"
    kinds = ENCODERS
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
df["plane_rate"] = df.groupby("plane")["late"].transform("mean")  # found
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
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
train, test = train_test_split(df, random_state=0)
rate = train.groupby("plane")["late"].mean()
train = train.assign(plane_rate=train["plane"].map(rate))
test = test.assign(plane_rate=test["plane"].map(rate))
forest = RandomForestClassifier().fit(train.drop(columns="late"), train["late"])
print(forest.score(test.drop(columns="late"), test["late"]))
""",
    )
