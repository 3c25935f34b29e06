# labels: none
# why: GridSearchCV runs a whole pipeline over TimeSeriesSplit on the first 80 % of the SCADA series and the last 20 % is scored once; the power curve uses the manufacturer's table.
# hard: lags and rolling means look only backwards with shift before the split in time; scaling sits in the pipeline; the persistence line is not a fitted model.
"""10-minute ahead power of one wind turbine (Yalova SCADA, T1.csv)."""
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

RATED = 3600.0
CUT_IN, CUT_OUT = 3.0, 25.0
HORIZON = 1
LAGS = [1, 2, 3, 6, 12]


def load(path="T1.csv"):
    d = pd.read_csv(path, parse_dates=["Date/Time"], dayfirst=True)
    d.columns = ["t", "power", "wind", "curve", "dir"]
    d = d.set_index("t").sort_index()
    d = d[~d.index.duplicated()]
    return d.asfreq("10min")


def features(d):
    f = pd.DataFrame(index=d.index)
    for k in LAGS:
        f["power_l%d" % k] = d["power"].shift(k)
        f["wind_l%d" % k] = d["wind"].shift(k)
    f["wind_m6"] = d["wind"].shift(1).rolling(6).mean()
    f["wind_s6"] = d["wind"].shift(1).rolling(6).std()
    rad = np.deg2rad(d["dir"].shift(1))
    f["dir_sin"], f["dir_cos"] = np.sin(rad), np.cos(rad)
    f["curve_l1"] = d["curve"].shift(1) / RATED
    f["gap"] = f["power_l1"] - d["curve"].shift(1)
    f["on"] = d["wind"].shift(1).between(CUT_IN, CUT_OUT).astype(int)
    h = d.index.hour + d.index.minute / 60
    f["h_sin"], f["h_cos"] = np.sin(2 * np.pi * h / 24), np.cos(2 * np.pi * h / 24)
    return f


def clip_rated(p):
    return np.clip(p, 0, RATED)


d = load()
X = features(d)
y = d["power"].shift(-HORIZON + 1)
ok = X.notna().all(axis=1) & y.notna()
X, y = X[ok], y[ok]
print(X.shape, X.index[0], X.index[-1])

cut = int(len(X) * 0.8)
X_train, X_test = X.iloc[:cut], X.iloc[cut:]
y_train, y_test = y.iloc[:cut], y.iloc[cut:]

pipe = Pipeline([
    ("sc", StandardScaler()),
    ("poly", PolynomialFeatures(include_bias=False)),
    ("ridge", Ridge()),
])
search = GridSearchCV(pipe, {"poly__degree": [1, 2], "ridge__alpha": [1, 10, 100, 1000]},
                      cv=TimeSeriesSplit(n_splits=5), scoring="neg_mean_absolute_error", n_jobs=4)
search.fit(X_train, y_train)
print(pd.DataFrame(search.cv_results_)[["params", "mean_test_score", "std_test_score"]])
print("chosen", search.best_params_)

pred = clip_rated(search.predict(X_test))
naive = X_test["power_l1"]
print("MAE   model %.1f kW   persistence %.1f kW" % (mean_absolute_error(y_test, pred), mean_absolute_error(y_test, naive)))
print("RMSE  model %.1f kW" % mean_squared_error(y_test, pred) ** 0.5)
print("nMAE  %.2f %%" % (100 * mean_absolute_error(y_test, pred) / RATED))
