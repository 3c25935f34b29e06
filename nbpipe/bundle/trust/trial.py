"""Open a model in a process of its own first: what crashes there does not crash here.

``python -m nbpipe.bundle.trust.trial FOLDER SHA256`` opens the model if its file still has that
digest, predicts the probe rows, and prints the outcome as one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from nbpipe.bundle.formats import estimator
from nbpipe.bundle.opening import compare_estimator, content
from nbpipe.bundle.store.versions import find
from nbpipe.errors import IntegrityError, ProbeMismatchError, VersionMismatchError, one_line

if TYPE_CHECKING:
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.errors import BundleError

_TIMEOUT = 600  # seconds; a model that takes longer to open is refused
_MARK = "nbpipe-trial "


def attempt(bundle: Bundle, mismatch: VersionMismatchError) -> None:
    """Try `bundle` in a subprocess, in spite of `mismatch`.

    Raises
    ------
    VersionMismatchError
        It crashes there, or cannot be opened or used.
    ProbeMismatchError
        It predicts something else.
    """
    outcome = _run(bundle)
    if outcome.get("error") == ProbeMismatchError.__name__:
        raise ProbeMismatchError(outcome["message"], path=str(bundle.path))
    if outcome:
        raise _explained(mismatch, outcome["message"])


def _run(bundle: Bundle) -> dict[str, str]:
    """Return nothing if all is well, else the error and its message."""
    expected = bundle.manifest.files[estimator.listed(bundle).name].sha256
    words = ["-m", "nbpipe.bundle.trust.trial", str(bundle.path.resolve()), expected]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, this package
            [sys.executable, *words],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": "timeout", "message": f"it took more than {_TIMEOUT} seconds"}
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            outcome: dict[str, str] = json.loads(line.removeprefix(_MARK))
            return outcome
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return {"error": "crash", "message": f"it crashed the process ({name})"}
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return {"error": "exit", "message": f"its process ended with code {done.returncode}: {last}"}


def _explained(mismatch: VersionMismatchError, message: str) -> BundleError:
    return VersionMismatchError(
        f"The model was made with {mismatch.package} {mismatch.trained_with} and does not work "
        f"with {mismatch.running or 'none'}, as a trial in another process shows ({message}). "
        f"Make an environment that fits: {mismatch.command}",
        package=mismatch.package,
        trained_with=mismatch.trained_with,
        running=mismatch.running,
        command=mismatch.command,
    )


def _open(bundle: Bundle, sha256: str) -> None:
    file = estimator.listed(bundle)
    if bundle.manifest.files[file.name].sha256 != sha256:
        raise IntegrityError(f"{file} was changed meanwhile.", path=str(file))
    compare_estimator(bundle, estimator.read(file, content(bundle, file.name)))


def main(folder: str, sha256: str) -> None:
    """Open, predict, and print the outcome."""
    outcome = {}
    try:
        _open(find(folder), sha256)
    except ProbeMismatchError as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    except Exception as error:  # noqa: BLE001 - old models fail in any way
        cause = error.__cause__ or error  # what scikit-learn said
        outcome = {
            "error": type(error).__name__,
            "message": f"{type(cause).__name__}: {one_line(cause)}",
        }
    print(_MARK + json.dumps(outcome), flush=True)  # noqa: T201 - the answer to the parent


if __name__ == "__main__":
    main(*sys.argv[1:])
