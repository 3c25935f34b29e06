"""The versions that a model was made with, against those that are here."""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from nbpipe import __version__
from nbpipe.bundle.manifest import Environment
from nbpipe.errors import VersionMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable

# scikit-learn itself needs these, so every model does.
_ALWAYS = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")


def current(needs: Iterable[str]) -> Environment:
    """Record this environment; `needs` are the distributions that the model's code comes from."""
    from importlib import metadata  # noqa: PLC0415 - to load a plan takes less time than this

    names = [*_ALWAYS, *sorted(set(needs) - set(_ALWAYS))]
    return Environment(
        python=platform.python_version(),
        platform=_platform(),
        packages={name: metadata.version(name) for name in names},
        needs=tuple(sorted(set(needs))),
        nbpipe=__version__,
    )


def compare(made: Environment, name: str) -> tuple[list[str], VersionMismatchError | None]:
    """Compare the environment of a model called `name` with this one.

    A pickle is read by the code that is here, so what that code may have changed decides, as
    measured over 205 estimators and all neighbouring releases: patch releases of scikit-learn
    never broke one, each minor release broke some. numpy 1 cannot read what numpy 2 wrote, nor
    pandas 2 a frame of pandas 3; the reverse works.

    Returns
    -------
    notes : list of str
        Differences that do no harm.
    mismatch : VersionMismatchError or None
        The first one that may.
    """
    notes: list[str] = []
    for package, trained_with in made.packages.items():
        running = _installed(package)
        if running == trained_with:
            continue
        if running is not None and _compatible(package, trained_with, running, made.needs):
            notes.append(f"{package} {trained_with} at export, {running} here")
            continue
        found = f"this environment has {running}" if running else "it is not installed here"
        command = install_command(made, name)
        return notes, VersionMismatchError(
            f"The model was made with {package} {trained_with}, but {found}: it could fail, or "
            f"predict something else. Make an environment that fits: {command} (and install "
            "nbpipe there), or try it anyway with allow_version_mismatch=True.",
            package=package,
            trained_with=trained_with,
            running=running or "",
            command=command,
        )
    if (python := platform.python_version()) != made.python:
        notes.append(f"Python {made.python} at export, {python} here")
    if (here := _platform()) != made.platform:
        notes.append(f"{made.platform} at export, {here} here")
    return notes, None


def match(made: Environment, *, planned: bool) -> str:
    """Say in a few words how this environment fits; a plan predicts in any."""
    notes, mismatch = compare(made, "")
    if mismatch is None:
        return "✓ fits, with other patches" if notes else "✓ the same"
    told = f"{mismatch.package} {mismatch.trained_with}, here {mismatch.running or 'none'}"
    return f"! its plan alone: {told}" if planned else f"✗ {told}"


def _platform() -> str:
    return f"{platform.system()}-{platform.machine()}-{sys.maxsize.bit_length() + 1}bit"


def requirements(made: Environment) -> str:
    """Return the text of ``requirements.txt``."""
    lines = [f"{name}=={version}" for name, version in made.packages.items()]
    return "\n".join([f"# exported under Python {made.python}", *lines, ""])


def install_command(made: Environment, name: str) -> str:
    """Return the shell command that makes an environment with the versions at export."""
    pinned = " ".join(f"{package}=={version}" for package, version in made.packages.items())
    python = ".".join(made.python.split(".")[:2])
    folder = quote(f"{name}-env")
    return f"python{python} -m venv {folder} && {folder}/bin/pip install {pinned}"


def git_commit() -> str | None:
    """Return the commit checked out in the working directory, if there is one."""
    import subprocess  # noqa: PLC0415 - loading needs none

    def git(*arguments: str) -> str:
        command = ["git", *arguments]  # the user's own
        done = subprocess.run(command, capture_output=True, check=True, timeout=10)  # noqa: S603
        return done.stdout.decode(errors="replace").strip()  # names of files are any bytes

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _installed(package: str) -> str | None:
    """Return a distribution's version, which the name of its folder tells sooner than `metadata`.

    The folder is ``scikit_learn-1.9.1.dist-info``, as the specification of wheels has it.
    """
    start, end = re.sub(r"[-_.]+", "_", package).lower() + "-", ".dist-info"
    for folder in filter(os.path.isdir, sys.path):
        # imports pass over what may not be read, too
        with suppress(OSError), os.scandir(folder) as found:
            for each in found:
                if each.name.lower().startswith(start) and each.name.endswith(end):
                    return each.name[len(start) : -len(end)]
    from importlib import metadata  # noqa: PLC0415 - as above

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _compatible(package: str, trained_with: str, running: str, needs: tuple[str, ...]) -> bool:
    try:
        then, now = Version(trained_with), Version(running)
    except InvalidVersion:  # of an installation that was made by hand, or is half gone
        return False
    if package == "skops":  # reads what older ones wrote
        return now >= then
    if package == "numpy" or (package == "pandas" and package in needs):
        return now.major >= then.major
    if package == "scikit-learn" or (package in needs and package not in _ALWAYS):
        return now.release[:2] == then.release[:2]
    return True
