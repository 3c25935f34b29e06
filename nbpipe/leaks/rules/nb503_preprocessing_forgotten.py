"""NB503."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Related
from nbpipe.leaks.rules import edits, names, parts, words
from nbpipe.leaks.rules.names import argument, receiver, statement, swapped, text
from nbpipe.leaks.rules.production import handmade, predictions, transformers
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fact, Fit, Score
    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class PreprocessingForgotten(Rule):
    """Rows went to the model without the preprocessing that it was fitted with.

    What it does
    ------------
    Reports a model that was fitted on scaled, reduced, selected or vectorised rows and predicts
    rows that did not pass through the same step, or rows that are written by hand.

    Why it is bad
    -------------
    There is no error message: the numbers have the right shape and another meaning. On flights,
    a model that is given unscaled rows flags none of them as late.

    What to do
    ----------
    Transform the rows as the training rows were; or put the steps and the model into one
    Pipeline, which cannot forget them.

    What to tell your assistant
    ---------------------------
    "Put the scaler and the model into one Pipeline and call `predict` on raw rows, in training
    and in production."
    """

    code = "NB503"
    name = "preprocessing-forgotten"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("flights.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="late"), df["late"])
scaler = StandardScaler()
X_train_scaled = scaler.fit_transform(X_train)
model = LogisticRegression()
model.fit(X_train_scaled, y_train)
print(accuracy_score(y_test, model.predict(X_test)))  # found
""",
        """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

iris = pd.read_csv("iris.csv")
X_train, X_test, y_train, y_test = train_test_split(iris.drop(columns="kind"), iris["kind"])
scaler = StandardScaler().fit(X_train)
knn = KNeighborsClassifier()
knn.fit(scaler.transform(X_train), y_train)
print(knn.score(scaler.transform(X_test), y_test))
print(knn.predict([[5.1, 3.5, 1.4, 0.2]]))  # found
""",
    )
    good = (
        """
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

iris = pd.read_csv("iris.csv")
X_train, X_test, y_train, y_test = train_test_split(iris.drop(columns="kind"), iris["kind"])
scaler = StandardScaler().fit(X_train)
knn = KNeighborsClassifier()
knn.fit(scaler.transform(X_train), y_train)
print(knn.score(scaler.transform(X_test), y_test))
print(knn.predict(scaler.transform([[5.1, 3.5, 1.4, 0.2]])))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report rows that skipped a step, once for each model and rows."""
        told = set()
        for cell, call, fit in predictions(view):
            rows, steps = argument(call, 0, "X"), transformers(view, fit)
            key = (fit.number, text(rows))
            if rows is None or not steps or key in told:
                continue
            at = replace(fit, node=call, cell=cell)
            if handmade(view, rows, cell, call.lineno) is not None:
                told.add(key)
                yield _finding(view, at, fit, steps, rows)
            elif missing := _missing(view, fit, steps, rows):
                told.add(key)
                yield _finding(view, at, fit, missing, rows)


def _finding(view: View, at: Fact, fit: Fit, missing: list[Fit], rows: ast.expr) -> Finding:
    """Put a forgotten step into words."""
    step = words.quoted(names.fitted_as(view, missing[0]) or receiver(missing[0]))
    fix = _fix(view, missing, rows, statement(view, at))
    given = words.quoted(rows)
    return words.finding(
        PreprocessingForgotten,
        view,
        at,
        PreprocessingForgotten.severity,
        problem=f"uses {given} without {step}, through which the rows of {words.does(fit)} "
        f"{words.at(view, fit)} went.",
        wish=f"Put {given} through {step}, too.",
        fix=fix,
        edits=edits.in_place(view, at, fix),
        related=(
            Related(view.place(missing[0]), f"Here {step} is fitted."),
            Related(view.place(fit), "Here the model is fitted on what came out of it."),
        ),
    )


def _missing(view: View, fit: Fit, steps: list[Fit], rows: ast.expr) -> list[Fit]:
    """Return the steps that are not in the rows of a prediction, where its score tells."""
    judged = (
        each for each in _scores(view).get(fit.number, ()) if parts.scored(view, each) is rows
    )
    score = next(judged, None)
    if score is None:
        return []
    learned = score.learned
    known = {view.facts[number].label for number in learned}
    return [each for each in steps if each.number not in learned and each.label not in known]


@lru_cache(8)
def _scores(view: View) -> dict[int, list[Score]]:
    """Return the scores of each fit, where it is the only one that is judged."""
    found: dict[int, list[Score]] = {}
    for score in view.scores:
        if len(score.fits) == 1 and score.rows and not score.folds:
            found.setdefault(min(score.fits), []).append(score)
    return found


def _fix(view: View, steps: list[Fit], rows: ast.expr, stated: ast.stmt | None) -> str:
    """Return the statement with the rows transformed, step by step."""
    owners = [names.fitted_as(view, each) for each in steps]
    if not all(owners) or not isinstance(stated, ast.Assign | ast.Expr):
        return ""
    given = text(rows)
    for each in dict.fromkeys(owners):
        given = f"{each}.transform({given})"
    return text(swapped(stated, nodes={id(rows): given}))
