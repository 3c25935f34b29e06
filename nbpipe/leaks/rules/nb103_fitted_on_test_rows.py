"""NB103."""

from __future__ import annotations

from nbpipe.leaks.rules.early import VALUES, Early


class FittedOnTestRows(Early):
    """Preprocessing was fitted on the test rows.

    What it does
    ------------
    Reports `fit` or `fit_transform` on the rows that judge the model, or numbers computed from
    them alone.

    Why it is bad
    -------------
    The test rows are measured by their own mean and scale and not by those that the model was
    trained with, so the same value means one thing in training and another in the test. In
    production, where rows come one at a time, `fit_transform` gives every row the same values.

    What to do
    ----------
    Fit on the training rows only, and call `transform` on the test rows.

    What to tell your assistant
    ---------------------------
    "Use `transform` only on test data; `fit_transform` only on training data."
    """

    code = "NB103"
    name = "fitted-on-test-rows"
    kinds = VALUES
    how = frozenset({"test"})
    bad = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="late"), df["late"])
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.fit_transform(X_test)  # found
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="late"), df["late"])
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
