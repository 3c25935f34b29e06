# labels: NB2
# why: rows carry cnt_lag1..cnt_lag24 and rolling means of the hourly series, then train_test_split shuffles them, so a test hour's neighbours (and its own value as their lag) are in training.
# hard: everything else is tidy: a NamedTuple split, no scaler, one model, one score; the seed hides shuffle=True
"""Hourly bike demand, next hour ahead."""
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_percentage_error, r2_score
from sklearn.model_selection import train_test_split


class Split(NamedTuple):
    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series


def features(hour: pd.DataFrame) -> pd.DataFrame:
    hour = hour.sort_values(["dteday", "hr"]).reset_index(drop=True)
    out = hour[["season", "hr", "weekday", "workingday", "weathersit", "temp", "hum", "windspeed"]].copy()
    for lag in (1, 2, 3, 24):
        out[f"cnt_lag{lag}"] = hour["cnt"].shift(lag)
    out["cnt_roll6"] = hour["cnt"].shift(1).rolling(6).mean()
    out["cnt_roll24"] = hour["cnt"].shift(1).rolling(24).mean()
    out["hr_sin"], out["hr_cos"] = np.sin(2 * np.pi * out.hr / 24), np.cos(2 * np.pi * out.hr / 24)
    out["y"] = hour["cnt"]
    return out.dropna()


def make_split(frame: pd.DataFrame, test_size: float = 0.2, seed: int = 11) -> Split:
    y = frame.pop("y")
    return Split(*train_test_split(frame, y, test_size=test_size, random_state=seed))


if __name__ == "__main__":
    hour = pd.read_csv("hour.csv", parse_dates=["dteday"])
    s = make_split(features(hour))
    gbm = HistGradientBoostingRegressor(loss="poisson", max_iter=600, learning_rate=0.05)
    gbm.fit(s.X_train, s.y_train)
    pred = gbm.predict(s.X_test)
    print(f"R2 {r2_score(s.y_test, pred):.3f}  MAPE {mean_absolute_percentage_error(s.y_test, pred):.2%}")
