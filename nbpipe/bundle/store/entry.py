"""One version on disk, before anything of it but its manifest was read."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.tables import in_units

if TYPE_CHECKING:
    from pathlib import Path

    from nbpipe.bundle.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Bundle:
    """One exported version on disk.

    Attributes
    ----------
    path : pathlib.Path
        Its folder; that in the cache if it lies behind a URL.
    manifest : Manifest
    note : str
        What an export had to say about it, if anything.
    url : str
        Where it is kept, if not on this disk.
    aliases : tuple of str
        The aliases that stand for it, where a listing found it.
    """

    path: Path
    manifest: Manifest
    note: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """Version of the model."""
        return self.manifest.version

    @property
    def source(self) -> str:
        """Where it is kept, as `load` reads it: a path or a URL."""
        return self.url or str(self.path)

    @property
    def size(self) -> int:
        """Size of its files, in bytes."""
        return sum(file.size for file in self.manifest.files.values())

    def __repr__(self) -> str:
        packages = self.manifest.environment.packages
        return (
            f"Bundle {self.name} {self.version} in {self.source}\n"
            f"{len(self.manifest.schema.features)} features, {in_units(self.size)}, "
            f"scikit-learn {packages['scikit-learn']}; nbpipe.load({self.source!r})"
            + (f"\n{self.note}" if self.note else "")
        )

    @property
    def score(self) -> tuple[str, float] | None:
        """Main metric of the report and its mean over the test folds, if there is a report."""
        report = self.manifest.report or {}
        try:
            metric = report["main_metric"]
            score = float(report["metrics"][metric]["test_mean"])
        except (KeyError, TypeError, ValueError, OverflowError):  # one of the user's own making
            return None
        return (str(metric), score) if isfinite(score) else None

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
            "aliases": list(self.aliases),
            "path": self.source,
            "created": self.manifest.created,
            "scikit_learn": self.manifest.environment.packages["scikit-learn"],
            "features": len(self.manifest.schema.features),
            "score": None if self.score is None else dict([self.score]),
            "verdict": self.verdict,
            "size": self.size,
        }
