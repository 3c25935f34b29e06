"""NB109."""

from __future__ import annotations

from nbpipe.leaks.rules.early import CATEGORIES, Early


class CategoriesBeforeSplit(Early):
    """Categories were listed before the rows were split.

    What it does
    ------------
    Reports, as a note, dummies, label encoders and thresholds that saw rows which later judge
    the model.

    Why it is bad
    -------------
    Little of the test rows enters: only which categories there are. It does hide what happens
    in production, where a category comes that was never seen, or one is missing and a column
    with it.

    What to do
    ----------
    Use `OneHotEncoder(handle_unknown="ignore")` in a Pipeline: it remembers the training rows'
    categories, and an unknown one does no harm.

    What to tell your assistant
    ---------------------------
    "Replace `pd.get_dummies` by `OneHotEncoder(handle_unknown='ignore')` inside the Pipeline."
    """

    code = "NB109"
    name = "categories-before-split"
    severity = "note"
    kinds = CATEGORIES
    how = frozenset({"before", "folds", "test"})
    bad = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
X = pd.get_dummies(df.drop(columns="late"), columns=["carrier", "origin"])  # found
X_train, X_test, y_train, y_test = train_test_split(X, df["late"], random_state=0)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

df = pd.read_csv("flights.csv")
X, y = df[["carrier", "origin"]], df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
