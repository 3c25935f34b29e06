"""What tests of an IPython shell share."""

from pathlib import Path

FLIGHTS = Path(__file__).parents[1] / "notebooks/data/flights_jan_aug.csv.gz"


def run(shell, cell):
    """Run a cell as a user would; raise what it raised."""
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


BUILD = """%%nbpipe build late
num = ["distance", "temp"] >> SimpleImputer() >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression(max_iter=500)
"""
