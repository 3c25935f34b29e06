"""The facts of one document as rules ask for them."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Choice, Copies, Fact, Fit, Save, Score, Split, Windows
from nbpipe.leaks.rows import NO_ROWS, Rows, overlap, within

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Place
    from nbpipe.leaks.source import Document


class View:
    """Facts in order, and what follows from several of them together."""

    def __init__(
        self, document: Document, facts: tuple[Fact, ...], past: frozenset[int] = frozenset()
    ) -> None:
        self.document = document
        self.facts: tuple[Any, ...] = facts
        self.past = past  # numbers of cells that were run again since: see `scores`

    @cached_property
    def tries(self) -> tuple[Score, ...]:
        """All scores that were ever seen."""
        return tuple(fact for fact in self.facts if isinstance(fact, Score))

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """All scores that stand: those of a cell that was run again are no longer shown."""
        return tuple(score for score in self.tries if score.cell not in self.past)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """All splits."""
        return tuple(fact for fact in self.facts if isinstance(fact, Split))

    @cached_property
    def saves(self) -> tuple[Save, ...]:
        """All models written to disk."""
        return tuple(fact for fact in self.facts if isinstance(fact, Save))

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """All decisions by a score."""
        return tuple(fact for fact in self.facts if isinstance(fact, Choice))

    def fits(self, score: Score) -> list[Fit]:
        """Return the fits of the judged model."""
        return [self.facts[number] for number in score.fits]

    def trained_on(self, score: Score) -> Rows:
        """Return all rows that the judged model was fitted on."""
        return NO_ROWS.union(*(fit.rows for fit in self.fits(score)))

    def learned(self, score: Score) -> list[Fit]:
        """Return all fits whose result is in what the judged model was fitted on or judged on."""
        numbers = set(score.learned).union(*(fit.learned for fit in self.fits(score)))
        return [self.facts[number] for number in sorted(numbers - score.fits)]

    def copies(self, score: Score) -> list[Copies]:
        """Return what repeated rows that the judged model was fitted on."""
        numbers = (
            score.copies if score.folds else set().union(*(f.copies for f in self.fits(score)))
        )
        return [self.facts[number] for number in sorted(numbers)]

    def windows(self, score: Score) -> list[Windows]:
        """Return what put values of other rows into the judged model's rows."""
        numbers = set(score.windows).union(*(fit.windows for fit in self.fits(score)))
        return [self.facts[number] for number in sorted(numbers)]

    def held_out(self, score: Score) -> bool:
        """Say whether the score is one of rows that the model was not fitted on."""
        return (
            bool(score.rows) and not score.folds and not overlap(score.rows, self.trained_on(score))
        )

    def on_training_rows(self, score: Score) -> bool:
        """Say whether the score is one of the very rows that the model was fitted on."""
        return bool(score.rows) and not score.folds and within(score.rows, self.trained_on(score))

    def split_of(self, *rows: Rows) -> Split | None:
        """Return the last split that parts these rows."""
        keys = {key for each in rows for atom in each for key, _ in atom.picks}
        found = [split for split in self.splits if split.key in keys]
        return found[-1] if found else None

    def place(self, fact: Fact) -> Place:
        """Return where a fact stands."""
        return self.document.cell(fact.cell).place(fact.node)  # type: ignore[arg-type]

    def text(self, fact: Fact) -> str:
        """Return a fact's source, on one short line."""
        words = " ".join(ast.unparse(fact.node).split("\n")[0].split())
        return words if len(words) <= 70 else words[:67] + "..."  # noqa: PLR2004 - fits beside a message
