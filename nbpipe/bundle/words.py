"""What the words behind ``models`` ask for, in a shell and in a notebook alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbpipe
from nbpipe.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = {
    "promote": "DIR VERSION ALIAS [--reason TEXT]",
    "rollback": "DIR ALIAS [--reason TEXT]",
    "history": "DIR",
    "diff": "DIR VERSION VERSION",
    "verify": "DIR [VERSION]",
}
_MOVES = ("promote", "rollback")


def answer(words: Sequence[str], reason: str | None = None, home: str = "models") -> Any:
    """Do what the words say; a model that is not here by its name is looked for in `home`.

    Returns
    -------
    Models, Move, History, Differences or Verified
        What the verb of that name returns.

    Raises
    ------
    UsageError
        They say nothing that there is.
    NbpipeError
        Those of the verbs.
    """
    if reason is not None and words[0] not in _MOVES:
        raise UsageError("--reason goes with promote and rollback.")
    match [words[0], *(_found(each, home) for each in words[1:2]), *words[2:]]:
        case ["promote", folder, version, alias]:
            return nbpipe.promote(folder, version, alias, reason=reason)
        case ["rollback", folder, alias]:
            return nbpipe.rollback(folder, alias, reason=reason)
        case ["history", folder]:
            return nbpipe.history(folder)
        case ["diff", folder, first, second]:
            return nbpipe.diff(folder, first, second)
        case ["verify", folder, *version] if len(version) < 2:  # noqa: PLR2004 - one, or the latest
            return nbpipe.verify(folder, *version)
        case [word, *_] if word in FORMS:
            raise UsageError(
                f"Write nbpipe models {word} {FORMS[word]} (or ./{word} for a folder of that name)."
            )
        case [folder]:
            return nbpipe.models(_found(folder, home))
        case [word, *_]:
            near = did_you_mean(word, FORMS)
            raise UsageError(f"nbpipe models has no {word!r}.{near} See nbpipe models --help.")


def _found(folder: str, home: str) -> str:
    """Return a model's folder, by its path or by its name in `home`."""
    inside = Path(home, folder)
    try:
        return str(inside) if not Path(folder).exists() and inside.exists() else folder
    except (OSError, ValueError):  # the verb says what is wrong with it
        return folder
