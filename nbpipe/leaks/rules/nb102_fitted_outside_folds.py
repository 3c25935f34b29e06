"""NB102."""

from __future__ import annotations

from nbpipe.leaks.rules.early import VALUES, Early


class FittedOutsideFolds(Early):
    """Preprocessing was fitted outside cross-validation.

    What it does
    ------------
    Reports a step that learned from all rows before `cross_val_score`, `cross_validate` or a
    search over settings divides them into folds. A `review` where a search alone saw it, a
    `note` where other rows give the final score.

    Why it is bad
    -------------
    Every fold that judges the model took part in the preprocessing, so no fold is unseen. With
    features selected by the target the effect is large: noise alone can reach an accuracy of
    .84 where .54 is honest.

    What to do
    ----------
    Put the step and the model into one Pipeline and cross-validate the Pipeline: each fold then
    fits all steps anew on its own training rows.

    What to tell your assistant
    ---------------------------
    "Put all preprocessing and the model into one Pipeline, and give that Pipeline and the raw
    `X` to `cross_val_score`."
    """

    code = "NB102"
    name = "fitted-outside-folds"
    kinds = VALUES
    how = frozenset({"folds"})
    bad = (
        """
import pandas as pd
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

df = pd.read_csv("genes.csv")
X, y = df.drop(columns="ill"), df["ill"]
selector = SelectKBest(k=20)
X_best = selector.fit_transform(X, y)  # found
svm = SVC(C=1)
scores = cross_val_score(svm, X_best, y, cv=5)
print(scores.mean())
""",
    )
    good = (
        """
import pandas as pd
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

df = pd.read_csv("genes.csv")
X, y = df.drop(columns="ill"), df["ill"]
pipeline = make_pipeline(SelectKBest(k=20), SVC(C=1))
print(cross_val_score(pipeline, X, y, cv=5).mean())
""",
    )
