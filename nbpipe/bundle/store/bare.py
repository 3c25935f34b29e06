"""What lies at a path that is no bundle, and what to do about it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from nbpipe.errors import BundleError, BundleNotFoundError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {".joblib", ".pkl", ".pickle", ".skops", ".onnx", ".sav"}
_SEARCHED = 64 * 2**20  # bytes of a file that are searched for the mark of scikit-learn
# BaseEstimator.__getstate__ writes this key, and pickle the value a few opcodes after it.
_MARK = re.compile(rb"_sklearn_version.{1,6}?(\d+\.\d+(?:\.\w+)*)", re.DOTALL)


def explain(path: Path) -> BundleError:
    """Return the error for a `path` where no bundle was found."""
    if (path.parent / "manifest.json").is_file():
        return BundleError(
            f"{path} is a part of an exported model: load its folder, {path.parent}.",
            path=str(path),
        )
    if path.is_file():
        return BundleError(
            f"{path} is a bare file{_written_by(path)}. {_advice(path)}", path=str(path)
        )
    if os.path.lexists(path) and not path.is_dir():
        what = "a link that leads nowhere" if path.is_symlink() else "no folder"
        return BundleNotFoundError(f"{path} is {what}; a model is a folder.", path=str(path))
    if not path.is_dir():
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        return BundleNotFoundError(
            f"{path} does not exist.{did_you_mean(path.name, near)}", path=str(path)
        )
    return _explain_folder(path)


def _explain_folder(path: Path) -> BundleError:
    bare = sorted(p for p in path.iterdir() if p.suffix in _SUFFIXES and p.is_file())  # no pipes
    if bare:
        return BundleError(
            f"{path} holds {bare[0].name}{_written_by(bare[0])}, but no manifest.json. "
            f"{_advice(path)}",
            path=str(path),
        )
    models = sorted(p for p in path.iterdir() if any(p.glob("*/manifest.json")))
    if models:
        return BundleNotFoundError(
            f"{path} is a folder of models; load one of them, such as {models[0]}.", path=str(path)
        )
    return BundleNotFoundError(
        f"{path} holds no exported model; nbpipe.models() lists what a folder has.", path=str(path)
    )


def _written_by(path: Path) -> str:
    with path.open("rb") as file:
        mark = _MARK.search(file.read(_SEARCHED))
    return f" written by scikit-learn {mark[1].decode()}" if mark else ""


def _advice(path: Path) -> str:
    return (
        "Nothing says which features and versions it needs, and opening it would run code, so it "
        "is left closed. Where the model was made, export it: "
        f"nbpipe.export(pipeline, 'models/{path.stem}', X=X_train, y=y_train)."
    )
