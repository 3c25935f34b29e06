"""What cross-validation found: data first, then its renderings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nbpipe.errors import UsageError, did_you_mean
from nbpipe.evaluation.gaps import mean_gap, scale_of
from nbpipe.evaluation.numbers import number
from nbpipe.evaluation.plain import as_dict
from nbpipe.evaluation.text import as_text, heading
from nbpipe.evaluation.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from nbpipe.evaluation.baseline import Baseline
    from nbpipe.evaluation.fold import Fold
    from nbpipe.evaluation.probe import Probe
    from nbpipe.evaluation.splits import Split
    from nbpipe.evaluation.thresholds import Thresholds
    from nbpipe.evaluation.verdict import Verdict


@dataclass(frozen=True, slots=True, weakref_slot=True)
class CVReport:
    """What `nbpipe.cv` found. It holds scores and row positions, never the rows themselves.

    Attributes
    ----------
    name : str
        What the pipeline is called.
    task : str
        binary, multiclass, multilabel, regression or other.
    n_rows, n_features : int
    metrics : tuple of str
        The first is not always the one judged: see `main`.
    main : str
        The metric that the verdict is about.
    positive : str
        Which class of a binary target counts as positive and why; empty where it is 1.
    split : Split
        The splitter, why it was chosen, and the positions of every fold.
    folds : tuple of Fold
    baselines : dict of str to Baseline
        The strongest dummy for each metric, under the same folds.
    probe : Probe or None
        What a look at the data showed.
    verdict : Verdict
    thresholds : Thresholds
        What the verdict compared with.
    notes : tuple of str
        What was decided on the user's behalf, and what libraries warned of.
    seconds : float
        Wall time of everything.
    """

    name: str
    task: str
    n_rows: int
    n_features: int
    metrics: tuple[str, ...]
    main: str
    positive: str
    split: Split
    folds: tuple[Fold, ...]
    baselines: dict[str, Baseline]
    probe: Probe | None
    verdict: Verdict
    thresholds: Thresholds
    notes: tuple[str, ...]
    seconds: float

    def test(self, metric: str | None = None) -> NDArray[np.float64]:
        """Return the test score of each fold, shape (n_folds,), of `main` by default."""
        return self._scores("test_scores", metric)

    def train(self, metric: str | None = None) -> NDArray[np.float64]:
        """Return the train score of each fold, shape (n_folds,), of `main` by default."""
        return self._scores("train_scores", metric)

    def gap(self, metric: str | None = None) -> float:
        """Return the mean of `gaps`, folds weighted by their training rows."""
        return mean_gap(self.gaps(metric), self.n_train)

    def gaps(self, metric: str | None = None) -> NDArray[np.float64]:
        """Return train minus test score of each fold, shape (n_folds,).

        For an error, whose unit is the target's, as a share of the baseline's error.
        """
        return (self.train(metric) - self.test(metric)) / self.scale(metric)

    @property
    def n_train(self) -> NDArray[np.float64]:
        """Return the training rows of each fold, shape (n_folds,)."""
        return np.array([len(fold.train) for fold in self.folds], dtype=float)

    def scale(self, metric: str | None = None) -> float:
        """Return what gaps are divided by: 1, or the baseline's error where scores have a unit."""
        metric = self.known(metric)
        return scale_of(metric, self.train(metric), self.baselines.get(metric))

    def known(self, metric: str | None) -> str:
        """Return the metric's name, `main` by default, refusing one that was not computed."""
        if metric is None:
            return self.main
        if metric not in self.metrics:
            raise UsageError(
                f"The report has no metric {metric!r}, only {', '.join(self.metrics)}."
                f"{did_you_mean(str(metric), self.metrics)}"
            )
        return metric

    def judged(self, metric: str | None = None, *, overfit_gap: float | None = None) -> CVReport:
        """Return the same scores, judged by another metric or another gap.

        Parameters
        ----------
        metric : str, optional
            What the verdict is to be about; `main` by default.
        overfit_gap : float, optional
            A train/test gap above this is overfitting; by default as in `thresholds`.

        Raises
        ------
        UsageError
            When the metric was not computed, or the gap is not above 0.
        """
        name, limits = self.known(metric), self.thresholds
        if overfit_gap is not None:
            limits = replace(limits, overfit_gap=overfit_gap)
        baseline = self.baselines.get(name)
        verdict = judge(name, self.folds, baseline, self.split, probe=self.probe, limits=limits)
        return replace(self, main=name, verdict=verdict, thresholds=limits)

    @property
    def frame(self) -> pd.DataFrame:
        """Return one row per fold, metric and side: fold, metric, side, score, n_rows."""
        return pd.DataFrame(
            [
                (fold.number, metric, side, scores[metric], len(rows))
                for fold in self.folds
                for metric in self.metrics
                for side, scores, rows in (
                    ("train", fold.train_scores, fold.train),
                    ("test", fold.test_scores, fold.test),
                )
            ],
            columns=["fold", "metric", "side", "score", "n_rows"],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but row positions as plain data, fit for JSON; NaN becomes None.

        What differs from run to run, the time taken, is all under ``"seconds"``.
        """
        return as_dict(self)

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def plot(self, metric: str | Sequence[str] | None = None) -> Figure:
        """Draw train and test scores of each fold with their gap, baseline and threshold.

        Parameters
        ----------
        metric : str or sequence of str, optional
            One panel each; `main` by default.

        Returns
        -------
        matplotlib.figure.Figure
            Not registered with pyplot, so a notebook shows it once.

        Raises
        ------
        UsageError
            When a metric was not computed, or none is given.
        MissingExtraError
            When matplotlib is not installed.
        """
        from nbpipe.evaluation.figures import draw_gap  # noqa: PLC0415 - report and figures meet here

        names: list[Any] = [metric]
        if isinstance(metric, Iterable) and not isinstance(metric, str):
            names = list(metric)
        if not names:
            raise UsageError("metric is empty; give at least one metric, or leave it out.")
        return draw_gap(self, [self.known(name) for name in names])

    def plot_splits(self) -> Figure:
        """Draw which rows each fold trains and tests on, in time order where time is known."""
        from nbpipe.evaluation.bands import draw_splits  # noqa: PLC0415 - likewise

        return draw_splits(self)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        test = self.test()
        return (
            f"<CVReport {self.name}: test {self.main} {number(test.mean())} "
            f"± {number(test.std())}, {heading(self.verdict)}>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        from nbpipe.evaluation.html import as_html  # noqa: PLC0415 - only a notebook needs it

        return as_html(self)

    def _scores(self, side: str, metric: str | None) -> NDArray[np.float64]:
        name = self.known(metric)
        return np.array([getattr(fold, side)[name] for fold in self.folds])
