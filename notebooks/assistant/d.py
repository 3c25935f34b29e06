"""Scaled numbers, a tuned logistic regression."""

from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

from flights import NUMERIC, read_flights

data = read_flights("jan_aug").sort_values("sched_dep")
X, y = data[NUMERIC].fillna(0), data["late"]
X_train, X_test, y_train, y_test = X[:4800], X[4800:], y[:4800], y[4800:]

scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
model = LogisticRegression(class_weight="balanced").fit(X_train, y_train)
claim = f1_score(y_test, model.predict(X_test))


def predict(flights):
    return model.predict(flights[NUMERIC].fillna(0).to_numpy())
