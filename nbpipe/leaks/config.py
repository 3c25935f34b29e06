"""``[tool.nbpipe]`` in pyproject.toml: what to check, and which rules count."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UsageError, did_you_mean
from nbpipe.leaks.codes import covers, unknown_code
from nbpipe.leaks.findings import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

FAIL_ON = (*SEVERITIES, "never")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by.

    Parameters
    ----------
    select, ignore : tuple of str
        Codes, families or names of rules, such as ``NB101`` or ``NB1``; no `select` is all.
    exclude : tuple of str
        Globs of paths below `folder`, or of names, that are not checked.
    paths : tuple of str
        What is checked where nothing else is asked for.
    fail_on : {"error", "review", "note", "never"}
        The severity from which on findings fail a run.
    folder : Path
        The folder of the pyproject.toml.

    Raises
    ------
    UsageError
        If a code is unknown or `fail_on` is none of the four.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    fail_on: str = "error"
    folder: Path = Path()

    def __post_init__(self) -> None:
        for code in (*self.select, *self.ignore):
            if problem := unknown_code(code):
                raise UsageError(problem)
        if self.fail_on not in FAIL_ON:
            near = did_you_mean(str(self.fail_on), FAIL_ON)
            raise UsageError(f"fail-on is {', '.join(FAIL_ON)}, not `{self.fail_on}`.{near}")

    def wants(self, code: str) -> bool:
        """Tell whether findings of that code are asked for."""
        return (not self.select or covers(self.select, code)) and not covers(self.ignore, code)


_OPTIONS = {field.name.replace("_", "-"): field for field in fields(Settings)[:-1]}


def settings_for(paths: Sequence[Path]) -> Settings:
    """Read the nearest pyproject.toml with a ``[tool.nbpipe]``, at or above all that is checked.

    Raises
    ------
    UsageError
        If it is no TOML, or has a key or a value that makes no sense.
    """
    start = Path(os.path.commonpath([path.absolute() for path in paths or [Path()]]))
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        try:
            text = file.read_text("utf-8", errors="replace")
        except (OSError, ValueError):
            continue  # there is none here, or cannot be
        if "tool.nbpipe" in text:
            return _read(file, text)
    return Settings()


def _read(file: Path, text: str) -> Settings:
    import tomllib  # noqa: PLC0415 - most runs need none

    try:
        tools = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"`{file}` is not TOML: {error}.") from None
    table = tools.get("nbpipe", {}) if isinstance(tools, dict) else tools
    try:
        return Settings(folder=file.parent, **_options(table))
    except UsageError as error:
        raise UsageError(f"[tool.nbpipe] in `{file}`: {error}") from None


def _options(table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise UsageError(f"it is a table, not {table!r}.")
    return dict(_option(key, value) for key, value in table.items())


def _option(key: str, value: Any) -> tuple[str, Any]:
    if key not in _OPTIONS:
        raise UsageError(f"there is no `{key}`.{did_you_mean(key, _OPTIONS)}")
    name = _OPTIONS[key].name
    if name == "fail_on":
        return name, value
    if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise UsageError(f'`{key}` is a list of strings, such as ["{_EXAMPLES[name]}"].')
    return name, tuple(value)


_EXAMPLES = {"select": "NB1", "ignore": "NB301", "exclude": "drafts/*", "paths": "notebooks"}
