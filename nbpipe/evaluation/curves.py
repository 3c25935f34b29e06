"""Learning curves and validation curves under a report's own folds, one fit at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import learning_curve, validation_curve

from nbpipe.errors import DataError, UsageError
from nbpipe.evaluation.cores import in_process
from nbpipe.evaluation.fold import blame
from nbpipe.evaluation.gaps import mean_gap
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from nbpipe.evaluation.report import CVReport
    from nbpipe.evaluation.study import Study

SHARES = (0.1, 0.325, 0.55, 0.775, 1.0)  # the sizes of scikit-learn's own learning_curve


@dataclass(frozen=True, slots=True)
class Point:
    """The scores of every fold at one place of a curve.

    Attributes
    ----------
    name : str
        The place in words.
    train, test : ndarray, shape (n_folds,)
    """

    name: str
    train: NDArray[np.float64]
    test: NDArray[np.float64]


class Curve(ABC):
    """Train and test scores of one metric along some values.

    Parameters
    ----------
    report : CVReport
        Whose folds are fitted again.
    study : Study
        What the report was made from.
    metric : str
    values : sequence
        In the order in which they are fitted and shown.

    Raises
    ------
    UsageError
        When the metric is not one of the study, or there are no values.
    """

    axis: str
    """What the values are, for people."""

    def __init__(self, report: CVReport, study: Study, metric: str, values: Sequence[Any]) -> None:
        if metric not in study.job.metrics.scorers:
            raise UsageError(f"{metric} was not computed from these rows; give it as scoring=.")
        if not values:
            raise UsageError(f"Give at least one value of {self.axis}.")
        self.report, self.metric, self.values = report, metric, tuple(values)
        self._job = study.job
        self._estimator = in_process(study.pipeline)
        self._scores: dict[tuple[int, int], tuple[float, float]] = {}

    def steps(self) -> Generator[tuple[int, int, str], None, None]:
        """Fit what was not fitted yet, one fold at a time.

        Left at any step and begun again, it goes on where it was.

        Yields
        ------
        done, total : int
            Fits.
        what : str
            The fit that comes next.

        Raises
        ------
        DataError
            When a fit or its scoring fails; it names the value, the fold and the step.
        """
        folds = range(len(self.report.folds))
        total = len(self.values) * len(folds)
        for at in range(len(self.values)):
            for fold in folds:
                if (at, fold) not in self._scores:
                    what = f"{self._name(at)}, fold {fold + 1}"
                    yield len(self._scores), total, what
                    self._scores[at, fold] = self._score(at, fold, what)

    @property
    def finished(self) -> bool:
        """Whether every value was scored in every fold."""
        return len(self._scores) == len(self.values) * len(self.report.folds)

    @property
    def points(self) -> tuple[Point, ...]:
        """Return the values that were scored in every fold so far."""
        folds = range(len(self.report.folds))
        found = []
        for at in range(len(self.values)):
            if all((at, fold) in self._scores for fold in folds):
                train, test = np.array([self._scores[at, fold] for fold in folds]).T
                found.append(Point(self._name(at), train, test))
        return tuple(found)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Return the points as a table of texts: a heading, then one row each."""
        scale = self.report.scale(self.metric)
        head = (self.axis, f"test {self.metric}", f"train {self.metric}", "gap")
        return [
            head,
            *(
                (
                    point.name,
                    f"{number(point.test.mean())} ± {number(point.test.std())}",
                    f"{number(point.train.mean())} ± {number(point.train.std())}",
                    number(mean_gap((point.train - point.test) / scale, self.report.n_train)),
                )
                for point in self.points
            ),
        ]

    def _score(self, at: int, fold: int, what: str) -> tuple[float, float]:
        """Return train and test score of one fit, by scikit-learn's function for such curves."""
        job, metric = self._job, self.metric
        train, test = self.report.split.folds[fold]
        try:
            train_scores, test_scores = self._fit(
                self.values[at],
                train,
                test,
                scoring=job.metrics.scorers[metric],
                params={**job.fit_params, **job.score_params.get(metric, {})},
                error_score="raise",
            )
        except Exception as error:
            raise DataError(f"{what} fails: {blame(self._estimator, error)}") from error
        return float(train_scores[0, 0]), float(test_scores[0, 0])

    @abstractmethod
    def _name(self, at: int) -> str: ...

    @abstractmethod
    def _fit(
        self, value: Any, train: NDArray[np.intp], test: NDArray[np.intp], **keywords: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...


class LearningCurve(Curve):
    """Scores along shares of each fold's training rows; the share 1 repeats the report's scores.

    A share of folds in time order are the latest rows, all that a shorter history would hold; else
    they are drawn at random, the smaller among the larger.
    """

    axis = "share of training rows (mean number)"

    def __init__(
        self, report: CVReport, study: Study, metric: str, values: Sequence[Any] = SHARES
    ) -> None:
        for each in values:
            if not (isinstance(each, int | float) and 0 < each <= 1):
                raise UsageError(f"A share of the training rows is above 0, up to 1, not {each!r}.")
        super().__init__(report, study, metric, values)

    def _rows(self, share: float, train: NDArray[np.intp]) -> NDArray[np.intp]:
        n = _share(share, train)
        if self.report.split.in_time_order:
            rank = np.empty(self.report.n_rows, dtype=np.intp)
            rank[self.report.split.order] = np.arange(self.report.n_rows)
            chosen = np.argsort(rank[train])[-n:]
        else:
            chosen = np.random.default_rng(0).permutation(len(train))[:n]
        return train[np.sort(chosen)]

    def _name(self, at: int) -> str:
        share = self.values[at]
        mean = np.mean([_share(share, train) for train, _ in self.report.split.folds])
        return f"{share:.4g} ({mean:,.0f})"

    def _fit(
        self, value: Any, train: NDArray[np.intp], test: NDArray[np.intp], **keywords: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows, job = self._rows(value, train), self._job.rows
        _, train_scores, test_scores = learning_curve(
            self._estimator, job.X, job.y, train_sizes=[len(rows)], cv=[(rows, test)], **keywords
        )
        return train_scores, test_scores


class ValidationCurve(Curve):
    """Scores along the values of one parameter, named as ``get_params`` does."""

    def __init__(
        self, report: CVReport, study: Study, metric: str, parameter: str, values: Sequence[Any]
    ) -> None:
        self.axis = self.parameter = parameter
        super().__init__(report, study, metric, values)

    def _name(self, at: int) -> str:
        return repr(self.values[at])

    def _fit(
        self, value: Any, train: NDArray[np.intp], test: NDArray[np.intp], **keywords: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        job = self._job.rows
        found: tuple[NDArray[np.float64], NDArray[np.float64]] = validation_curve(
            self._estimator,
            job.X,
            job.y,
            param_name=self.parameter,
            param_range=[value],
            cv=[(train, test)],
            **keywords,
        )
        return found


def _share(share: float, train: NDArray[np.intp]) -> int:
    return max(1, round(share * len(train)))
