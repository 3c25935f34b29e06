# labels: none
# why: the scaler and encoder live in the pipeline made by Config.build(), fitted on the train part of the Splits dataclass; validation is used to choose alpha, test once.
# hard: three parts in one dataclass, `for part in splits:` doing only row-wise work, a loop over configs scored on valid
"""Medical cost regression with typed configs."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Iterator

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler


@dataclass(frozen=True)
class Config:
    alpha: float = 1.0
    degree: int = 2
    numeric: tuple[str, ...] = ("age", "bmi", "children")
    categorical: tuple[str, ...] = ("sex", "smoker", "region")

    def build(self) -> TransformedTargetRegressor:
        prep = ColumnTransformer([
            ("num", StandardScaler(), list(self.numeric)),
            ("cat", OneHotEncoder(drop="if_binary"), list(self.categorical)),
        ])
        reg = Pipeline([
            ("prep", prep),
            ("poly", PolynomialFeatures(self.degree, include_bias=False)),
            ("ridge", Ridge(self.alpha)),
        ])
        return TransformedTargetRegressor(reg, func=np.log1p, inverse_func=np.expm1)


@dataclass
class Part:
    name: str
    X: pd.DataFrame
    y: pd.Series

    def mae(self, model) -> float:
        return mean_absolute_error(self.y, model.predict(self.X))


@dataclass
class Splits:
    train: Part
    valid: Part
    test: Part
    meta: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen = [set(p.X.index) for p in (self.train, self.valid, self.test)]
        if seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2]:
            raise ValueError("parts overlap")

    def __iter__(self) -> Iterator[Part]:
        yield from (self.train, self.valid, self.test)

    @classmethod
    def load(cls, path: str, seed: int = 2021) -> "Splits":
        df = pd.read_csv(path)
        X, y = df.drop(columns="charges"), df["charges"]
        X_tmp, X_te, y_tmp, y_te = train_test_split(X, y, test_size=0.2, random_state=seed)
        X_tr, X_va, y_tr, y_va = train_test_split(X_tmp, y_tmp, test_size=0.25, random_state=seed)
        return cls(Part("train", X_tr, y_tr), Part("valid", X_va, y_va), Part("test", X_te, y_te),
                   meta={"rows": len(df), "seed": seed})


def add_features(X: pd.DataFrame) -> pd.DataFrame:
    return X.assign(
        bmi=X["bmi"].clip(15, 50),
        obese_smoker=((X["bmi"] >= 30) & (X["smoker"] == "yes")).astype(int),
    )


def choose(base: Config, splits: Splits, alphas) -> Config:
    best, best_mae = base, float("inf")
    for a in alphas:
        cfg = replace(base, alpha=a)
        model = cfg.build().fit(splits.train.X, splits.train.y)
        if (mae := splits.valid.mae(model)) < best_mae:
            best, best_mae = cfg, mae
    print(f"chosen {best.alpha=} with validation MAE {best_mae:,.0f}")
    return best


def main() -> None:
    splits = Splits.load("insurance.csv")
    for part in splits:
        part.X = add_features(part.X)
    base = Config(numeric=("age", "bmi", "children", "obese_smoker"))
    cfg = choose(base, splits, alphas=np.logspace(-3, 3, 13))
    model = cfg.build().fit(splits.train.X, splits.train.y)
    print(f"test MAE: {splits.test.mae(model):,.0f}")


if __name__ == "__main__":
    main()
