# labels: none
# why: WoeBinner is fitted on dev (the development sample) only and applied to oot, the out-of-time sample, which one logistic regression is scored on once.
# hard: the binner transforms the whole table afterwards to write the population stability report, and the scorecard is refitted on everything for export after the out-of-time Gini was printed.
"""Scorecard, development sample vs out-of-time sample."""
import json
import sys

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier


class WoeBinner(BaseEstimator, TransformerMixin):
    """Tree based bins, then weight of evidence per bin."""

    def __init__(self, max_bins=5, min_share=0.05):
        self.max_bins = max_bins
        self.min_share = min_share

    def fit(self, X, y):
        self.edges_, self.maps_, self.iv_ = {}, {}, {}
        for c in X.columns:
            t = DecisionTreeClassifier(max_leaf_nodes=self.max_bins,
                                       min_samples_leaf=self.min_share)
            t.fit(X[[c]].fillna(-9999), y)
            thr = sorted(t.tree_.threshold[t.tree_.feature >= 0])
            self.edges_[c] = [-np.inf] + thr + [np.inf]
            b = self._cut(X[c], c)
            good = (y == 0).groupby(b).sum() + .5
            bad = (y == 1).groupby(b).sum() + .5
            woe = np.log((good / good.sum()) / (bad / bad.sum()))
            self.maps_[c] = woe.to_dict()
            self.iv_[c] = float((((good / good.sum()) - (bad / bad.sum())) * woe).sum())
        return self

    def _cut(self, s, c):
        return np.digitize(s.fillna(-9999), self.edges_[c][1:-1])

    def transform(self, X):
        out = pd.DataFrame(index=X.index)
        for c in X.columns:
            out[c] = pd.Series(self._cut(X[c], c), index=X.index).map(self.maps_[c]).fillna(0.0)
        return out


def psi(a, b, bins=10):
    q = np.unique(np.quantile(a, np.linspace(0, 1, bins + 1)))
    pa = np.histogram(a, q)[0] / len(a) + 1e-4
    pb = np.histogram(b, q)[0] / len(b) + 1e-4
    return float(((pa - pb) * np.log(pa / pb)).sum())


def main(path="lending_club_small.csv"):
    df = pd.read_csv(path, parse_dates=["issue_d"])
    df = df[df["loan_status"].isin(["Fully Paid", "Charged Off"])]
    df["bad"] = (df["loan_status"] == "Charged Off").astype(int)
    df["emp_length"] = df["emp_length"].str.extract(r"(\d+)", expand=False).astype(float)
    df["term"] = df["term"].str.extract(r"(\d+)", expand=False).astype(float)
    df["fico"] = (df["fico_range_low"] + df["fico_range_high"]) / 2
    cols = ["loan_amnt", "term", "int_rate", "annual_inc", "dti", "fico",
            "emp_length", "revol_util", "inq_last_6mths", "open_acc"]

    dev = df[df["issue_d"] < "2015-07-01"]
    oot = df[df["issue_d"] >= "2015-07-01"]
    print("dev", dev.shape, "oot", oot.shape)

    binner = WoeBinner().fit(dev[cols], dev["bad"])
    keep = [c for c in cols if binner.iv_[c] > 0.02]
    print(json.dumps(binner.iv_, indent=1))

    X_all = binner.transform(df[cols])[keep]
    lr = LogisticRegression(max_iter=1000)
    lr.fit(X_all.loc[dev.index], dev["bad"])

    p_dev = lr.predict_proba(X_all.loc[dev.index])[:, 1]
    p_oot = lr.predict_proba(X_all.loc[oot.index])[:, 1]
    print("Gini dev %.3f" % (2 * roc_auc_score(dev["bad"], p_dev) - 1))
    print("Gini oot %.3f" % (2 * roc_auc_score(oot["bad"], p_oot) - 1))
    print("PSI score %.4f" % psi(p_dev, p_oot))

    # production version uses everything we have
    final_binner = WoeBinner().fit(df[keep], df["bad"])
    final = LogisticRegression(max_iter=1000).fit(final_binner.transform(df[keep]), df["bad"])
    json.dump({"coef": dict(zip(keep, final.coef_[0].tolist())),
               "intercept": float(final.intercept_[0]),
               "woe": {c: {str(k): v for k, v in m.items()} for c, m in final_binner.maps_.items()}},
              open("scorecard.json", "w"))


if __name__ == "__main__":
    main(*sys.argv[1:])
