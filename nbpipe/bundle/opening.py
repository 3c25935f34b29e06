"""The two things that a bundle predicts with: its plan, and the estimator itself."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.formats import estimator as estimators
from nbpipe.bundle.formats import joblib
from nbpipe.bundle.plan import arrays
from nbpipe.bundle.plan.program import Plan
from nbpipe.bundle.rows.policy import POLICY
from nbpipe.bundle.rows.records import Records
from nbpipe.bundle.trust import integrity, probe
from nbpipe.bundle.trust.environment import compare
from nbpipe.errors import NbpipeError, ProbeMismatchError, SchemaError, UsageError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbpipe.bundle.rows.clean import Rows
    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.schema import Schema
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.bundle.trust.probe import Probe

_IGNORE: Policy = dict.fromkeys(POLICY, "ignore")


def open_plan(bundle: Bundle, contents: Mapping[str, bytes]) -> tuple[Plan, str]:
    """Read the plan of a bundle, and predict the probe with it.

    Parameters
    ----------
    bundle : Bundle
    contents : Mapping of str to bytes
        What its plan and its probe hold, whose digests were checked.

    Raises
    ------
    IntegrityError
        Its arrays are no plan.
    ProbeMismatchError
        It predicts something else than the estimator did at export.
    """
    try:
        plan = Plan(arrays.read(BytesIO(contents[arrays.FILE])))
        known = _has_classes(plan.classes, bundle)
    except NbpipeError:
        raise
    except Exception as error:  # SystemError of numpy, for letters beyond Unicode
        raise arrays.broken(one_line(error)) from error
    if plan.features != bundle.manifest.schema.names:
        raise arrays.broken("its features are not those of the manifest")
    if not known:
        raise arrays.broken("its classes are not those of the manifest")
    told = check_plan(plan, probe.parse(contents[probe.FILE]), bundle.manifest.schema)
    return plan, told


def check_plan(plan: Plan, rows: Probe, schema: Schema) -> str:
    """Compare a plan's predictions for the probe rows, and say how many were compared."""
    with _fitting():
        given = read_rows(list(rows.rows), schema)

    def answer(method: str) -> Any:
        return getattr(plan, method)(given) if method in plan.methods else None

    try:
        return rows.compare(answer, plan.tolerance)
    except NbpipeError:
        raise
    except Exception as error:  # a crafted probe holds anything
        raise ProbeMismatchError(
            f"The plan cannot use the probe rows ({type(error).__name__}: {one_line(error)})."
        ) from error


def _has_classes(found: Any, bundle: Bundle) -> bool:
    """Say whether a model's classes are those by which probabilities will be named."""
    listed = bundle.manifest.target.classes
    plain = isinstance(found, np.ndarray)  # several outputs have a list of them
    return (tuple(found.tolist()) if plain else None) == listed


@contextmanager
def _fitting() -> Iterator[None]:
    """Blame the probe for rows that do not fit the schema."""
    try:
        yield
    except SchemaError as error:
        raise ProbeMismatchError(
            f"The rows of {probe.FILE} do not fit the schema in the manifest, so nothing shows "
            f"that the model is what was exported. {one_line(error)}"
        ) from error


def read_rows(rows: list[Any], schema: Schema) -> Rows:
    """Read rows of training, whatever policy has to say about such values."""
    clean = Records(schema).read(rows)
    if clean is not None:
        return clean
    from nbpipe.bundle.rows.validate import check  # noqa: PLC0415 - it takes pandas

    return check(rows, schema, _IGNORE).table()


def content(bundle: Bundle, name: str) -> bytes:
    """Read a file of a bundle, and return the very bytes whose digest was checked."""
    return integrity.check(bundle.path, {name: bundle.manifest.files[name]}, keep=[name])[name]


def open_estimator(
    bundle: Bundle, *, allow_version_mismatch: bool, unpickle: bool
) -> tuple[Any, list[str]]:
    """Open the estimator once its digest and the versions were checked, and predict the probe.

    Raises
    ------
    UsageError
        It is a pickle, and `unpickle` is false.
    IntegrityError, VersionMismatchError, MissingModuleError, ProbeMismatchError, BundleError,
    MissingExtraError
    """
    file = estimators.listed(bundle)
    if not unpickle and file.name == joblib.FILE:
        raise UsageError(
            f"{file} is a pickle, which can run any code when it is opened, and unpickle=False "
            "rules that out. Predict from a plan, or export with format='skops'."
        )
    estimators.needed(file.suffix.removeprefix("."))
    serialized = content(bundle, file.name)
    notes, mismatch = compare(bundle.manifest.environment, bundle.name)
    if mismatch is not None:
        if not allow_version_mismatch:
            raise mismatch
        from nbpipe.bundle.trust.trial import attempt  # noqa: PLC0415 - few need it

        attempt(bundle, mismatch)
        notes.append(
            f"{mismatch.package} {mismatch.trained_with} at export, {mismatch.running or 'none'} "
            "here: allowed, since it survived a trial"
        )
    estimator = estimators.read(file, serialized)
    return estimator, [*notes, check_estimator(bundle, estimator)]


def check_estimator(bundle: Bundle, estimator: Any) -> str:
    """Compare the estimator's predictions for the probe rows, and say how many were compared.

    Raises
    ------
    ProbeMismatchError
    """
    try:
        return compare_estimator(bundle, estimator)
    except NbpipeError:
        raise
    except Exception as error:  # an estimator of another version fails in any way
        raise ProbeMismatchError(
            f"The model opens but cannot predict ({type(error).__name__}: {one_line(error)}). "
            f"Install what {bundle.path / 'requirements.txt'} lists.",
            path=str(bundle.path),
        ) from error


def compare_estimator(bundle: Bundle, estimator: Any) -> str:
    """Compare as `check_estimator` does, but let whatever the estimator raises through."""
    from nbpipe.bundle.rows.validate import check  # noqa: PLC0415 - it takes pandas

    if not _has_classes(getattr(estimator, "classes_", None), bundle):
        raise ProbeMismatchError(
            "The model has other classes than its manifest lists, so probabilities would be named "
            "wrongly. Copy the bundle again from its source.",
            path=str(bundle.path),
        )
    rows = probe.parse(content(bundle, probe.FILE))
    with _fitting():
        frame = check(list(rows.rows), bundle.manifest.schema, _IGNORE).frame()
    return rows.compare(probe.asking(estimator, frame))
