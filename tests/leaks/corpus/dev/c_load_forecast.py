# labels: none
# why: an expanding window cuts the series in time; in every window the detrender, the scaler and the ridge are fitted on the past only; the window scores are averaged, the last year is forecast once.
# hard: own splitter and forecaster classes, series.mean()/std() inside fit() on what is passed, lag features, a loop with many scores
"""Monthly electricity load, in the manner of sktime but with little code."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Tuple

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_percentage_error as mape
from sklearn.preprocessing import StandardScaler


@dataclass
class ExpandingWindowSplitter:
    initial: int
    horizon: int
    step: int

    def split(self, y: pd.Series) -> Iterator[Tuple[pd.Series, pd.Series]]:
        cut = self.initial
        while cut + self.horizon <= len(y):
            yield y.iloc[:cut], y.iloc[cut:cut + self.horizon]
            cut += self.step


class TrendSeason:
    """log, linear trend, month means"""

    def fit(self, y: pd.Series) -> "TrendSeason":
        t = self._t(y.index)
        self.origin_ = y.index[0]
        self.line_ = np.polyfit(t, np.log(y), 1)
        rest = np.log(y) - np.polyval(self.line_, t)
        self.month_ = rest.groupby(y.index.month).mean()
        self.mean_, self.std_ = rest.mean(), rest.std()
        return self

    @staticmethod
    def _t(index: pd.DatetimeIndex) -> np.ndarray:
        return (index.year - 1985) + (index.month - 1) / 12

    def base(self, index) -> pd.Series:
        return pd.Series(np.polyval(self.line_, self._t(index)) + self.month_.reindex(index.month).to_numpy(), index)

    def transform(self, y: pd.Series) -> pd.Series:
        return (np.log(y) - self.base(y.index)) / self.std_

    def inverse(self, z: pd.Series) -> pd.Series:
        return np.exp(z * self.std_ + self.base(z.index))


class RidgeForecaster:
    def __init__(self, lags=(1, 2, 3, 12), alpha: float = 1.0):
        self.lags, self.alpha = lags, alpha

    def fit(self, y: pd.Series) -> "RidgeForecaster":
        self.ts_ = TrendSeason().fit(y)
        z = self.ts_.transform(y)
        table = pd.concat({k: z.shift(k) for k in self.lags}, axis=1).assign(z=z).dropna()
        self.sc_ = StandardScaler().fit(table[list(self.lags)].to_numpy())
        self.reg_ = Ridge(self.alpha).fit(self.sc_.transform(table[list(self.lags)].to_numpy()), table["z"])
        self.tail_ = z.iloc[-max(self.lags):]
        return self

    def predict(self, index: pd.DatetimeIndex) -> pd.Series:
        hist = list(self.tail_)
        out = []
        for _ in index:
            row = np.array([[hist[-k] for k in self.lags]])
            hist.append(float(self.reg_.predict(self.sc_.transform(row))[0]))
            out.append(hist[-1])
        return self.ts_.inverse(pd.Series(out, index))


def backtest(y: pd.Series, alpha: float, splitter: ExpandingWindowSplitter) -> float:
    errors = []
    for past, future in splitter.split(y):
        f = RidgeForecaster(alpha=alpha).fit(past)
        errors.append(mape(future, f.predict(future.index)))
    return float(np.mean(errors))


def main() -> None:
    prod = pd.read_csv("Electric_Production.csv", parse_dates=["DATE"], index_col="DATE")["IPG2211A2N"].asfreq("MS")
    y, last_year = prod.iloc[:-12], prod.iloc[-12:]
    splitter = ExpandingWindowSplitter(initial=180, horizon=12, step=6)

    table = {a: backtest(y, a, splitter) for a in (0.1, 1.0, 10.0, 100.0)}
    for a, e in table.items():
        print(f"alpha {a:>6}: MAPE {e:.2%}")
    alpha = min(table, key=table.get)

    forecast = RidgeForecaster(alpha=alpha).fit(y).predict(last_year.index)
    print(f"last year, alpha {alpha}: {mape(last_year, forecast):.2%}")
    print(pd.DataFrame({"real": last_year, "forecast": forecast.round(1)}))


if __name__ == "__main__":
    main()
