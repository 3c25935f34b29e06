"""The definition of a small image that serves one version of a model."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from platform import python_version
from typing import TYPE_CHECKING, Any

from nbpipe import __version__
from nbpipe.bundle.loading import load
from nbpipe.bundle.plan import arrays
from nbpipe.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from nbpipe.bundle.model import Model

# All that a plan needs to be served: no scikit-learn, no pandas.
_PLAN_NEEDS = ("numpy", "packaging", "fastapi", "starlette", "uvicorn", "h11")
_SPECIAL = frozenset("\"'$\\*?[")  # to the COPY of a Dockerfile

_TEXT = """\
# Serves {name} {version}; {mark}
FROM python:{python}-slim
LABEL org.opencontainers.image.title={title} org.opencontainers.image.version="{version}"
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Where no index has nbpipe-sklearn: put its wheel beside this file, by `pip wheel --no-deps .` in a
# checkout of it, and take away what stands before COPY and ENV.
# COPY nbpipe_sklearn-*.whl /wheels/
# ENV PIP_FIND_LINKS=/wheels
{install}
COPY {copy}
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD {check}
CMD {command}
"""
_MARK = "written by `nbpipe serve --write-dockerfile`."
_CHECK = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=2)"


def write(path: Path, model: str, version: str | None, **options: Any) -> None:
    """Write the definition to `path`, once the model was loaded; `options` are those of `load`.

    Raises
    ------
    UsageError
        The model lies outside of the folder that the file is written to, the file is somebody's
        own, or it cannot be written.
    MissingExtraError
        What the image installs is not here to tell its versions.
    BundleError
        As from `load`.
    """
    _refuse_another(path)
    loaded = load(model, version, **options)
    try:
        inside = loaded.bundle.path.resolve().relative_to(path.resolve().parent).as_posix()
    except ValueError:
        raise UsageError(
            f"{loaded.bundle.path} is outside of {path.resolve().parent}, so that no image built "
            "there can hold it. Write the file to a folder around the model."
        ) from None
    if _SPECIAL & set(inside):
        raise UsageError(f"{inside!r} holds characters that Dockerfiles give a meaning; rename it.")
    python, install = _install(loaded, inside)
    placed = f"/models/{loaded.name}/{loaded.version}"
    command = ["nbpipe", "serve", placed, "--host", "0.0.0.0"]  # noqa: S104 - within a container
    if "policy" in options:
        command += ["--policy", options["policy"]]
    if not options.get("unpickle", True):
        command.append("--no-pickle")
    text = _TEXT.format(
        mark=_MARK,
        name=loaded.name,
        title=json.dumps(loaded.name, ensure_ascii=False),
        version=loaded.version,
        python=python.rpartition(".")[0],
        install=install,
        copy=json.dumps([inside, placed]),
        check=json.dumps(["python", "-c", _CHECK]),
        command=json.dumps(command),
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _refuse_another(path: Path) -> None:
    try:
        ours = _MARK in path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # there is none, or writing says what is wrong with it
        return
    if not ours:
        raise UsageError(f"{path} is there, and nbpipe did not write it. Name another file.")


def _install(model: Model, inside: str) -> tuple[str, str]:
    """Return Python's version, and the lines that install what predicts.

    A plan needs few packages, as they are here; an estimator those that it was exported with.
    """
    if arrays.FILE in model.manifest.files:
        try:
            pins = " ".join(f"{name}=={installed(name)}" for name in _PLAN_NEEDS)
        except PackageNotFoundError as error:
            raise MissingExtraError(
                "The image gets the versions of FastAPI and uvicorn that are here, and there are "
                "none: pip install 'nbpipe-sklearn[serve]'.",
                extra="serve",
            ) from error
        itself = f"RUN pip install --no-deps nbpipe-sklearn=={__version__}"
        return python_version(), f"RUN pip install {pins}\n{itself}"
    copied = json.dumps([f"{inside}/requirements.txt", "/requirements.txt"])
    package = f"'nbpipe-sklearn[serve]=={__version__}'"
    lines = f"COPY {copied}\nRUN pip install -r /requirements.txt {package}"
    return model.manifest.environment.python, lines
