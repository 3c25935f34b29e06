"""Virtual environments with other versions of scikit-learn, kept for the next time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLIGHTS = ROOT / "notebooks" / "data" / "flights_jan_aug.csv.gz"
PROGRAMS = ROOT / "tests" / "compatibility"  # run in environments that have no pytest

#: What each environment of docs/compatibility.md is made of, by its name there.
PINS = {
    "1.6, numpy 1": ("scikit-learn==1.6.1", "numpy==1.26.4", "pandas<3"),
    "1.6": ("scikit-learn==1.6.1", "numpy>=2", "pandas<3"),
    "1.7": ("scikit-learn==1.7.2", "pandas<3"),
    "1.8": ("scikit-learn==1.8.0", "pandas<3"),
    "1.9": ("scikit-learn==1.9.1", "pandas>=3"),
}


class UnavailableError(Exception):
    """The package index cannot be reached, or has no such version."""


def make(folder: Path, *pins: str) -> Path:
    """Return the Python of an environment in `folder` with `pins` and this checkout's nbpipe."""
    tag = "_".join(["py{}{}".format(*sys.version_info[:2]), *pins])
    place = folder / "".join(each for each in tag if each not in "<=>")
    python, done = place / "bin" / "python", place / "done"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        install = [python, "-m", "pip", "install", "--quiet", *pins]
        needed = ["pandas", "joblib", "packaging", "tqdm"]
        installed = subprocess.run([*install, *needed], capture_output=True, text=True, check=False)
        if installed.returncode:
            raise UnavailableError(f"cannot install {' '.join(pins)}: {installed.stderr[-300:]}")
        done.touch()
    subprocess.run(  # always, so that today's code is what runs there
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", ROOT],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return python


def cached(cache: pytest.Cache, *pins: str) -> Path:
    """Return what `make` does, in pytest's cache.

    Skips the test if the package index cannot be reached, except in continuous integration.
    """
    try:
        return make(cache.mkdir("environments"), *pins)
    except UnavailableError as error:
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


def run(python: Path | str, program: str, folder: Path, *names: str) -> str:
    """Run a program of the compatibility matrix in an environment and return what it prints."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [python, PROGRAMS / program, folder, FLIGHTS, *names],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,  # where no other nbpipe can be imported from
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
