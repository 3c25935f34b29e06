"""Make the pictures of the README and of docs/jupyterlab.md: `python docs/make_images.py`.

The report takes half a minute. The widgets' pictures are taken by the tests that use them in
JupyterLab, light and dark, which needs a Chromium and some minutes more.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from PIL import Image

import nbpipe

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "browser"
#: What a test calls a picture, and what it is called here.
WIDGETS = {
    "builder-steps": "builder",
    "builder-steps-dark": "builder-dark",
    "explorer-scores": "explorer",
    "explorer-scores-dark": "explorer-dark",
    "models-tried": "models",
    "models-predict-dark": "models-dark",
}
HIGHEST = 1072  # pixels; a builder that has cross-validated goes on with the report
COLOURS = 48  # enough for what is drawn, and a quarter of the size

flights = pd.read_csv(
    HERE.parent / "notebooks/data/flights_jan_aug.csv.gz", parse_dates=["sched_dep"]
)
X = flights.drop(columns=["late", "dep_delay", "air_time", "arr_delay"])
X["hour"] = X["sched_dep"].dt.hour
memoriser = nbpipe.build(
    """
num = ["distance", "hour", "temp", "humid", "wind_speed", "recent_delay"] >> SimpleImputer()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(class_weight="balanced", random_state=42)
"""
)
report = nbpipe.cv(memoriser, X, flights["late"], time="sched_dep")
report.plot().savefig(HERE / "img/report.png", dpi=100, bbox_inches="tight")
print(report)

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q"]
        + [TESTS / f"test_{each}.py" for each in ("builder", "explorer", "models")],
        env={**os.environ, "NBPIPE_SCREENSHOTS": folder},
        check=True,
    )
    for taken, name in WIDGETS.items():
        picture = Image.open(Path(folder) / f"{taken}.png").convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, HIGHEST)))
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(
            HERE / "img" / f"{name}.png", optimize=True
        )
