"""Find the rows that stand on both sides of a split"""

import pandas as pd
from sklearn.model_selection import train_test_split

from flights import read_flights
from nbpipe.lessons.exercise import attempt, expect

start = """
shared = ...  # a function of train and test
"""

hints = (
    "`sample` keeps the index of each row that it draws, so copies of a flight share their index.",
    "`test.index.isin(train.index)` says of each row of `test` whether it also stands in `train`.",
    "The mean of true and false is a share: `return test.index.isin(train.index).mean()`.",
)

solution = """
def shared(train, test):
    return test.index.isin(train.index).mean()


print(f"{shared(train, test):.2f}")
"""

also_right = (
    "shared = lambda a, b: sum(name in set(a.index) for name in b.index) / len(b)",
    """
def shared(train, test):
    return len(test.join(train[[]].loc[~train.index.duplicated()], how="inner")) / len(test)
""",
)

wrong = {
    "shared = 0.44": "should be a function",
    "def shared(train, test):\n    return train.index.isin(test.index).mean()": "rows of `train`",
    "def shared(train, test):\n    return test.index.isin(train.index).sum()": "between 0 and 1",
    "shared = lambda a, b: len({*a.index} & {*b.index}) / len({*b.index})": "every row",
    "def shared(train, test):\n    return 0.44": "nothing in common",
    "def shared(train):\n    return 0.44": "TypeError",
    "def shared(train, test):\n    print(test.index.isin(train.index).mean())": "return",
}


def check(space):
    shared = space["shared"]
    expect(callable(shared), "`shared` should be a function of `train` and `test`.")
    flights = read_flights("jan_aug")[["late", "distance"]]
    parted = train_test_split(flights, random_state=0)
    apart = _ask(shared, *parted)
    expect(apart == 0, f"Train and test with nothing in common: the share is 0, not {apart}.")
    late = flights[flights["late"] == 1].sample(3000, replace=True, random_state=1)
    train, test = train_test_split(pd.concat([flights, late]), test_size=0.3, random_state=2)
    found, right = _ask(shared, train, test), test.index.isin(train.index).mean()
    expect(
        abs(found - train.index.isin(test.index).mean()) > 1e-9,
        "That is the share of the rows of `train`; the rows of `test` are asked for.",
    )
    expect(
        abs(found - test[~test.index.duplicated()].index.isin(train.index).mean()) > 1e-9,
        "A flight that stands in `test` twice counts once in yours; count every row.",
    )
    expect(
        abs(found - right) < 1e-9,
        f"For other rows of these flights it says {found:.3f}; {right:.3f} of the test rows are "
        "in both.",
    )
    return (
        "So 44 % of the test rows were known from training; of the late ones, even 90 %, for only "
        "these were copied."
    )


def _ask(shared, train, test):
    share = attempt("Given train and test,", shared, train, test)
    expect(share is not None, "`shared` says nothing: it has to `return` the share.")
    share = attempt("What it returns is no number:", float, share)
    expect(0 <= share <= 1, f"A share lies between 0 and 1, and yours is {share:g}.")
    return share
