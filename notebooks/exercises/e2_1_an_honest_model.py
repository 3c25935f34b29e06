"""Find a model that is as good as it says"""

from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit, cross_validate

from flights import CATEGORICAL, NUMERIC, read_flights
from nbpipe.lessons.exercise import attempt, expect

F1, GAP = 0.45, 0.10

start = """
mine = ...  # or, instead of this line, %%nbpipe build mine and one step a line
"""

hints = (
    (
        "A simple model has little memory, so its gap is small. Two flights in ten are late: tell "
        'the model so, by `class_weight="balanced"`.'
    ),
    (
        "`LogisticRegression` wants its numbers filled and scaled. For a "
        "`HistGradientBoostingClassifier`, allow few leaves (`max_leaf_nodes=6`), a low "
        "`learning_rate`, and few rounds (`max_iter=60`)."
    ),
    (
        'Begin with `numeric >> SimpleImputer(strategy="median") >> StandardScaler()` and the '
        "`categorical` line of the forest, and end with "
        '`model = LogisticRegression(class_weight="balanced", max_iter=1000)`.'
    ),
)

solution = """
%%nbpipe build mine
numeric >> SimpleImputer(strategy="median") >> StandardScaler()
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(class_weight="balanced", max_iter=1000)
"""

also_right = (
    """%%nbpipe build mine
numeric >> "passthrough"
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60, sparse_output=False)
model = HistGradientBoostingClassifier(
    max_leaf_nodes=6, learning_rate=0.05, max_iter=60, class_weight="balanced", random_state=42
)
""",
    "mine = simple",
)

wrong = {
    "mine = forest": "0.45 is asked",
    """%%nbpipe build mine
numeric >> SimpleImputer(strategy="median") >> StandardScaler()
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(max_iter=1000)
""": "0.45 is asked",
    """%%nbpipe build mine
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(
    min_samples_leaf=8, class_weight="balanced", n_estimators=50, random_state=42
)
""": "remembers",
    """%%nbpipe build mine
rest >> "drop"
model = DummyClassifier(strategy="constant", constant=1)
""": "same answer to every flight",
    """%%nbpipe build mine
num = ["dep_delay"] >> SimpleImputer()
model = LogisticRegression()
""": "only after departure",
}


def check(space):
    data = read_flights("jan_aug")
    mine = attempt("`mine` is no pipeline:", clone, space["mine"])
    steps = repr(mine)
    later = [name for name in ("dep_delay", "air_time", "arr_delay") if name in steps]
    expect(not later, f"It uses `{' and '.join(later)}`, known only after departure.")
    X, y = data[NUMERIC + CATEGORICAL], data["late"]
    found = attempt(
        "Cross-validated in time order,",
        lambda: cross_validate(
            mine, X, y, cv=TimeSeriesSplit(), scoring="f1", return_train_score=True,
            error_score="raise",
        ),
    )  # fmt: skip
    guess = mine.fit(X, y).predict(X)
    expect(min(guess) < max(guess), "It gives the same answer to every flight.")
    train, test = found["train_score"].mean(), found["test_score"].mean()
    expect(
        test >= F1,
        f"In time order its F1 is {test:.3f}, and at least {F1} is asked (its gap is "
        f"{train - test:.3f}).",
    )
    expect(
        train - test < GAP,
        f"Its F1 is {train:.3f} on training rows and {test:.3f} on test rows: it still remembers "
        f"more than it understands. The gap should be below {GAP:.2f}.",
    )
    return f"F1 {test:.3f} in time order, gap {train - test:.3f}: what it says is what it can do."
