# labels: NB3
# why: every Optuna trial is scored on X_test/y_test inside objective(), and the best trial's score on the same X_test is reported as the result.
# hard: the preprocessing is a proper pipeline; the reuse of the test part is hidden in a closure made by a factory
from __future__ import annotations

from typing import Callable

import optuna
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder


def load(path: str) -> tuple[pd.DataFrame, pd.Series]:
    df = pd.read_csv(path, skipinitialspace=True, na_values="?")
    return df.drop(columns=["income", "fnlwgt"]), df["income"].eq(">50K").astype(int)


def build(**params) -> Pipeline:
    enc = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
         make_column_selector(dtype_include=object)),
        remainder="passthrough",
    )
    return make_pipeline(enc, HistGradientBoostingClassifier(random_state=0, **params))


def make_objective(Xa, ya, Xb, yb) -> Callable[[optuna.Trial], float]:
    def objective(trial: optuna.Trial) -> float:
        clf = build(
            learning_rate=trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
            max_leaf_nodes=trial.suggest_int("max_leaf_nodes", 7, 127),
            l2_regularization=trial.suggest_float("l2_regularization", 1e-4, 10, log=True),
        )
        clf.fit(Xa, ya)
        return roc_auc_score(yb, clf.predict_proba(Xb)[:, 1])

    return objective


if __name__ == "__main__":
    X, y = load("adult.csv")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=7)

    study = optuna.create_study(direction="maximize")
    study.optimize(make_objective(X_train, y_train, X_test, y_test), n_trials=100)

    final = build(**study.best_params).fit(X_train, y_train)
    auc = roc_auc_score(y_test, final.predict_proba(X_test)[:, 1])
    print(f"params: {study.best_params}\nAUC: {auc:.4f}")
