"""Write a test that finds answers that depend on what should not matter"""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from flights import NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
is_steady = ...  # a function of predict and flights: True or False
"""

hints = (
    (
        "Predict once for `flights`. Then change `flights` in each of the three ways, predict "
        "again, and compare the answers of the same flights."
    ),
    (
        "Keep answers with their index: `before = pd.Series(predict(flights), flights.index)`. For "
        "a changed table `new`, its flights had the answers `before[new.index]`."
    ),
    (
        "Three changed tables: `flights[::-1]`, `flights[flights.columns[::-1]]` and `flights[::2]`"
        ". Each must hold: `np.allclose(predict(new), before[new.index])`."
    ),
)

solution = """
def is_steady(predict, flights):
    before = pd.Series(predict(flights), flights.index)
    changed = [
        flights.sample(frac=1, random_state=1),
        flights[flights.columns[::-1]],
        flights[::3],
    ]
    return all(np.allclose(predict(new), before[new.index]) for new in changed)


print(is_steady(careful, some), is_steady(careless, some))
"""

also_right = (
    """
def is_steady(predict, flights):
    together = np.asarray(predict(flights))
    alone = [predict(flights.iloc[[i]])[0] for i in range(len(flights))]
    turned = predict(flights[sorted(flights, reverse=True)][::-1])[::-1]
    return np.abs(together - alone).max() < 1e-6 and np.abs(together - turned).max() < 1e-6
""",
)

_TEST = """
def is_steady(predict, flights):
    before = pd.Series(predict(flights), flights.index)
    changed = [{}]
    return all(np.allclose(predict(new), before[new.index]) for new in changed)
"""
wrong = {
    "is_steady = True": "should be a function",
    "is_steady = lambda predict, flights: True": "looks at the flights beside it",
    "is_steady = lambda predict, flights: False": "It accuses a pipeline",
    _TEST.format("flights[::-1], flights[flights.columns[::-1]]"): "the flights beside it",
    _TEST.format("flights[::2], flights[::-1]"): "the columns by their place",
    _TEST.format("flights[:100], flights[flights.columns[::-1]]"): "order of the rows",
    """
def is_steady(predict, flights):
    return (predict(flights) == predict(flights[::-1])).all()
""": "It accuses a pipeline",
    """
def is_steady(predict, flights):
    return predict is careful
""": "It accuses a pipeline",
    "is_steady = lambda predict: True": "TypeError",
    "def is_steady(predict, flights):\n    predict(flights)": "neither True nor False",
}


def check(space):
    is_steady = space["is_steady"]
    expect(callable(is_steady), "`is_steady` should be a function of `predict` and `flights`.")
    data, new = read_flights("jan_aug"), read_flights("sep_dec")[NUMERIC].iloc[1000:1300]
    X, y = data[NUMERIC], data["late"]
    pipeline = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(X, y)
    by_place = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
    by_place.fit(X.to_numpy(), y)

    def steady(flights):
        return pipeline.predict_proba(flights[NUMERIC])[:, 1]

    def flag(flights):
        return pipeline.predict(flights[NUMERIC])

    def ranked(flights):  # only the order among those that come together
        return steady(flights).argsort().argsort() / len(flights)

    def placed(flights):
        return by_place.predict_proba(flights.to_numpy())[:, 1]

    def after_another(flights):  # mixes in the answer of the first row
        return (steady(flights) + steady(flights.iloc[[0]])) / 2

    for good in (steady, flag):
        expect(
            _ask(is_steady, good, new),
            "It accuses a pipeline whose answers for a flight never change: are the answers of the "
            "same flights compared?",
        )
    faults = {
        ranked: "looks at the flights beside it (it ranks them)",
        placed: "takes the columns by their place",
        after_another: "depends on the order of the rows (it mixes in the answer of the first)",
    }
    for bad, fault in faults.items():
        expect(not _ask(is_steady, bad, new), f"It passes a model that {fault}.")
    return "It clears two honest models and finds three faults, without a single label."


def _ask(is_steady, predict, flights):
    verdict = attempt("Given a model and flights,", is_steady, predict, flights.copy())
    expect(
        isinstance(verdict, bool | np.bool_),
        f"`is_steady` should return True or False, and it returns neither True nor False: "
        f"{type(verdict).__name__}.",
    )
    return verdict
