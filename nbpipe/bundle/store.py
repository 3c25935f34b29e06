"""Bundles in folders: ``models/NAME/VERSION``, found, listed and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from packaging.version import InvalidVersion, Version

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.bare import explain
from nbpipe.bundle.tables import html_table, text_table
from nbpipe.errors import BundleError, BundleNotFoundError, ManifestError, UsageError, did_you_mean

if TYPE_CHECKING:
    from os import PathLike

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


def parse_version(text: str) -> Version:
    """Read a version as people write it: ``1.0``, ``v1.0``, ``1.2.0``, ``2.0rc1``.

    Raises
    ------
    UsageError
    """
    try:
        return Version(text)
    except (InvalidVersion, TypeError) as error:
        raise UsageError(f"{text!r} is not a version; write one like '1.0' or '1.2.0'.") from error


def as_path(path: str | PathLike[str]) -> Path:
    """Return a path, refusing what is none."""
    try:
        return Path(path)
    except TypeError as error:
        raise UsageError(f"{path!r:.60} is not a path; give one like 'models/late'.") from error


def versions(model: Path) -> dict[Version, Path]:
    """Map the versions in a model's folder, in order, to their folders."""
    found = {}
    for folder in model.iterdir() if model.is_dir() else ():
        try:
            version = Version(folder.name)
        except InvalidVersion:
            continue  # also what a killed writer left behind
        if (folder / manifests.FILE).is_file():
            found[version] = folder
    return dict(sorted(found.items()))


def latest(known: Sequence[Version]) -> Version:
    """Return the highest version; a pre-release only if there is nothing else."""
    return max(known, key=lambda version: (not version.is_prerelease, version))


def find(path: str | PathLike[str], version: str | None = None) -> Bundle:
    """Find one version of the model at `path` and read its manifest.

    Parameters
    ----------
    path : path-like
        A model's folder, or the folder of one version.
    version : str, optional
        By default (or as ``"latest"``) the highest one.

    Raises
    ------
    BundleNotFoundError, ManifestError, UsageError
    """
    folder = as_path(path)
    if (folder / manifests.FILE).is_file():
        if version is None:
            return _open(folder)
        folder = folder.parent
    known = versions(folder)
    if not known and version is None:  # models/late/1.0 stands for version 1.0 of models/late
        known, version, folder = versions(folder.parent), folder.name, folder.parent
        if not known or not _is_version(version):
            raise explain(as_path(path))
    elif not known:
        raise explain(folder)
    wanted = latest(list(known)) if version in {None, "latest"} else parse_version(str(version))
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
    """
    root = as_path(path)
    if not root.is_dir():
        near = did_you_mean(root.name, _siblings(root))
        raise BundleNotFoundError(f"{root} is not a folder.{near}", path=str(root))
    bundles, damaged = [], []
    for model in (root, *sorted(root.iterdir())):
        for folder in versions(model).values():
            try:
                bundles.append(_open(folder))
            except BundleError as error:
                damaged.append(error)
    return Models(bundles, damaged)


def _open(folder: Path) -> Bundle:
    """Read a manifest, and refuse a version that lies under another version's name."""
    bundle = Bundle(folder, manifests.read(folder))
    if _is_version(folder.name) and Version(folder.name) != Version(bundle.version):
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


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def _siblings(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
