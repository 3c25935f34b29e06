"""What happens in a notebook, as the rules see it: fits, splits, copies and scores, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbpipe.leaks.rows import NO_ROWS, Rows
from nbpipe.leaks.values import NONE, Data, Ids

if TYPE_CHECKING:
    import ast


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened at a place of the source."""

    number: int
    cell: int
    node: ast.AST
    rows: Rows = NO_ROWS
    loops: tuple[int, ...] = ()  # the loops around it, from the outermost


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit(Fact):
    """Something learned from rows: an estimator's fit, a mean, a vocabulary."""

    kind: str  # a key of knowledge.estimators.KINDS
    label: str  # what learned, in the user's words: a class, a method
    learned: Ids = NONE
    copies: Ids = NONE
    windows: Ids = NONE
    varies: Ids = NONE
    setting: str = ""
    data: Data | None = None
    target: Data | None = None
    oid: int = 0  # the estimator, where there is one
    folds: bool = False  # fitted anew for each fold of these rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Fact):
    """Rows were used to judge a model."""

    how: str  # the function, in the user's words
    fits: Ids = NONE  # the fits of the judged model
    learned: Ids = NONE
    copies: Ids = NONE
    windows: Ids = NONE
    folds: bool = False  # cross-validation: all rows train and judge in turn
    search: bool = False  # the score that a search chose its settings by
    tuning: bool = False  # training was steered by it: early stopping
    certain: bool = True  # False: a prediction, and nothing seen that compares it
    target: str = ""
    varies: Ids = NONE
    shuffled: bool = False  # ... and folds are dealt out at random


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted(Fact):
    """Models predicted for rows, whatever then became of it."""

    fits: Ids = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Fact):
    """Rows were divided."""

    how: str
    shuffled: bool = False
    key: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies(Fact):
    """Rows were repeated or made up from others."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows(Fact):
    """Neighbouring rows were given each other's values."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Save(Fact):
    """A model was written to disk."""

    how: str
    oid: int
    fitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Fact):
    """Rows were counted or gathered by whom they are of: a person has several."""

    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Fact):
    """What happens next depends on a score."""

    scores: Ids
    repeated: bool  # in every round of a loop
