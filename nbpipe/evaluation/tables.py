"""How the columns of a training set and its test set differ, and which say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nbpipe.evaluation.findings import MOST_NAMED, Finding, listed
from nbpipe.evaluation.probe import looks_like_dates

if TYPE_CHECKING:
    from nbpipe.evaluation.sides import Sides

HEAD = 100
# Distinct whole numbers among fewer than 10 n have a chance of about exp(-n / 20) of being so by
# accident (the birthday problem): below 1 % from 100 rows on.
FEWEST_COUNTED = 100
SPACING = 10
MOST_VALUES = 3


def differing_columns(sides: Sides) -> list[Finding]:
    """Name columns that one side lacks, that stand in another order, or hold another kind."""
    train, test = sides.train, sides.test
    if not isinstance(train, pd.DataFrame):
        return []
    found = []
    for one, other, has, lacks in (
        (train, test, "X_train", "X_test"),
        (test, train, "X_test", "X_train"),
    ):
        only = [name for name in one.columns if name not in other.columns]
        if only:
            found.append(
                Finding(
                    "watch",
                    f"{has} has columns that {lacks} lacks: {listed(only)}",
                    "Give both sides the columns that are known when you predict.",
                )
            )
    shared = [name for name in train.columns if name in test.columns]
    if shared != [name for name in test.columns if name in train.columns]:
        found.append(
            Finding(
                "watch",
                "X_test has its columns in another order than X_train",
                "Use X_test[X_train.columns]; as arrays, one column would be read for another.",
            )
        )
    kinds = [(name, _kind(train[name]), _kind(test[name])) for name in shared]
    other = [
        f"{name} ({ours} in train, {theirs} in test)"
        for name, ours, theirs in kinds
        if ours != theirs
    ]
    if other:
        found.append(
            Finding(
                "watch",
                f"columns hold another kind of values in test: {listed(other)}",
                "Read both sides in the same way, so that a value means the same on both.",
            )
        )
    return found


def counting_columns(sides: Sides) -> list[Any]:
    """Return the names of the columns that number the rows."""
    X = sides.rows.X
    if not isinstance(X, pd.DataFrame):
        return []
    return [name for name in X.columns if name != sides.rows.time_name and _counts(X[name])]


def idle_columns(sides: Sides, counters: list[Any]) -> list[Finding]:
    """Name columns that identify rows, or hold one value in train."""
    X = sides.rows.X
    if not isinstance(X, pd.DataFrame):
        return []
    names = [name for name in X.columns if name in counters or _names_rows(X[name])]
    constant = [name for name in X.columns if _is_constant(sides.train[name])]
    found = []
    if names:
        found.append(
            Finding(
                "note",
                f"every row has a value of its own, as an identifier has, in {listed(names)}",
                "Leave identifiers out: they say nothing of new rows.",
            )
        )
    if constant:
        found.append(
            Finding(
                "note",
                f"all training rows hold one value in {listed(constant)}",
                "Leave constant columns out: nothing can be learned from them.",
            )
        )
    return found


def new_categories(sides: Sides) -> list[Finding]:
    """Name columns in which test rows hold texts or categories that train lacks."""
    X, n = sides.rows.X, sides.n_train
    if not isinstance(X, pd.DataFrame):
        return []
    found = []
    for name in X.columns:
        if (
            _kind(X[name]) != "texts"
            or _kind(sides.train[name]) != "texts"
            or _reads_as_dates(X[name])
        ):
            continue
        train, test = (side.dropna().astype(str) for side in (X[name].iloc[:n], X[name].iloc[n:]))
        known = train.unique()
        if len(known) > len(train) / 2:  # names or free text, of which new rows bring new ones
            continue
        new = test[~test.isin(known)]
        if len(new):
            values = listed([repr(each) for each in new.unique()[:MOST_VALUES]])
            found.append(f"{name} in {len(new):,} row{'s' * (len(new) > 1)}, such as {values}")
    if not found:
        return []
    return [
        Finding(
            "note",
            f"test rows hold categories that training lacks: {'; '.join(found[:MOST_NAMED])}",
            "Use OneHotEncoder(handle_unknown='ignore'), or an encoder that knows what to do.",
        )
    ]


def _kind(values: Any) -> str:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.categories
    if pd.api.types.is_datetime64_any_dtype(values):
        return "dates"
    return "numbers" if pd.api.types.is_numeric_dtype(values) else "texts"


def _reads_as_dates(values: Any) -> bool:
    return looks_like_dates(values.dropna().iloc[:HEAD].astype(str))


def _counts(values: Any) -> bool:
    if not pd.api.types.is_numeric_dtype(values) or len(values) < FEWEST_COUNTED:
        return False
    if not values.iloc[:HEAD].is_unique or values.isna().any():
        return False
    whole = pd.api.types.is_integer_dtype(values) or bool((values % 1 == 0).all())
    return whole and values.is_unique and values.max() - values.min() < SPACING * len(values)


def _names_rows(values: Any) -> bool:
    """Tell whether texts are distinct words, neither dates nor free text."""
    known = values.dropna()
    if len(known) < FEWEST_COUNTED or not pd.api.types.is_string_dtype(known):
        return False
    if not known.iloc[:HEAD].is_unique or looks_like_dates(known) or not known.is_unique:
        return False
    return not known.str.contains(r"\s").any()


def _is_constant(values: Any) -> bool:
    for part in (values.iloc[:HEAD], values):  # most columns vary within a few rows
        try:
            n_values = part.nunique(dropna=False)
        except TypeError:  # lists and the like have no hash, but a text
            n_values = part.astype(str).nunique()
        if n_values > 1:
            return False
    return True
