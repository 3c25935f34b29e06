"""Which parameters of a pipeline are worth a validation curve, and along which values."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from sklearn.utils._param_validation import make_constraint

from nbpipe.errors import UsageError
from nbpipe.pipeline.parameters import Parameter, parameters_of

# They change what is printed, how fast it goes or what chance does, not what is learned.
_ASIDE = {"n_jobs", "verbose", "random_state", "copy", "copy_X", "cache_size", "warm_start"}
_WHOLE = (2, 4, 8, 16, 32)  # where the present value is None, as a tree's depth is
MOST_VALUES = 20


def candidates(pipeline: Any) -> dict[str, tuple[Any, ...]]:
    """Return values to try by parameter, named as ``get_params`` does, the last step's first.

    A parameter of which no other values are known has none.
    """
    parameters = pipeline.get_params()
    found = {}
    for name, value in parameters.items():
        prefix, _, own = name.rpartition("__")
        known = isinstance(value, int | float | str | None) and own not in _ASIDE
        if known:
            found[name] = _values(parameters.get(prefix, pipeline), own, value)
    last = f"{pipeline.steps[-1][0]}__" if hasattr(pipeline, "steps") else ""
    return dict(sorted(found.items(), key=lambda each: (not each[0].startswith(last), not each[1])))


def values_of(text: str) -> tuple[Any, ...]:
    """Read values as people write them: numbers, texts in quotes, True, None, with commas.

    Raises
    ------
    UsageError
        When they cannot be read, or are more than `MOST_VALUES`.
    """
    try:
        values = tuple(ast.literal_eval(f"[{text}]"))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise UsageError(
            f"`{text[:60]}` cannot be read as values: write them with commas between, "
            "texts in quotes, such as 1, 10, None, 'sqrt'."
        ) from None
    if len(values) > MOST_VALUES:
        raise UsageError(f"{len(values)} values are many: give at most {MOST_VALUES}.")
    return values


def _values(owner: Any, name: str, value: Any) -> tuple[Any, ...]:
    """Return what an estimator's own constraints allow of the values around the present one."""
    cls: Any = type(owner)
    parameter = _described(cls).get(name)
    if parameter is None:
        return ()
    known = getattr(owner, "_parameter_constraints", {}).get(name, "no_validation")
    constraints = [] if known == "no_validation" else [make_constraint(each) for each in known]
    values = tuple(
        each
        for each in dict.fromkeys(_around(parameter, value))
        if not constraints or any(rule.is_satisfied_by(each) for rule in constraints)
    )
    return values if len(values) > 1 else ()


@cache
def _described(cls: Any) -> dict[str, Parameter]:
    return {each.name: each for each in parameters_of(cls)}


def _around(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    """Return some values around the present one, or all that there are."""
    if parameter.control == "flag" or parameter.choices:
        return parameter.choices or (True, False)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        if isinstance(value, int):
            return (value // 4, value // 2, value, value * 2, value * 4)
        return tuple(float(f"{value * factor:.3g}") for factor in (0.01, 0.1, 1, 10, 100))
    return (*_WHOLE, None) if parameter.control == "whole" and value is None else ()
