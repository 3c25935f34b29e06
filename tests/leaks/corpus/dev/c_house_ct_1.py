# labels: NB1
# why: `preprocessor` (median imputer, StandardScaler) is fitted on all of X by fit_transform before the split, and the Ridge inside the Pipeline trains and is scored on those transformed rows.
# hard: a Pipeline object is there and looks right, but it only wraps the regressor
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

    preprocessor = build_preprocessor(X)
    X_prepared = preprocessor.fit_transform(X)
    print(f"{X.shape[1]} columns -> {X_prepared.shape[1]} features")

    X_train, X_valid, y_train, y_valid = train_test_split(
        X_prepared, y, test_size=0.2, random_state=0
    )

    pipeline = Pipeline([("model", Ridge(alpha=10.0))])
    pipeline.fit(X_train, y_train)

    pred = pipeline.predict(X_valid)
    print(f"MAE  (log): {mean_absolute_error(y_valid, pred):.4f}")
    print(f"RMSE (log): {mean_squared_error(y_valid, pred) ** 0.5:.4f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data/train.csv")
