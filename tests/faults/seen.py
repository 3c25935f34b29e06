"""What anybody sees of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbpipe
from nbpipe.bundle.trust import integrity

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> dict[Path, bytes]:
    """Map each file below a folder to its bytes."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def whole(models: Path) -> nbpipe.bundle.store.listing.Models:
    """Return the versions that are listed, once each is complete."""
    listed = nbpipe.models(models)
    assert not listed.damaged
    for bundle in listed:
        integrity.check(bundle.path, bundle.manifest.files)
    return listed
