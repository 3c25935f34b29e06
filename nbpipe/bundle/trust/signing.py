"""Who exported a bundle: OpenSSF model signing with an elliptic-curve key, offline.

``model.sig`` is what the ``model_signing`` command writes and reads: a signed list of the digests
of all other files, ``manifest.json`` included. Here that list is compared with the manifest, so
that nothing but these two is read before the signature has passed.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.store.folders import as_path, is_version
from nbpipe.bundle.trust import integrity
from nbpipe.errors import IntegrityError, MissingExtraError, UsageError, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from pathlib import Path

    from nbpipe.bundle.store.entry import Bundle

FILE = integrity.SIGNATURE
SIZE_LIMIT = 2**20  # bytes; a signature takes about 3 KB
_MAKE = (
    "Make a pair with `openssl ecparam -name prime256v1 -genkey -noout -out signing.pem` and "
    "`openssl ec -in signing.pem -pubout -out signing.pub`."
)
_KINDS = {
    b"ENCRYPTED": "one with a password",
    b"PRIVATE KEY": "a private key",
    b"PUBLIC KEY": "a public key",
    b"CERTIFICATE": "a certificate",
}


def signer(key: str | PathLike[str]) -> Callable[[Path], None]:
    """Open a private key, and return what signs the files of a finished folder with it.

    Parameters
    ----------
    key : path-like
        Elliptic-curve key (P-256, P-384 or P-521) as PEM, without a password.

    Raises
    ------
    UsageError
        It is no such key.
    MissingExtraError
    """
    path = as_path(key)
    hashing, signing, _ = _model_signing()
    config = signing.Config()
    _use(path, "private", lambda: config.use_elliptic_key_signer(private_key=path))
    config.set_hashing_config(
        hashing.Config().set_ignored_paths(paths=[FILE], ignore_git_paths=False)
    )
    return lambda folder: config.sign(folder, folder / FILE)


def verify(bundle: Bundle, key: str | PathLike[str]) -> None:
    """Check that `key` signed the manifest of `bundle` as it was read, and the files it lists.

    The files themselves are not opened: that they have those digests is for `integrity.check`.

    Parameters
    ----------
    bundle : Bundle
    key : path-like
        The public half of the key that signed, as PEM.

    Raises
    ------
    IntegrityError
        It is not signed, or by another key, or the signature is of something else.
    UsageError
        `key` is no such key.
    MissingExtraError
    """
    path, signature = as_path(key), bundle.path / FILE
    _, _, verifying = _model_signing()
    config = verifying.Config()
    _use(path, "public", lambda: config.use_elliptic_key_verifier(public_key=path))
    if not os.path.lexists(signature):
        later = " If it was signed after its download, delete that copy." if bundle.url else ""
        raise IntegrityError(
            f"{bundle.path} is not signed: it has no {FILE}, so nothing shows that it is from "
            f"the owner of {path}. Export with sign=KEY, or sign with the model_signing command."
            f"{later}",
            path=str(bundle.path),
        )
    try:
        _verify(bundle, signature, config)
    except IntegrityError:
        raise
    except Exception as error:  # what reads a crafted signature raises anything
        reason = one_line(error) if isinstance(error, ValueError) else type(error).__name__
        raise IntegrityError(
            f"{signature} is not the signature of this bundle by the owner of {path} "
            f"({reason:.200}). Do not open it; get the bundle again from its source.",
            path=str(signature),
        ) from error


def _verify(bundle: Bundle, signature: Path, config: Any) -> None:
    folder = bundle.path.absolute()
    if is_version(folder.name) and folder.parent.name != bundle.name:
        raise ValueError(f"what is signed is a model named {bundle.name!r:.80}")
    content = integrity.read(bundle.path / manifests.FILE, manifests.SIZE_LIMIT)
    if manifests.from_json(content.decode()) != bundle.manifest:
        raise ValueError("the manifest was changed meanwhile")
    if not _hint(integrity.read(signature, SIZE_LIMIT)):  # model-signing would print of it
        raise ValueError("it does not say which key made it")
    digests = {name: file.sha256 for name, file in bundle.manifest.files.items()}
    digests[manifests.FILE] = hashlib.sha256(content).hexdigest()
    config.set_hashing_config(_Recorded(digests)).verify(bundle.path, signature)


class _Recorded:  # noqa: PLW1641 - compared once, kept nowhere
    """Digests that a manifest records, where model-signing would digest the folder's files."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = digests

    def hash(self, *_: Any, **__: Any) -> _Recorded:
        """Return what is to be compared with the content of the signature."""
        return self

    def add_ignored_paths(self, **_: Any) -> None:
        """Leave nothing out, though a signature may ask for it."""

    def __eq__(self, signed: Any) -> bool:  # noqa: PYI032 - a manifest of model-signing
        found = {each.identifier: each.digest.digest_hex for each in signed.resource_descriptors()}
        for name in sorted(found.keys() | self._digests.keys()):
            if name not in found:
                raise ValueError(f"it does not cover {name}")
            if name not in self._digests:
                raise ValueError(f"it covers {name!r:.80}, which the manifest does not list")
            if found[name] != self._digests[name]:
                raise ValueError(f"it is of another {name}")
        return True


def _hint(signature: bytes) -> Any:
    """Return the digest of the public key that a signature names."""
    return json.loads(signature)["verificationMaterial"]["publicKey"]["hint"]


def _use(path: Path, wanted: str, use: Callable[[], Any]) -> None:
    """Let model-signing open a key, and tell plainly why it cannot."""
    try:
        use()
    except OSError as error:
        raise UsageError(f"The key {path} cannot be read: {error.strerror}.") from error
    except Exception as error:  # AttributeError of an RSA key, TypeError of one with a password
        raise UsageError(
            f"{path} is no {wanted} key that can be used here{_looks_like(path)}: it takes one on "
            f"an elliptic curve (P-256, P-384, P-521), as PEM, without a password. {_MAKE}"
        ) from error


def _looks_like(path: Path) -> str:
    with suppress(OSError):
        content = path.read_bytes()
        for mark, what in _KINDS.items():
            if mark in content:
                return f" (it looks like {what})"
    return ""


def _model_signing() -> tuple[Any, Any, Any]:
    try:
        from model_signing import hashing, signing, verifying  # noqa: PLC0415 - an extra, and slow
    except ImportError as error:
        raise MissingExtraError(
            f"Signatures need model-signing ({one_line(error)}): pip install "
            "'nbpipe-sklearn[sign]'.",
            extra="sign",
        ) from error
    return hashing, signing, verifying
