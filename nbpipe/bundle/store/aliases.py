"""Names such as ``production`` that stand for one version, and the trail of who moved them.

Both are one file, ``models/late/aliases.json``: the history of every move. What an alias stands for
follows from it, so the two cannot disagree, and one rename changes both at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from nbpipe.bundle.codec import DecodeError, decode, dump, encode
from nbpipe.bundle.store.folders import is_version
from nbpipe.bundle.store.write import locked, replace
from nbpipe.bundle.tables import html_table, printable, text_table
from nbpipe.bundle.trust import integrity
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    NbpipeError,
    UsageError,
    brief,
    did_you_mean,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT = 1
FILE = "aliases.json"
SIZE_LIMIT = 16 * 2**20  # bytes; a move takes about 250
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER = ("time", "alias", "from", "to", "how", "by", "nbpipe", "reason")


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an alias.

    Attributes
    ----------
    alias, version : str
        The name, and what it stands for since.
    previous : str or None
        The version that it stood for until then.
    action : {"promote", "rollback"}
    time : str
        UTC, ISO 8601.
    by : str
        Who moved it, as ``user@host``.
    nbpipe : str
        Version of nbpipe that wrote this.
    reason : str or None
    """

    alias: str
    version: str
    previous: str | None
    action: Literal["promote", "rollback"]
    time: str
    by: str
    nbpipe: str
    reason: str | None = None

    @property
    def changed(self) -> bool:
        """Whether the alias moved; promoted to where it stands, it does not."""
        return self.version != self.previous

    def __repr__(self) -> str:
        if not self.changed:
            told = f"{self.alias}: stands for {self.version} already; nothing was recorded"
            return printable(told)
        reason = f": {self.reason}" if self.reason else ""
        return printable(
            f"{self.alias}: {self.previous or 'nothing'} -> {self.version} ({self.action}, "
            f"{_minutes(self.time)} UTC, by {self.by}){reason}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the move as plain data."""
        return {"reason": None, **encode(self)}


class History(Sequence[Move]):
    """Every move of a model's aliases, oldest first; shows itself as a table."""

    def __init__(self, moves: Sequence[Move] = ()) -> None:
        self._moves = tuple(moves)

    def __len__(self) -> int:
        return len(self._moves)

    @overload
    def __getitem__(self, index: int) -> Move: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Move, ...]: ...
    def __getitem__(self, index: int | slice) -> Move | tuple[Move, ...]:
        return self._moves[index]

    def standing(self) -> dict[str, list[str]]:
        """Map each alias to the versions that it can roll back through; it stands for the last."""
        stacks: dict[str, list[str]] = {}
        for move in self:
            stack = stacks.setdefault(move.alias, [])
            if move.action == "rollback":
                del stack[-1:]
            elif stack[-1:] != [move.version]:  # older trails hold promotions that moved nothing
                stack.append(move.version)
        return {alias: stack for alias, stack in stacks.items() if stack}

    def current(self) -> dict[str, str]:
        """Map each alias to the version that it stands for."""
        return {alias: stack[-1] for alias, stack in self.standing().items()}

    def version(self, model: object, alias: str) -> str:
        """Return what `alias` stands for; `model` is where, for the error.

        Raises
        ------
        BundleNotFoundError
        UsageError
            It is no name of an alias.
        """
        known = self.current()
        check_name(alias)
        if alias not in known:
            near = did_you_mean(alias, known) or (f" It has {', '.join(known)}." if known else "")
            raise BundleNotFoundError(f"{model} has no alias {alias!r:.80}.{near}", path=str(model))
        return known[alias]

    def to_dict(self) -> dict[str, Any]:
        """Return what the aliases stand for, and every move, as plain data."""
        return {"aliases": self.current(), "history": [move.to_dict() for move in self]}

    def __repr__(self) -> str:
        if not self:
            return "No alias was ever given."
        return text_table(_HEADER, [_row(move) for move in self])

    def _repr_html_(self) -> str:
        return html_table(_HEADER, [_row(move) for move in self])

    def to_json(self) -> str:
        """Return the text of ``aliases.json``, sealed with a digest of its own content."""
        content = {"format": FORMAT, "history": [encode(move) for move in self]}
        return dump(content | {"digest": _digest(content)}, indent=1) + "\n"


def from_json(content: bytes, where: str) -> History:
    """Read the content of ``aliases.json``, strictly; `where` it lies is for the error.

    Raises
    ------
    BundleError
    """
    try:
        return _decoded(json.loads(content))
    except (ValueError, RecursionError) as error:  # what is no JSON, or no text, is a ValueError
        raise BundleError(
            f"{where} is damaged or not of nbpipe: {error}. Versions still load by number; put the "
            "file back from a copy, or delete it and promote again.",
            path=where,
        ) from error


def _decoded(content: Any) -> History:
    if not isinstance(content, dict):
        raise DecodeError("it should be a JSON object")
    number = content.get("format")
    if type(number) is not int or number != FORMAT:
        raise DecodeError(f"its format is {number!r:.20}, and this nbpipe reads {FORMAT}")
    if content.pop("digest", None) != _digest(content):
        raise DecodeError("its content does not match its digest, so it was changed")
    moves: tuple[Move, ...] = decode(tuple[Move, ...], content.get("history"), "history")
    wrong = [move.version for move in moves if not is_version(move.version)]
    if wrong:
        raise DecodeError(f"{wrong[0]!r:.80} is not a version")
    return History(moves)


def read(model: Path) -> History:
    """Read the aliases of the model in a folder; without a file there are none.

    Raises
    ------
    BundleError
    """
    path = model / FILE
    try:
        return from_json(integrity.read(path, SIZE_LIMIT), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return History()


def amend(model: Path, move: Callable[[History], Move]) -> Move:
    """Add what `move` makes of the history to it; of two at once, one waits for the other.

    A move that changes nothing is returned, and not recorded.

    Raises
    ------
    BundleError
        The folder cannot be written.
    """
    try:
        with locked(model):
            history = read(model)
            made = move(history)
            if made.changed:
                replace(model / FILE, History([*history, made]).to_json())
    except OSError as error:
        if isinstance(error, NbpipeError):
            raise
        raise BundleError(
            f"{str(model)!r:.200} cannot be written: {error.strerror or error}. No alias was "
            "moved.",
            path=str(model),
        ) from error
    return made


def check_name(alias: str) -> str:
    """Return `alias`, refusing what would be taken for a version or part of a path.

    Raises
    ------
    UsageError
    """
    if (
        not isinstance(alias, str)
        or not _NAME.fullmatch(alias)
        or is_version(alias)
        or alias.lower() == "latest"
    ):
        raise UsageError(
            f"{brief(alias)} is no alias; write one like 'production': up to 64 letters, digits, "
            "- and _, neither a version nor 'latest'."
        )
    return alias


def _digest(content: dict[str, Any]) -> str:
    canonical = dump(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _minutes(time: str) -> str:
    return time[:16].replace("T", " ")


def _row(move: Move) -> tuple[str, ...]:
    return (
        _minutes(move.time),
        move.alias,
        move.previous or "",
        move.version,
        move.action,
        move.by,
        move.nbpipe,
        move.reason or "",
    )
