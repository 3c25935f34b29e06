# labels: none
# why: GroupKFold keeps every patient's recordings on one side, and GroupShuffleSplit puts whole patients away for the last score.
# hard: next(gss.split(...)) with iloc, group ids carried in a separate array, grid search with groups= passed to fit
"""Telemonitoring of Parkinson's disease: predict motor_UPDRS from voice (patients held out)."""
import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

tele = pd.read_csv("parkinsons_updrs.data")
patients = tele["subject#"].to_numpy()
y = tele["motor_UPDRS"]
X = tele.drop(columns=["subject#", "test_time", "motor_UPDRS", "total_UPDRS"])

gss = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=0)
fit_idx, out_idx = next(gss.split(X, y, groups=patients))
assert not set(patients[fit_idx]) & set(patients[out_idx])

search = GridSearchCV(
    make_pipeline(QuantileTransformer(n_quantiles=200, output_distribution="normal"), ElasticNet(max_iter=5000)),
    {"elasticnet__alpha": np.logspace(-3, 1, 9), "elasticnet__l1_ratio": [0.1, 0.5, 0.9]},
    cv=GroupKFold(6),
    scoring="neg_mean_absolute_error",
)
search.fit(X.iloc[fit_idx], y.iloc[fit_idx], groups=patients[fit_idx])
print(search.best_params_, f"cv MAE {-search.best_score_:.2f}")

dummy = DummyRegressor(strategy="median").fit(X.iloc[fit_idx], y.iloc[fit_idx])
for name, m in (("median", dummy), ("elastic net", search)):
    print(f"{name:>12}: MAE {mean_absolute_error(y.iloc[out_idx], m.predict(X.iloc[out_idx])):.2f}")
