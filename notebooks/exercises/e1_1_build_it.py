"""Build a pipeline that survives production"""

import numpy as np
from sklearn.base import clone

from flights import CATEGORICAL, NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

KNOWN_LATER = ["dep_delay", "air_time", "arr_delay"]

start = """
mine = ...  # or, instead of this line, %%nbpipe build mine and one step a line
"""

hints = (
    "Begin with the pipeline `late` from above, and choose columns of your own.",
    (
        "Numeric columns need an imputer for the gaps. Categorical columns need an encoder that "
        "does not stop at an airline that it has never seen."
    ),
    (
        'One line for each kind: `num = ["distance", ...] >> SimpleImputer() >> StandardScaler()` '
        'and `cat = ["carrier", ...] >> OneHotEncoder(handle_unknown="ignore")`, and a model below.'
    ),
)

solution = """
%%nbpipe build mine
num = ["distance", "temp", "recent_delay"] >> SimpleImputer(strategy="median") >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(class_weight="balanced")
"""

also_right = (
    """
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import OrdinalEncoder
codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
columns = make_column_transformer((codes, ["carrier", "dest"]), ("passthrough", NUMERIC))
mine = make_pipeline(columns, HistGradientBoostingClassifier(random_state=0)).fit(data, y)
""",
)

wrong = {
    """%%nbpipe build mine
num = ["distance", "temp", "recent_delay"] >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression()
""": "Fitted on `data`",
    """%%nbpipe build mine
num = ["distance", "temp", "recent_delay"] >> SimpleImputer()
cat = ["carrier", "origin"] >> OneHotEncoder()
model = RandomForestClassifier(n_estimators=20)
""": "an airline it has never seen",
    """%%nbpipe build mine
num = ["distance", "temp", "dep_delay"] >> SimpleImputer() >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression()
""": "`dep_delay`",
    """%%nbpipe build mine
num = ["distance", "temp"] >> SimpleImputer() >> StandardScaler()
model = LogisticRegression()
""": "2 numeric and 0 categorical",
    "mine = make_pipeline(SimpleImputer(), LogisticRegression())": "Fitted on `data`",
    "mine = 3": "no pipeline with a `predict_proba`",
}


def check(space):
    data, new = read_flights("jan_aug"), read_flights("sep_dec")
    expect(
        hasattr(space["mine"], "predict_proba") and hasattr(space["mine"], "get_params"),
        "`mine` is no pipeline with a `predict_proba`.",
    )
    mine = attempt("`mine` cannot be copied:", clone, space["mine"])
    attempt("Fitted on `data` and `y`,", mine.fit, data, data["late"])
    p = attempt("Given the flights of September to December,", mine.predict_proba, new)
    empty = new.iloc[[0]].assign(**dict.fromkeys(NUMERIC, np.nan))
    attempt("Given a flight with no numbers at all,", mine.predict_proba, empty)
    strange = new.iloc[[0]].assign(carrier="ZZ")
    attempt("Given a flight of an airline it has never seen,", mine.predict_proba, strange)
    used = [name for name in new if not np.array_equal(p, mine.predict_proba(_turned(new, name)))]
    later = [f"`{name}`" for name in KNOWN_LATER if name in used]
    expect(not later, f"It uses {' and '.join(later)}, known only after departure.")
    numbers, words = (len({*used} & {*kind}) for kind in (NUMERIC, CATEGORICAL))
    expect(
        numbers >= 3 and words >= 2,
        f"Its answers depend on {numbers} numeric and {words} categorical columns; use at least "
        "three and two.",
    )
    return "Neither gaps nor new airlines stop it, and it knows nothing of the future."


def _turned(flights, name):
    """Return the flights with the values of one column in reverse order."""
    return flights.assign(**{name: flights[name].to_numpy()[::-1]})
