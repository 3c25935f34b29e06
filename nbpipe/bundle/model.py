"""Predicting with what was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.opening import open_estimator
from nbpipe.bundle.plan import arrays
from nbpipe.bundle.rows.clean import Row, Table
from nbpipe.bundle.rows.problems import refuse, warn
from nbpipe.bundle.rows.records import Records
from nbpipe.errors import DataError, UsageError, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from nbpipe.bundle.manifest import Manifest
    from nbpipe.bundle.plan.program import Plan
    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.problems import Finding
    from nbpipe.bundle.rows.schema import Schema
    from nbpipe.bundle.rows.validate import Checked
    from nbpipe.bundle.store.entry import Bundle


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model makes of some rows.

    Attributes
    ----------
    labels : ndarray of shape (n,) or (n, n_outputs)
    probabilities : ndarray of shape (n, n_classes), or None
    warned : tuple of Finding
    """

    labels: np.ndarray[Any, Any]
    probabilities: np.ndarray[Any, Any] | None
    warned: tuple[Finding, ...]


class Model:
    """A loaded model: validates what it is given, then predicts.

    Attributes
    ----------
    notes : tuple of str
        What differs from the export without doing harm, and how many probe rows were checked.
    policy : Mapping
        What is done about missing values, unseen categories and values out of range.
    """

    def __init__(
        self,
        bundle: Bundle,
        predictor: Plan | Any,
        notes: Sequence[str],
        policy: Policy,
        *,
        allow_version_mismatch: bool = False,
        unpickle: bool = True,
    ) -> None:
        self.bundle = bundle
        self.notes = tuple(notes)
        self.policy = policy
        self._plan: Plan | None = predictor if arrays.FILE in bundle.manifest.files else None
        self._pipeline = None if self._plan else predictor
        self._opened = {"allow_version_mismatch": allow_version_mismatch, "unpickle": unpickle}
        self._records = Records(bundle.manifest.schema)

    @property
    def pipeline(self) -> Any:
        """The scikit-learn pipeline itself; a bundle with a plan opens it, a pickle, only here.

        Raises
        ------
        IntegrityError, VersionMismatchError, MissingModuleError, ProbeMismatchError, BundleError
        UsageError
            It is a pickle, and the model was loaded with ``unpickle=False``.
        """
        if self._pipeline is None:
            self._pipeline, _ = open_estimator(self.bundle, **self._opened)
        return self._pipeline

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.bundle.name

    @property
    def version(self) -> str:
        """Version of the model."""
        return self.bundle.version

    @property
    def manifest(self) -> Manifest:
        """What ``manifest.json`` says."""
        return self.bundle.manifest

    @property
    def schema(self) -> Schema:
        """The columns that are needed."""
        return self.manifest.schema

    def predict(self, rows: Any, *, columns: Sequence[str] | None = None) -> np.ndarray[Any, Any]:
        """Predict a label or number for each row.

        Parameters
        ----------
        rows : dict, list of dict, DataFrame, Series or array of shape (n, n_columns)
            A dict or a Series is one row; a frame is one of pandas, Polars or Arrow. Columns are
            matched by name; their order is free.
        columns : sequence of str, optional
            Names of the columns of an array.

        Returns
        -------
        numpy.ndarray of shape (n,) or (n, n_outputs)

        Raises
        ------
        SchemaError
            The rows do not fit (a ``ValueError``); it lists every problem of every row.
        DataError
            They fit, but the pipeline cannot use them.
        """
        return self._call("predict", rows, columns)

    def predict_proba(
        self, rows: Any, *, columns: Sequence[str] | None = None
    ) -> np.ndarray[Any, Any]:
        """Predict the probability of each class, in the order of ``manifest.target.classes``.

        Parameters and errors are those of `predict`.

        Returns
        -------
        numpy.ndarray of shape (n, n_classes)
        """
        return self._call("predict_proba", rows, columns)

    def decision_function(
        self, rows: Any, *, columns: Sequence[str] | None = None
    ) -> np.ndarray[Any, Any]:
        """Return the scores that classes are decided by, where the model has them.

        Parameters and errors are those of `predict`.

        Returns
        -------
        numpy.ndarray of shape (n,) for two classes, or (n, n_classes)
        """
        return self._call("decision_function", rows, columns)

    def answer(self, rows: Any) -> Answer:
        """Predict labels and, where there are any, probabilities; what `policy` warns of is data.

        Parameters and errors are those of `predict`. Safe in threads, as catching warnings is not.
        """
        given, warned = self._read(rows, None)
        return Answer(*self._both(given), tuple(warned))

    def read_alone(self, rows: Any) -> Row | None:
        """Return a clean row for `answer_rows`; None if others beside it could change its bits."""
        if self._plan is None or not self._plan.exact:
            return None
        read = self._records.read(rows)
        return read if isinstance(read, Row) else None

    def answer_rows(self, rows: Sequence[Row]) -> list[Answer]:
        """Predict for rows from `read_alone`, all at once; `DataError` if one cannot be used."""
        columns = list(zip(*(row.values for row in rows), strict=True))
        labels, shares = self._both(rows[0] if len(rows) == 1 else Table(columns, len(rows)))
        single = [slice(i, i + 1) for i in range(len(rows))]
        return [Answer(labels[i], None if shares is None else shares[i], ()) for i in single]

    @property
    def has_proba(self) -> bool:
        """Whether there is `predict_proba`."""
        return self._has("predict_proba")

    def answer_checked(self, checked: Checked, *, proba: bool = True) -> Answer:
        """Predict for rows that were checked already, as by `nbpipe.bundle.rows.sift.sift`.

        Without `proba`, probabilities are left out, which an estimator takes time for.
        """
        given = checked.frame() if self._plan is None else checked.table()
        return Answer(*self._both(given, proba=proba), ())

    def _both(
        self, given: Any, *, proba: bool = True
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
        """Return labels and probabilities; a plan has both from one pass."""
        if not (proba and self.has_proba):
            return self._ask("predict", given), None
        if self._plan is None:
            return self._ask("predict", given), self._ask("predict_proba", given)
        scores = self._ask("scores", given)
        return self._plan.predict_from(scores), self._plan.predict_proba_from(scores)

    def _call(self, method: str, rows: Any, columns: Sequence[str] | None) -> np.ndarray[Any, Any]:
        if not self._has(method):
            raise UsageError(f"{self.name} {self.version} has no {method}; use predict.")
        given, warned = self._read(rows, columns)
        warn(warned, len(given), stacklevel=3)
        return self._ask(method, given)

    def _has(self, method: str) -> bool:
        plan = self._plan
        return hasattr(self.pipeline, method) if plan is None else method in plan.methods

    def _read(self, rows: Any, columns: Sequence[str] | None) -> tuple[Any, Sequence[Finding]]:
        """Return rows that fit, as the plan or the pipeline reads them, and what to warn of."""
        plan = self._plan
        given = self._records.read(rows) if plan is not None and columns is None else None
        if given is not None:
            return given, ()
        from nbpipe.bundle.rows.validate import examine, judge  # noqa: PLC0415 - few rows need it

        checked, findings = examine(rows, self.schema, columns)
        errors, warned = judge(findings, self.schema, self.policy)
        refuse(errors, checked.count)
        return checked.frame() if plan is None else checked.table(), warned

    def _ask(self, method: str, given: Any) -> np.ndarray[Any, Any]:
        try:
            predicted: np.ndarray[Any, Any] = getattr(self._plan or self.pipeline, method)(given)
        except Exception as error:  # its steps raise what they like
            raise DataError(
                f"The pipeline could not use the rows ({type(error).__name__}): {one_line(error)}"
            ) from error
        return predicted

    def __repr__(self) -> str:
        packages = self.manifest.environment.packages
        head = (
            f"{self.name} {self.version}, exported {self.manifest.created[:10]} with "
            f"scikit-learn {packages['scikit-learn']}"
        )
        return "\n".join([head, *(f"- {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head, *notes = repr(self).splitlines()
        items = "".join(f"<li>{escape(note.removeprefix('- '))}</li>" for note in notes)
        return f"<b>{escape(head)}</b><ul>{items}</ul>{self.schema._repr_html_()}"
