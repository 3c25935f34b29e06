"""Write a test that tells a changed column from chance"""

import numpy as np

from flights import read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
has_drifted = ...  # a function of train and new, each one column: True or False
"""

hints = (
    (
        "A sensor that hangs at an ordinary value has nothing outside, and its mean is right. What "
        "is different? Look at several quantiles, not at one number."
    ),
    (
        "`train.quantile(q)` with `q = [0.1, 0.25, 0.5, 0.75, 0.9]` passes over missing values. "
        "How far are those of `new` from them, measured in units of `train.std()`?"
    ),
    (
        "`moved = (new.quantile(q) - train.quantile(q)).abs().max()`, and it has drifted if `moved "
        "> 0.5 * train.std()`."
    ),
)

solution = """
def has_drifted(train, new):
    q = [0.1, 0.25, 0.5, 0.75, 0.9]
    moved = (new.quantile(q) - train.quantile(q)).abs().max()
    return moved > 0.5 * train.std()


print(has_drifted(X["hour"], production["hour"]), has_drifted(X["temp"], celsius["temp"]))
"""

also_right = (
    """
from scipy.stats import ks_2samp

def has_drifted(train, new):
    return ks_2samp(train.dropna(), new.dropna()).statistic > 0.2
""",
    """
def has_drifted(train, new):  # the population stability index, as in credit scoring
    edges = np.unique(train.quantile(np.arange(0.1, 1, 0.1)))
    def shares(values):
        bins = np.searchsorted(edges, values.dropna(), side="right")
        return np.bincount(bins, minlength=len(edges) + 1) / len(bins) + 0.001
    p, q = shares(train), shares(new)
    return ((q - p) * np.log(q / p)).sum() > 0.25
""",
)

wrong = {
    "has_drifted = 0.68": "should be a function",
    "has_drifted = lambda train, new: False": "It misses Celsius",
    "has_drifted = lambda train, new: True": "random part of training",
    "has_drifted = lambda train, new: outside(train, new) > 0.1": "hangs",
    "has_drifted = lambda train, new: abs(new.mean() - train.mean()) > 0.3 * train.std()": "hangs",
    "has_drifted = lambda train, new: new.mean() != train.mean()": "random part of training",
    "has_drifted = lambda train, new: np.quantile(new, 0.1) < np.quantile(train, 0.01)": (
        "It misses"
    ),
    "has_drifted = lambda train, new: new.max() > train.max()": "It misses Celsius",
    "has_drifted = lambda train, new: (new - train).abs().mean() > 5": "random part of training",
    "has_drifted = lambda train, new: outside(train, new)": "neither True nor False",
}


def check(space):
    has_drifted = space["has_drifted"]
    expect(callable(has_drifted), "`has_drifted` should be a function of `train` and `new`.")
    flights = read_flights("jan_aug")
    for i, name in enumerate(["temp", "distance", "pressure", "humid", "hour", "wind_dir"]):
        part = _part(flights[name], i)
        expect(
            not _ask(has_drifted, flights[name], part),
            f"It finds drift in a random part of training (400 values of `{name}`).",
        )
    faults = {
        "Celsius in place of Fahrenheit": ("temp", lambda values: (values - 32) / 1.8),
        "kilometres in place of miles": ("distance", lambda values: values * 1.609),
        "inches of mercury in place of millibars": ("pressure", lambda values: values / 33.86),
        "a humidity that hangs at one value": ("humid", _hanging),
        "a pressure that hangs at one value": ("pressure", _hanging),
    }
    for fault, (name, change) in faults.items():
        part = change(_part(flights[name], 9))
        expect(_ask(has_drifted, flights[name], part), f"It misses {fault}.")
    return "Six samples pass, three units and two hanging sensors are found."


def _part(column, seed):
    """Return 400 of its values, with an index of their own: new flights are no old ones."""
    return column.sample(400, random_state=seed, ignore_index=True)


def _hanging(values):
    """Repeat the value that is nearest to the mean; what is missing stays missing."""
    mean = values.mean()
    return values.where(values.isna(), values.loc[(values - mean).abs().idxmin()])


def _ask(has_drifted, train, new):
    verdict = attempt("Given two columns,", has_drifted, train.copy(), new.copy())
    expect(
        isinstance(verdict, bool | np.bool_),
        f"`has_drifted` should return True or False, and it returns neither True nor False: "
        f"{type(verdict).__name__}.",
    )
    return verdict
