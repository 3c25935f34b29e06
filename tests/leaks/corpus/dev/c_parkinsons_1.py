# labels: NB2
# why: each `subject#` has about 140 recordings and the shuffled KFold puts recordings of one person (with the same motor_UPDRS level) into training and judging folds of `X`, `y`.
# hard: scaler in the pipeline, cross_val_predict, one model; the group column is dropped on the way as a useless id
"""Telemonitoring of Parkinson's disease: predict motor_UPDRS from voice."""
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler

tele = pd.read_csv("parkinsons_updrs.data")
print(f"{len(tele)} recordings of {tele['subject#'].nunique()} patients, "
      f"{tele.groupby('subject#').size().median():.0f} each")

y = tele["motor_UPDRS"]
X = tele.drop(columns=["subject#", "test_time", "motor_UPDRS", "total_UPDRS"])

model = make_pipeline(RobustScaler(), KNeighborsRegressor(5, weights="distance"))
cv = KFold(10, shuffle=True, random_state=0)
pred = cross_val_predict(model, X, y, cv=cv, n_jobs=-1)

print(f"MAE {mean_absolute_error(y, pred):.2f}   R2 {r2_score(y, pred):.2f}")
per_patient = (pd.Series(pred, y.index) - y).abs().groupby(tele["subject#"]).mean()
print(per_patient.sort_values().tail())
