# labels: none
# why: split() comes first; the medians, means and deviations come from the training frame and are applied to both.
# hard: clean() and standardise() have the same look as whole-data versions, and are called on the test frame too (with the learned numbers passed in)
from typing import NamedTuple, Tuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

ZERO_MEANS_MISSING = ["Glucose", "BloodPressure", "SkinThickness", "Insulin", "BMI"]


class Stats(NamedTuple):
    median: pd.Series
    mean: pd.Series
    std: pd.Series


def mask_zeros(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    df[ZERO_MEANS_MISSING] = df[ZERO_MEANS_MISSING].replace(0, np.nan)
    return df


def learn(features: pd.DataFrame) -> Stats:
    filled = features.fillna(features.median())
    return Stats(features.median(), filled.mean(), filled.std())


def standardise(features: pd.DataFrame, stats: Stats) -> pd.DataFrame:
    return (features.fillna(stats.median) - stats.mean) / stats.std


def split(X: pd.DataFrame, y: pd.Series):
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=42)
    return X_train, X_test, y_train, y_test


def prepare(path: str) -> Tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:
    df = mask_zeros(pd.read_csv(path))
    X_train, X_test, y_train, y_test = split(df.drop(columns="Outcome"), df["Outcome"])
    stats = learn(X_train)
    X_train, X_test = (standardise(part, stats) for part in (X_train, X_test))
    return X_train, X_test, y_train, y_test


def report(model: LogisticRegression, X: pd.DataFrame, y: pd.Series) -> None:
    print(f"accuracy {accuracy_score(y, model.predict(X)):.3f}")
    print(f"roc auc  {roc_auc_score(y, model.predict_proba(X)[:, 1]):.3f}")


def main() -> None:
    X_train, X_test, y_train, y_test = prepare("diabetes.csv")
    model = LogisticRegression(C=0.5).fit(X_train, y_train)
    print("train"); report(model, X_train, y_train)
    print("test"); report(model, X_test, y_test)


if __name__ == "__main__":
    main()
