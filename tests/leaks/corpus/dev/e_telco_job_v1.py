# labels: NB1 NB2
# why: scaler.fit_transform(X) and SMOTE run on all customers, so the test rows are in the scaling (NB1) and their synthetic neighbours are in the training part (NB2) when train_test_split comes afterwards.
# hard: the steps stand in short functions and main() calls them in this order; label codes are harmless.
"""Churn model, monthly job."""
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


def scale(X):
    scaler = StandardScaler()
    X[NUM] = scaler.fit_transform(X[NUM])
    return X, scaler


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
    X, scaler = scale(X)
    X, y = balance(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    model = train(X_train, y_train)
    evaluate(model, X_test, y_test)
    os.makedirs(MODEL_DIR, exist_ok=True)
    joblib.dump((scaler, model), os.path.join(MODEL_DIR, "churn.pkl"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
