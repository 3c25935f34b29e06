"""``nbpipe.compare``: reports side by side, fold against fold where their folds are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.errors import UsageError
from nbpipe.evaluation.numbers import number
from nbpipe.evaluation.text import filled, heading

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from nbpipe.evaluation.report import CVReport

_NAME = 30  # letters of a pipeline's name that a table shows


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Two or more reports, compared with the first of them by one metric.

    Attributes
    ----------
    reports : tuple of CVReport
    metric : str
    paired : bool
        Whether all were scored on the same folds. Only then does a difference say something about
        the pipelines alone: folds differ by more than good models do.
    """

    reports: tuple[CVReport, ...]
    metric: str
    paired: bool

    def differences(self, position: int) -> NDArray[np.float64]:
        """Return the test score of one report minus that of the first, fold by fold.

        Parameters
        ----------
        position : int
            Of the report, from 0.

        Returns
        -------
        ndarray of shape (n_folds,)

        Raises
        ------
        UsageError
            The folds are not the same.
        """
        if not self.paired:
            raise UsageError(
                "The reports were made on different folds, so their folds cannot be subtracted. "
                "Cross-validate all with the same rows and the same cv."
            )
        return self.reports[position].test(self.metric) - self.reports[0].test(self.metric)

    def to_dict(self) -> dict[str, Any]:
        """Return what the table shows as plain data."""
        return {
            "metric": self.metric,
            "paired": self.paired,
            "reports": [
                {
                    "name": report.name,
                    "test_mean": float(report.test(self.metric).mean()),
                    "train_mean": float(report.train(self.metric).mean()),
                    "gap": float(report.gap(self.metric)),
                    "verdict": report.verdict.status,
                    "differences": self.differences(i).tolist() if self.paired else None,
                }
                for i, report in enumerate(self.reports)
            ],
        }

    def plot(self) -> Figure:
        """Draw the test score of each report in each fold.

        Raises
        ------
        MissingExtraError
            When matplotlib is not installed.
        """
        from nbpipe.evaluation.figures import draw_comparison  # noqa: PLC0415 - they meet here

        return draw_comparison(self)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Return the table as text: a heading, then one row a report."""
        head = ("", f"test {self.metric}", "train", "gap", "against the first", "verdict")
        return [head, *(self._row(i) for i in range(len(self.reports)))]

    @property
    def note(self) -> str:
        """Say what the differences are worth."""
        if not self.paired:
            return (
                "The reports were made on different folds or rows: their scores stand side by "
                "side, and a small difference may come from the folds alone."
            )
        return (
            "Same folds for all. A difference that changes its sign from fold to fold is no reason "
            "to prefer a pipeline; neither is a better score with a larger gap."
        )

    def __str__(self) -> str:
        wide = [max(map(len, column)) for column in zip(*self.rows, strict=True)]
        lines = [
            "  ".join(f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)).rstrip()
            for row in self.rows
        ]
        return "\n".join([*lines, "", *filled(self.note, "")])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from nbpipe.evaluation.html import comparison_as_html  # noqa: PLC0415 - for notebooks

        return comparison_as_html(self)

    def _row(self, position: int) -> tuple[str, ...]:
        report = self.reports[position]
        test = report.test(self.metric)
        return (
            report.name[:_NAME],
            f"{number(test.mean())} ± {number(test.std())}",
            number(report.train(self.metric).mean()),
            f"{report.gap(self.metric):.3f}",
            self._against(position),
            heading(report.verdict),
        )

    def _against(self, position: int) -> str:
        """Return the mean difference from the first report, and in how many folds it is above 0."""
        if position == 0:
            return "-"
        mean = self.reports[position].test(self.metric).mean()
        told = f"{mean - self.reports[0].test(self.metric).mean():+.3f}"
        if not self.paired:
            return told
        found = self.differences(position)
        return f"{told}, better in {(found > 0).sum()} of {len(found)} folds"


def compare(*reports: CVReport, metric: str | None = None) -> Comparison:
    """Put reports side by side.

    Parameters
    ----------
    *reports : CVReport
        Two or more; all are compared with the first.
    metric : str, optional
        By default the main metric of the first.

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        There are fewer than two, or one has no such metric.
    """
    for each in reports:
        if not hasattr(each, "folds"):
            raise UsageError(f"A {type(each).__name__} is no report; pass what nbpipe.cv returned.")
    if len(reports) < 2:  # noqa: PLR2004 - one has nothing to be compared with
        raise UsageError("Give at least two reports, as compare(before, after).")
    chosen = reports[0].known(metric)
    for each in reports:
        each.known(chosen)
    return Comparison(reports, chosen, all(_same_folds(reports[0], each) for each in reports[1:]))


def _same_folds(one: CVReport, other: CVReport) -> bool:
    return len(one.folds) == len(other.folds) and all(
        np.array_equal(a.train, b.train) and np.array_equal(a.test, b.test)
        for a, b in zip(one.folds, other.folds, strict=True)
    )
