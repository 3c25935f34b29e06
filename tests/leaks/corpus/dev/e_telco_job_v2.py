# labels: none
# why: the split comes first; scaler and SMOTE see X_train only, and X_test is only transformed and scored once; the export refit happens after the score.
# hard: same function names as the older job; scale() takes both parts but fits on its first argument; balance() is called a second time on all rows for the exported model.
"""Churn model, monthly job.

Changelog
  1.1  split before scale/balance (review by M.K.), export model is retrained on the full table
  1.0  first version
"""
import os
import sys

import joblib
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

DATA = os.getenv("CHURN_CSV", "data/WA_Fn-UseC_-Telco-Customer-Churn.csv")
MODEL_DIR = os.getenv("MODEL_DIR", "models")
NUM = ["tenure", "MonthlyCharges", "TotalCharges"]


def load_data():
    df = pd.read_csv(DATA)
    df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce").fillna(0)
    df.drop("customerID", axis=1, inplace=True)
    return df


def encode(df):
    for col in df.select_dtypes(include="object"):
        df[col] = LabelEncoder().fit_transform(df[col])
    return df


def scale(fit_on, *others):
    scaler = StandardScaler().fit(fit_on[NUM])
    parts = []
    for part in (fit_on,) + others:
        part = part.copy()
        part[NUM] = scaler.transform(part[NUM])
        parts.append(part)
    return parts, scaler


def balance(X, y):
    return SMOTE(random_state=42).fit_resample(X, y)


def train(X_train, y_train):
    model = GradientBoostingClassifier(n_estimators=300, learning_rate=0.05, max_depth=4, random_state=42)
    model.fit(X_train, y_train)
    return model


def evaluate(model, X_test, y_test):
    print(classification_report(y_test, model.predict(X_test)))
    print("ROC AUC:", round(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]), 4))


def main():
    df = encode(load_data())
    X, y = df.drop("Churn", axis=1), df["Churn"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
    (X_train, X_test), _ = scale(X_train, X_test)
    model = train(*balance(X_train, y_train))
    evaluate(model, X_test, y_test)

    (X_full,), scaler = scale(X)
    export = train(*balance(X_full, y))
    os.makedirs(MODEL_DIR, exist_ok=True)
    joblib.dump((scaler, export), os.path.join(MODEL_DIR, "churn.pkl"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
