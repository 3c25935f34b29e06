"""The proof that a plan predicts what its estimator does."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.compiling import compile_plan
from nbpipe.bundle.plan.encoding import unknown
from nbpipe.bundle.plan.program import METHODS, TOLERANCE, Plan
from nbpipe.bundle.rows.clean import Row
from nbpipe.bundle.rows.policy import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from nbpipe.bundle.plan.arrays import Array
    from nbpipe.bundle.rows.clean import Table
    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.schema import Feature, Schema
    from nbpipe.bundle.rows.validate import Checked

SAMPLE = 20_000  # rows at most, evenly spread
_BASES = 3  # rows that are changed, one feature at a time
_THRESHOLDS = 500
_CATEGORIES = 50  # that are tried of each feature
_REFUSED = 50  # refused rows, of which each is tried alone
_ALONE = 100  # rows that are predicted one by one, too


def proven(
    estimator: Any, X: pd.DataFrame, schema: Schema
) -> tuple[Mapping[str, Array] | None, str]:
    """Return the arrays of a plan that predicts what `estimator` does, or why there are none."""
    made = compile_plan(estimator, schema)
    if isinstance(made, str):
        return None, f"no compiled plan, since {made}: the estimator itself will predict"
    told = difference(Plan(made), estimator, X, schema)
    if told:
        return None, f"no compiled plan, since it would differ ({told}): the estimator will predict"
    return made, ""


def difference(plan: Plan, estimator: Any, X: pd.DataFrame, schema: Schema) -> str:
    """Return where `plan` and `estimator` differ over rows of `X` and made ones, or nothing."""
    from nbpipe.bundle.rows.validate import check  # noqa: PLC0415 - exporting has pandas

    sample = X.iloc[np.unique(np.linspace(0, len(X) - 1, SAMPLE).astype(int))]
    ignore: Policy = dict.fromkeys(POLICY, "ignore")
    try:
        given = check(sample, schema, ignore)
        return (
            _compare(plan, estimator, given, "rows of X")
            or _compare(plan, estimator, check(_made(sample, schema), schema, ignore), "made rows")
            or _on_thresholds(plan, estimator, given.table())
        )
    except Exception as error:  # noqa: BLE001 - whatever fails here, there is no plan
        return f"comparing failed ({type(error).__name__}: {str(error)[:100]})"


def _compare(plan: Plan, estimator: Any, given: Checked, which: str) -> str:
    if any(hasattr(estimator, method) != (method in plan.methods) for method in METHODS):
        return "it has other methods than the estimator"
    table, frame = given.table(), given.frame()
    refused = np.zeros(len(table), dtype=bool)
    if _outcome(plan.predict, table) is None:
        each = range(len(table))
        refused = np.array([_outcome(plan.predict, table.part(i, i + 1)) is None for i in each])
    for row in np.flatnonzero(refused)[:_REFUSED]:
        if _outcome(estimator.predict, frame.iloc[[row]]) is not None:
            return f"{which}: it refuses one that the estimator predicts"
    table, frame = table.take(~refused), frame[~refused]
    for method in sorted(plan.methods) if len(table) else ():
        then = _outcome(getattr(estimator, method), frame)
        if then is None:
            return f"{which}: it predicts one that the estimator refuses"
        predict = getattr(plan, method)
        if not agree(then, np.asarray(predict(table)), exact=plan.exact):
            return f"{which}: {method} differs"
        alone = np.unique(np.linspace(0, len(table) - 1, _ALONE).astype(int))
        rows = [Row([values[each] for values in table.columns]) for each in alone]
        if not agree(then[alone], np.concatenate([predict(row) for row in rows]), exact=plan.exact):
            return f"{which}: {method} of one row differs"
    return ""


def _outcome(function: Any, rows: Any) -> Array | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with np.errstate(all="ignore"):
                return np.asarray(function(rows))
    except (ValueError, OverflowError):
        return None


def agree(then: Array, now: Array, *, exact: bool) -> bool:
    """Say whether predictions are equal, or where sums may be rounded otherwise, nearly so."""
    if then.shape != now.shape or (then.dtype.kind, now.dtype.kind).count("f") == 1:
        return False
    if then.dtype.kind != "f" or exact:
        return bool(np.array_equal(then, now, equal_nan=then.dtype.kind == "f"))
    return bool(np.allclose(now, then, TOLERANCE, TOLERANCE, equal_nan=True))


def _made(sample: pd.DataFrame, schema: Schema) -> list[dict[str, Any]]:
    """Make rows with one feature missing, unseen, at an end of its range, or far beyond."""
    from nbpipe.bundle.rows.sample import plain  # noqa: PLC0415 - exporting has pandas

    chosen = sample.iloc[np.unique(np.linspace(0, len(sample) - 1, _BASES).astype(int))]
    bases = [
        {name: plain(value) for name, value in zip(schema.names, row, strict=True)}
        for row in chosen[list(schema.names)].itertuples(index=False, name=None)
    ]
    return [
        base | {feature.name: value}
        for base in bases
        for feature in schema.features
        for value in _extremes(feature)
    ]


def _extremes(feature: Feature) -> list[Any]:
    if feature.type == "boolean":
        return [None, False, True]
    if feature.categories is not None:
        others = [] if feature.unseen == "error" else _unseen(feature.categories)
        return [None, *feature.categories[:_CATEGORIES], *others]
    if feature.type == "text":
        return [None, "never seen", ""]
    low, high = float(feature.minimum or 0), float(feature.maximum or 0)
    far = [0.0, low, high, low - 1, high + 1, 10 * low - high, 10 * high - low]
    if feature.type == "integer":
        limits = np.iinfo(feature.dtype.lower())
        return [None, *(int(each) for each in far if limits.min < each < limits.max)]
    near = [np.nextafter(low, -np.inf), np.nextafter(high, np.inf), 1e-300, -0.0]
    top = float(np.finfo(feature.dtype).max if feature.dtype.startswith("f") else np.inf)
    far += [*map(float, near), 1e18, -1e18, 1e39, -1e39, 1e300]
    return [None, *(each for each in far if abs(each) <= top)]


def _unseen(categories: tuple[Any, ...]) -> list[Any]:
    if categories and all(isinstance(each, bool) for each in categories):
        return []
    text = any(isinstance(each, str) for each in categories)
    return ["never seen" if text else unknown(categories or (0,))]


def _on_thresholds(plan: Plan, estimator: Any, table: Table) -> str:
    """Compare the last steps of both where a split decides: at its threshold and beside it."""
    last, splits = estimator, plan.splits()
    while hasattr(last, "steps") or hasattr(last, "best_estimator_"):
        last = last.steps[-1][1] if hasattr(last, "steps") else last.best_estimator_
    if splits is None or getattr(last, "_preprocessor", None) is not None:
        return ""
    feature, threshold = splits
    chosen = np.unique(np.linspace(0, len(feature) - 1, _THRESHOLDS).astype(int))
    rows = np.resize(plan.before_last(table.part(0, _THRESHOLDS)), (3 * len(chosen), plan.width))
    at = threshold[chosen]
    for place, values in enumerate((np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf))):
        rows[np.arange(place, len(rows), 3), feature[chosen]] = values
    method = "predict_proba" if "predict_proba" in plan.methods else "predict"
    then = _outcome(getattr(last, method), rows)
    now = getattr(plan, f"{method}_from")(plan.last(rows))
    same = then is not None and agree(then, now, exact=plan.exact)
    return "" if same else "rows on thresholds: predictions differ"
