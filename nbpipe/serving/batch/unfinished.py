"""Output on its way: growing beside its place, with a note of how far it got.

``.late.csv.partial`` grows beside ``late.csv``, and ``.late.csv.resume.json`` says what it was
made from and how much of it counts. Whatever is behind that was written after the last note, by a
run that was killed, and is cut off. The kernel releases the lock of a dead run.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nbpipe.errors import NbpipeError, OutputError, UsageError

try:
    import fcntl
except ImportError:  # Windows: nothing keeps two runs from writing one output
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbpipe.serving.batch.writing import Writer

    Columns = Sequence[Sequence[Any]]


class Part:
    """One file that grows.

    Attributes
    ----------
    place : pathlib.Path
        Where it goes when it is finished.
    """

    def __init__(self, place: Path, writer: Writer) -> None:
        self.place, self._writer = place, writer
        self.path = partial(place)
        self._file: IO[bytes] | None = None

    def open(self, size: int | None) -> None:
        """Begin, or go on behind the first `size` bytes."""
        self._file = self.path.open("ab")
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"Another run is writing {self.place} just now.") from None
        if self._file.tell() < (size or 0):
            raise UsageError(f"{self.path} is shorter than noted. Start over, without --resume.")
        self._file.truncate(size or 0)
        if size is None:
            self._file.write(self._writer.head())

    def write(self, columns: Columns) -> None:
        """Append rows."""
        assert self._file is not None
        self._file.write(self._writer.body(columns))

    def taken(self) -> bool:
        """Return whether there is a file already where it goes."""
        return self.place.exists()

    def flush(self) -> int:
        """Bring everything to the disk; return how much there is."""
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size

    def finish(self) -> None:
        """Put it in its place, if a killed run has not done so already."""
        if self.path.exists():
            self._writer.finish(self.path, self.place)

    def discard(self) -> None:
        """Leave nothing of it."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file, and with it the lock."""
        if self._file is not None:
            with suppress(OSError):  # a full disk takes no last bytes either
                self._file.close()


class Stream:
    """Standard output in the place of a file: what is written is gone."""

    path = place = Path("-")

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def open(self, size: int | None) -> None:
        """Begin."""
        assert size is None
        sys.stdout.buffer.write(self._writer.head())

    def write(self, columns: Columns) -> None:
        """Append rows."""
        sys.stdout.buffer.write(self._writer.body(columns))

    def taken(self) -> bool:
        """Return False: there is always room."""
        return False

    def flush(self) -> int:
        """Hand over what is held back."""
        sys.stdout.buffer.flush()
        return 0

    finish = flush

    def close(self) -> None:
        """Leave it open, as it is not ours."""

    discard = close


class Unfinished:
    """Some parts, and the note of how far they got.

    Parameters
    ----------
    parts : sequence of Part or Stream
        The output comes first; the note is named after it.
    identity : Mapping or None
        What the output is made from, and how: a run can only be resumed where it is the same.
        None where nothing could be resumed, as from a pipe.
    """

    def __init__(self, parts: Sequence[Part | Stream], identity: Mapping[str, Any] | None) -> None:
        self._parts = parts
        # through JSON, so that it compares with what was read
        self._identity = json.loads(json.dumps(identity))
        self._note = partial(parts[0].place).with_suffix(".resume.json")

    @property
    def resumable(self) -> bool:
        """Whether a run that is stopped can be gone on with."""
        return self._identity is not None

    def begin(self, *, resume: bool, overwrite: bool) -> dict[str, Any] | None:
        """Start over, or go on with what a killed run has left; return what it noted.

        Raises
        ------
        UsageError
            The input, the model or the options have changed since, or a place is taken.
        """
        noted = self._read() if resume else None
        for part in self._parts:
            if part.taken() and not (overwrite or (noted and noted["finished"])):
                raise UsageError(f"{part.place} exists; --overwrite replaces it.")
        sizes = noted["sizes"] if noted else [None] * len(self._parts)
        for part, size in zip(self._parts, sizes, strict=True):
            if size is None or part.path.exists():
                part.open(size)
            elif not (noted and noted["finished"]):  # else it is in its place already
                raise UsageError(f"{part.path} is gone. Start over, without --resume.")
        if noted is None:
            self._sweep()
        return noted

    def note(self, *, finished: bool = False, **facts: Any) -> None:
        """Remember how far it got, once that is on the disk."""
        sizes = [part.flush() for part in self._parts]
        if self._identity is None:
            return
        places = [str(part.place) for part in self._parts]
        noted = {"places": places, "sizes": sizes, "finished": finished, **facts}
        made = self._note.with_suffix(".new")
        with made.open("w") as file:
            json.dump({"identity": self._identity, **noted}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, self._note)  # noqa: PTH105 - atomic everywhere

    def finish(self) -> None:
        """Put all parts in their places, the output last."""
        for part in reversed(self._parts):
            part.close()
            part.finish()
        self._note.unlink(missing_ok=True)

    def discard(self, kept: int = 0) -> None:
        """Leave nothing behind but, in their places, the last `kept` parts."""
        first = len(self._parts) - kept
        for part in self._parts[first:]:
            part.close()
            part.finish()
        for part in self._parts[:first]:
            part.discard()
        self._note.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave everything as it is noted."""
        for part in self._parts:
            part.close()

    def _sweep(self) -> None:
        """Remove what an older run has left that is not gone on with."""
        ours = {part.path for part in self._parts}
        with suppress(OSError, ValueError, LookupError, TypeError):
            for place in json.loads(self._note.read_text())["places"]:
                if partial(Path(place)) not in ours:
                    partial(Path(place)).unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any] | None:
        try:
            noted: dict[str, Any] = json.loads(self._note.read_text())
            identity = noted["identity"]
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError) as error:
            raise UsageError(f"{self._note} is damaged. Start over, without --resume.") from error
        changed = [name for name, now in self._identity.items() if identity.get(name) != now]
        if changed:
            raise UsageError(
                f"The unfinished run of {self._note} cannot be resumed: {' and '.join(changed)} "
                "changed since. Give what it had, or start over without --resume."
            )
        return noted


def partial(place: Path) -> Path:
    """Return where a file grows."""
    return place.with_name(f".{place.name}.partial")


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Say in one sentence why something cannot be written."""
    try:
        yield
    except (BrokenPipeError, NbpipeError):
        raise
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}.") from error
