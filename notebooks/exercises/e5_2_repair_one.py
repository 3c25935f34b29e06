"""Repair a script, and look at its real score"""

import numpy as np
from sklearn.metrics import f1_score

from flights import NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
predict_late = ...  # a function of flights: 0 or 1 for each
"""

hints = (
    "Compare what the script does to `X_train` with what its `predict` does to new flights.",
    (
        "The gaps become 0 in both. But the model learned from scaled numbers, and new flights are "
        "not scaled. The scaler knows how: it must not be fitted again."
    ),
    "`scaler.transform(flights[NUMERIC].fillna(0))` is what the model understands.",
)

solution = """
def predict_late(flights):
    return model.predict(scaler.transform(flights[NUMERIC].fillna(0)))
"""

also_right = (
    """
from sklearn.pipeline import make_pipeline
both = make_pipeline(scaler, model)
predict_late = lambda flights: both.predict(flights[NUMERIC].fillna(0))
""",
)

wrong = {
    "predict_late = model": "should be a function",
    "predict_late = lambda flights: model.predict(flights[NUMERIC].fillna(0).to_numpy())": (
        "not scaled"
    ),
    """
from sklearn.base import clone
def predict_late(flights):
    return model.predict(clone(scaler).fit_transform(flights[NUMERIC].fillna(0)))
""": "depends on the flights beside it",
    "predict_late = lambda flights: [0] * len(flights)": "never says late",
    "predict_late = lambda rows: model.predict(scaler.transform(rows[NUMERIC]))": "stops with",
}


def check(space):
    predict = space["predict_late"]
    expect(
        callable(predict) and not hasattr(predict, "predict"),
        "`predict_late` should be a function of flights.",
    )
    flights = read_flights("sep_dec")
    answers = np.asarray(attempt("Given the flights of production,", predict, flights))
    expect(answers.shape == (len(flights),), "It should give one answer for each flight.")
    expect(answers.any(), "It never says late.")
    few = flights.iloc[:50]
    expect(
        np.array_equal(attempt("Given 50 flights,", predict, few), answers[:50]),
        "Its answer for a flight depends on the flights beside it: something is fitted again.",
    )
    score = f1_score(flights["late"], answers)
    expect(score > 0.3, f"F1 in production is {score:.3f}: the numbers are not scaled yet.")
    return f"F1 in production: {score:.3f}. In a pipeline, nobody could have forgotten the scaler."
