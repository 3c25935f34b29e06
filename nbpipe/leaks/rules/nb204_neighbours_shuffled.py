"""NB204."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules import edits, holdout, words
from nbpipe.leaks.rules.names import text
from nbpipe.leaks.rules.rule import Rule
from nbpipe.leaks.search.sides import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class NeighboursShuffled(Rule):
    """Rows that hold their neighbours' values were split at random.

    What it does
    ------------
    Asks to look where lags, rolling means or sliding windows were made, and the rows were then
    dealt out at random: `train_test_split` shuffles unless told otherwise.

    Why it is bad
    -------------
    The row before and the row after a test row are in the training part, and share most of its
    values. The model is asked about gaps within the past, while production asks about the
    future. On flights, a random forest's F1 is .363 by shuffled folds and .243 by time, which
    is what production gives (.242).

    What to do
    ----------
    Split by time: `shuffle=False`, a date, or `TimeSeriesSplit`.

    What to tell your assistant
    ---------------------------
    "This is a time series: split by time, with `shuffle=False` or `TimeSeriesSplit`, never at
    random."
    """

    code = "NB204"
    name = "neighbours-shuffled"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

df = pd.read_csv("demand.csv", parse_dates=["day"]).sort_values("day")
df["last_week"] = df["bikes"].shift(7)  # found
X, y = df[["last_week", "temp"]], df["bikes"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
forest = RandomForestRegressor().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

df = pd.read_csv("demand.csv", parse_dates=["day"]).sort_values("day")
df["last_week"] = df["bikes"].shift(7)
X, y = df[["last_week", "temp"]], df["bikes"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, shuffle=False)
forest = RandomForestRegressor().fit(X_train, y_train)
print(forest.score(X_test, y_test))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report windows over rows that are shuffled later, once a split."""
        told = set()
        for each in shuffled(view):
            split = view.split_of(each.score.rows)
            dealer = each.score if split is None else split  # folds are dealt out by the score
            if dealer.number in told:
                continue
            told.add(dealer.number)
            how = f"`{dealer.how}` {words.at(view, dealer)}"
            wish = "Use `TimeSeriesSplit` for its folds instead."
            fix = f"folds = TimeSeriesSplit()\n# next: cv=folds in `{dealer.how}`"
            if split is not None:
                wish = f"Split {words.quoted(text(split.node))} by time instead."
                fix = holdout.in_order(view, split, each.score)
            yield words.finding(
                type(self),
                view,
                each.cause,
                each.severity,
                problem=f"gives rows the values of their neighbours, and {how} then deals "
                f"neighbours out to both sides: some {words.judged(view, each.score)}.",
                wish=wish,
                fix=fix,
                edits=edits.in_place(view, dealer, fix),
                related=(*words.split_notes(view, each.score), words.score_note(view, each.score)),
            )
