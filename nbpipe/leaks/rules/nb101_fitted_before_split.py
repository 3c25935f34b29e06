"""NB101."""

from __future__ import annotations

from nbpipe.leaks.rules.early import LEARNERS, Early


class FittedBeforeSplit(Early):
    """Preprocessing was fitted before the rows were split.

    What it does
    ------------
    Reports a scaler, imputer, PCA, vectorizer, or a mean or median in `fillna`, that learned
    from rows which later judge the model, because the split comes after it.

    Why it is bad
    -------------
    The test rows are to stand in for rows that nobody has seen. Their mean, scale or vocabulary
    is already in what the model is given, so the score is higher than it will be in production:
    by little for a scaler over many rows, by much for a vocabulary, a PCA or an imputer over
    few.

    What to do
    ----------
    Split first. Fit the step on the training part only, then apply it to both parts; or put it
    into one Pipeline with the model, which does this by itself.

    What to tell your assistant
    ---------------------------
    "Split before any preprocessing. Call `fit_transform` on the training rows only and
    `transform` on the test rows, or put all steps and the model into one scikit-learn
    Pipeline."
    """

    code = "NB101"
    name = "fitted-before-split"
    kinds = LEARNERS
    bad = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)  # found
X_train, X_test, y_train, y_test = train_test_split(X_scaled, y, test_size=0.3)
model = LogisticRegression()
model.fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
""",
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("flights.csv")
df["wind"] = df["wind"].fillna(df["wind"].mean())  # found
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="late"), df["late"])
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X, y = df.drop(columns="late"), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    )
