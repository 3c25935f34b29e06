"""Which parameters of a pipeline are worth a validation curve, and along which values."""

from __future__ import annotations

import ast
from typing import Any

from sklearn.utils._param_validation import make_constraint

from nbpipe.errors import UsageError
from nbpipe.pipeline.parameters import Parameter, parameters_of

# They change what is printed, how fast it goes or what chance does, not what is learned.
_ASIDE = {"n_jobs", "verbose", "random_state", "copy", "copy_X", "cache_size", "warm_start"}
_WHOLE = (2, 4, 8, 16, 32)  # where the present value is None, as a tree's depth is
MOST_VALUES = 20


def candidates(pipeline: Any) -> dict[str, tuple[Any, ...]]:
    """Return values to try by parameter, named as ``get_params`` does, the last step's first."""
    owners = [(f"{name}__", step) for name, step in reversed(getattr(pipeline, "steps", []))]
    found = {}
    for prefix, owner in owners or [("", pipeline)]:
        if hasattr(owner, "get_params"):
            present = owner.get_params(deep=False)
            for parameter in parameters_of(type(owner)):
                name = parameter.name
                tried = dict.fromkeys(_around(parameter, present.get(name)))
                values = tuple(each for each in tried if _allowed(owner, name, each))
                if len(values) > 1 and name not in _ASIDE:
                    found[prefix + name] = values
    return found


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


def _around(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    """Return some values around the present one, or all that there are."""
    if parameter.control == "flag" or parameter.choices:
        return parameter.choices or (True, False)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        if isinstance(value, int):
            return (value // 4, value // 2, value, value * 2, value * 4)
        return tuple(float(f"{value * factor:.3g}") for factor in (0.01, 0.1, 1, 10, 100))
    return (*_WHOLE, None) if parameter.control == "whole" and value is None else ()


def _allowed(owner: Any, name: str, value: Any) -> bool:
    """Tell whether an estimator's own constraints allow a value."""
    known = getattr(owner, "_parameter_constraints", {}).get(name, "no_validation")
    return known == "no_validation" or any(
        make_constraint(each).is_satisfied_by(value) for each in known
    )
