"""Bundles in folders: ``models/NAME/VERSION``, found, listed and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

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
from nbpipe.bundle.tables import html_table, text_table
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

_HEADER = ("model", "version", "created", "scikit-learn", "features", "test score", "MB")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One exported version on disk.

    Attributes
    ----------
    path : pathlib.Path
        Its folder.
    manifest : Manifest
    """

    path: Path
    manifest: Manifest

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
            f"{len(self.manifest.schema.features)} features, {self.size / 1e6:.1f} MB, "
            f"scikit-learn {packages['scikit-learn']}; nbpipe.load({str(self.path)!r})"
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
            "size": self.size,
        }


class Models(Sequence[Bundle]):
    """The versions found under a folder, oldest version first.

    Attributes
    ----------
    damaged : tuple of BundleError
        Why each folder that looks like a version cannot be read.
    """

    def __init__(self, bundles: Sequence[Bundle], damaged: Sequence[BundleError]) -> None:
        self._bundles = tuple(bundles)
        self.damaged = tuple(damaged)

    def __len__(self) -> int:
        return len(self._bundles)

    @overload
    def __getitem__(self, index: int) -> Bundle: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Bundle, ...]: ...
    def __getitem__(self, index: int | slice) -> Bundle | tuple[Bundle, ...]:
        return self._bundles[index]

    def __repr__(self) -> str:
        shown = text_table(_HEADER, [_row(each) for each in self]) if self else "No models here."
        return "\n".join([shown, *(f"unreadable: {error}" for error in self.damaged)])

    def _repr_html_(self) -> str:
        told = " ".join(f"Unreadable: {error}" for error in self.damaged)
        return html_table(_HEADER, [_row(each) for each in self], told)

    def to_dict(self) -> dict[str, Any]:
        """Return the listing as plain data."""
        return {
            "models": [bundle.to_dict() for bundle in self],
            "damaged": [{"path": error.path, "message": str(error)} for error in self.damaged],
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
            near = did_you_mean(root.name, _siblings(root))
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
    return Models(bundles, damaged)


def _open(folder: Path) -> Bundle:
    """Read a manifest, and refuse a version that lies under another version's name."""
    bundle = Bundle(folder, manifests.read(folder))
    if is_version(folder.name) and Version(folder.name) != Version(bundle.version):
        raise ManifestError(
            f"{folder} holds version {bundle.version}: the folder was renamed. Rename it back.",
            path=str(folder),
        )
    return bundle


def _row(bundle: Bundle) -> tuple[str, ...]:
    facts = bundle.to_dict()
    score = "" if bundle.score is None else f"{bundle.score[0]} {bundle.score[1]:.3f}"
    return (
        bundle.name,
        bundle.version,
        facts["created"][:16].replace("T", " "),
        facts["scikit_learn"],
        str(facts["features"]),
        score,
        f"{bundle.size / 1e6:.1f}",
    )


def _siblings(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
