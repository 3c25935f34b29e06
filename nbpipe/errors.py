"""Every exception that nbpipe raises on purpose.

::

    NbpipeError
    ├── UsageError            (ValueError)         an argument of a verb makes no sense
    ├── SpecError             (ValueError)         a line of a build cell cannot be used
    ├── UnreadableError       (ValueError)         what is to be checked is no notebook or text
    ├── DataError             (ValueError)         X, y, groups or time cannot be used
    ├── ExportError           (ValueError)         exporting this would fail later, so it stops here
    │   ├── NotPortableError                       ... made of code that would not travel
    │   └── VersionExistsError (FileExistsError)   ... versions are never overwritten
    ├── BundleError           (ValueError)         what is on disk cannot be used
    │   ├── BundleNotFoundError (FileNotFoundError)
    │   ├── ManifestError                          manifest.json is missing, damaged or too new
    │   ├── IntegrityError                         a file is not the one that was exported
    │   ├── VersionMismatchError                   this environment would read the model wrongly
    │   ├── MissingModuleError (ImportError)       the model needs a module that is not here
    │   └── ProbeMismatchError                     the loaded model no longer predicts the same
    ├── SchemaError           (ValueError)         input rows do not fit the model's features
    ├── OutputError           (OSError)            predictions cannot be written to where they go
    └── MissingExtraError     (ImportError)        an optional dependency is not installed

Each message says what is wrong, where, and what to do next; the facts are attributes, too.
"""

from __future__ import annotations

from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def one_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its class where it has none."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def brief(value: object) -> str:
    """Return what `value` looks like, on one line of at most 60 characters."""
    try:
        text = repr(value).replace("\n", " ")
    except Exception:  # noqa: BLE001 - a repr runs code, which raises what it likes
        text = f"a {type(value).__name__}"
    return text[:60]


class NbpipeError(Exception):
    """Base of all of nbpipe's errors.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do next.
    **facts : object
        The facts behind the message; each must be declared on the class.

    Attributes
    ----------
    exit_code : int
        What the command line exits with.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        for name, value in facts.items():
            if not hasattr(type(self), name):
                msg = f"{type(self).__name__} declares no fact {name!r}"
                raise TypeError(msg)
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        # joblib's workers send exceptions back pickled, with their facts.
        return _rebuild, (type(self), self.args[0], dict(self.__dict__))

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines instead of a traceback and keeps the exception's class.
        return [f"{type(self).__name__}: {self}"]


def _rebuild(cls: type[NbpipeError], message: str, facts: dict[str, Any]) -> NbpipeError:
    return cls(message, **facts)


class UsageError(NbpipeError, ValueError):
    """An argument of a verb makes no sense."""


class SpecError(NbpipeError, ValueError):
    """A line of a build cell cannot be used.

    Attributes
    ----------
    line, column : int
        Where, both counted from 1 within the cell.
    source_line : str
        That line of the cell.
    """

    line: int = 1
    column: int = 1
    source_line: str = ""

    def _render_traceback_(self) -> list[str]:
        shown = super()._render_traceback_()
        if self.source_line:
            shown += [f"    {self.source_line}", " " * (self.column + 3) + "^"]
        return shown


class UnreadableError(NbpipeError, ValueError):
    """What is to be checked cannot be opened, or is no notebook or text."""


class DataError(NbpipeError, ValueError):
    """The rows, the target, the groups or the times cannot be used."""


class ExportError(NbpipeError, ValueError):
    """Exporting this model would fail later, elsewhere, so it is refused here."""


class NotPortableError(ExportError):
    """The model is made of code that would not travel with it.

    Attributes
    ----------
    names : tuple of str
        The functions, classes or modules, as ``module.name``.
    """

    names: tuple[str, ...] = ()


class VersionExistsError(ExportError, FileExistsError):
    """A version is never overwritten."""


class BundleError(NbpipeError, ValueError):
    """What is on disk cannot be used as a model.

    Attributes
    ----------
    path : str
        The folder or file concerned.
    """

    path: str = ""


class BundleNotFoundError(BundleError, FileNotFoundError):
    """There is no such model or version."""


class ManifestError(BundleError):
    """``manifest.json`` is missing, damaged, or of a newer format."""


class IntegrityError(BundleError):
    """A file of the bundle is not the one that was exported."""


class VersionMismatchError(BundleError):
    """The environment differs from the one that the model was made in.

    Attributes
    ----------
    package : str
        The package concerned.
    trained_with, running : str
        Its version at export, and here.
    command : str
        Shell commands that make a fitting environment.
    """

    package: str = ""
    trained_with: str = ""
    running: str = ""
    command: str = ""


class MissingModuleError(BundleError, ImportError):  # type: ignore[misc]  # both have a path
    """The model needs a module that is not installed here.

    Attributes
    ----------
    module : str
        Its import name.
    """

    module: str = ""


class ProbeMismatchError(BundleError):
    """The loaded model does not predict what it predicted when it was exported."""


class SchemaError(NbpipeError, ValueError):
    """Input rows do not fit the model's features.

    Attributes
    ----------
    problems : tuple
        Every problem of every row, each with its row, column, value and what was expected; of
        each column and kind, the first 1,000.
    counts : Mapping of str to int
        How many there are in each column.
    lines : tuple of str
        The message in parts, which a notebook shows one below the other.
    """

    problems: tuple[Any, ...] = ()
    counts: Mapping[str, int] = MappingProxyType({})
    lines: tuple[str, ...] = ()

    def _render_traceback_(self) -> list[str]:
        if not self.lines:
            return super()._render_traceback_()
        start, *parts = self.lines
        return [f"{type(self).__name__}: {start}:", *(f"  - {part}" for part in parts)]


class OutputError(NbpipeError, OSError):
    """Predictions cannot be written: the disk is full, or the folder is closed."""


class MissingExtraError(NbpipeError, ImportError):
    """An optional dependency is not installed.

    Attributes
    ----------
    extra : str
        The extra of ``nbpipe-sklearn`` that brings it.
    """

    extra: str = ""


@contextmanager
def extra(name: str, why: str) -> Iterator[None]:
    """Turn a failed import within into the error that says why, and names the extra to install."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"{why}: pip install 'nbpipe-sklearn[{name}]'.", extra=name
        ) from error
