"""Virtual environments with other versions of scikit-learn, kept in pytest's cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def make(cache: pytest.Cache, *pins: str) -> Path:
    """Return the Python of an environment with `pins` and this checkout's nbpipe.

    Skips the test if the package index cannot be reached, except in continuous integration.
    """
    tag = "_".join(["py{}{}".format(*sys.version_info[:2]), *pins]).replace("==", "")
    folder = cache.mkdir("environments") / tag
    python, done = folder / "bin" / "python", folder / "done"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", *pins]
        needed = ["pandas", "joblib", "packaging", "tqdm"]
        installed = subprocess.run([*install, *needed], capture_output=True, text=True, check=False)
        if installed.returncode:
            message = f"cannot install {' '.join(pins)}: {installed.stderr[-300:]}"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        done.touch()
    subprocess.run(  # always, so that today's code is what runs there
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", ROOT],
        check=True,
    )
    return python
