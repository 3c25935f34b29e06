"""The definition of a small image that serves one version of a model."""

from __future__ import annotations

import json
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

from nbpipe import __version__
from nbpipe.bundle.model import load
from nbpipe.bundle.plan import arrays
from nbpipe.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from nbpipe.bundle.model import Model

# All that a plan needs to be served: no scikit-learn, no pandas.
_PLAN_NEEDS = ("numpy", "packaging", "fastapi", "uvicorn")

_TEXT = """\
# Serves {name} {version}; written by `nbpipe serve --write-dockerfile`.
FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
{install}
COPY {copy}
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD {check}
CMD {command}
"""
_CHECK = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=2)"


def write(path: Path, model: str, version: str | None, **options: Any) -> None:
    """Write the definition to `path`, once the model was loaded; `options` are those of `load`.

    Raises
    ------
    UsageError
        The model lies outside of the folder that the file is written to, or it cannot be written.
    BundleError
        As from `load`.
    """
    loaded = load(model, version, **options)
    try:
        inside = loaded.bundle.path.resolve().relative_to(path.resolve().parent).as_posix()
    except ValueError:
        raise UsageError(
            f"{loaded.bundle.path} is outside of {path.resolve().parent}, so that no image built "
            "there can hold it. Write the file to a folder around the model."
        ) from None
    placed = f"/models/{loaded.name}/{loaded.version}"
    command = ["nbpipe", "serve", placed, "--host", "0.0.0.0"]  # noqa: S104 - within a container
    if "policy" in options:
        command += ["--policy", options["policy"]]
    text = _TEXT.format(
        name=loaded.name,
        version=loaded.version,
        python=loaded.manifest.environment.python.rpartition(".")[0],
        install=_install(loaded, inside),
        copy=json.dumps([inside, placed]),
        check=json.dumps(["python", "-c", _CHECK]),
        command=json.dumps(command),
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _install(model: Model, inside: str) -> str:
    """Return the lines that install what predicts: a plan's few packages, or the estimator's."""
    if arrays.FILE in model.manifest.files:
        pins = " ".join(f"{name}=={installed(name)}" for name in _PLAN_NEEDS)
        return f"RUN pip install {pins}\nRUN pip install --no-deps nbpipe-sklearn=={__version__}"
    copied = json.dumps([f"{inside}/requirements.txt", "/requirements.txt"])
    package = f"'nbpipe-sklearn[serve]=={__version__}'"
    return f"COPY {copied}\nRUN pip install -r /requirements.txt {package}"
