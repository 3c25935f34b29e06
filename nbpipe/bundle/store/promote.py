"""Moving an alias from version to version, with a trail."""

from __future__ import annotations

import getpass
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import nbpipe
from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.store import aliases, remote
from nbpipe.bundle.store.aliases import History, Move, check_name
from nbpipe.bundle.store.bare import explain
from nbpipe.bundle.store.folders import as_path, is_url, reading, taken
from nbpipe.bundle.store.versions import find
from nbpipe.bundle.trust import integrity
from nbpipe.errors import BundleNotFoundError, UsageError, brief

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from pathlib import Path

    from nbpipe.bundle.store.entry import Bundle


def promote(
    path: str | PathLike[str], version: str, alias: str, *, reason: str | None = None
) -> Move:
    """Let `alias` stand for one version, so that ``load("models/late@production")`` loads it.

    The version must be there and intact. Alias and trail change in one step: who loads by alias
    meanwhile gets the version before or the one after.

    Parameters
    ----------
    path : path-like or str
        The model's folder, or its URL.
    version : str
        As for `load`; ``"latest"`` is the highest one now.
    alias : str
        Up to 64 letters, digits, ``-`` and ``_``, such as ``"production"``.
    reason : str, optional
        Goes into the trail.

    Returns
    -------
    Move
        What was done. If `alias` stood for that version already, it is not `Move.changed`, and was
        not recorded.

    Raises
    ------
    UsageError, BundleNotFoundError, ManifestError, IntegrityError, BundleError
    """
    name, why = check_name(alias), _one_line(reason)
    model = _model(path)
    chosen = _intact(model, version).version
    return _amend(model, lambda history: _moved(history, name, chosen, "promote", why))


def rollback(path: str | PathLike[str], alias: str, *, reason: str | None = None) -> Move:
    """Let `alias` stand for the version that it stood for before its last promotion.

    Each rollback goes one promotion further back and none goes forward again: after 1.0, 1.1 and
    1.2, two rollbacks end at 1.0. To go forward, promote. The version before must be there and
    intact; if it is not, nothing changes.

    Parameters
    ----------
    path : path-like or str
        The model's folder, or its URL.
    alias : str
    reason : str, optional
        Goes into the trail.

    Returns
    -------
    Move
        What was done.

    Raises
    ------
    UsageError
        The alias stood for nothing before.
    BundleNotFoundError, ManifestError, IntegrityError, BundleError
    """
    why, model = _one_line(reason), _model(path)

    def back(history: History) -> Move:
        now = history.version(model, alias)
        *_, before = (None, *history.standing()[alias][:-1])
        if before is None:
            raise UsageError(
                f"{model}@{alias} stood for nothing before {now}; promote another version."
            )
        try:
            _intact(model, before)
        except BundleNotFoundError as error:
            raise BundleNotFoundError(
                f"{model}@{alias} cannot go back to {before}: {error} Promote another version.",
                path=str(model),
            ) from error
        return _moved(history, alias, before, "rollback", why)

    return _amend(model, back)


def history(path: str | PathLike[str]) -> History:
    """Return every move of a model's aliases, oldest first.

    Parameters
    ----------
    path : path-like or str
        The model's folder, or its URL.

    Returns
    -------
    History

    Raises
    ------
    BundleNotFoundError, BundleError, UsageError
    """
    model = _model(path)
    if isinstance(model, str):
        return remote.history(remote.connect(model))
    with reading(model):
        return aliases.read(model)


def _model(path: str | PathLike[str]) -> Path | str:
    """Return a model's folder, or its URL."""
    if is_url(path):
        return str(path).rstrip("/")
    folder = as_path(path)
    with reading(folder):
        if (folder / manifests.FILE).is_file():
            return folder.parent
        if not folder.is_dir() or not (taken(folder) or (folder / aliases.FILE).exists()):
            raise explain(folder)
    return folder


def _intact(model: Path | str, version: str) -> Bundle:
    if version is None:
        raise UsageError("Which version? Give one like '1.2.0', or 'latest'.")
    if isinstance(model, str):
        bundle = remote.find(model, version, still_there=True)
    else:
        bundle = find(model, version)
    integrity.check(bundle.path, bundle.manifest.files)
    return bundle


def _amend(model: Path | str, move: Callable[[History], Move]) -> Move:
    if isinstance(model, str):
        return remote.connect(model).amend(move)
    return aliases.amend(model, move)


def _moved(
    known: History,
    alias: str,
    version: str,
    action: Literal["promote", "rollback"],
    reason: str | None,
) -> Move:
    return Move(
        alias=alias,
        version=version,
        previous=known.current().get(alias),
        action=action,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        by=_who(),
        nbpipe=nbpipe.__version__,
        reason=reason,
    )


def _who() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have a number alone
        user = "unknown"
    return f"{user}@{platform.node()}"


def _one_line(reason: str | None) -> str | None:
    if not isinstance(reason, str | None):
        raise UsageError(f"reason is text that goes into the trail, not {brief(reason)}.")
    return " ".join(reason.split()) or None if reason else None
