"""Bundles in folders: ``models/NAME/VERSION``, found, listed and ordered."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.bare import explain
from nbpipe.bundle.folders import (
    as_path,
    headless,
    is_version,
    latest,
    parse_version,
    reading,
    versions,
)
from nbpipe.bundle.listing import Models
from nbpipe.bundle.tables import in_units
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    ManifestError,
    did_you_mean,
)

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from nbpipe.bundle.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Bundle:
    """One exported version on disk.

    Attributes
    ----------
    path : pathlib.Path
        Its folder.
    manifest : Manifest
    note : str
        What an export had to say about it, if anything.
    """

    path: Path
    manifest: Manifest
    note: str = ""

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """Version of the model."""
        return self.manifest.version

    @property
    def size(self) -> int:
        """Size of its files, in bytes."""
        return sum(file.size for file in self.manifest.files.values())

    def __repr__(self) -> str:
        packages = self.manifest.environment.packages
        return (
            f"Bundle {self.name} {self.version} in {self.path}\n"
            f"{len(self.manifest.schema.features)} features, {in_units(self.size)}, "
            f"scikit-learn {packages['scikit-learn']}; nbpipe.load({str(self.path)!r})"
            + (f"\n{self.note}" if self.note else "")
        )

    @property
    def score(self) -> tuple[str, float] | None:
        """Main metric of the report and its mean over the test folds, if there is a report."""
        report = self.manifest.report or {}
        try:
            metric = report["main_metric"]
            return str(metric), float(report["metrics"][metric]["test_mean"])
        except (KeyError, TypeError, ValueError):  # a report of the user's own making
            return None

    @property
    def verdict(self) -> str | None:
        """Status of the report's verdict, such as ``"usual"``, if there is one."""
        verdict = (self.manifest.report or {}).get("verdict")
        status = verdict.get("status") if isinstance(verdict, dict) else None
        return status if isinstance(status, str) else None

    def to_dict(self) -> dict[str, Any]:
        """Return what a listing shows, as plain data; ``size`` is in bytes."""
        return {
            "name": self.name,
            "version": self.version,
            "path": str(self.path),
            "created": self.manifest.created,
            "scikit_learn": self.manifest.environment.packages["scikit-learn"],
            "features": len(self.manifest.schema.features),
            "score": None if self.score is None else dict([self.score]),
            "verdict": self.verdict,
            "size": self.size,
        }


def find(path: str | PathLike[str], version: str | None = None) -> Bundle:
    """Find one version of the model at `path` and read its manifest.

    Parameters
    ----------
    path : path-like
        A model's folder, or the folder of one version.
    version : str, optional
        By default (or as ``"latest"``) the highest one; if that has lost its manifest, it is an
        error, and not an older version in silence.

    Raises
    ------
    BundleNotFoundError, ManifestError, BundleError, UsageError
    """
    folder = as_path(path)
    with reading(folder):
        return _find(folder, version)


def _find(folder: Path, version: str | None) -> Bundle:
    asked = folder
    if (folder / manifests.FILE).is_file():
        if version is None:
            return _open(folder)
        folder = folder.parent
    known = versions(folder)
    if not known and version is None:  # models/late/1.0 stands for version 1.0 of models/late
        known, version, folder = versions(folder.parent), folder.name, folder.parent
        if not known or not is_version(version):
            raise explain(asked)
    elif not known:
        raise explain(folder)
    damaged = headless(folder)
    newest = version in {None, "latest"}
    wanted = latest([*known, *damaged]) if newest else parse_version(str(version))
    if wanted in damaged:
        raise damaged[wanted]
    if wanted not in known:
        shown = [str(v) for v in known]
        raise BundleNotFoundError(
            f"{folder} has no version {wanted}; it has {', '.join(shown[-10:])}.",
            path=str(folder),
        )
    return _open(known[wanted])


def models(path: str | PathLike[str] = "models") -> Models:
    """List the exported versions in `path`: a model's folder or a folder of models.

    Only manifests are read; no model is opened. A version that cannot be read is listed under
    ``damaged``.

    Raises
    ------
    BundleNotFoundError
        `path` is not a folder.
    BundleError
        It cannot be read.
    """
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
        for folder in folders:
            try:
                bundles.append(_open(folder))
            except BundleError as error:
                damaged.append(error)
    return Models(bundles, damaged, "" if bundles else _hint(inside))


def _hint(inside: list[Path]) -> str:
    """Name the folder one level deeper that has models, if there is one."""
    for folder in inside:
        with suppress(OSError):
            if folder.is_dir() and any(versions(each) for each in folder.iterdir()):
                return f" {str(folder)!r} has some: nbpipe.models({str(folder)!r})."
    return ""


def _open(folder: Path) -> Bundle:
    """Read a manifest, and refuse a version that lies under another version's name."""
    bundle = Bundle(folder, manifests.read(folder))
    if is_version(folder.name) and Version(folder.name) != Version(bundle.version):
        raise ManifestError(
            f"{folder} holds version {bundle.version}: the folder was renamed. Rename it back.",
            path=str(folder),
        )
    return bundle


def _siblings(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
