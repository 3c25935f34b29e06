"""One version from behind a URL into the cache, or from a folder to there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.version import Version

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.store import cache, write
from nbpipe.bundle.store import versions as store
from nbpipe.bundle.store.mirror import asking, speaking_of
from nbpipe.bundle.trust import integrity, signing
from nbpipe.errors import BundleNotFoundError, IntegrityError, VersionExistsError

if TYPE_CHECKING:
    from pathlib import Path

    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.bundle.store.remote import Remote


def download(model: Remote, name: str) -> Bundle:
    """Copy a version into the cache, completely or not at all; of two at once, one waits."""
    far, number = model / name, Version(name)
    with cache.writing(model.cache):
        cache.clear(model.cache, number)
        with (
            suppress(VersionExistsError),  # somebody else was faster
            write.staging(model.cache, number) as (folder, _),
            speaking_of(far.url, folder),
        ):
            _copy(far / manifests.FILE, folder, manifests.SIZE_LIMIT)
            files = store.read_version(folder, name).manifest.files
            for file, expected in files.items():
                _copy(far / file, folder, expected.size)
            with suppress(BundleNotFoundError):
                _copy(far / signing.FILE, folder, signing.SIZE_LIMIT)
            integrity.check(folder, files)
    bundle = cache.intact(model.cache, number)
    if bundle is None:
        raise IntegrityError(f"The cache of {far.url} was damaged meanwhile.", path=far.url)
    return bundle


def _copy(far: Remote, folder: Path, limit: int) -> None:
    chunks = far.chunks(limit)
    first = next(chunks, b"")  # where there is nothing to read, there is nothing to write
    with (folder / far.name).open("wb") as file:
        file.write(first)
        for chunk in chunks:
            file.write(chunk)


def upload(folder: Path, far: Remote) -> None:
    """Copy a version to where there is none: the manifest last, or nothing stays."""
    done: list[str] = []
    with asking(far.url, "Nothing was exported."):
        _make_folder(far)
    for path in sorted(folder.iterdir(), key=lambda each: (each.name == manifests.FILE, each.name)):
        target = (far / path.name).root
        try:
            with asking(far.url, "Nothing was exported."):
                if path.name == manifests.FILE:  # the one that is atomic wherever it can be
                    far.fs.pipe_file(target, path.read_bytes(), mode="create")
                else:
                    far.fs.put_file(str(path), target, mode="create")
        except BaseException as error:
            taken_by_others = isinstance(error.__cause__, FileExistsError)
            _take_back(far, done if taken_by_others else [target, *done])
            if taken_by_others:
                raise VersionExistsError(
                    f"{far.url} is being made by somebody else, or was made meanwhile."
                ) from error
            raise
        done.append(target)


def _make_folder(far: Remote) -> None:
    """Make the folder where there are folders; a bucket is made by its owner, not by a typo."""
    slash = "/" if far.root.startswith("/") else ""
    top = slash + far.root.strip("/").split("/")[0]
    if far.fs.exists(top):
        far.fs.makedirs(far.root, exist_ok=True)


def _take_back(far: Remote, files: list[str]) -> None:
    for file in files:
        with suppress(Exception):  # the reason why it is taken back matters more
            far.fs.rm_file(file)
