"""Which files to check: those asked for, and the notebooks and scripts below folders."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nbpipe.errors import did_you_mean
from nbpipe.leaks.findings import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbpipe.leaks.config import Settings

_SUFFIXES = (".ipynb", ".py")
_ALSO_PYTHON = ("", ".pyi", ".pyw", ".wsgi")  # where it is asked for by name
_FOREIGN = "It is called neither a notebook (.ipynb) nor a script (.py)."
_NOT_THE_AUTHORS = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})


def find_files(
    paths: Sequence[Path], settings: Settings
) -> tuple[list[Path], list[tuple[str, str]], list[Notice]]:
    """Return the files to check, each once and in order; what is not read, and why; empty folders.

    Folders are walked without following links to folders, and without hidden ones, virtual
    environments and what other tools keep there.
    """
    files: dict[Path, None] = {}
    skipped: list[tuple[str, str]] = []
    warnings: list[Notice] = []
    for path in paths:
        # Unlike pathlib's, these answer for names too long, too.
        if os.path.isdir(path):  # noqa: PTH112
            found = [
                file for file in _walk(path, settings, skipped) if not _is_excluded(file, settings)
            ]
            if not found:
                warnings.append(Notice(str(path), "nothing to check: no notebook and no script."))
            files.update(dict.fromkeys(found))
        elif not os.path.exists(path):  # noqa: PTH110
            skipped.append((str(path), f"There is no such file or folder.{_near(path)}"))
        elif path.suffix.lower() not in (*_SUFFIXES, *_ALSO_PYTHON):
            skipped.append((str(path), _FOREIGN))
        elif not _is_excluded(path, settings):
            files[path] = None
    return list(files), skipped, warnings


def _walk(folder: Path, settings: Settings, skipped: list[tuple[str, str]]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        skipped.append((str(error.filename), f"It cannot be read: {error.strerror}."))

    for name, folders, files in os.walk(folder, onerror=note):
        here = Path(name)
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".")
            and each not in _NOT_THE_AUTHORS
            and not (here / each / "pyvenv.cfg").exists()
            and not _is_excluded(here / each, settings)
        )
        for each in sorted(files):
            file = here / each
            if file.suffix in _SUFFIXES and not each.startswith(".") and file.is_file():
                yield file


def _is_excluded(path: Path, settings: Settings) -> bool:
    if not settings.exclude:
        return False
    relative = Path(os.path.relpath(path.absolute(), settings.folder))
    tried = [*relative.parts, *(str(each.as_posix()) for each in (relative, *relative.parents))]
    return any(fnmatchcase(each, glob.rstrip("/")) for each in tried for glob in settings.exclude)


def _near(path: Path) -> str:
    try:
        return did_you_mean(path.name, [each.name for each in path.parent.iterdir()])
    except OSError:
        return ""
