"""The wheel alone: build, export, load, predict a file, and what is missing names its extra."""

import importlib.util
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

import nbpipe
from nbpipe.errors import MissingExtraError

assert "site-packages" in nbpipe.__file__, nbpipe.__file__
EXTRAS = ("IPython", "ipywidgets", "matplotlib", "jupyterlab", "fastapi", "pyarrow", "fsspec")
for extra in (*EXTRAS, "model_signing", "skops", "onnxruntime"):
    assert importlib.util.find_spec(extra) is None, f"{extra} is here, so this proves nothing"

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.normal(size=300), "b": rng.choice(["u", "v"], 300)})
y = (X["a"] + (X["b"] == "v") > 0.5).astype(int)
pipeline = nbpipe.build(
    'num = ["a"] >> StandardScaler()\ncat = ["b"] >> OneHotEncoder()\nmodel = LogisticRegression()'
)
report = nbpipe.cv(pipeline, X, y)
pipeline.fit(X, y)


def needs(extra, do, *given, **options):
    """Do something that takes an extra, and see that the error names it."""
    try:
        do(*given, **options)
    except MissingExtraError as error:
        assert f"nbpipe-sklearn[{extra}]" in str(error), error
    else:
        sys.exit(f"this should have named the extra {extra}")


def command(*words):
    """Run the nbpipe command of this environment; return its exit code and what it complained."""
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("nbpipe"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


with tempfile.TemporaryDirectory() as here:
    folder = pathlib.Path(here)
    path = nbpipe.export(pipeline, folder / "bare", X=X, y=y, report=report).path
    model = nbpipe.load(path)
    assert (model.predict(X) == pipeline.predict(X)).all()
    X.to_csv(folder / "rows.csv", index=False)
    code, told = command(
        "predict", path, "--input", folder / "rows.csv", "--output", folder / "out.csv"
    )
    assert code == 0, told
    assert (pd.read_csv(folder / "out.csv")["prediction"] == pipeline.predict(X)).all()
    code, told = command("serve", path)
    assert (code, "nbpipe-sklearn[serve]" in told) == (2, True), told
    needs("lab", report.plot)
    needs("skops", nbpipe.export, pipeline, folder / "skops", X=X, y=y, format="skops")
    needs("onnx", nbpipe.export, pipeline, folder / "onnx", X=X, y=y, onnx=True)
    needs("sign", nbpipe.export, pipeline, folder / "signed", X=X, y=y, sign=folder / "key.pem")
    needs("remote", nbpipe.load, "s3://bucket/late")
    needs("parquet", nbpipe.predict_file, model, folder / "rows.parquet", folder / "out.csv")
    assert sorted(each.name for each in folder.iterdir()) == ["bare", "out.csv", "rows.csv"]
print("the wheel works bare:", nbpipe.__version__)
