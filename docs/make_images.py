"""Make the README's pictures: `python docs/make_images.py`, about half a minute."""

from pathlib import Path

import pandas as pd

import nbpipe

HERE = Path(__file__).parent

flights = pd.read_csv(
    HERE.parent / "notebooks/data/flights_jan_aug.csv.gz", parse_dates=["sched_dep"]
)
X = flights.drop(columns=["late", "dep_delay", "air_time", "arr_delay"])
X["hour"] = X["sched_dep"].dt.hour
memoriser = nbpipe.build(
    """
num = ["distance", "hour", "temp", "humid", "wind_speed", "recent_delay"] >> SimpleImputer()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(class_weight="balanced", random_state=42)
"""
)
report = nbpipe.cv(memoriser, X, flights["late"], time="sched_dep")
report.plot().savefig(HERE / "img/report.png", dpi=100, bbox_inches="tight")
print(report)
