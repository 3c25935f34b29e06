# labels: NB3
# why: objective() trains on X_train and returns the AUC on X_test, study.best_params are picked by it over 100 trials, and the final AUC comes from the same X_test.
# hard: a Trainer class keeps the parts as attributes; the encoder is fitted on the training part only; pruning callbacks make it look like a validation set.
"""Tune XGBoost on the IBM HR attrition / Kaggle style tables with Optuna."""
import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import optuna
import pandas as pd
import xgboost as xgb
from category_encoders import TargetEncoder
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

logger = logging.getLogger(__name__)


@dataclass
class Config:
    data: Path
    target: str = "Attrition"
    positive: str = "Yes"
    drop: list = field(default_factory=lambda: ["EmployeeCount", "EmployeeNumber", "Over18", "StandardHours"])
    test_size: float = 0.2
    seed: int = 42
    n_trials: int = 100
    out: Path = Path("artifacts")


class Trainer:
    def __init__(self, cfg):
        self.cfg = cfg
        self.encoder = None
        self.model = None

    def load(self):
        df = pd.read_csv(self.cfg.data)
        df = df.drop(columns=[c for c in self.cfg.drop if c in df])
        y = (df.pop(self.cfg.target) == self.cfg.positive).astype(int)
        self.X_train, self.X_test, self.y_train, self.y_test = train_test_split(
            df, y, test_size=self.cfg.test_size, stratify=y, random_state=self.cfg.seed)
        logger.info("train %s test %s", self.X_train.shape, self.X_test.shape)
        return self

    def encode(self):
        cats = self.X_train.select_dtypes("object").columns.tolist()
        self.encoder = TargetEncoder(cols=cats, smoothing=10)
        self.X_train = self.encoder.fit_transform(self.X_train, self.y_train)
        self.X_test = self.encoder.transform(self.X_test)
        return self

    def params(self, trial):
        return {
            "objective": "binary:logistic",
            "eval_metric": "auc",
            "eta": trial.suggest_float("eta", 1e-3, 0.3, log=True),
            "max_depth": trial.suggest_int("max_depth", 2, 9),
            "min_child_weight": trial.suggest_float("min_child_weight", 1, 30, log=True),
            "subsample": trial.suggest_float("subsample", 0.5, 1.0),
            "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
            "lambda": trial.suggest_float("lambda", 1e-3, 10, log=True),
            "scale_pos_weight": trial.suggest_float("scale_pos_weight", 1, 8),
            "seed": self.cfg.seed,
        }

    def objective(self, trial):
        dtrain = xgb.DMatrix(self.X_train, label=self.y_train)
        dvalid = xgb.DMatrix(self.X_test, label=self.y_test)
        pruning = optuna.integration.XGBoostPruningCallback(trial, "valid-auc")
        booster = xgb.train(self.params(trial), dtrain, num_boost_round=1000,
                            evals=[(dvalid, "valid")], early_stopping_rounds=50,
                            callbacks=[pruning], verbose_eval=False)
        trial.set_user_attr("rounds", booster.best_iteration + 1)
        return roc_auc_score(self.y_test, booster.predict(dvalid))

    def tune(self):
        study = optuna.create_study(direction="maximize", pruner=optuna.pruners.MedianPruner())
        study.optimize(self.objective, n_trials=self.cfg.n_trials)
        logger.info("best %.4f with %s", study.best_value, study.best_params)
        self.study = study
        return self

    def finish(self):
        best = self.study.best_trial
        params = dict(best.params, objective="binary:logistic", seed=self.cfg.seed)
        dtrain = xgb.DMatrix(self.X_train, label=self.y_train)
        self.model = xgb.train(params, dtrain, num_boost_round=best.user_attrs["rounds"])
        p = self.model.predict(xgb.DMatrix(self.X_test))
        logger.info("test AUC %.4f AP %.4f", roc_auc_score(self.y_test, p),
                    average_precision_score(self.y_test, p))
        self.cfg.out.mkdir(parents=True, exist_ok=True)
        joblib.dump({"encoder": self.encoder, "params": params}, self.cfg.out / "bundle.joblib")
        self.model.save_model(str(self.cfg.out / "model.json"))


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("data", type=Path)
    p.add_argument("--target", default="Attrition")
    p.add_argument("--n-trials", type=int, default=100)
    p.add_argument("--seed", type=int, default=42)
    a = p.parse_args()
    return Config(data=a.data, target=a.target, n_trials=a.n_trials, seed=a.seed)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    Trainer(parse()).load().encode().tune().finish()
