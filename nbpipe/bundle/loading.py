"""Loading a bundle: every check in its order, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.formats import estimator as estimators
from nbpipe.bundle.model import Model
from nbpipe.bundle.opening import open_estimator, open_plan
from nbpipe.bundle.plan import arrays
from nbpipe.bundle.rows.policy import parse_policy
from nbpipe.bundle.store.folders import reading
from nbpipe.bundle.store.versions import find
from nbpipe.bundle.tables import in_units
from nbpipe.bundle.trust import integrity, probe
from nbpipe.bundle.trust.environment import compare
from nbpipe.errors import ManifestError

if TYPE_CHECKING:
    from os import PathLike

    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.schema import Schema
    from nbpipe.bundle.store.entry import Bundle

Loading = Generator[tuple[int, int, str], None, Model]


def load(
    path: str | PathLike[str],
    version: str | None = None,
    *,
    allow_version_mismatch: bool = False,
    policy: Policy | str | None = None,
    trusted_key: str | PathLike[str] | None = None,
    unpickle: bool = True,
) -> Model:
    """Load an exported model, safely: nothing of it is unpickled before everything else passed.

    In this order: manifest, signature if a key is given, files and their digests, plan, probe.
    With a plan nothing is unpickled at all, scikit-learn is not imported, and which one made the
    model does not matter; `Model.pipeline` opens the pickle. Without one, the versions are checked
    and the pickle is opened here. A digest shows that the files are those that were exported, not
    who exported them, which only a signature does: a pickle runs code, so open what you trust.

    Parameters
    ----------
    path : path-like
        A model's folder (``models/late``), or that of a version (``models/late/1.2.0``).
    version : str, optional
        By default the latest.
    allow_version_mismatch : bool
        Where the estimator of another scikit-learn is to be opened, try it in a separate process,
        and go on if it survives and predicts the probe rows as at export.
    policy : Mapping or str, optional
        ``"error"``, ``"warn"`` or ``"ignore"`` for ``"missing"`` (a value missing where training
        had none; default error), ``"unseen"`` (categories; default warn, though always an error
        where the encoder would raise) and ``"range"`` (default warn); of one column, for
        ``"carrier.unseen"``. As text, ``unseen=error,carrier.unseen=ignore``.
    trusted_key : path-like, optional
        Public key (PEM). A bundle that its owner did not sign, as it is here, is refused.
    unpickle : bool
        If False, no pickle is ever opened: a bundle without a plan is refused, unless its estimator
        is in a format that is none.

    Returns
    -------
    Model

    Raises
    ------
    BundleNotFoundError, ManifestError, IntegrityError, VersionMismatchError,
    MissingModuleError, ProbeMismatchError, BundleError, UsageError
    """
    return _finished(
        loading(
            path,
            version,
            allow_version_mismatch=allow_version_mismatch,
            policy=policy,
            trusted_key=trusted_key,
            unpickle=unpickle,
        )
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """A version that passed what `load` checks.

    Attributes
    ----------
    bundle : Bundle
    notes : tuple of str
        What was compared, and what differs without doing harm.
    """

    bundle: Bundle
    notes: tuple[str, ...]

    def _lines(self) -> list[str]:
        files, size = len(self.bundle.manifest.files), in_units(self.bundle.size)
        digests = f"{files} files, {size}, have the digests that the manifest lists"
        return [f"{self.bundle.name} {self.bundle.version} is sound", digests, *self.notes]

    def __repr__(self) -> str:
        return "\n- ".join(self._lines())

    def _repr_html_(self) -> str:
        head, *told = map(escape, self._lines())
        return f"<b>{head}</b><ul>{''.join(f'<li>{each}</li>' for each in told)}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"model": self.bundle.to_dict(), "notes": list(self.notes)}


def verify(
    path: str | PathLike[str],
    version: str | None = None,
    *,
    trusted_key: str | PathLike[str] | None = None,
) -> Verified:
    """Check a version as `load` does, and say what was found: digests, then plan and probe.

    Without a plan this opens the estimator, which for a pickle runs its code.

    Parameters
    ----------
    path : path-like or str
    version : str, optional
    trusted_key : path-like, optional
        All three as for `load`.

    Returns
    -------
    Verified

    Raises
    ------
    NbpipeError
        Those of `load`: it is not sound, or not here.
    """
    return verified(_finished(loading(path, version, trusted_key=trusted_key)))


def verified(model: Model) -> Verified:
    """Return what the checks said of a model that was loaded."""
    return Verified(model.bundle, model.notes)


def loading(
    path: str | PathLike[str],
    version: str | None = None,
    *,
    allow_version_mismatch: bool = False,
    policy: Policy | str | None = None,
    trusted_key: str | PathLike[str] | None = None,
    unpickle: bool = True,
) -> Loading:
    """Load step by step; see `load`.

    Yields
    ------
    tuple of int, int and str
        Steps done, of how many, and what comes next.
    """
    parse_policy(policy)  # a slip of the pen is told before anything is read
    yield 0, 1, "finding the version"
    bundle = find(path, version)
    files, schema = bundle.manifest.files, bundle.manifest.schema
    rules = parse_policy(policy, schema.names)
    if probe.FILE not in files or not estimators.file_among(files):
        raise ManifestError(f"The manifest of {bundle.path} lists no model.", path=str(bundle.path))
    if trusted_key is not None:
        from nbpipe.bundle.trust import signing  # noqa: PLC0415 - only with a key

        signing.verify(bundle, trusted_key)
    with reading(bundle.path):
        others = integrity.check_names(bundle.path, files, strict=trusted_key is not None)
    contents: dict[str, bytes] = {}
    for done, (name, record) in enumerate(files.items()):
        yield done, len(files) + 1, f"comparing {name} with its digest"
        contents |= integrity.check(bundle.path, {name: record}, {arrays.FILE, probe.FILE})
    yield len(files), len(files) + 1, "predicting the probe rows"
    opened = {"allow_version_mismatch": allow_version_mismatch, "unpickle": unpickle}
    predictor: Any
    if arrays.FILE in files:
        predictor, told = open_plan(bundle, contents)
        notes, mismatch = compare(bundle.manifest.environment, bundle.name)
        if mismatch is not None:
            notes.append(
                f"{mismatch.package} {mismatch.trained_with} at export, "
                f"{mismatch.running or 'none'} here: no matter to the plan that predicts, but "
                "model.pipeline would not open"
            )
        notes.append(told)
    else:
        predictor, notes = open_estimator(bundle, **opened)
        notes.append("no compiled plan: the estimator itself predicts")
    notes += _unchecked(schema)
    notes += [f"{name} is no part of the bundle, and was not opened" for name in others]
    if trusted_key is not None:
        notes.append(f"signed, as {trusted_key} tells")
    return Model(bundle, predictor, notes, rules, **opened)


def _finished(steps: Loading) -> Model:
    """Take all steps, and return what they lead to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            model: Model = end.value
            return model


def _unchecked(schema: Schema) -> list[str]:
    """Note the columns of text of which any value passes, as no encoder's categories are known."""
    names = [f.name for f in schema.features if f.type == "text" and f.categories is None]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - a short note
    told = (
        f"any text passes in {', '.join(names[:5])}{more}: no encoder there that lists categories"
    )
    return [told] if names else []
