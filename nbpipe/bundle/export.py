"""Exporting a fitted pipeline as a version on disk."""

from __future__ import annotations

import pickle
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.facts import fingerprint, report_facts, source, target_facts
from nbpipe.bundle.formats import estimator as estimators
from nbpipe.bundle.formats import gate
from nbpipe.bundle.formats import onnx as graphs
from nbpipe.bundle.formats.inside import serial
from nbpipe.bundle.manifest import Manifest
from nbpipe.bundle.opening import check_plan
from nbpipe.bundle.plan import arrays
from nbpipe.bundle.plan.parity import proven
from nbpipe.bundle.plan.program import Plan
from nbpipe.bundle.rows import sample
from nbpipe.bundle.rows.inputs import rows_fitted
from nbpipe.bundle.rows.learn import learn
from nbpipe.bundle.store.entry import Bundle
from nbpipe.bundle.store.folders import as_path, is_url, is_version, parse_version, reading
from nbpipe.bundle.store.write import check_free, staging
from nbpipe.bundle.trust import integrity, probe
from nbpipe.bundle.trust.environment import current, git_commit, requirements
from nbpipe.bundle.trust.portability import check_portable
from nbpipe.bundle.trust.signing import signer
from nbpipe.errors import ExportError, UsageError, brief, one_line

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import pandas as pd

    from nbpipe.bundle.formats.estimator import Format
    from nbpipe.bundle.store.remote import Remote
    from nbpipe.bundle.trust.probe import Probe

_DOUBTFUL = {"suspicious", "no better than the baseline"}  # verdicts that deserve a warning


def export(
    pipeline: Any,
    to: str | PathLike[str] = "models/late",
    *,
    X: pd.DataFrame,
    y: Any = None,
    version: str | None = None,
    report: Any = None,
    format: Format = "joblib",  # noqa: A002 - the field's own word
    onnx: bool = False,
    sign: str | PathLike[str] | None = None,
) -> Bundle:
    """Write a fitted pipeline to ``to/VERSION``, completely or not at all.

    What is written is a copy with ``n_jobs=1`` inside; `pipeline` stays as it is. Columns that a
    leading ColumnTransformer drops are not required at prediction.

    Parameters
    ----------
    pipeline : estimator
        Fitted on `X`.
    to : path-like or str
        Folder of the model, or a URL such as ``"s3://bucket/late"`` (the extra ``remote``); its
        last part is the model's name.
    X : DataFrame of shape (n, n_features)
        The training features, from which the schema is learned. None of it is stored but ranges,
        categories and about 20 probe rows.
    y : array-like of shape (n,) or (n, n_outputs), optional
        The target, for its name and the data's fingerprint.
    version : str, optional
        ``"1.0"``, ``"v1.0"``, ``"1.2.0"``; by default the next one.
    report : CVReport or Mapping, optional
        What cross-validation found; goes into the manifest. A verdict of "suspicious" or "no
        better than the baseline" gives a ``UserWarning``, as does an `X` of fewer rows than the
        pipeline was fitted on, where its steps know their number.
    format : {"joblib", "skops"}
        Of the estimator's file: a pickle, which holds anything, or ``model.skops``, which holds
        what nbpipe trusts and runs no code when it is opened (the extra ``skops``).
    onnx : bool
        Add ``model.onnx``, if it predicts what the pipeline does (the extra ``onnx``); see
        `nbpipe.bundle.formats.gate.proven`. The manifest says what was compared.
    sign : path-like, optional
        Private key to sign all files with (the extra ``sign``).

    Returns
    -------
    Bundle

    Raises
    ------
    UsageError
        `pipeline` is no model, `version` is none, or `to` is not a folder's name.
    DataError
        `X` or `y` is not what the pipeline was fitted on.
    ExportError
        The pipeline is not fitted, or would not work elsewhere (`NotPortableError`), the version
        exists (`VersionExistsError`), or the folder cannot be written; ``model.onnx`` would
        differ.
    MissingExtraError
        A format or the signature takes what is not installed.
    """
    far = _far(to)
    model = far.cache if far else _model_folder(to)
    wanted = None if version is None else parse_version(version)
    free, place = (far.check_free, far.staging) if far else (check_free, staging)
    free(model, wanted)
    packages = estimators.needed(format)
    seal = None if sign is None else signer(sign)
    if onnx:
        graphs.need()
    _check_fitted(pipeline)
    schema = learn(pipeline, X)
    target, data = target_facts(pipeline, y, len(X)), fingerprint(X[list(schema.names)], y)
    found = report_facts(report)
    _warn_of_rows(pipeline, len(X))
    pickled, distributions = check_portable(pipeline)
    estimator = serial(_copy(pickled))
    rows = sample.take(estimator, X, schema)
    plan, note = proven(estimator, X, schema)
    graph, parity = gate.proven(estimator, X, schema) if onnx else (b"", None)
    environment = current(distributions | packages)
    with place(model, wanted) as (folder, chosen):
        file = estimators.write(estimator, folder, format)
        if plan is not None:
            arrays.write(folder / arrays.FILE, plan)
        if onnx:
            (folder / graphs.FILE).write_bytes(graph)
        rows.save(folder / probe.FILE)
        (folder / "requirements.txt").write_text(requirements(environment), encoding="utf-8")
        manifest = Manifest(
            name=model.name,
            version=chosen,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            environment=environment,
            schema=schema,
            target=target,
            data=data,
            report=found,
            source=source(pipeline),
            git_commit=git_commit(),
            files={file.name: integrity.record(file) for file in sorted(folder.iterdir())},
            onnx=parity,
        )
        (folder / manifests.FILE).write_text(manifest.to_json(), encoding="utf-8")
        _check_written(file, rows)
        if seal is not None:
            seal(folder)
    bundle = Bundle(model / chosen, manifest, note, f"{far.url}/{chosen}" if far else "")
    if bundle.verdict in _DOUBTFUL:
        told = f"{bundle.name} {chosen} is exported, though its report's verdict is"
        warnings.warn(f"{told} {bundle.verdict!r}.", UserWarning, stacklevel=2)
    return bundle


def _check_written(file: Path, rows: Probe) -> None:
    """Predict the probe with what is on disk."""
    schema = manifests.read(folder := file.parent).schema
    rows.compare(
        probe.asking(estimators.read(file, file.read_bytes()), sample.frame(rows.rows, schema))
    )
    if (folder / arrays.FILE).exists():
        check_plan(Plan(arrays.read(folder / arrays.FILE)), rows, schema)


def _warn_of_rows(pipeline: Any, given: int) -> None:
    fitted = rows_fitted(pipeline)
    if fitted > given:
        warnings.warn(
            f"The pipeline was fitted on {fitted:,} rows or more and X has {given:,}: ranges and "
            "gaps in the schema are those of X alone. Pass the frame that it was fitted on.",
            UserWarning,
            stacklevel=3,
        )


def _copy(pickled: bytes) -> Any:
    try:
        return pickle.loads(pickled)  # noqa: S301 - made a moment ago
    except Exception as error:  # a pickle runs code, which raises what it likes
        raise ExportError(
            "The pipeline can be written to a file but not read back "
            f"({type(error).__name__}): {one_line(error)}"
        ) from error


def _model_folder(to: str | PathLike[str]) -> Path:
    path = as_path(to)
    if not path.name or path.name == "..":
        raise UsageError(f"{str(to)!r} names no model; write to='models/NAME'.")
    with reading(path):
        inside = [each for each in path.parents if (each / manifests.FILE).is_file()]
    if inside:
        raise UsageError(f"{str(to)!r} lies in an exported version, and these never change.")
    _check_name(str(path), path.name)
    return path


def _far(to: str | PathLike[str]) -> Remote | None:
    if not is_url(to):
        return None
    from nbpipe.bundle.store.remote import connect  # noqa: PLC0415 - only for URLs

    far = connect(str(to))
    _check_name(far.url, far.name)
    return far


def _check_name(to: str, name: str) -> None:
    """Refuse a model whose name would be taken for a version, or for one with an alias."""
    parent = to.removesuffix(f"/{name}")
    if is_version(name):
        raise UsageError(
            f"{to!r} ends in a version: write to={parent!r}, version={name!r} (or another name for "
            "the model)."
        )
    if not manifests.is_name(name):
        raise UsageError(f"{name!r} is no name of a model that every terminal and system can show.")
    if "@" in name:
        raise UsageError(
            f"{to!r} has an '@', which stands between a model and its alias: export, then promote."
        )


def _check_fitted(pipeline: Any) -> None:
    usable = hasattr(pipeline, "fit") and hasattr(pipeline, "get_params")
    if isinstance(pipeline, type) or not usable:
        raise UsageError(
            f"{brief(pipeline)} is not a scikit-learn estimator; pass a fitted pipeline."
        )
    try:
        check_is_fitted(pipeline)
    except NotFittedError as error:
        raise ExportError(
            "The pipeline is not fitted. Cross-validation fits copies of it only: call "
            "pipeline.fit(X, y) first."
        ) from error
    if not hasattr(pipeline, "predict"):
        raise UsageError(
            f"{type(pipeline).__name__} cannot predict; end the pipeline with a classifier or "
            "regressor."
        )
