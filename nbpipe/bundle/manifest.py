"""``manifest.json``: everything known about a bundle without opening its model.

The format number changes when an older nbpipe would misread a file. To change it: raise `FORMAT`,
teach `from_json` the old layout, and commit a small bundle of the new one under
``tests/bundle/data``, so that every format ever written keeps loading.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping  # noqa: TC003 - decode() reads the annotations
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from nbpipe.bundle.codec import DecodeError, decode, dump, encode, parse
from nbpipe.bundle.rows.schema import Scalar, Schema  # noqa: TC001 - likewise
from nbpipe.bundle.trust import integrity
from nbpipe.bundle.trust.integrity import FileRecord  # noqa: TC001 - likewise
from nbpipe.errors import BundleNotFoundError, ExportError, ManifestError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
FILE = integrity.MANIFEST
SIZE_LIMIT = 16 * 2**20  # bytes; a manifest of 1,000 features takes about 200 KB
# Names that mean one file of the folder on every system: no path, no drive, nothing hidden.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.!+-]*")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a model was made.

    Attributes
    ----------
    python, platform : str
        As in ``3.11.7`` and ``Linux-x86_64-64bit``.
    packages : Mapping of str to str
        Versions of scikit-learn, numpy, scipy, pandas, joblib and of whatever else the model
        is made of.
    needs : tuple of str
        Those whose code the pickled model itself refers to.
    nbpipe : str
        Version of nbpipe that exported.
    """

    python: str
    platform: str
    packages: Mapping[str, str]
    needs: tuple[str, ...]
    nbpipe: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is predicted: its name, and the classes in the order of ``predict_proba``."""

    name: str | None
    classes: tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class Data:
    """Fingerprint of the training data: rows, columns, and a hash of features and target."""

    rows: int
    columns: int
    hash: str


@dataclass(frozen=True, slots=True)
class Parity:
    """How ``model.onnx`` differed from the estimator, when the two were compared at export.

    Attributes
    ----------
    rows : int
        Rows compared.
    labels : int
        Those of which the label differed.
    difference : float
        The largest, of a probability, or of a number in units of itself (of 1, where it is less).
    tolerance : float
        What it may be.
    """

    rows: int
    labels: int
    difference: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.json`` says.

    Attributes
    ----------
    name, version : str
    created : str
        Time of export, UTC, ISO 8601.
    environment : Environment
    schema : Schema
    target : Target
    data : Data
    report : Mapping or None
        What cross-validation found, as its ``to_dict()`` gave it.
    source : str or None
        The pipeline as plain Python, where it can be written.
    git_commit : str or None
        Commit checked out at export, with ``+changes`` if files differed from it.
    files : Mapping of str to FileRecord
        Digest and size of every other file of the bundle.
    onnx : Parity or None
        How ``model.onnx`` differs, where there is one.
    """

    name: str
    version: str
    created: str
    environment: Environment
    schema: Schema
    target: Target
    data: Data
    report: Mapping[str, Any] | None
    source: str | None
    git_commit: str | None
    files: Mapping[str, FileRecord]
    onnx: Parity | None = None

    def to_json(self) -> str:
        """Return the text of ``manifest.json``, sealed with a digest of its own content."""
        content = {"format": FORMAT, **encode(self)}
        text = dump(content | {"digest": _digest(content)}, indent=1, allow_nan=False)
        if len(text) > SIZE_LIMIT:
            raise ExportError(
                f"The manifest would take {len(text) / 2**20:.0f} MB, more than the limit of "
                f"{SIZE_LIMIT // 2**20}: a column has too many categories, or the report is huge."
            )
        return text + "\n"


def read(folder: Path) -> Manifest:
    """Read and check the manifest of the bundle in `folder`; nothing else is opened.

    Raises
    ------
    BundleNotFoundError, ManifestError
    IntegrityError
        It is a link, no regular file, or too large.
    """
    path = folder / FILE
    try:
        content = integrity.read(path, SIZE_LIMIT)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BundleNotFoundError(f"{path} does not exist.", path=str(path)) from error
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.", path=str(path)) from error
    try:
        return from_json(content.decode())
    except (DecodeError, UnicodeDecodeError) as error:
        advice = integrity.lfs_advice(content) or "Copy the bundle again, or export it again."
        raise ManifestError(
            f"{path} is damaged or not of nbpipe: {error}. {advice}", path=str(path)
        ) from error


def from_json(text: str) -> Manifest:
    """Read `text`, strictly: whatever nbpipe cannot have written raises `DecodeError`."""
    content = parse(text)
    if not isinstance(content, dict):
        raise DecodeError("it should be a JSON object")
    number = content.pop("format", None)
    if type(number) is not int or number < 1:
        raise DecodeError(f"its format number is {number!r:.60}")
    if number > FORMAT:
        raise ManifestError(
            f"This bundle has format {number}; this nbpipe reads up to {FORMAT}. Upgrade nbpipe."
        )
    if content.pop("digest", None) != _digest({"format": number} | content):
        raise DecodeError("its content does not match its digest, so it was changed")
    manifest: Manifest = decode(Manifest, content, "manifest")
    _check_words(manifest)
    _check_files(manifest.files)
    if wrong := manifest.schema.contradiction():
        raise DecodeError(wrong)
    return manifest


def _check_words(manifest: Manifest) -> None:
    """Refuse what is no version or name of a package: they are shown in commands to copy."""
    made = manifest.environment
    if "scikit-learn" not in made.packages:
        raise DecodeError("it does not say which scikit-learn made it")
    for word in (made.python, made.nbpipe, *made.packages):
        if not _WORD.fullmatch(word):
            raise DecodeError(f"{word!r:.60} is not the name or version of a package")
    for version in (manifest.version, *made.packages.values()):
        if not (_WORD.fullmatch(version) and _is_version(version)):
            raise DecodeError(f"{version!r:.60} is not a version")
    if not is_name(manifest.name):
        raise DecodeError(f"{manifest.name!r:.60} is not the name of a model")
    if not made.platform.isprintable():
        raise DecodeError(f"{made.platform!r:.60} is not the name of a platform")
    try:
        datetime.fromisoformat(manifest.created)
    except ValueError as error:
        raise DecodeError(f"{manifest.created!r:.60} is not a time") from error


def is_name(text: str) -> bool:
    """Say whether a model may have this name: that of a folder, which a terminal can show."""
    return text.isprintable() and "/" not in text and text not in {"", ".", ".."}


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except ValueError:  # also where a number is too long for Python
        return False


def _check_files(files: Mapping[str, FileRecord]) -> None:
    for name, file in files.items():
        if not _NAME.fullmatch(name):
            raise DecodeError(f"it lists {name!r:.60}, which is no plain name of a file")
        if not 0 <= file.size < 2**63:
            raise DecodeError(f"it lists {name} with a size that no file has")
        if name == integrity.PROBE and file.size > integrity.PROBE_LIMIT:
            raise DecodeError(f"it lists {name} with {file.size:,} bytes, far more than any export")
    names = [name.casefold() for name in (*files, FILE, integrity.SIGNATURE)]
    if len(set(names)) < len(names):  # one file, where a file system knows no case
        raise DecodeError(f"it lists a file twice, or {FILE} or {integrity.SIGNATURE}")


def _digest(content: dict[str, Any]) -> str:
    canonical = dump(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
