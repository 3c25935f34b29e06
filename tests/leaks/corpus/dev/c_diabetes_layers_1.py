# labels: NB1
# why: clean() imputes the zero readings with the column medians of all rows and standardise() uses mean/std of all rows; split() only comes after, and the forest is scored on X_test.
# hard: prepare() returns a four-tuple through three helper layers, the fit is hand-written pandas
from typing import Tuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

ZERO_MEANS_MISSING = ["Glucose", "BloodPressure", "SkinThickness", "Insulin", "BMI"]
Frames = Tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]


def read(path: str) -> pd.DataFrame:
    return pd.read_csv(path)


def clean(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    for col in ZERO_MEANS_MISSING:
        known = df.loc[df[col] != 0, col]
        df[col] = df[col].replace(0, known.median())
    return df


def standardise(features: pd.DataFrame) -> pd.DataFrame:
    return (features - features.mean()) / features.std()


def split(X: pd.DataFrame, y: pd.Series) -> Frames:
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=42)
    return X_train, X_test, y_train, y_test


def prepare(path: str) -> Frames:
    df = clean(read(path))
    X = standardise(df.drop(columns="Outcome"))
    return split(X, df["Outcome"])


def train(X: pd.DataFrame, y: pd.Series) -> LogisticRegression:
    model = LogisticRegression(C=0.5)
    return model.fit(X, y)


def report(model: LogisticRegression, X: pd.DataFrame, y: pd.Series) -> None:
    print(f"accuracy {accuracy_score(y, model.predict(X)):.3f}")
    print(f"roc auc  {roc_auc_score(y, model.predict_proba(X)[:, 1]):.3f}")


def main() -> None:
    X_train, X_test, y_train, y_test = prepare("diabetes.csv")
    model = train(X_train, y_train)
    report(model, X_test, y_test)
    for name, w in sorted(zip(X_train.columns, model.coef_[0]), key=lambda t: -abs(t[1])):
        print(f"{name:>26} {w:+.2f}")


if __name__ == "__main__":
    main()
