"""Which kind of file a name stands for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from nbpipe.errors import UsageError

Kind = Literal["csv", "jsonl", "parquet"]
KINDS: tuple[Kind, ...] = ("csv", "jsonl", "parquet")
_SUFFIXES: dict[str, Kind] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_SAID = {"input", "output"}  # what has an option of its own for the kind; rejects have not


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file, and whether it is packed with gzip."""

    kind: Kind
    packed: bool = False


def form(path: str, given: str | None, option: str) -> Form:
    """Return the form that `given` names, or else the suffix of `path`.

    Raises
    ------
    UsageError
    """
    name = PurePath(path).name.lower()
    packed = name.endswith(".gz")
    suffix = PurePath(name.removesuffix(".gz")).suffix
    kind = given or _SUFFIXES.get(suffix)
    if kind not in KINDS:
        what = f"{option}_format {given!r:.60}" if given else f"{option} {path!r:.200}"
        say = f", or say it: {option}_format is one of {', '.join(KINDS)}"
        raise UsageError(
            f"{what} is no kind of file that can be read or written. Name the file .csv, .jsonl "
            f"(with .gz or without) or .parquet{say if option in _SAID else ''}."
        )
    if kind == "parquet" and (path == "-" or packed):
        raise UsageError("Parquet is read and written as a file of its own: not as - or .gz.")
    return Form(kind, packed)
