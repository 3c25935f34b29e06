"""NB504."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Related
from nbpipe.leaks.rules import columns, words
from nbpipe.leaks.rules.names import argument, statement, swapped, text
from nbpipe.leaks.rules.production import handmade, predictions
from nbpipe.leaks.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fit
    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.view import View


class ColumnsInAnotherOrder(Rule):
    """A prediction is given columns in another order than the fit, or without names.

    What it does
    ------------
    Asks to look where the columns listed at `predict` are those of `fit` in another order;
    notes a bare array given to a model that was fitted on a frame with names.

    Why it is bad
    -------------
    An array has no names, so a value in the wrong place is taken for another feature and
    nothing complains. On flights, columns in alphabetical order take the AUC from .651 to .499
    and flag every flight, without an error. A frame in another order is refused by scikit-
    learn, an array never.

    What to do
    ----------
    Take the columns by one list, at the fit and at the prediction, and predict on a frame that
    has their names.

    What to tell your assistant
    ---------------------------
    "Keep one list `features`; fit on `df[features]` and predict on `new[features]`, never on a
    bare array."
    """

    code = "NB504"
    name = "columns-in-another-order"
    severity = "review"
    bad = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

df = pd.read_csv("flights.csv")
new = pd.read_csv("today.csv")
forest = RandomForestClassifier()
forest.fit(df[["distance", "temp", "wind"]].to_numpy(), df["late"])
print(forest.predict(new[["temp", "wind", "distance"]].to_numpy()))  # found
""",
    )
    good = (
        """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

features = ["distance", "temp", "wind"]
df = pd.read_csv("flights.csv")
new = pd.read_csv("today.csv")
forest = RandomForestClassifier()
forest.fit(df[features], df["late"])
print(forest.predict(new[features]))
""",
    )

    def find(self, view: View) -> Iterator[Finding]:
        """Report predictions whose columns are not those of the fit."""
        for cell, call, fit in predictions(view):
            rows, given = argument(call, 0, "X"), columns.given(view, fit)
            if rows is None or given is None:
                continue
            at = replace(fit, node=call, cell=cell)
            made = handmade(view, rows, cell, call.lineno)
            if made is not None:
                order = _named(made)
                if order is None and not given.bare:
                    yield _bare(view, at, fit, rows)
            else:
                found = columns.of(view, rows, cell, call.lineno)
                order = found.listed if found is not None else None
            listed = given.listed
            if order and listed and order != listed and sorted(order) == sorted(listed):
                yield words.finding(
                    type(self),
                    view,
                    at,
                    "review",
                    problem=f"gives the columns as {_shown(order)}, and {words.does(fit)} "
                    f"{words.at(view, fit)} had them as {_shown(listed)}.",
                    wish=f"Take the columns of {words.quoted(rows)} in the order of the fit.",
                    fix=_reordered(view, at, rows, listed),
                    related=(Related(view.place(fit), "Here the model learns the order."),),
                )


def _bare(view: View, at: Fit, fit: Fit, rows: ast.expr) -> Finding:
    """Note values without names."""
    X = text(argument(fit.node, 0, "X"))
    framed = f"pd.DataFrame({text(rows)}, columns={X}.columns)"
    stated = statement(view, at)
    known = isinstance(stated, ast.Assign | ast.Expr) and X.isidentifier()
    return words.finding(
        ColumnsInAnotherOrder,
        view,
        at,
        "note",
        problem=f"gives values without names to a model that {words.does(fit)} "
        f"{words.at(view, fit)} fitted on named columns: nothing notices a wrong order.",
        wish=f"Predict on a frame with the columns of {words.quoted(X)}.",
        fix=text(swapped(stated, nodes={id(rows): framed})) if known else "",
        related=(Related(view.place(fit), "Here the columns have names."),),
    )


def _named(made: ast.expr) -> tuple[str, ...] | None:
    """Return the columns of a frame that is written by hand, if they are named."""
    content = argument(made, 0, "data") if isinstance(made, ast.Call) else made
    if isinstance(content, ast.List) and content.elts and isinstance(content.elts[0], ast.Dict):
        content = content.elts[0]
    if isinstance(content, ast.Dict):
        keys = [each.value for each in content.keys if isinstance(each, ast.Constant)]
        return tuple(map(str, keys))
    listed = argument(made, 99, "columns")
    if isinstance(listed, ast.List):
        return tuple(str(each.value) for each in listed.elts if isinstance(each, ast.Constant))
    return () if listed is not None else None


def _shown(listed: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in listed)


def _reordered(view: View, at: Fit, rows: ast.expr, listed: tuple[str, ...]) -> str:
    """Return the prediction with the columns as they were at the fit."""
    stated = statement(view, at)
    node = stated if isinstance(stated, ast.Assign | ast.Expr) else at.node
    lists = [each for each in ast.walk(rows) if isinstance(each, ast.List)]
    if len(lists) == 1:
        return text(swapped(node, nodes={id(lists[0]): repr(list(listed))}))
    return text(swapped(node, nodes={id(rows): f"{text(rows)}[{list(listed)!r}]"}))
