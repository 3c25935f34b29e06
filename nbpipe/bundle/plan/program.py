"""A plan at work: steps in order, over arrays with numpy alone, or over one row's numbers."""

from __future__ import annotations

import os
from itertools import pairwise
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import WIDEST, Array, Part, broken
from nbpipe.bundle.plan.folding import fold
from nbpipe.bundle.plan.outputs import DECISIONS, NUMBERS, PROBABILITIES, code, codes
from nbpipe.bundle.plan.table import INEXACT, PREDICTORS, READERS, STEPS
from nbpipe.bundle.rows.clean import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nbpipe.bundle.rows.clean import Rows, Table

TOLERANCE = 1e-12  # of what is no mere sum of leaves
METHODS = ("predict", "predict_proba", "decision_function")
_LEAST = 2**9  # rows that are worth a thread of their own
_ANYTHING = 2  # what a step lets in; 1 is missing values, 0 neither these nor infinity


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
    width : int
        Columns that the last step reads.

    Raises
    ------
    IntegrityError
        The arrays are no plan.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        top = Part(arrays, "", [])
        self.features: tuple[str, ...] = tuple(top.get("features", "U", None).tolist())
        kinds: list[str] = top.get("kinds", "U", None).tolist()
        top.need(kinds and set(kinds) <= STEPS.keys() and kinds[-1] in PREDICTORS, "kinds")
        top.need(not PREDICTORS.intersection(kinds[:-1]), "kinds")
        self.link: str = top.get("link", "U").item()
        top.need(self.link in PROBABILITIES, "link")
        self.exact = not INEXACT.intersection(kinds)
        widths = [len(self.features)]
        self._steps = [
            self._checked(arrays, f"{number}.", kind, widths) for number, kind in enumerate(kinds)
        ]
        self._every = range(len(kinds))
        self._fold = fold([each[0] for each in self._steps], [each[2] for each in self._steps])
        # a product of matrices has threads of its own, which more of them would only disturb, and
        # likes its numbers in the cache; a walk down trees likes many rows
        product = kinds[-1] == "linear"
        self._workers = 1 if product else os.cpu_count() or 1
        rows, cells = (2**11, 2**18) if product else (2**14, 2**21)
        self._block = min(rows, max(_LEAST, cells // max(1, *widths)))
        # over other hardware and libraries: sums of leaves are the same to the bit everywhere,
        # while exp and the order in which products are added may be rounded otherwise
        same = self.exact and self.link in {"proba", "value"}
        self.tolerance = (0.0, 0.0) if same else (TOLERANCE, TOLERANCE)
        self.classes = None if self.link in NUMBERS else _classes(top, widths[-1], self.link)
        self.methods = frozenset(
            {"predict"}
            | ({"predict_proba"} if PROBABILITIES[self.link] else set())
            | ({"decision_function"} if self.link in DECISIONS else set())
        )

    def _checked(
        self, arrays: Mapping[str, Array], prefix: str, kind: str, widths: list[int]
    ) -> tuple[Any, Any, tuple[int, ...], int]:
        """Build a step from inputs that stand before it, and note its width."""
        inputs = (part := Part(arrays, prefix, [])).get("inputs", "i", None)
        part.need(
            len(inputs) and (inputs >= -1).all() and (inputs < len(widths) - 1).all(), "inputs"
        )
        raw = bool((inputs < 0).any())
        part.need(not raw or (len(inputs) == 1 and kind in READERS), "inputs")
        part.need(raw or kind != "numbers", "inputs")
        sources = tuple((inputs + 1).tolist())
        part = Part(arrays, prefix, [widths[each] for each in sources], raw=raw)
        self.width = part.widths[0]
        step = STEPS[kind](part)
        part.need(step.width <= WIDEST, "width")
        widths.append(step.width)
        row = getattr(step, "row", lambda row: step(np.array([row]))[0].tolist())
        return step, row, sources, _ANYTHING if raw else part.number("lets_in", 2)

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
        if len(scores) == 1:
            one = code(scores, self.link)
            return self.classes[one : one + 1].copy()
        return self.classes.take(codes(scores, self.link), axis=0)

    def predict_proba_from(self, scores: Array) -> Array:
        """Predict probabilities from the scores of the last step."""
        probabilities: Callable[[Array], Array] | None = PROBABILITIES[self.link]
        assert probabilities is not None  # `methods` tells
        return probabilities(scores)

    def scores(self, rows: Rows) -> Array:
        """Predict many rows block by block, on all cores: numpy lets go of the interpreter."""
        if isinstance(rows, Row):
            return self._scores_of_one(rows.values)
        block = min(self._block, max(_LEAST, -(-len(rows) // self._workers)))
        if len(rows) <= block:
            return self.last(self.before_last(rows))
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a row needs none

        bounds = pairwise([*range(0, len(rows), block), len(rows)])
        parts = [rows.part(*each) for each in bounds]
        with ThreadPoolExecutor(self._workers) as pool:
            return np.concatenate(list(pool.map(lambda x: self.last(self.before_last(x)), parts)))

    def _scores_of_one(self, row: Any) -> Array:
        if self._fold is not None:
            scores = self._fold(self._made_of(row, self._fold.before))
            if isfinite(sum(scores)):
                return np.array([scores])
        return np.array(self._made_of(row, self._every)[-1:])  # or it says what it refuses

    def _made_of(self, row: Any, numbers: Sequence[int]) -> list[Any]:
        """Return one row, and what each of these steps makes of it."""
        values = [row, *self._every]
        for number in numbers:
            _, by_list, sources, lets_in = self._steps[number]
            given = values[sources[0]]
            if len(sources) > 1:
                given = [values[each] for each in sources]
            elif lets_in < _ANYTHING and not isfinite(sum(given)):
                _refuse_row(given, lets_in)
            values[number + 1] = by_list(given)
        return values

    def before_last(self, rows: Table) -> Any:
        """Return what the last step is given.

        Raises
        ------
        ValueError
            The values are such as scikit-learn's own steps would refuse.
        """
        values: list[Any] = [rows]
        for step, _, sources, lets_in in self._steps[:-1]:
            given = [values[each] for each in sources]
            if lets_in < _ANYTHING:
                _refuse(given[0], lets_in)
            values.append(step(given if len(given) > 1 else given[0]))
        return values[self._steps[-1][2][0]]

    def last(self, X: Any) -> Array:
        """Return the scores that the last step gives."""
        step, _, _, lets_in = self._steps[-1]
        if lets_in < _ANYTHING:
            _refuse(X, lets_in)
        scores: Array = step(X)
        return scores

    def splits(self) -> tuple[Array, Array] | None:
        """Return feature and threshold of every split of the last step by number, if it has any."""
        step = self._steps[-1][0]
        return step.splits(self.width) if hasattr(step, "splits") else None


def _refuse(X: Array, missing: int) -> None:
    """Refuse infinity, and missing values unless they are let in."""
    if isfinite(np.add.reduce(X, axis=None)):
        return
    if np.isinf(X).any():
        raise ValueError("Input X contains infinity")
    if not missing and np.isnan(X).any():
        raise ValueError("Input X contains NaN")


def _refuse_row(row: list[float], missing: int) -> None:
    """Do the same for the numbers of one row."""
    if inf in row or -inf in row or (not missing and any(map(isnan, row))):
        _refuse(np.array(row), missing)


def _classes(top: Part, width: int, link: str) -> Array:
    classes = top.get("classes", "biufU", None)
    single = link in DECISIONS and width == 1
    if len(classes) != (2 if single else width) or len(classes) == 0:
        raise broken("classes do not fit")
    return classes.astype(object) if top.number("classes_are_objects", 1) else classes
