"""Some planes are late more often: a feature for that."""

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

from flights import NUMERIC, read_flights

data = read_flights("jan_aug")

# How often is this plane late?
plane_rate = data.groupby("tailnum")["late"].mean()
data["plane_rate"] = data["tailnum"].map(plane_rate)

features = [*NUMERIC, "plane_rate"]
train, test = train_test_split(data, random_state=42, stratify=data["late"])
model = HistGradientBoostingClassifier(class_weight="balanced", random_state=42)
model.fit(train[features], train["late"])
claim = f1_score(test["late"], model.predict(test[features]))


def predict(flights):
    known = flights.assign(plane_rate=flights["tailnum"].map(plane_rate))
    return model.predict(known[features])
