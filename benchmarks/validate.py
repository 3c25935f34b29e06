"""What checking a million rows costs beside predicting them.

The flights' columns, nine of them, with 1 % bad values of each kind; a gradient boosting model
whose plan predicts. Each figure is the median of several runs in one process.

    python benchmarks/validate.py [rows]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import nbpipe
from nbpipe.bundle.rows.validate import examine

DATA = Path(__file__).parents[1] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS = ["distance", "temp", "humid", "wind_speed", "wind_gust", "plane_year"]
TEXTS = ["carrier", "origin", "dest"]
RUNS = 3


def exported(flights: pd.DataFrame, folder: str) -> nbpipe.Model:
    """Fit and export a model that reads nine columns, and load it."""
    encode = OneHotEncoder(handle_unknown="ignore", min_frequency=60, sparse_output=False)
    columns = make_column_transformer(("passthrough", NUMBERS), (encode, TEXTS))
    pipeline = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=100))
    X, y = flights[NUMBERS + TEXTS], flights["late"]
    bundle = nbpipe.export(pipeline.fit(X, y), Path(folder) / "late", X=X, y=y)
    return nbpipe.load(bundle.path)


def spoilt(clean: pd.DataFrame) -> pd.DataFrame:
    """Put 1 % of bad values of each kind in, at random."""
    rng, rows = np.random.default_rng(0), clean.copy()
    year = rows["plane_year"].astype(object)  # a column as CSV readers make it of mixed values
    bad = {"carrier": "aa ", "origin": None, "dest": "XXX", "temp": 1e6, "distance": np.inf}
    for name, value in bad.items():
        rows[name] = rows[name].mask(rng.random(len(rows)) < 0.01, value)
    rows["plane_year"] = year.mask(rng.random(len(rows)) < 0.01, "9")
    return rows


def seconds(work: object, *args: object) -> float:
    """Return the median time of calling `work`."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work(*args)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    warnings.simplefilter("ignore")
    flights = pd.read_csv(DATA)
    with tempfile.TemporaryDirectory() as folder:
        model = exported(flights, folder)
    names = list(model.schema.names)
    clean = flights[names].sample(count, replace=True, random_state=0, ignore_index=True)
    forms = {
        "pandas, text as strings": clean,
        "pandas, text as objects": clean.astype(dict.fromkeys(TEXTS, object)),
        "pandas, text as categories": clean.astype(dict.fromkeys(TEXTS, "category")),
        "pandas, 1 % bad of each kind": spoilt(clean),
    }
    by_name = forms["pandas, text as categories"]
    forms["Arrow"] = pa.Table.from_pandas(clean, preserve_index=False)
    forms["Arrow, dictionaries"] = pa.Table.from_pandas(by_name, preserve_index=False)
    table = examine(clean, model.schema)[0].table()
    predicting = seconds(model._plan.predict_proba, table)  # noqa: SLF001 - without checking
    print(f"{count:,} rows of {len(names)} columns; predicting them takes {predicting:.2f} s")
    for form, rows in forms.items():
        checking = seconds(examine, rows, model.schema)
        reading = seconds(lambda rows=rows: examine(rows, model.schema)[0].table())
        print(
            f"{form:<30} checking {checking:.2f} s, {checking / predicting:.0%} of predicting; "
            f"with reading {reading:.2f} s"
        )


if __name__ == "__main__":
    main()
