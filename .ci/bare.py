"""The wheel alone: build, export, load and predict with no Jupyter and no matplotlib there."""

import importlib.util
import pathlib
import sys
import tempfile

import numpy as np
import pandas as pd

import nbpipe
from nbpipe.errors import MissingExtraError

assert "site-packages" in nbpipe.__file__, nbpipe.__file__
for extra in ("IPython", "ipywidgets", "matplotlib", "jupyterlab"):
    assert importlib.util.find_spec(extra) is None, f"{extra} is here, so this proves nothing"

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.normal(size=300), "b": rng.choice(["u", "v"], 300)})
y = (X["a"] + (X["b"] == "v") > 0.5).astype(int)
pipeline = nbpipe.build(
    'num = ["a"] >> StandardScaler()\ncat = ["b"] >> OneHotEncoder()\nmodel = LogisticRegression()'
)
report = nbpipe.cv(pipeline, X, y)
with tempfile.TemporaryDirectory() as folder:
    nbpipe.export(pipeline.fit(X, y), pathlib.Path(folder, "bare"), X=X, y=y, report=report)
    model = nbpipe.load(pathlib.Path(folder, "bare"))
    assert (model.predict(X) == pipeline.predict(X)).all()
try:
    report.plot()
except MissingExtraError as error:
    assert "nbpipe-sklearn[lab]" in str(error), error
else:
    sys.exit("plotting without matplotlib should have named the extra")
print("the wheel works bare:", nbpipe.__version__)
