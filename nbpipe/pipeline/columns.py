"""The columns of a route: the selectors of the cell language, and what else names columns."""

from __future__ import annotations

from typing import Any

from sklearn.compose import make_column_selector

from nbpipe.pipeline.roles import takes_text


def selectors() -> dict[str, Any]:
    """Make the selectors that the cell language knows by name, plain scikit-learn objects.

    Durations count as numbers to pandas, not to a model. Text is ``object`` up to pandas 2
    and ``string`` from pandas 3 on; naming both selects the same columns in each, unwarned.
    """
    return {
        "numeric": make_column_selector(dtype_include="number", dtype_exclude="timedelta"),
        "categorical": make_column_selector(
            dtype_include=["object", "category", "bool", "string"],
        ),
    }


def read_columns(value: Any, transformer: Any) -> Any:
    """Turn what a route starts with into what ``ColumnTransformer`` takes.

    Parameters
    ----------
    value : object
        A name; a list, tuple, index or array of names, positions or a mask; a slice; a callable.
    transformer : estimator
        The first of the route's chain: text vectorizers take one column as text, so that a list
        of one becomes its name; all others take a table, so that one name becomes a list of one.

    Returns
    -------
    str, list, slice or callable
        Nothing of pandas, whose pickles do not travel between its versions.

    Raises
    ------
    ValueError
        Where `value` names no columns.
    """
    if isinstance(value, str):
        return value if takes_text(transformer) else [value]
    if isinstance(value, slice) or (callable(value) and not isinstance(value, type)):
        return value
    if not isinstance(value, list | tuple) and not hasattr(value, "tolist"):
        kind = type(value).__name__
        raise ValueError(f"A route starts with columns, and this is of type {kind}.")
    names = value.tolist() if hasattr(value, "tolist") else list(value)
    checked = _checked(names)
    if takes_text(transformer) and isinstance(checked[0], str):
        if len(checked) > 1:
            kind = type(transformer).__name__
            raise ValueError(f"{kind} reads one column of text: give each its own route.")
        return checked[0]
    return checked


def _checked(names: Any) -> list[str] | list[int] | list[bool]:
    if not isinstance(names, list) or not names:
        raise ValueError("These columns are empty: no column would take this route.")
    for kind in (str, bool, int):
        if all(isinstance(name, kind) for name in names):
            repeated = [name for name in names if names.count(name) > 1]
            if repeated and kind is not bool:
                raise ValueError(f"This route takes the column {repeated[0]!r} twice.")
            return [kind(name) for name in names]  # type: ignore[return-value]
    raise ValueError("Columns are a list of names (or all positions, or a mask), and not mixed.")
