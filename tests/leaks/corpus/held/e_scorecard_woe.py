# labels: NB1
# why: woe_table() computes bin edges, weight of evidence and information value on the full application table with its default flag, the variables are kept by IV, and only then are the rows split, so the test rows gave their labels to the features.
# hard: the split comes from train_test_split with stratify and looks proper; the Gini on train beside test is harmless; the encoding is hand-written with pd.cut and np.log.
"""Application scorecard on the German credit data.

usage: python scorecard.py --data german_credit_data.csv --out scorecard.csv
"""
import argparse
import logging

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

log = logging.getLogger("scorecard")

NUMERIC = ["Age", "Credit amount", "Duration"]
CATEGORICAL = ["Sex", "Job", "Housing", "Saving accounts", "Checking account", "Purpose"]
PDO = 20
BASE_SCORE = 600


def woe_table(values, target):
    tab = pd.crosstab(values, target).rename(columns={0: "good", 1: "bad"})
    tab = tab + 0.5
    tab["p_good"] = tab["good"] / tab["good"].sum()
    tab["p_bad"] = tab["bad"] / tab["bad"].sum()
    tab["woe"] = np.log(tab["p_good"] / tab["p_bad"])
    tab["iv"] = (tab["p_good"] - tab["p_bad"]) * tab["woe"]
    return tab


def bin_numeric(df, cols, bins):
    for c in cols:
        df[c + "_bin"] = pd.qcut(df[c], bins, duplicates="drop").astype(str)
    return df


def encode(df, cols, target, min_iv):
    encoded = {}
    for c in cols:
        tab = woe_table(df[c], df[target])
        iv = tab["iv"].sum()
        log.info("%-22s IV=%.3f", c, iv)
        if iv < min_iv:
            continue
        encoded[c + "_woe"] = df[c].map(tab["woe"])
    return pd.DataFrame(encoded, index=df.index)


def points(model, columns):
    factor = PDO / np.log(2)
    rows = []
    for name, beta in zip(columns, model.coef_[0]):
        rows.append({"variable": name, "beta": beta, "points_per_woe": -beta * factor})
    return pd.DataFrame(rows)


def gini(y, p):
    return 2 * roc_auc_score(y, p) - 1


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", default="german_credit_data.csv")
    ap.add_argument("--out", default="scorecard.csv")
    ap.add_argument("--bins", type=int, default=5)
    ap.add_argument("--min-iv", type=float, default=0.02)
    ap.add_argument("--seed", type=int, default=7)
    args = ap.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    df = pd.read_csv(args.data, index_col=0)
    df["default"] = (df["Risk"] == "bad").astype(int)
    for c in ("Saving accounts", "Checking account"):
        df[c] = df[c].fillna("unknown")
    df["Job"] = df["Job"].astype(str)

    df = bin_numeric(df, NUMERIC, args.bins)
    cols = CATEGORICAL + [c + "_bin" for c in NUMERIC]
    X = encode(df, cols, "default", args.min_iv)
    y = df["default"]

    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.3, stratify=y, random_state=args.seed)

    model = LogisticRegression(C=1.0, max_iter=500)
    model.fit(X_train, y_train)

    log.info("Gini train %.3f", gini(y_train, model.predict_proba(X_train)[:, 1]))
    log.info("Gini test  %.3f", gini(y_test, model.predict_proba(X_test)[:, 1]))

    points(model, X.columns).to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
