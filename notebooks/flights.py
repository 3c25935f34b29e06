"""The flights of the lessons, with the three columns derived from the schedule and the plane."""

import pandas as pd

NUMERIC = [
    "hour", "distance", "plane_age", "seats", "temp", "humid", "wind_dir",
    "wind_speed", "wind_gust", "precip", "pressure", "visib", "recent_delay",
]  # fmt: skip
CATEGORICAL = ["carrier", "origin", "dest", "weekday"]


def read_flights(months):
    """Read the flights of "jan_aug" or "sep_dec", in time order."""
    flights = pd.read_csv(f"data/flights_{months}.csv.gz", parse_dates=["sched_dep"])
    departure = flights["sched_dep"].dt
    return flights.assign(
        hour=departure.hour + departure.minute / 60,
        weekday=departure.day_name().str[:3],
        plane_age=2013 - flights["plane_year"],
    )
