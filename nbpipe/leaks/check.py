"""``nbpipe check``: read, analyse, and leave out what nobody asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UnreadableError, UsageError, brief, one_line
from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.checked import Checked, Located
from nbpipe.leaks.codes import selectors
from nbpipe.leaks.config import Settings, settings_for
from nbpipe.leaks.findings import Notice
from nbpipe.leaks.ignores import is_ignored, wrong_ignores
from nbpipe.leaks.source import Document, parse, read
from nbpipe.leaks.walk import find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.source import Cell

    Codes = str | Sequence[str]
    Find = Callable[[Document], tuple[Finding, ...]]
    Progress = Callable[[Sequence[Path]], Iterable[Path]]


def check(
    *sources: str | Path | Iterable[str | Path],
    select: Codes = (),
    ignore: Codes = (),
    fail_on: str | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Find the leaks in notebooks and scripts.

    Parameters
    ----------
    *sources : str, Path or list of them
        Notebooks, scripts and folders of them; a text of more than one line, or of none, is source
        itself. Without any: the ``paths`` of ``[tool.nbpipe]`` in pyproject.toml,
        or this folder.
    select, ignore : str or sequence of str
        Codes such as ``NB101``, families such as ``NB1`` or names such as
        ``fitted-before-split``, in place of the configured ones.
    fail_on : {"error", "review", "note", "never"}, optional
        The severity from which on `Checked.exit_code` is 1; ``error`` unless configured.
    progress : callable, optional
        Wraps the files, as `tqdm` does.

    Returns
    -------
    Checked

    Raises
    ------
    UsageError
        If an argument or the configuration makes no sense. What cannot be read is in `skipped`.
    """
    given = [each for source in sources for each in _several(source)]
    texts = [each for each in given if isinstance(each, str) and ("\n" in each or not each)]
    paths = [Path(each) for each in given if each not in texts]
    settings = _settings(paths, select, ignore, fail_on)
    if not sources:
        paths = [_from_here(settings.folder / each) for each in settings.paths] or [Path()]
    files, skipped, warnings = find_files(paths, settings)
    run = _Run(settings, skipped, warnings=warnings)
    for text in texts:
        run.add(parse(text))
    for file in progress(files) if progress else files:
        try:
            run.add(read(file))
        except UnreadableError as error:
            run.skipped.append((str(file), str(error)))
    return run.checked()


def check_text(
    text: str,
    path: str = "-",
    *,
    select: Codes = (),
    ignore: Codes = (),
    fail_on: str | None = None,
) -> Checked:
    """Find the leaks in the text of a notebook or a script, which may stand at `path`.

    See `check`.

    Raises
    ------
    UnreadableError
        If `path` is called a notebook and the text is none.
    UsageError
        If an option or the configuration makes no sense, or the text is itself the path of a file.
    """
    if not isinstance(text, str):
        raise UsageError(f"`check_text` takes the text of a notebook or script, not {brief(text)}.")
    if text.strip() and "\n" not in text and os.path.exists(text):  # noqa: PTH110 - any text goes
        raise UsageError(f"`{text}` is a path and no source: `nbpipe.check({text!r})` reads it.")
    paths = [] if path == "-" else [Path(path)]
    run = _Run(_settings(paths, select, ignore, fail_on))
    run.add(parse(text, path))
    return run.checked()


def check_document(
    document: Document,
    find: Find = analyse,
    *,
    select: Codes = (),
    ignore: Codes = (),
) -> Checked:
    """Find the leaks in cells put together elsewhere, such as those run in a session.

    See `check`. `find` is what looks for them: an `Analysis` walks only what changed. A document
    with a path goes by the configuration of its folder.

    Raises
    ------
    UsageError
        If an option or the configuration makes no sense.
    """
    paths = [Path(document.path)] if document.path else []
    run = _Run(_settings(paths, select, ignore, None))
    run.add(document, find)
    return run.checked()


def _several(source: Any) -> Sequence[str | Path]:
    """Return a path or a text in a list, and a list of such as it is."""
    several = [source] if isinstance(source, str | PathLike) else source
    if not isinstance(several, list | tuple | set | frozenset):
        raise UsageError(f"`check` takes paths or source, not {brief(source)}.")
    if not several:
        raise UsageError("The list of what to check is empty.")
    if strange := [each for each in several if not isinstance(each, str | PathLike)]:
        raise UsageError(f"`check` takes paths or source, not {brief(strange[0])}.")
    return list(several)


def _from_here(path: Path) -> Path:
    """Write a path below the working directory as seen from there, as annotations need it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _settings(paths: Sequence[Path], select: Codes, ignore: Codes, fail_on: str | None) -> Settings:
    given: dict[str, Any] = {"select": selectors(select), "ignore": selectors(ignore)}
    chosen = {name: codes for name, codes in given.items() if codes}
    if fail_on is not None:
        chosen["fail_on"] = fail_on
    return replace(settings_for(paths), **chosen)


def _left_out(cell: Cell) -> list[tuple[int, str]]:
    """Return the first line of each stretch of a cell that is not Python, and that it is not."""
    first = [line for line in cell.left_out if line - 1 not in cell.left_out]
    return [(line, "not Python, left out.") for line in first]


@dataclass(slots=True)
class _Run:
    """A run under way."""

    settings: Settings
    skipped: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Located] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    n_files: int = 0

    def add(self, document: Document, find: Find = analyse) -> None:
        try:
            findings = find(document)
        except Exception as error:  # noqa: BLE001 - one file must not end the run over many
            reason = f"The checker failed on it: {type(error).__name__}: {one_line(error)}."
            self.skipped.append((document.path, reason))
            return
        self.n_files += 1
        self.warnings += [
            Notice(document.path, message, cell.number, line)
            for cell in document.cells
            for line, message in sorted([*_left_out(cell), *wrong_ignores(cell)])
        ]
        self.findings += [
            Located(document, finding)
            for finding in findings
            if self.settings.wants(finding.code) and not is_ignored(finding, document)
        ]

    def checked(self) -> Checked:
        ordered = sorted(
            self.findings, key=lambda each: (each.path, each.finding.place, each.finding.code)
        )
        fail_on = self.settings.fail_on
        return Checked(
            tuple(ordered), tuple(self.skipped), tuple(self.warnings), self.n_files, fail_on
        )
