# labels: none
# why: the ColumnTransformer is a step of the pipeline that is fitted on X_train only.
# hard: the preprocessor is built from the columns of the whole X, and fit_transform(X_train) is called once more just to count features
"""Train a house price model on the Ames data.

Usage: python train.py data/train.csv
"""
import sys

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "SalePrice"


def build_preprocessor(frame: pd.DataFrame) -> ColumnTransformer:
    numeric = frame.select_dtypes(include="number").columns
    categorical = frame.select_dtypes(exclude="number").columns
    num_pipe = Pipeline([
        ("impute", SimpleImputer(strategy="median")),
        ("scale", StandardScaler()),
    ])
    cat_pipe = Pipeline([
        ("impute", SimpleImputer(strategy="constant", fill_value="None")),
        ("onehot", OneHotEncoder(handle_unknown="ignore")),
    ])
    return ColumnTransformer([
        ("num", num_pipe, numeric),
        ("cat", cat_pipe, categorical),
    ])


def main(path: str) -> None:
    data = pd.read_csv(path, index_col="Id")
    y = np.log1p(data.pop(TARGET))
    X = data

    X_train, X_valid, y_train, y_valid = train_test_split(
        X, y, test_size=0.2, random_state=0
    )

    preprocessor = build_preprocessor(X)
    n_features = preprocessor.fit_transform(X_train).shape[1]
    print(f"{X.shape[1]} columns -> {n_features} features")

    pipeline = Pipeline([("prep", preprocessor), ("model", Ridge(alpha=10.0))])
    pipeline.fit(X_train, y_train)

    pred = pipeline.predict(X_valid)
    print(f"MAE  (log): {mean_absolute_error(y_valid, pred):.4f}")
    print(f"RMSE (log): {mean_squared_error(y_valid, pred) ** 0.5:.4f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data/train.csv")
