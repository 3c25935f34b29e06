"""Bundles in folders: ``models/NAME/VERSION``, found, listed and ordered."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.version import Version

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.store import aliases
from nbpipe.bundle.store.bare import explain
from nbpipe.bundle.store.entry import Bundle
from nbpipe.bundle.store.folders import (
    as_path,
    headless,
    is_url,
    is_version,
    latest,
    parse_version,
    reading,
    split_alias,
    taken,
    versions,
)
from nbpipe.bundle.store.listing import Models
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    ManifestError,
    did_you_mean,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from pathlib import Path


def find(path: str | PathLike[str], version: str | None = None) -> Bundle:
    """Find one version of the model at `path` and read its manifest.

    Parameters
    ----------
    path : path-like or str
        A model's folder, the folder of one version, or an alias: ``"models/late@production"``.
        Behind a URL, such as ``"s3://bucket/late"``, the version is downloaded into a cache.
    version : str, optional
        By default (or as ``"latest"``) the highest one; if that has lost its manifest, it is an
        error, and not an older version in silence.

    Raises
    ------
    BundleNotFoundError, ManifestError, IntegrityError, BundleError, UsageError
    """
    if is_url(path):
        from nbpipe.bundle.store import remote  # noqa: PLC0415 - only for URLs

        return remote.find(str(path), version)
    folder = as_path(path)
    with reading(folder):
        name, asked = ("", None) if folder.exists() else split_alias(folder.name, version)
        if asked is not None:
            folder = folder.with_name(name)
            version = asked if asked == "latest" or is_version(asked) else _meant(folder, asked)
        return read_version(choose(folder, version))


def _meant(model: Path, alias: str) -> str:
    """Return the version that an alias stands for, if it is still there."""
    if not model.is_dir():
        raise explain(model)
    version = aliases.read(model).version(model, alias)
    there = taken(model)
    if parse_version(version) not in there:
        raise _gone(model, alias, version, there)
    return version


def _gone(model: Path, alias: str, version: str, there: Iterable[Version]) -> BundleNotFoundError:
    known = ", ".join(map(str, there)) or "no other"
    return BundleNotFoundError(
        f"{model}@{alias} stands for version {version}, which was deleted; there is {known}. Put "
        f"it back, or promote another: nbpipe models promote {model} VERSION {alias}.",
        path=str(model),
    )


def choose(folder: Path, version: str | None) -> Path:
    """Return the folder of one version: by number, the latest, or that which `folder` is itself.

    Raises
    ------
    BundleNotFoundError, ManifestError, BundleError, UsageError
    """
    asked = folder
    if (folder / manifests.FILE).is_file():
        if version is None:
            return folder
        folder = folder.parent
    known = versions(folder)
    if not known and version is None:  # models/late/1.0 stands for version 1.0 of models/late
        known, version, folder = versions(folder.parent), folder.name, folder.parent
        if not known or not is_version(version):
            raise explain(asked)
    elif not known:
        raise explain(folder)
    damaged = headless(folder)
    if version is None or version == "latest":
        wanted = latest([*known, *damaged])
    else:
        wanted = parse_version(version)
    if wanted in damaged:
        raise damaged[wanted]
    if wanted not in known:
        shown = [str(v) for v in known]
        raise BundleNotFoundError(
            f"{folder} has no version {wanted}; it has {', '.join(shown[-10:])}.",
            path=str(folder),
        )
    return known[wanted]


def models(path: str | PathLike[str] = "models") -> Models:
    """List the exported versions in `path`: a model's folder or a folder of models, or its URL.

    Only manifests are read; no model is opened. A version that cannot be read is listed under
    ``damaged``.

    Raises
    ------
    BundleNotFoundError
        `path` is not a folder.
    BundleError
        It cannot be read.
    """
    if is_url(path):
        from nbpipe.bundle.store import remote  # noqa: PLC0415 - only for URLs

        return remote.models(str(path))
    root = as_path(path)
    with reading(root):
        if not root.is_dir():
            near = "" if root.exists() else did_you_mean(root.name, _siblings(root))
            raise BundleNotFoundError(f"{root} is not a folder.{near}", path=str(root))
        inside = sorted(root.iterdir())
    bundles: list[Bundle] = []
    damaged: list[BundleError] = []
    for model in (root, *inside):
        try:
            with reading(model):
                damaged += headless(model).values()
                folders = versions(model).values()
        except BundleError as error:
            damaged.append(error)
            continue
        named = _named(model, damaged)
        for folder in folders:
            try:
                bundle = read_version(folder)
            except BundleError as error:
                damaged.append(error)
            else:
                names = named.get(Version(bundle.version), ())
                bundles.append(dataclasses.replace(bundle, aliases=tuple(names)))
    return Models(bundles, damaged, "" if bundles else _hint(root, inside), str(root))


def _named(model: Path, damaged: list[BundleError]) -> dict[Version, list[str]]:
    """Map versions to the aliases that stand for them; what is wrong with these is `damaged`."""
    named: dict[Version, list[str]] = {}
    try:
        with reading(model):
            there = taken(model)
            for alias, version in aliases.read(model).current().items():
                if parse_version(version) not in there:
                    damaged.append(_gone(model, alias, version, there))
                named.setdefault(Version(version), []).append(alias)
    except BundleError as error:
        damaged.append(error)
    return named


def _hint(root: Path, inside: list[Path]) -> str:
    """Name the folder that has models, one level up or down, or say how to make one."""
    if (root / manifests.FILE).is_file():
        return f" {str(root)!r} is one version: nbpipe.models({str(root.parent)!r}) lists it."
    for folder in inside:
        with suppress(OSError):
            if folder.is_dir() and any(versions(each) for each in folder.iterdir()):
                return f" {str(folder)!r} has some: nbpipe.models({str(folder)!r})."
    return f" To export one: nbpipe.export(pipeline, {str(root / 'NAME')!r}, X=X, y=y)."


def read_version(folder: Path, name: str = "") -> Bundle:
    """Read a manifest, and refuse a version under another's name, by default its folder's."""
    bundle = Bundle(folder, manifests.read(folder))
    name = name or folder.name
    if is_version(name) and Version(name) != Version(bundle.version):
        raise ManifestError(
            f"{folder} holds version {bundle.version}: the folder was renamed. Rename it back.",
            path=str(folder),
        )
    return bundle


def _siblings(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
