"""Read what another environment wrote, in four ways, and print what happened as JSON.

``python read.py FOLDER FLIGHTS``: see `WAYS`. Each question is asked in a child process of its own,
since what one scikit-learn wrote may crash the process in which another one reads it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

import nbpipe
from nbpipe.errors import NbpipeError

TRAINING, UNSEEN = 1000, 200  # as in write.py
COLUMNS = ["distance", "temp", "wind_gust", "carrier", "origin"]
SAME = 1e-12  # relative; what sums in another order differ by

#: How a model is opened, by the name of the way.
WAYS = {
    "predict": lambda folder, name: nbpipe.load(folder / name),
    "pipeline": lambda folder, name: nbpipe.load(folder / name).pipeline,
    "allowed": lambda folder, name: (
        nbpipe.load(folder / name, allow_version_mismatch=True).pipeline
    ),
    "joblib": lambda folder, name: joblib.load(folder / f"{name}.joblib"),
}


def answer(way: str, folder: Path, name: str, X: pd.DataFrame) -> dict[str, object]:
    """Open one model in one way, predict, and compare with what its writer predicted."""
    expected = np.array(json.loads((folder / f"{name}.json").read_text()))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            model = WAYS[way](folder, name)
            found = model.predict_proba(X) if expected.ndim > 1 else model.predict(X)
        except NbpipeError as error:
            facts = {"error": type(error).__name__, "message": str(error)}
            return {"kind": "refused", **facts, "command": getattr(error, "command", "")}
        except Exception as error:  # noqa: BLE001 - old models fail in any way
            return {"kind": "fails", "error": type(error).__name__, "message": str(error)}
    close = np.isclose(found, expected, rtol=SAME, atol=SAME)
    wrong = int((~close).reshape(UNSEEN, -1).any(axis=1).sum())
    warned = any(each.category.__name__ == "InconsistentVersionWarning" for each in told)
    plan = getattr(model, "_plan", None) is not None
    kind = "differs" if wrong else "same"
    return {"kind": kind, "rows": wrong, "warned": warned, "plan": plan}


def asked(way: str, folder: Path, name: str, X: pd.DataFrame) -> dict[str, object]:
    """Return `answer` of a forked child, or how the child died."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(into, json.dumps(answer(way, folder, name, X)).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        return {"kind": "crash", "error": signal.Signals(-status).name, "message": ""}
    return json.loads(said)


def main(folder: Path, flights: str) -> None:
    """Print ``{NAME: {WAY: answer}}``."""
    X = pd.read_csv(flights, nrows=TRAINING + UNSEEN)[COLUMNS][TRAINING:]
    names = sorted(each.stem for each in folder.glob("*.joblib"))
    print(json.dumps({name: {w: asked(w, folder, name, X) for w in WAYS} for name in names}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
