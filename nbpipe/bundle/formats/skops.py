"""``model.skops``: no pickle; its types are audited before any object is made of them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.formats import trusted
from nbpipe.errors import ExportError, IntegrityError, NotPortableError, extra, one_line

if TYPE_CHECKING:
    from pathlib import Path

FILE = "model.skops"
# What is inflated is at most this many times the file, or this many bytes. The schema, repetitive
# JSON, was up to 40 times its compressed size in the pipelines tried; a bomb has 1,000.
_RATIO, _SMALL = 100, 64 * 2**20


def need() -> Any:
    """Return skops' own module.

    Raises
    ------
    MissingExtraError
    """
    with extra("skops", f"{FILE} needs skops"):
        import skops.io as skops_io  # noqa: PLC0415 - an extra
    return skops_io


def write(estimator: Any, path: Path) -> None:
    """Write the estimator, if nbpipe will trust all of it.

    Raises
    ------
    NotPortableError
        It holds types that nbpipe does not trust.
    ExportError
        skops cannot write it, or nbpipe would not read it.
    """
    from nbpipe.bundle.formats import native  # noqa: PLC0415 - a plan does without scikit-learn

    try:
        content = need().dumps(estimator, compression=zipfile.ZIP_DEFLATED)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ExportError(
            f"skops cannot write the pipeline ({one_line(error)}). Export it with "
            "format='joblib', which takes what can be pickled."
        ) from error
    _, refused = trusted.audit(_schema(content))
    if refused:
        raise NotPortableError(
            f"The pipeline holds types that nbpipe does not trust in {FILE}: "
            f"{', '.join(refused[:5])}. Export it with format='joblib', which takes any type.",
            names=tuple(refused),
        )
    try:
        native.check(estimator)
    except native.UnsafeError as error:
        raise ExportError(
            f"nbpipe would not read the pipeline back from {FILE} ({error}). Export it with "
            "format='joblib'."
        ) from error
    path.write_bytes(content)


def read(path: Path, content: bytes) -> Any:
    """Audit the types, make the objects, and check what compiled code will follow unchecked.

    Raises
    ------
    IntegrityError
        It is no such archive, inflates to too much, or names a type that nbpipe does not trust;
        nothing was made then. Or a tree leads out of its arrays, and was not followed.
    """
    skops_io = need()
    from nbpipe.bundle.formats import native  # noqa: PLC0415 - a plan does without scikit-learn

    try:
        names, refused = trusted.audit(_schema(content))
    except (zipfile.BadZipFile, ValueError, KeyError, RecursionError, NotImplementedError) as error:
        raise _broken(path, f"is no archive of skops that nbpipe reads ({one_line(error)})") from (
            error
        )
    if refused:
        raise _broken(
            path,
            f"holds types that nbpipe does not trust ({', '.join(refused[:5])}), so none was made",
        )
    estimator = skops_io.loads(content, trusted=sorted(names))
    try:
        native.check(estimator)
    except native.UnsafeError as error:
        raise _broken(path, f"would make scikit-learn read beyond its arrays ({error})") from error
    return estimator


def _schema(content: bytes) -> bytes:
    """Return the text that says what to make, from an archive that inflates to no bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len({each.filename for each in members}) < len(members):
            raise ValueError("two members have one name")
        if sum(each.file_size for each in members) > max(_SMALL, _RATIO * len(content)):
            raise ValueError(f"it inflates to more than {_RATIO} times its size")
        return archive.read("schema.json")


def _broken(path: Path, what: str) -> IntegrityError:
    return IntegrityError(
        f"{path} {what}. Do not use it; copy the bundle again from its source.", path=str(path)
    )
