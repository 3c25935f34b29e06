"""Rows a second of ``nbpipe predict`` beside pandas and the pipeline, and memory by size of input.

Run as ``python benchmarks/batch.py [MB ...]``: sizes of the inputs that are piped in, made on the
way, for the peak of memory (default 50 200; 1000 4000 take long).

The peer is ``pandas.read_csv(chunksize=50_000)``, ``pipeline.predict_proba`` and ``to_csv``. It
neither checks a row nor survives a kill. CPU seconds are those of all threads.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nbpipe

DATA = Path(__file__).parents[1] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS = ["distance", "temp", "wind_gust", "humid", "pressure", "visib"]
WORDS = ["carrier", "origin", "dest"]
ROWS = 1_000_000
TOLD = """
import pathlib, re, resource, sys, time, warnings
warnings.simplefilter("ignore")
started, model, source, target = time.perf_counter(), *sys.argv[1:]
{body}
used = resource.getrusage(resource.RUSAGE_SELF)
peak = re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
seconds = time.perf_counter() - started
print(seconds, used.ru_utime + used.ru_stime, int(peak) / 1024, file=sys.stderr)
"""
OURS = """
import nbpipe
model = nbpipe.load(model)
nbpipe.predict_file(model, source, target, input_format="csv", overwrite=True, progress=False)
"""
PEER = """
import joblib, pandas as pd
pipeline = joblib.load(model + "/model.joblib")
with open(target, "w") as file:
    for number, rows in enumerate(pd.read_csv(source, chunksize=50_000)):
        proba = pipeline.predict_proba(rows)
        frame = pd.DataFrame(proba, columns=["probability_0", "probability_1"])
        frame.insert(0, "prediction", pipeline.classes_[proba.argmax(axis=1)])
        frame.to_csv(file, header=number == 0, index=False)
"""


def run(body, *arguments, **options):
    """Start a process that says its seconds, CPU seconds and peak MB at the end."""
    code = TOLD.format(body=body)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stderr=subprocess.PIPE, **options
    )


def ended(process):
    """Return these three."""
    told = process.stderr.read().decode()
    assert process.wait() == 0, told
    return [float(each) for each in told.split()[-3:]]


def exported(rows, folder):
    """Yield names and paths of models of rows of flights."""
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), WORDS),
    )
    forest = RandomForestClassifier(100, max_depth=8, n_jobs=-1, random_state=0)
    for model in (LogisticRegression(max_iter=500), forest):
        name, X = type(model).__name__, rows[NUMBERS + WORDS]
        pipeline = make_pipeline(columns, model).fit(X, rows["late"])
        yield name, nbpipe.export(pipeline, folder / name, X=X, y=rows["late"]).path


def main():
    sizes = [int(each) for each in sys.argv[1:]] or [50, 200]
    rows = pd.read_csv(DATA)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = dict(exported(rows, folder))
        source, some = folder / "in.csv", rows[NUMBERS + WORDS]
        many = some.iloc[np.random.default_rng(0).integers(0, len(rows), ROWS)]
        many.to_csv(source, index=False)
        for model, path in models.items():
            ours = ended(run(OURS, path, source, folder / "ours.csv"))
            peer = ended(run(PEER, path, source, folder / "peer.csv"))
            print(f"{model}, {ROWS:,} rows of CSV")
            for who, (seconds, cpu, peak) in (("nbpipe", ours), ("pandas", peer)):
                print(
                    f"  {who} {ROWS / seconds:10,.0f} rows/s, {cpu:5.1f} s of CPU, {peak:4.0f} MB"
                )
            print(f"  ratio {peer[0] / ours[0]:.2f} in time, {peer[1] / ours[1]:.2f} in CPU")
        header, _, block = source.read_bytes().partition(b"\n")
        for size in sizes:
            process = run(OURS, models["LogisticRegression"], "-", folder / "ours.csv", stdin=-1)
            process.stdin.write(header + b"\n")
            for _ in range(max(1, round(size * 1e6 / len(block)))):
                process.stdin.write(block)
            process.stdin.close()
            print(f"{size:,} MB through a pipe: {ended(process)[2]:.0f} MB at the peak")


if __name__ == "__main__":
    main()
