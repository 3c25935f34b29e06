"""What an estimator is made of."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


def parts(estimator: Any) -> Iterator[Any]:
    """Give `estimator` and every object that it holds, each once."""
    waiting, seen = [estimator], {}
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each  # kept, so that its id stays its own
        yield each
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, (list, tuple, set)):
            waiting += each
        elif isinstance(each, np.ndarray) and each.dtype == object:
            waiting += np.asarray(each).ravel().tolist()
        if hasattr(each, "__dict__") and not isinstance(each, (type, ModuleType)):
            waiting += vars(each).values()


def serial(estimator: Any) -> Any:
    """Set ``n_jobs=1`` on `estimator` and all it holds, in place, and return it.

    A server that forks hangs in a pool made by its parent, and for one row a pool costs more
    than it gives.
    """
    for each in parts(estimator):
        if hasattr(each, "__dict__") and "n_jobs" in vars(each) and not isinstance(each, type):
            vars(each)["n_jobs"] = 1
    return estimator
