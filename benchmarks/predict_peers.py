"""The models and rows of ``benchmarks/predict.py`` through other ways to serve them.

Run as ``python benchmarks/predict_peers.py [FOLDER]``: it makes an environment of
``peers_predict.txt`` and this nbpipe in FOLDER (a temporary one by default), and there prints a
table in Markdown for each model, nbpipe's plan among the others. Each is given a row as its own
documentation says: nbpipe and ONNX a dict, the others a DataFrame of one row.
"""

# ruff: noqa: PLC0415 - each import is one of an environment that not all have

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
CALLS = 40
DICTS = {"nbpipe", "onnxruntime"}  # take a row as one
HEAD = "| | one row (x nbpipe's) | 1,000 rows | cold start | memory |\n| --- " + 4 * "| ---: " + "|"

LOAD = {
    "nbpipe": "import nbpipe\nmodel = nbpipe.load(path)\npredict = model.predict_proba\n",
    "joblib": "import joblib\npredict = joblib.load(path + '/model.joblib').predict_proba\n",
    "skops": (
        "import skops.io as sio\n"
        "path += '/model.skops'\n"
        "trusted = sio.get_untrusted_types(file=path)\n"
        "predict = sio.load(path, trusted=trusted).predict_proba\n"
    ),
    "MLflow pyfunc": "import mlflow\npredict = mlflow.pyfunc.load_model(path).predict\n",
    "vetiver": (
        "import pins, vetiver\n"
        "board = pins.board_folder(path, allow_pickle_read=True)\n"
        "model = vetiver.VetiverModel.from_pin(board, 'late')\n"
        "predict = model.model.predict_proba\n"
    ),
    "onnxruntime": (
        "import numpy as np\n"
        "import onnxruntime\n"
        "session = onnxruntime.InferenceSession(path + '/model.onnx')\n"
        "def predict(rows):\n"
        "    given = {n: np.nan if v is None else v for n, v in rows.items()}\n"
        "    given = {n: np.asarray(v).reshape(-1, 1) for n, v in given.items()}\n"
        "    given = {n: v.astype(np.float32) if v.dtype.kind in 'if' else v.astype(object)\n"
        "             for n, v in given.items()}\n"
        "    return session.run(None, given)\n"
    ),
}
COLD = """
import json, pathlib, re, sys, time
started = time.perf_counter()
path = sys.argv[1]
record = json.loads(sys.argv[2])
{load}
if {frame}:
    import pandas
    record = pandas.DataFrame([record])
predict(record)
seconds = time.perf_counter() - started
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps([seconds, int(re.search("VmHWM:\\\\s*(\\\\d+)", status)[1]) / 1024]))
"""


def save(kind, fitted, X, y, path):
    """Save a fitted pipeline the way of `kind`."""
    path.mkdir(parents=True)
    if kind == "nbpipe":
        import nbpipe

        return str(nbpipe.export(fitted, path / "late", X=X, y=y).path)
    if kind == "joblib":
        import joblib

        joblib.dump(fitted, path / "model.joblib")
    elif kind == "skops":
        import skops.io

        skops.io.dump(fitted, path / "model.skops")
    elif kind == "MLflow pyfunc":
        import mlflow

        mlflow.sklearn.save_model(
            fitted,
            str(path / "m"),
            pyfunc_predict_fn="predict_proba",
            serialization_format="cloudpickle",
        )
        return str(path / "m")
    elif kind == "vetiver":
        import pins
        import vetiver

        board = pins.board_folder(str(path), allow_pickle_read=True)
        vetiver.vetiver_pin_write(board, vetiver.VetiverModel(fitted, "late", prototype_data=X))
    else:
        (path / "model.onnx").write_bytes(as_onnx(fitted, X))
    return str(path)


def as_onnx(fitted, X):
    """Convert a pipeline, each column an input of its own, probabilities as an array."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    kinds = [(n, FloatTensorType if X[n].dtype.kind in "if" else StringTensorType) for n in X]
    inputs = [(name, kind([None, 1])) for name, kind in kinds]
    options = {id(fitted.steps[-1][1]): {"zipmap": False}}
    return to_onnx(fitted, initial_types=inputs, options=options).SerializeToString()


def measure(kind, path, X, plain):
    """Return seconds for one row and for 1,000, and seconds and MB of a cold start."""
    held = {"path": path}
    exec(LOAD[kind], held)
    predict = held["predict"]
    rows = [plain(X, row) if kind in DICTS else X.iloc[[row]] for row in range(CALLS)]
    predict(rows[0])
    one = median(timed(predict, row) for row in rows)
    some = median(timed(predict, X.iloc[:1000]) for _ in range(5))
    code = COLD.format(load=LOAD[kind], frame=kind not in DICTS)
    arguments = [sys.executable, "-c", code, path, json.dumps(plain(X, 0))]
    runs = [subprocess.run(arguments, capture_output=True, check=True).stdout for _ in range(3)]
    cold = [json.loads(re.findall(rb"\[[\d., ]+\]", run)[-1]) for run in runs]
    return one, some, median(run[0] for run in cold), median(run[1] for run in cold)


def timed(function, argument):
    started = time.perf_counter()
    function(argument)
    return time.perf_counter() - started


def compare(folder):
    """Print a table for each model; what cannot save or predict one says why."""
    sys.path.insert(0, str(HERE))
    import predict as own

    for name, fitted, X, y, array in own.cases():
        pipeline = own.clone_of_frame(X, y) if array else fitted
        print(f"\n**{name}**\n\n{HEAD}", flush=True)
        ours = None
        for kind in LOAD:
            try:
                saved = save(kind, pipeline, X, y, folder / name.split()[0] / kind.split()[0])
                one, some, cold, memory = measure(kind, saved, X, own.plain)
            except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
                why = str(error).partition("\n")[0].replace("|", "/")
                print(f"| {kind} | could not run: {type(error).__name__}: {why:.70} | | | |")
                continue
            ours = ours or one
            print(
                f"| {kind} | {1e6 * one:,.0f} us ({one / ours:.1f} x) | {1e3 * some:.1f} ms "
                f"| {cold:.2f} s | {memory:.0f} MB |",
                flush=True,
            )


def main():
    if sys.argv[1:2] == ["--here"]:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
            wanted = ["-r", str(HERE / "peers_predict.txt"), str(HERE.parent)]
            subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
        subprocess.run([python, str(Path(__file__)), "--here"], check=True)


if __name__ == "__main__":
    main()
