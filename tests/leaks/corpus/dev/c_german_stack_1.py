# labels: none
# why: the meta features of the training part are out-of-fold predictions, those of the test part come from models fitted on X_train; the blend is scored once on X_test.
# hard: base models predict on X_test in a loop and X_test's predictions are fed to meta.predict, never to a fit or a score of their own
"""Stacking by hand for the german credit data."""
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def get_oof(est, X, y, X_new, n_splits=5, seed=0):
    """Out-of-fold probabilities for X and fold-averaged ones for X_new."""
    oof = np.zeros(len(X))
    new = np.zeros(len(X_new))
    skf = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    for fit_idx, out_idx in skf.split(X, y):
        m = clone(est).fit(X[fit_idx], y[fit_idx])
        oof[out_idx] = m.predict_proba(X[out_idx])[:, 1]
        new += m.predict_proba(X_new)[:, 1] / n_splits
    return oof, new


raw = pd.read_csv("german.data-numeric", sep=r"\s+", header=None)
X = raw.iloc[:, :24].to_numpy(float)
y = (raw[24] == 2).to_numpy(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)

bases = [
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    ExtraTreesClassifier(500, min_samples_leaf=3, random_state=0),
    GradientBoostingClassifier(random_state=0),
]
level1_train, level1_test = zip(*(get_oof(b, X_train, y_train, X_test) for b in bases))
level1_train = np.column_stack(level1_train)
level1_test = np.column_stack(level1_test)

for b, col in zip(bases, level1_train.T):
    print(f"{type(b).__name__:<28} oof auc {roc_auc_score(y_train, col):.3f}")

meta = LogisticRegression().fit(level1_train, y_train)
print("weights", meta.coef_.round(2))
print("stack, test auc %.3f" % roc_auc_score(y_test, meta.predict_proba(level1_test)[:, 1]))
