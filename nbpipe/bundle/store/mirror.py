"""What lies behind a URL, laid out in a temporary folder, and what goes wrong on the way."""

from __future__ import annotations

from contextlib import contextmanager
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.store import aliases
from nbpipe.bundle.store.folders import telling
from nbpipe.errors import BundleError, BundleNotFoundError, NbpipeError, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.bundle.store.remote import Remote

_E = TypeVar("_E", bound=NbpipeError)
_ONE_MODEL = 2  # levels: late holds 1.2.0/manifest.json
_LONGEST = 255  # bytes of a name
_CACHED = "A version that the cache holds still loads by its number."


@contextmanager
def mirror(
    remote: Remote, depth: int = _ONE_MODEL, *, contents: bool = False, new: bool = False
) -> Iterator[Path]:
    """Lay out what is at a URL in a temporary folder; errors raised meanwhile speak of the URL.

    Parameters
    ----------
    remote : Remote
    depth : int
        Levels of folders.
    contents : bool
        Whether manifests and aliases have their content, or are empty files.
    new : bool
        There may be nothing at the URL yet.
    """
    with (
        telling(
            remote.url,
            f"What is at {remote.url} cannot be laid out in a temporary folder",
            " The environment variable TMPDIR names another.",
        ),
        TemporaryDirectory(prefix="nbpipe-") as made,
        speaking_of(remote.url, Path(made)),
    ):
        places = {}
        for path, size in _files(remote, depth, new=new):
            parts = path.removeprefix(remote.root).strip("/").split("/")
            if not all(map(_is_name, parts)) or parts == [manifests.FILE]:
                continue
            place = Path(made, *parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.name in {manifests.FILE, aliases.FILE}:
                place.touch()
                if size <= manifests.SIZE_LIMIT:
                    places[path] = place
        if contents and places:
            with asking(remote.url):
                found = remote.fs.cat(list(map(escape, places)), on_error="omit")
            for path, content in found.items():
                places[path].write_bytes(content)
        yield Path(made)


def _files(remote: Remote, depth: int, *, new: bool) -> list[tuple[str, int]]:
    """List the files at a URL with their sizes; half a listing would hide the latest version."""
    remote.fs.invalidate_cache()
    walk = remote.fs.walk(remote.root, maxdepth=depth, detail=True, on_error="raise")
    try:
        with asking(remote.url):
            levels = [files.values() for _, _, files in walk]
    except BundleNotFoundError:
        if not new:
            raise
        return []
    return [(each["name"], each.get("size") or 0) for level in levels for each in level]


def _is_name(part: str) -> bool:
    """Say whether a part of a path, which is a stranger's, is a plain name that a disk takes."""
    plain = manifests.is_name(part) and not set(part) & set("\\:")
    return plain and len(part.encode()) <= _LONGEST


@contextmanager
def speaking_of(url: str, folder: Path) -> Iterator[None]:
    """Let errors name a URL instead of the folder that stood for it."""
    try:
        yield
    except NbpipeError as error:
        raise renamed(error, str(folder), url) from error.__cause__


def renamed(error: _E, old: str, new: str) -> _E:
    """Return an error that speaks of one place as one that speaks of another."""
    facts = {
        name: value.replace(old, new) if isinstance(value, str) else value
        for name, value in vars(error).items()
        if hasattr(type(error), name)
    }
    return type(error)(str(error).replace(old, new), **facts)


@contextmanager
def asking(url: str, advice: str = _CACHED) -> Iterator[None]:
    """Turn what a file system raises, which is anything, into a `BundleError`."""
    try:
        yield
    except NbpipeError:
        raise
    except FileNotFoundError as error:
        raise BundleNotFoundError(f"{url} does not exist.", path=url) from error
    except Exception as error:
        raise BundleError(
            f"{url} cannot be used ({type(error).__name__}: {one_line(error):.200}). {advice}",
            path=url,
        ) from error
