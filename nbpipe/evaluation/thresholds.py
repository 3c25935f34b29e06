"""Every number that a verdict compares with, its meaning and its source, in one table."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import isnan
from numbers import Integral, Real
from typing import Any

from nbpipe.errors import UsageError, did_you_mean


def _limit(default: float, what: str, source: str) -> Any:
    return field(default=default, metadata={"help": what, "source": source})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a verdict compares with; scores and gaps are in the metric's own unit.

    Each field carries ``help`` and ``source`` in its metadata, from which configurable traits,
    the documentation and the error messages are made. Errors such as RMSE have no natural unit:
    their gaps are divided by the baseline's error before they are compared.
    """

    overfit_gap: float = _limit(
        0.15,
        "a train/test gap above this is overfitting",
        "a rule of thumb, no measurement: forests exceed it by construction",
    )
    usual_gap: float = _limit(
        0.10,
        "a gap above this, up to overfit_gap, is one to watch",
        "a rule of thumb: 0.05 to 0.10 is usual",
    )
    small_gap: float = _limit(
        0.05,
        "a gap below this is small",
        "a rule of thumb; a healthy logistic regression on 20,000 rows stays below 0.005",
    )
    negative_gap: float = _limit(
        -0.05,
        "a gap below this is negative: the test folds were easier than the training rows",
        "judgement, the mirror of small_gap: honest models of the flights reach -0.024",
    )
    near_one: float = _limit(
        0.99,
        "train and test scores both at least this high are nearly perfect",
        "judgement: a perfect score on real data is a hint, never a proof, of a leak",
    )
    shared_rows: float = _limit(
        0.05,
        "a larger share of test rows that also stand in train means leaked rows",
        "measured: 0 on the flights, 0.43 after oversampling before the split",
    )
    giveaway: float = _limit(
        0.99,
        "a single column whose rank AUC or rank correlation reaches this gives the target away",
        "a column computed from the target reaches 1 (arrival delay on the flights)",
    )
    standout: float = _limit(
        0.85,
        "a column that reaches this rank AUC, twice as far above 0.5 as others, needs a reason",
        "measured on the flights: departure delay 0.90, honest columns at most 0.67",
    )
    spread: float = _limit(
        0.10,
        "a standard deviation of test scores above this is unstable",
        "judgement: F1 of models of the flights, which real seasons move, varies by 0.07 to 0.10",
    )
    fall: float = _limit(
        0.05,
        "a steady loss of more than this from the first fold to the last is falling over time",
        "judgement: as large as the step between two gap ranges",
    )
    min_test_rows: int = _limit(
        30,
        "a smaller test fold says little",
        "the standard error of an accuracy of 0.8 on 30 rows is 0.07",
    )

    def __post_init__(self) -> None:
        for entry in fields(self):
            value: Any = getattr(self, entry.name)
            whole = entry.type == "int"
            known = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
            if not known or isnan(value):
                shown = " ".join(repr(value).split())[:60]
                raise UsageError(f"{entry.name} must be a {'whole ' * whole}number, not {shown}.")
            object.__setattr__(self, entry.name, int(value) if whole else float(value))
        if self.overfit_gap <= 0:
            raise UsageError(
                f"overfit_gap must be greater than 0, not {self.overfit_gap!r}; 0.15 is usual."
            )

    @classmethod
    def of(cls, values: dict[str, float]) -> Thresholds:
        """Return the table with some values replaced, by name."""
        known = [entry.name for entry in fields(cls)]
        for name in values:
            if name not in known:
                raise UsageError(f"There is no threshold {name!r}.{did_you_mean(name, known)}")
        return cls(**values)  # type: ignore[arg-type]
