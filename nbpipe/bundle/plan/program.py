"""A plan at work: steps over arrays, in order, with numpy alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, Part, broken
from nbpipe.bundle.plan.outputs import DECISIONS, NUMBERS, PROBABILITIES, codes
from nbpipe.bundle.plan.rows import Row
from nbpipe.bundle.plan.table import INEXACT, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbpipe.bundle.plan.rows import Rows

TOLERANCE = 1e-12  # of what is no mere sum of leaves
_CELLS = 2**18  # numbers that the widest step holds at once, to stay in the cache
METHODS = ("predict", "predict_proba", "decision_function")
_ANYTHING = 2  # what a step lets in; 1 is missing values, 0 neither these nor infinity
_BOUNDED = {"numbers", "lookup", "impute", "select", "stack"}  # no infinity of what has none
_READERS = {"numbers", "lookup", "constant"}  # of the input as it is
_PREDICTORS = {"linear", "constant", "forest", "boost"}


class Plan:
    """A compiled pipeline.

    Parameters
    ----------
    arrays : Mapping of str to ndarray
        As `compile_plan` made them; every one is checked before it is used.

    Attributes
    ----------
    features : tuple of str
        Names of the columns, in the order in which rows give them.
    methods : frozenset of str
        Which of predict, predict_proba and decision_function there are.
    exact : bool
        Whether it agrees with scikit-learn here to the last bit, and not only within rounding.
    tolerance : tuple of float
        Relative and absolute, within which it predicts elsewhere what scikit-learn did here.

    Raises
    ------
    IntegrityError
        The arrays are no plan.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        top = Part(arrays, "", [])
        self.features: tuple[str, ...] = tuple(top.get("features", "U", None).tolist())
        kinds: list[str] = top.get("kinds", "U", None).tolist()
        top.need(kinds and set(kinds) <= STEPS.keys() and kinds[-1] in _PREDICTORS, "kinds")
        top.need(not _PREDICTORS.intersection(kinds[:-1]), "kinds")
        self.link: str = top.get("link", "U").item()
        top.need(self.link in PROBABILITIES, "link")
        self._at_zero = top.number("at_zero", 1)
        self.exact = not INEXACT.intersection(kinds)
        self._steps, width = self._checked(arrays, kinds)
        self._before = self._steps[:-1]
        # a product of matrices has threads of its own, which more of them would only disturb
        self._workers = os.cpu_count() if kinds[-1] in {"forest", "boost"} else 1
        # over other hardware and libraries: sums of leaves are the same to the bit everywhere,
        # while exp and the order in which products are added may be rounded otherwise
        same = self.exact and self.link in {"proba", "value"}
        self.tolerance = (0.0, 0.0) if same else (TOLERANCE, TOLERANCE)
        self.classes = None if self.link in NUMBERS else _classes(top, width, self.link)
        self.methods = frozenset(
            {"predict"}
            | ({"predict_proba"} if PROBABILITIES[self.link] else set())
            | ({"decision_function"} if self.link in DECISIONS else set())
        )

    def _checked(
        self, arrays: Mapping[str, Array], kinds: list[str]
    ) -> tuple[list[tuple[Any, tuple[int, ...], int]], int]:
        """Build the steps, each from inputs that stand before it."""
        steps, widths, finite = [], [len(self.features)], [True]
        for number, kind in enumerate(kinds):
            part = Part(arrays, f"{number}.", [])
            inputs = part.get("inputs", "i", None)
            part.need(len(inputs) and (inputs >= -1).all() and (inputs < number).all(), "inputs")
            raw = bool((inputs < 0).any())
            part.need(not raw or (len(inputs) == 1 and kind in _READERS), "inputs")
            part.need(raw or kind != "numbers", "inputs")
            part.widths = [widths[each + 1] for each in inputs.tolist()]
            self._width = part.widths[0]
            part.sources = tuple(inputs.tolist())
            step = STEPS[kind](part)
            lets_in = part.number("lets_in", 2)
            sources = tuple(each + 1 for each in inputs.tolist())
            bounded = all(finite[each] for each in sources)
            steps.append((step, sources, _ANYTHING if raw or (bounded and lets_in) else lets_in))
            widths.append(step.width)
            finite.append(bounded and kind in _BOUNDED and getattr(step, "exact", True))
        self._block = min(2**12, max(2**10, _CELLS // max(1, *widths)))
        return steps, widths[-1]

    def predict(self, rows: Rows) -> Array:
        """Predict a label or number for each row."""
        return self.predict_from(self.scores(rows))

    def predict_proba(self, rows: Rows) -> Array:
        """Predict the probability of each class."""
        return self.predict_proba_from(self.scores(rows))

    def decision_function(self, rows: Rows) -> Array:
        """Return the scores that the classes are decided by."""
        scores = self.scores(rows)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict_from(self, scores: Array) -> Array:
        """Predict from the scores of the last step."""
        if self.classes is None:
            return np.exp(scores[:, 0]) if self.link == "log" else scores[:, 0]
        return self.classes.take(codes(scores, self.link, self._at_zero), axis=0)

    def predict_proba_from(self, scores: Array) -> Array:
        """Predict probabilities from the scores of the last step."""
        probabilities: Callable[[Array], Array] | None = PROBABILITIES[self.link]
        assert probabilities is not None  # `methods` tells
        return probabilities(scores)

    def scores(self, rows: Rows) -> Array:
        """Return the scores of the last step, which ``predict_from`` and its like start from.

        Many rows are done block by block, on all cores: numpy lets go of the interpreter.
        """
        if isinstance(rows, Row) or len(rows) <= self._block:
            return self.last(self.before_last(rows))
        bounds = pairwise([*range(0, len(rows), self._block), len(rows)])
        parts = [rows.part(*each) for each in bounds]
        with ThreadPoolExecutor(self._workers) as pool:
            return np.concatenate(list(pool.map(lambda x: self.last(self.before_last(x)), parts)))

    def before_last(self, rows: Rows) -> Any:
        """Return what the last step is given.

        Raises
        ------
        ValueError
            The values are such as scikit-learn's own steps would refuse.
        """
        values: list[Any] = [rows]
        for step, sources, lets_in in self._before:
            if len(sources) > 1:
                values.append(step(*[values[each] for each in sources]))
                continue
            given = values[sources[0]]
            if lets_in < _ANYTHING:
                _refuse(given, lets_in)
            values.append(step(given))
        return values[self._steps[-1][1][0]]

    def last(self, X: Any) -> Array:
        """Return the scores that the last step gives."""
        step, _, lets_in = self._steps[-1]
        if lets_in < _ANYTHING:
            _refuse(X, lets_in)
        scores: Array = step(X)
        return scores

    @property
    def width(self) -> int:
        """Columns that the last step reads."""
        return self._width

    def splits(self) -> tuple[Array, Array] | None:
        """Return feature and threshold of every split of the last step by number, if it has any."""
        walk = getattr(self._steps[-1][0], "walk", None)
        return None if walk is None else walk.splits(self._width)


def _refuse(X: Array, missing: int) -> None:
    """Refuse infinity, and missing values unless they are let in."""
    if isfinite(X[0].dot(X[0]) if len(X) == 1 else np.add.reduce(X, axis=None)):
        return
    if np.isinf(X).any():
        raise ValueError("Input X contains infinity")
    if not missing and np.isnan(X).any():
        raise ValueError("Input X contains NaN")


def _classes(top: Part, width: int, link: str) -> Array:
    classes = top.get("classes", "biufU", None)
    single = link in DECISIONS and width == 1
    if len(classes) != (2 if single else width) or len(classes) == 0:
        raise broken("classes do not fit")
    return classes.astype(object) if top.number("classes_are_objects", 1) else classes
