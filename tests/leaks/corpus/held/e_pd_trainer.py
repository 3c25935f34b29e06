# labels: none
# why: the preprocessor is fitted inside the pipeline on the train part; depth is chosen on the valid part; the winner is scored once on the test part and then refitted on everything for the model registry.
# hard: several candidates are scored, but on valid; fit() is called again on train+valid before the test score and on all parts after it; a drift table compares means of train and test without touching the model.
"""Probability of default, training job.

    python -m pd.train --config conf/pd.yaml
"""
import argparse
import datetime as dt
import logging
import pathlib
from typing import Dict, List, NamedTuple

import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder, QuantileTransformer

LOG = logging.getLogger("pd.train")


class Parts(NamedTuple):
    train: pd.DataFrame
    valid: pd.DataFrame
    test: pd.DataFrame


def read_config(path) -> Dict:
    with open(path) as fh:
        cfg = yaml.safe_load(fh)
    cfg.setdefault("registry", "registry")
    return cfg


def read_data(cfg) -> pd.DataFrame:
    df = pd.read_parquet(cfg["data"])
    df["vintage"] = pd.to_datetime(df["vintage"])
    df["dti"] = df["monthly_debt"] / df["monthly_income"].clip(lower=1)
    df["ltv"] = df["loan_amount"] / df["collateral_value"].replace(0, np.nan)
    df["log_income"] = np.log1p(df["monthly_income"])
    df["n_late"] = df[["late_30", "late_60", "late_90"]].sum(axis=1)
    return df


def split_by_vintage(df, cfg) -> Parts:
    v1, v2 = pd.Timestamp(cfg["valid_from"]), pd.Timestamp(cfg["test_from"])
    return Parts(df[df.vintage < v1], df[(df.vintage >= v1) & (df.vintage < v2)], df[df.vintage >= v2])


def build(cfg, params) -> Pipeline:
    num = Pipeline([("imp", SimpleImputer(strategy="median", add_indicator=True)),
                    ("q", QuantileTransformer(output_distribution="normal", n_quantiles=200))])
    cat = Pipeline([("imp", SimpleImputer(strategy="constant", fill_value="NA")),
                    ("ord", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1))])
    pre = ColumnTransformer([("num", num, cfg["numeric"]), ("cat", cat, cfg["categorical"])])
    return Pipeline([("pre", pre), ("clf", HistGradientBoostingClassifier(**params))])


def metrics(y, p) -> Dict[str, float]:
    return {"auc": roc_auc_score(y, p), "logloss": log_loss(y, p), "brier": brier_score_loss(y, p)}


def drift(parts: Parts, cols: List[str]) -> pd.DataFrame:
    a, b = parts.train[cols], parts.test[cols]
    return pd.DataFrame({"train": a.mean(), "test": b.mean(), "shift": (b.mean() - a.mean()) / a.std()})


class Job:
    def __init__(self, cfg):
        self.cfg = cfg
        self.x = cfg["numeric"] + cfg["categorical"]
        self.y = cfg["target"]

    def choose(self, parts: Parts) -> Pipeline:
        board = []
        for params in self.cfg["candidates"]:
            pipe = build(self.cfg, params).fit(parts.train[self.x], parts.train[self.y])
            m = metrics(parts.valid[self.y], pipe.predict_proba(parts.valid[self.x])[:, 1])
            LOG.info("%s -> %s", params, m)
            board.append((m["logloss"], len(board), pipe))
        return min(board)[2]

    def run(self):
        df = read_data(self.cfg)
        parts = split_by_vintage(df, self.cfg)
        LOG.info("rows %s", [len(p) for p in parts])
        LOG.info("\n%s", drift(parts, self.cfg["numeric"]).round(3))

        best = self.choose(parts)

        fit_rows = pd.concat([parts.train, parts.valid])
        model = clone(best).fit(fit_rows[self.x], fit_rows[self.y])
        report = metrics(parts.test[self.y], model.predict_proba(parts.test[self.x])[:, 1])
        LOG.info("test %s", report)

        champion = clone(best).fit(df[self.x], df[self.y])
        self.register(champion, report)
        return report

    def register(self, model, report):
        d = pathlib.Path(self.cfg["registry"]) / dt.datetime.now().strftime("%Y%m%d_%H%M%S")
        d.mkdir(parents=True)
        joblib.dump(model, d / "model.joblib")
        (d / "metrics.yaml").write_text(yaml.safe_dump({k: float(v) for k, v in report.items()}))
        LOG.info("registered in %s", d)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--config", default="conf/pd.yaml")
    logging.basicConfig(level=logging.INFO)
    Job(read_config(ap.parse_args().config)).run()
