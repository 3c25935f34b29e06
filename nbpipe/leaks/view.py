"""The facts of one document as rules ask for them."""

from __future__ import annotations

import ast
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Choice, Copies, Fact, Fit, Save, Score, Split, Windows
from nbpipe.leaks.rows import NO_ROWS, Rows, overlap, within

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Place
    from nbpipe.leaks.source import Document


@lru_cache(2_048)
def _stored(tree: ast.Module) -> frozenset[str]:
    """Return the variables that a cell assigns, whatever it imports and defines."""
    names = (each for each in ast.walk(tree) if isinstance(each, ast.Name))
    return frozenset(each.id for each in names if isinstance(each.ctx, ast.Store))


def _same(one: Fact, other: Fact) -> bool:
    return ast.dump(one.node) == ast.dump(other.node)


class View:
    """Facts in order, and what follows from several of them together."""

    def __init__(
        self, document: Document, facts: tuple[Fact, ...], past: frozenset[int] | None = None
    ) -> None:
        self.document = document
        self.facts: tuple[Any, ...] = facts
        self.in_session = past is not None
        self.past = past or frozenset()  # numbers of cells that were run again since: see `scores`

    @cached_property
    def tries(self) -> tuple[Score, ...]:
        """All scores that were ever seen."""
        return tuple(fact for fact in self.facts if isinstance(fact, Score))

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """All scores that stand; in a session, those that were not computed again since."""
        if not self.in_session:
            return self.tries
        return tuple(
            score
            for score in self.tries
            if score.cell not in self.past and not self._is_redone(score)
        )

    def _is_redone(self, score: Score) -> bool:
        """Say whether a later cell computed the same, all of whose variables were made anew."""
        used = {each.id for each in ast.walk(score.node) if isinstance(each, ast.Name)}
        later = [each.cell for each in self.tries if each.cell > score.cell and _same(each, score)]
        return bool(later) and used & self._assigned(1, later[-1]) <= self._assigned(
            score.cell + 1, later[-1]
        )

    def _assigned(self, first: int, last: int) -> set[str]:
        """Return the variables that cells assign, from one number to another."""
        cells = self.document.cells
        return set().union(*(_stored(each.tree) for each in cells if first <= each.number <= last))

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
