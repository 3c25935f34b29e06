"""NB106."""

from __future__ import annotations

from nbpipe.leaks.rules.early import BINS, Early


class BinnedBeforeSplit(Early):
    """Bins or limits were taken from all rows before the split.

    What it does
    ------------
    Reports `pd.qcut`, `pd.cut` with a number of bins, `KBinsDiscretizer`, and limits from
    quantiles, that saw rows which later judge the model. Bins with given edges learn nothing
    and are not reported.

    Why it is bad
    -------------
    Where a bin ends depends on the test rows. In production there are none to take the edges
    from, so the same value can fall into another bin.

    What to do
    ----------
    Take the edges from the training part and cut both parts by them, or use `KBinsDiscretizer`
    in a Pipeline.

    What to tell your assistant
    ---------------------------
    "Take bin edges and clipping limits from the training rows only, or use `KBinsDiscretizer`
    inside the Pipeline."
    """

    code = "NB106"
    name = "binned-before-split"
    kinds = BINS
    bad = (
        """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("titanic.csv")
df["fare_band"] = pd.qcut(df["fare"], 4, labels=False)  # found
X, y = df[["fare_band", "age"]], df["survived"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("titanic.csv")
df["age_band"] = pd.cut(df["age"], [0, 16, 32, 48, 64, 120], labels=False)
X, y = df[["age_band", "fare"]], df["survived"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    )
