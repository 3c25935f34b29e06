# labels: NB2
# why: `final` is fitted on X, y (all rows), dumped, reloaded as `back`, and `back` gives the auc on X_test, whose rows it was fitted on.
# hard: a model fitted correctly on X_train exists, but it is not the one that is scored
import json
from datetime import date
from pathlib import Path

import joblib
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

OUT = Path("artifacts")
FEATURES = ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal"]


def main():
    heart = pd.read_csv("heart.csv", na_values="?")
    X, y = heart[FEATURES], (heart["target"] > 0).astype(int)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=8)

    search = RandomizedSearchCV(
        make_pipeline(SimpleImputer(strategy="median"), RandomForestClassifier(random_state=8)),
        {"randomforestclassifier__n_estimators": [100, 200, 400],
         "randomforestclassifier__min_samples_leaf": [1, 2, 3, 5],
         "randomforestclassifier__max_features": ["sqrt", 0.3, 0.5]},
        n_iter=15, cv=5, scoring="roc_auc", random_state=8, n_jobs=-1)
    search.fit(X_train, y_train)
    print("cv:", round(search.best_score_, 3), search.best_params_)

    final = clone(search.best_estimator_).fit(X, y)
    OUT.mkdir(exist_ok=True)
    joblib.dump(final, OUT / "heart.joblib")

    back = joblib.load(OUT / "heart.joblib")
    auc = roc_auc_score(y_test, back.predict_proba(X_test)[:, 1])
    (OUT / "card.json").write_text(json.dumps({"auc": auc, "rows": len(X), "date": f"{date.today():%Y-%m-%d}"}))
    print(f"test auc {auc:.3f}")


if __name__ == "__main__":
    main()
