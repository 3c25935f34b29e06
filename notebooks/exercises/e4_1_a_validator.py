"""Refuse bad flights with a few lines of your own"""

import numpy as np
import pandas as pd

from flights import CATEGORICAL, NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
is_good = ...  # a function of one record: True or False
"""

hints = (
    (
        "First the names: a good record has exactly the columns `NUMERIC + CATEGORICAL`, in any "
        "order. `set(record)` is the set of its names."
    ),
    (
        "Then the types. In Python, `True` is an `int`, so ask for a `bool` first. Infinity is a "
        "`float`: ask `math.isfinite`. Weather is often missing, the scheduled `hour` never."
    ),
    (
        "For each name in `NUMERIC`: the value is None or NaN, or it is an int or a float, is no "
        "bool, and is finite. `hour` must not be missing. For each name in `CATEGORICAL`: it is a "
        "`str`."
    ),
)

solution = """
import math


def is_missing(value):
    return value is None or value != value  # only NaN is not equal to itself


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_good(record):
    return (
        set(record) == {*NUMERIC, *CATEGORICAL}
        and not is_missing(record["hour"])
        and all(is_missing(record[name]) or is_number(record[name]) for name in NUMERIC)
        and all(isinstance(record[name], str) for name in CATEGORICAL)
    )
"""

also_right = (
    """
def is_good(record):
    try:
        model.predict(record)
    except ValueError:
        return False
    return True
""",
    """
def is_good(record):
    if sorted(record) != sorted(NUMERIC + CATEGORICAL) or record["hour"] is None:
        return False
    for name, value in record.items():
        if name in CATEGORICAL and type(value) is not str:
            return False
        if name in NUMERIC and value is not None:
            if type(value) not in (int, float) or value in (np.inf, -np.inf):
                return False
            if name == "hour" and np.isnan(value):
                return False
    return True
""",
)

wrong = {
    "is_good = [True] + 8 * [False]": "should be a function",
    "is_good = lambda record: True": "should be refused",
    "is_good = lambda record: record == flight": "a good flight",
    "is_good = lambda record: False": "a good flight",
    "is_good = lambda record: set(record) == set(flight)": "should be refused",
    "is_good = lambda record: all(record[name] < 9999 for name in NUMERIC)": "a good flight",
    "is_good = lambda record: record['gate'] is None": "stops with KeyError",
    """
def is_good(record):
    return set(record) == set(flight) and all(
        record[name] is None or isinstance(record[name], (int, float)) and record[name] < np.inf
        for name in NUMERIC
    )
""": "a good flight",
}


def check(space):
    is_good = space["is_good"]
    expect(callable(is_good), "`is_good` should be a function of one record.")
    flights = read_flights("sep_dec")[NUMERIC + CATEGORICAL]
    for flight in flights.iloc[::300].to_dict("records"):
        shuffled = dict(sorted(flight.items()))
        expect(
            attempt("Given a good flight,", is_good, shuffled),
            f"It refuses a good flight: {_shown(flight)}.",
        )
    good = flights.iloc[7].to_dict()
    without = {name: value for name, value in good.items() if name != "distance"}
    faults = {
        "a distance that is text": good | {"distance": "9"},
        "a humidity that is a word": good | {"humid": "wet"},
        "a number of seats that is True": good | {"seats": True},
        "an infinite wind": good | {"wind_speed": -np.inf},
        "a scheduled hour that is missing": good | {"hour": None},
        "an airline that is a number": good | {"carrier": 7},
        "an additional column": good | {"gate": "B12"},
        "no distance at all": without,
    }
    for fault, bad in faults.items():
        verdict = attempt(f"Given {fault},", is_good, bad)
        expect(not verdict, f"A flight with {fault} should be refused.")
    return "Ten good flights pass, and eight faults are found. Now imagine 1,000 columns."


def _shown(flight):
    gaps = [name for name, value in flight.items() if pd.isna(value)]
    told = f"{', '.join(gaps)} missing in it, as often in training"
    return told if gaps else str(flight)
