# labels: none
# why: the objective scores trials on X_val carved out of the training part; X_test is scored once by the refitted best model.
# hard: objective() reads globals and has the same shape as one that reads the test part
import lightgbm as lgb
import optuna
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

COLS = ["age", "workclass", "fnlwgt", "education", "education_num", "marital_status",
        "occupation", "relationship", "race", "sex", "capital_gain", "capital_loss",
        "hours_per_week", "native_country", "income"]

adult = pd.read_csv("adult.data", names=COLS, skipinitialspace=True, na_values="?")
adult["income"] = adult["income"].eq(">50K").astype("int8")
for c in adult.select_dtypes("object"):
    adult[c] = adult[c].astype("category")

X, y = adult.drop(columns=["income", "fnlwgt"]), adult["income"]
X_dev, X_test, y_dev, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=7)
X_tr, X_val, y_tr, y_val = train_test_split(X_dev, y_dev, test_size=0.25, stratify=y_dev, random_state=7)


def objective(trial: optuna.Trial) -> float:
    params = dict(
        n_estimators=400,
        learning_rate=trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        num_leaves=trial.suggest_int("num_leaves", 8, 128),
        min_child_samples=trial.suggest_int("min_child_samples", 5, 100),
        colsample_bytree=trial.suggest_float("colsample_bytree", 0.4, 1.0),
        reg_lambda=trial.suggest_float("reg_lambda", 1e-3, 10, log=True),
        verbose=-1,
    )
    model = lgb.LGBMClassifier(**params)
    model.fit(X_tr, y_tr)
    return roc_auc_score(y_val, model.predict_proba(X_val)[:, 1])


study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=7))
study.optimize(objective, n_trials=60, show_progress_bar=True)
print("best on validation:", study.best_value, study.best_params)

best = lgb.LGBMClassifier(n_estimators=400, verbose=-1, **study.best_params)
best.fit(X_dev, y_dev)
print("test auc:", roc_auc_score(y_test, best.predict_proba(X_test)[:, 1]))
