"""Models behind URLs: read through a cache, and written with the manifest last.

Whatever fsspec opens will do. A version there exists once its manifest does, which is why that is
uploaded last. Which version is meant is for the rules of `store` to say: they are given a mirror,
a temporary folder of the same layout with empty files.
"""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from nbpipe.bundle.store import aliases, cache, write
from nbpipe.bundle.store import versions as store
from nbpipe.bundle.store.aliases import History
from nbpipe.bundle.store.folders import (
    is_url,
    is_version,
    parse_version,
    split_alias,
    taken,
    versions,
)
from nbpipe.bundle.store.listing import Models
from nbpipe.bundle.store.mirror import asking, mirror, renamed
from nbpipe.bundle.store.transfer import download, upload
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    IntegrityError,
    MissingModuleError,
    UsageError,
    VersionExistsError,
    extra,
    one_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbpipe.bundle.store.aliases import Move
    from nbpipe.bundle.store.entry import Bundle

_MANY_MODELS = 3  # levels: models holds late/1.2.0/manifest.json
_CHUNK = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder or a file behind a URL.

    Attributes
    ----------
    url : str
    fs : fsspec.AbstractFileSystem
    root : str
        Its path there.
    """

    url: str
    fs: Any
    root: str

    def __truediv__(self, name: str) -> Remote:
        return Remote(f"{self.url}/{name}", self.fs, f"{self.root}/{name}")

    @property
    def name(self) -> str:
        """Its last part."""
        return self.url.rpartition("/")[2]

    @property
    def cache(self) -> Path:
        """The folder of this model in the cache."""
        service = getattr(self.fs, "endpoint_url", None) or ""  # two may have a bucket of one name
        return cache.folder_of(f"{service} {self.fs.unstrip_protocol(self.root)}")

    def chunks(self, limit: int) -> Iterator[bytes]:
        """Read a file, of which more than `limit` bytes are too many."""
        with asking(self.url), self.fs.open(self.root, "rb") as file:
            while limit >= 0 and (chunk := file.read(min(limit + 1, _CHUNK))):
                limit -= len(chunk)
                yield chunk
        if limit < 0:
            raise IntegrityError(
                f"{self.url} is larger than it should be. Do not use it; upload it again.",
                path=self.url,
            )

    def aliases(self) -> History:
        """Read the aliases of the model here; there may be none."""
        file = self / aliases.FILE
        try:
            content = b"".join(file.chunks(aliases.SIZE_LIMIT))
        except BundleNotFoundError:
            return History()
        return aliases.from_json(content, file.url)

    def amend(self, move: Callable[[History], Move]) -> Move:
        """Add to the history of the aliases.

        Readers see a whole state always; but of two writers at the same moment the later one stays,
        as object stores have no locks.
        """
        history = self.aliases()
        made = move(history)
        if made.changed:
            text = History([*history, made]).to_json()
            with asking(self.url, "No alias was moved."):
                self.fs.pipe_file((self / aliases.FILE).root, text.encode())
        return made

    def check_free(self, _: Path, wanted: Version | None) -> Version:
        """Return the version to write; one whose upload was only begun is taken, too."""
        with mirror(self, new=True) as folder:
            if wanted in taken(folder).keys() - versions(folder).keys():
                raise VersionExistsError(
                    f"An upload of {self.url}/{wanted} was begun and is not finished: delete what "
                    "there is of it, or leave version out to get the next one."
                )
            return write.check_free(folder, wanted)

    @contextmanager
    def staging(self, model: Path, wanted: Version | None) -> Iterator[tuple[Path, str]]:
        """Give a folder to fill and its version; upload it at the end, and keep it in the cache."""
        version = self.check_free(model, wanted)
        with cache.writing(model):
            cache.clear(model, version, intact_too=True)
            with write.staging(model, version) as (folder, chosen):
                yield folder, chosen
                upload(folder, self / chosen)


def connect(url: str) -> Remote:
    """Open the file system that a URL names, without asking it anything yet.

    Raises
    ------
    MissingExtraError, MissingModuleError, UsageError, BundleError
    """
    with extra("remote", f"{url} needs fsspec"):
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
    url = url.rstrip("/")
    if not is_url(url):  # memory:// without its slashes would be a folder here
        raise UsageError(f"{url!r:.200} names no model; write a URL like 's3://bucket/late'.")
    try:
        fs, root = url_to_fs(url)
    except ImportError as error:
        raise MissingModuleError(f"{url} cannot be opened: {one_line(error)}.") from error
    except ValueError as error:
        raise UsageError(f"{url!r:.200} is no URL that fsspec opens: {one_line(error)}.") from error
    except Exception as error:  # some ask their server at once
        raise BundleError(
            f"{url!r:.200} cannot be opened ({type(error).__name__}: {one_line(error):.200}).",
            path=url,
        ) from error
    return Remote(url, fs, root.rstrip("/"))


def find(url: str, version: str | None, *, still_there: bool = False) -> Bundle:
    """Find one version behind a URL, downloading it unless the cache has it; see `store.find`.

    What the cache has is not asked for again, unless it is to be `still_there`.
    """
    remote, wanted = _asked(url, version)
    bundle = None
    if not (wanted is None or wanted == "latest" or still_there):
        bundle = cache.intact(remote.cache, parse_version(wanted))
    if bundle is None:
        with mirror(remote) as folder:
            name = store.choose(folder, wanted).name
        bundle = cache.intact(remote.cache, Version(name)) or download(remote, name)
    return dataclasses.replace(bundle, url=f"{remote.url}/{bundle.version}")


def _asked(url: str, version: str | None) -> tuple[Remote, str | None]:
    """Return the model that a URL names, and the version: a number, "latest" or None."""
    base, _, last = url.rstrip("/").rpartition("/")
    model, asked = split_alias(last, version)
    if asked is None and is_version(last):
        return connect(base), version or last
    remote = connect(f"{base}/{model}")
    if asked is None or asked == "latest" or is_version(asked):
        return remote, asked or version
    return remote, history(remote).version(remote.url, asked)


def history(remote: Remote) -> History:
    """Read the aliases of a model; where there is nothing at all, say that."""
    found = remote.aliases()
    if not found:
        with mirror(remote) as folder:
            store.choose(folder, None)
    return found


def models(url: str) -> Models:
    """List the versions behind a URL, in the cache or not; see `store.models`."""
    remote = connect(url)
    with mirror(remote, _MANY_MODELS, contents=True) as folder:
        found = store.models(folder)
        bundles = [_placed(bundle, folder, remote) for bundle in found]
        damaged = [renamed(error, str(folder), remote.url) for error in found.damaged]
    return Models(bundles, damaged, where=remote.url)


def _placed(bundle: Bundle, folder: Path, remote: Remote) -> Bundle:
    """Return a bundle of the mirror as the one behind the URL."""
    *parts, version = bundle.path.relative_to(folder).parts
    for part in parts:
        remote /= part
    return dataclasses.replace(bundle, path=remote.cache / version, url=f"{remote.url}/{version}")
