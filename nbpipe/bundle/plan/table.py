"""What a plan covers: each family's module says which of scikit-learn's classes, in which steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.bundle.plan import (
    boosting,
    composing,
    encoding,
    expanding,
    imputing,
    linear,
    scaling,
    trees,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_FAMILIES: tuple[Any, ...] = (
    *(composing, scaling, imputing, encoding, expanding),
    *(linear, trees, boosting),
)
#: Class of scikit-learn, and what compiles it.
COMPILERS: dict[str, Callable[..., Any]] = {
    name: compile_one for family in _FAMILIES for name, compile_one in family.COVERS.items()
}
#: Step of a plan, and what checks its arrays and runs it.
STEPS: dict[str, Callable[..., Any]] = {
    kind: step for family in _FAMILIES for kind, step in getattr(family, "STEPS", {}).items()
}
#: Steps of the input as it is, and those that a plan ends with.
READERS, PREDICTORS = {"numbers", "lookup", "constant"}, {"linear", "constant", "trees"}
#: Steps that do the same in single precision as in double.
ANY_PRECISION = {"numbers", "select", "stack", "lookup", "constant", "trees"}
#: Steps that predict a row to the last bit as scikit-learn does, whatever rows stand beside it.
INEXACT = {"linear", "project"}
