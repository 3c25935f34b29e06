"""From scores to labels, probabilities and decisions, as scikit-learn derives them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.bundle.plan.arrays import Array

_LARGE = 709.0  # exp of more overflows


def logistic(scores: Array) -> Array:
    """Return ``1 / (1 + exp(-x))`` as scipy rounds it, which takes exp from the C library too."""
    inverse = np.fromiter(map(math.exp, np.minimum(-scores, _LARGE).tolist()), float, len(scores))
    return np.where(scores > -_LARGE, 1 / (1 + inverse), 0.0)


def _two(scores: Array) -> Array:
    if len(scores) == 1:
        x = scores.item()
        p = 1 / (1 + math.exp(-x)) if x > -_LARGE else 0.0
        return np.array([[1 - p, p]])
    first = logistic(scores[:, 0])
    return np.stack((1 - first, first), axis=1)


def _softmax(scores: Array) -> Array:
    scores = scores - scores.max(axis=1).reshape(-1, 1)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1).reshape(-1, 1)
    return scores


#: How a link makes probabilities of scores; None where it makes none.
PROBABILITIES: dict[str, Callable[[Array], Array] | None] = {
    "value": None,
    "log": None,
    "sign": None,
    "proba": lambda scores: scores,
    "logit": _two,
    "logit_at_zero": _two,  # of which zero is the second class
    "half_logit_at_zero": lambda scores: _two(2 * scores),
    "softmax": _softmax,
}
#: The links of numbers, and of classes whose scores are decisions.
NUMBERS = {"value", "log"}
DECISIONS = {"sign", "logit", "logit_at_zero", "half_logit_at_zero", "softmax"}


def codes(scores: Array, link: str) -> Array:
    """Return the position of each row's class."""
    if link not in DECISIONS or scores.shape[1] > 1:
        best: Array = scores.argmax(axis=1)
        return best
    above: Array = scores[:, 0] >= 0 if link.endswith("at_zero") else scores[:, 0] > 0
    return above.astype(np.intp)


def code(scores: Array, link: str) -> int:
    """Return the same of a single row, without an array."""
    if link not in DECISIONS or scores.shape[1] > 1:
        return int(scores.argmax())
    return int(scores.item() >= 0 if link.endswith("at_zero") else scores.item() > 0)
