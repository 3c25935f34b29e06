"""Loading a bundle, and predicting with what was loaded."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from nbpipe.bundle import formats, integrity, probe
from nbpipe.bundle.environment import compare
from nbpipe.bundle.store import find
from nbpipe.bundle.trial import attempt
from nbpipe.bundle.validate import parse_policy, to_frame
from nbpipe.errors import (
    DataError,
    ManifestError,
    NbpipeError,
    ProbeMismatchError,
    UsageError,
    one_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import numpy as np

    from nbpipe.bundle.manifest import Manifest
    from nbpipe.bundle.schema import Schema
    from nbpipe.bundle.store import Bundle
    from nbpipe.bundle.validate import Policy


class Model:
    """A loaded model: validates what it is given, then predicts.

    Attributes
    ----------
    pipeline : estimator
        The scikit-learn pipeline itself.
    notes : tuple of str
        What differs from the export without doing harm, and how many probe rows were checked.
    policy : Mapping
        What is done about missing values, unseen categories and values out of range.
    """

    def __init__(self, bundle: Bundle, pipeline: Any, notes: Sequence[str], policy: Policy) -> None:
        self.bundle = bundle
        self.pipeline = pipeline
        self.notes = tuple(notes)
        self.policy = policy

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
            A dict or a Series is one row. Columns are matched by name; their order is free.
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

    def _call(self, method: str, rows: Any, columns: Sequence[str] | None) -> np.ndarray[Any, Any]:
        function = getattr(self.pipeline, method, None)
        if function is None:
            raise UsageError(f"{self.name} {self.version} has no {method}; use predict.")
        frame = to_frame(rows, self.schema, self.policy, columns)
        try:
            predicted: np.ndarray[Any, Any] = function(frame)
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


def load(
    path: str | PathLike[str],
    version: str | None = None,
    *,
    allow_version_mismatch: bool = False,
    policy: Policy | None = None,
) -> Model:
    """Load an exported model, safely: nothing of it is unpickled before everything else passed.

    In this order: manifest, format, digests, versions, model, probe. A digest shows that the
    files are those that were exported, not who exported them: a model file is a pickle and runs
    code, so load only what you trust.

    Parameters
    ----------
    path : path-like
        A model's folder (``models/late``), or that of a version (``models/late/1.2.0``).
    version : str, optional
        By default the latest.
    allow_version_mismatch : bool
        Try a model of another scikit-learn in a separate process, and go on if it survives and
        predicts the probe rows as at export.
    policy : Mapping, optional
        ``"error"``, ``"warn"`` or ``"ignore"`` for ``"missing"`` (a value missing where training
        had none; default error), ``"unseen"`` (categories; default warn, though always an error
        where the encoder would raise) and ``"range"`` (default warn).

    Returns
    -------
    Model

    Raises
    ------
    BundleNotFoundError, ManifestError, IntegrityError, VersionMismatchError,
    MissingModuleError, ProbeMismatchError, BundleError, UsageError
    """
    rules = parse_policy(policy)
    bundle = find(path, version)
    if not {formats.FILE, probe.FILE} <= bundle.manifest.files.keys():
        raise ManifestError(f"The manifest of {bundle.path} lists no model.", path=str(bundle.path))
    integrity.check(bundle.path, bundle.manifest.files)
    notes, mismatch = compare(bundle.manifest.environment, bundle.name)
    if mismatch is not None:
        if not allow_version_mismatch:
            raise mismatch
        attempt(bundle, mismatch)
        notes.append(
            f"{mismatch.package} {mismatch.trained_with} at export, {mismatch.running or 'none'} "
            "here: allowed, since it survived a trial"
        )
    pipeline = formats.read(bundle.path)
    notes.append(check_probe(bundle, pipeline))
    notes += _unchecked(bundle.manifest.schema)
    return Model(bundle, pipeline, notes, rules)


def _unchecked(schema: Schema) -> list[str]:
    """Note the columns of text of which any value passes, as no encoder's categories are known."""
    names = [f.name for f in schema.features if f.type == "text" and f.categories is None]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - a short note
    told = (
        f"any text passes in {', '.join(names[:5])}{more}: no encoder there that lists categories"
    )
    return [told] if names else []


def check_probe(bundle: Bundle, pipeline: Any) -> str:
    """Compare the predictions for the probe rows, and say how many were compared.

    Raises
    ------
    ProbeMismatchError
    """
    try:
        return probe.read(bundle.path / probe.FILE).compare(pipeline, bundle.manifest.schema)
    except NbpipeError:
        raise
    except Exception as error:  # an estimator of another version fails in any way
        raise ProbeMismatchError(
            f"The model opens but cannot predict ({type(error).__name__}: {one_line(error)}). "
            f"Install what {bundle.path / 'requirements.txt'} lists.",
            path=str(bundle.path),
        ) from error
