# labels: none
# why: the score is taken on X_test from a model fitted on X_train; the refit on all rows happens afterwards and is only dumped.
# hard: fit(X, y) with X containing X_test, then load and predict on a handmade patient (no scoring)
import json
from datetime import date
from pathlib import Path

import joblib
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

OUT = Path("artifacts")
FEATURES = ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal"]


def main():
    heart = pd.read_csv("heart.csv", na_values="?")
    X, y = heart[FEATURES], (heart["target"] > 0).astype(int)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=8)

    pipe = make_pipeline(SimpleImputer(strategy="median"),
                         RandomForestClassifier(n_estimators=300, min_samples_leaf=3, random_state=8))
    pipe.fit(X_train, y_train)
    auc = roc_auc_score(y_test, pipe.predict_proba(X_test)[:, 1])
    print(f"auc {auc:.3f}")

    # ship: everything we have
    final = clone(pipe).fit(X, y)
    OUT.mkdir(exist_ok=True)
    joblib.dump(final, OUT / "heart.joblib")
    (OUT / "card.json").write_text(json.dumps({"auc": auc, "rows": len(X), "date": f"{date.today():%Y-%m-%d}"}))

    # smoke test of the artifact
    back = joblib.load(OUT / "heart.joblib")
    someone = pd.DataFrame([[57, 1, 0, 130, 236, 0, 0, 174, 0, 0.0, 1, 1, 2]], columns=FEATURES)
    print("risk:", back.predict_proba(someone)[0, 1].round(2))


if __name__ == "__main__":
    main()
