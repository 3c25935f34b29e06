# labels: none
# why: nested cross-validation: each outer fold's rows are used only to score the search fitted on the others, with all fits inside pipelines made by make_estimator().
# hard: match/case factory, walrus, several kinds of model compared — but by nested scores, never on a fixed test part
"""Which family of model for the Pima data? Nested CV, so the tuning is inside."""
import sys
from itertools import islice

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

INNER = StratifiedKFold(4, shuffle=True, random_state=1)
OUTER = StratifiedKFold(8, shuffle=True, random_state=2)


def make_estimator(kind: str) -> GridSearchCV:
    match kind.split(":"):
        case ["logreg"]:
            est = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())
            grid = {"logisticregression__C": np.logspace(-3, 2, 10)}
        case ["svm", kernel]:
            est = make_pipeline(IterativeImputer(random_state=0), StandardScaler(), SVC(kernel=kernel))
            grid = {"svc__C": [0.1, 1, 10]} | ({"svc__gamma": [0.01, 0.1]} if kernel == "rbf" else {})
        case ["boost", *rest]:
            est = make_pipeline(HistGradientBoostingClassifier(max_iter=int(rest[0]) if rest else 100))
            grid = {"histgradientboostingclassifier__max_leaf_nodes": [4, 8, 16],
                    "histgradientboostingclassifier__learning_rate": [0.03, 0.1]}
        case _:
            raise SystemExit(f"unknown model {kind!r}")
    return GridSearchCV(est, grid, cv=INNER, scoring="roc_auc")


def main(kinds):
    pima = pd.read_csv("diabetes.csv")
    zeros = ["Glucose", "BloodPressure", "SkinThickness", "Insulin", "BMI"]
    pima[zeros] = pima[zeros].where(pima[zeros] != 0)
    y, X = pima.pop("Outcome"), pima

    best = (None, 0.0)
    for kind in kinds:
        auc = cross_val_score(make_estimator(kind), X, y, cv=OUTER, scoring="roc_auc", n_jobs=-1)
        print(f"{kind:<12}{(mean := auc.mean()):.3f} ± {auc.std():.3f}  folds: {', '.join(f'{v:.2f}' for v in islice(auc, 4))}, ...")
        if mean > best[1]:
            best = (kind, mean)

    search = make_estimator(best[0]).fit(X, y)
    print(f"to be shipped: {best[0]} with {search.best_params_}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["logreg", "svm:rbf", "svm:linear", "boost:150"])
