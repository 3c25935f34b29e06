# labels: none
# why: the mean/std come from the polars frame `train` (before the cut date) and are applied to both; the ridge is scored on later rows only.
# hard: lags built on the whole frame before a split in time; polars expressions in with_columns look like whole-frame statistics
import datetime as dt

import polars as pl
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

CUT = dt.datetime(2016, 4, 15)

df = (
    pl.scan_csv("energydata_complete.csv", try_parse_dates=True)
    .sort("date")
    .with_columns(
        pl.col("date").dt.hour().alias("hour"),
        pl.col("date").dt.weekday().alias("weekday"),
        *[pl.col("Appliances").shift(k).alias(f"lag_{k}") for k in (1, 6, 144)],
    )
    .drop(["rv1", "rv2"])
    .drop_nulls()
    .collect()
)

train, test = df.filter(pl.col("date") < CUT), df.filter(pl.col("date") >= CUT)
print(f"{train.height=} {test.height=}")

features = [c for c in df.columns if c not in ("date", "Appliances")]
mu = {c: train[c].mean() for c in features}
sd = {c: train[c].std() or 1.0 for c in features}


def standardise(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns([((pl.col(c) - mu[c]) / sd[c]).alias(c) for c in features])


train, test = standardise(train), standardise(test)
reg = Ridge(alpha=5.0).fit(train.select(features).to_numpy(), train["Appliances"].to_numpy())
pred = reg.predict(test.select(features).to_numpy())
naive = test["Appliances"].shift(1).fill_null(strategy="backward").to_numpy()
truth = test["Appliances"].to_numpy()
print(f"MAE ridge {mean_absolute_error(truth, pred):.1f} Wh, persistence {mean_absolute_error(truth, naive):.1f} Wh")
