# labels: none
# why: everything learned sits in a pipeline that GridSearchCV refits inside X_train; the chosen model is scored once on the official adult.test file and then refitted on both for export.
# hard: a registry of models and grids is searched, but the winner is taken by cross-validated score; the train score is logged beside the test score; the frames are concatenated only after the score.
"""Income model.  Override settings on the command line:

    python income.py model=svm cv.folds=3 seed=1
"""
import logging
import sys
from importlib import import_module
from pathlib import Path

import joblib
import pandas as pd
from omegaconf import OmegaConf
from sklearn.compose import ColumnTransformer, make_column_selector as selector
from sklearn.impute import SimpleImputer
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

log = logging.getLogger("income")

DEFAULTS = OmegaConf.create("""
seed: 0
data: {train: adult.data, test: adult.test}
models: [logreg, forest]
registry:
  logreg: {class: sklearn.linear_model.LogisticRegression, init: {max_iter: 2000}, grid: {C: [0.05, 0.5, 5]}}
  forest: {class: sklearn.ensemble.RandomForestClassifier, init: {n_jobs: -1}, grid: {n_estimators: [300], max_depth: [8, 16, null]}}
  svm: {class: sklearn.svm.LinearSVC, init: {dual: false}, grid: {C: [0.01, 0.1, 1]}}
cv: {folds: 5, scoring: balanced_accuracy}
select: {min_frequency: 20}
out: outputs
""")

COLS = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
        "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"]


def read(path):
    d = pd.read_csv(path, names=COLS, skipinitialspace=True, na_values="?", comment="|")
    y = d.pop("income").str.rstrip(".").eq(">50K").astype(int)
    return d.drop(columns=["fnlwgt", "education"]), y


def instantiate(entry, seed):
    module, name = entry["class"].rsplit(".", 1)
    est = getattr(import_module(module), name)(**entry.get("init", {}))
    if "random_state" in est.get_params():
        est.set_params(random_state=seed)
    return est


def pipeline(est, cfg):
    num = Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())])
    cat = Pipeline([("imp", SimpleImputer(strategy="most_frequent")),
                    ("oh", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=cfg.select.min_frequency))])
    pre = ColumnTransformer([("num", num, selector(dtype_include="number")),
                             ("cat", cat, selector(dtype_include=object))])
    return Pipeline([("pre", pre), ("est", est)])


def search(name, cfg, X, y):
    entry = OmegaConf.to_container(cfg.registry[name])
    gs = GridSearchCV(
        pipeline(instantiate(entry, cfg.seed), cfg),
        {"est__" + k: v for k, v in entry["grid"].items()},
        scoring=cfg.cv.scoring, n_jobs=2,
        cv=StratifiedKFold(cfg.cv.folds, shuffle=True, random_state=cfg.seed),
    )
    gs.fit(X, y)
    log.info("%s: %.4f %s", name, gs.best_score_, gs.best_params_)
    return gs


def main(argv):
    cfg = OmegaConf.merge(DEFAULTS, OmegaConf.from_dotlist(argv))
    if "model" in cfg:
        cfg.models = [cfg.model]
    logging.basicConfig(level=logging.INFO)

    X_train, y_train = read(cfg.data.train)
    X_test, y_test = read(cfg.data.test)

    searches = {m: search(m, cfg, X_train, y_train) for m in cfg.models}
    winner = max(searches, key=lambda m: searches[m].best_score_)
    model = searches[winner].best_estimator_

    scorer = get_scorer(cfg.cv.scoring)
    log.info("winner %s: train %.4f test %.4f", winner, scorer(model, X_train, y_train), scorer(model, X_test, y_test))

    out = Path(cfg.out)
    out.mkdir(exist_ok=True)
    model.fit(pd.concat([X_train, X_test]), pd.concat([y_train, y_test]))
    joblib.dump(model, out / "model.joblib")
    OmegaConf.save(cfg, out / "config.yaml")


if __name__ == "__main__":
    main(sys.argv[1:])
