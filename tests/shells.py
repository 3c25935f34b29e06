"""What tests of an IPython shell share."""

from pathlib import Path

FLIGHTS = Path(__file__).parents[1] / "notebooks/data/flights_jan_aug.csv.gz"


def run(shell, cell, cell_id=None):
    """Run a cell as a user would; raise what it raised."""
    result = shell.run_cell(cell, store_history=True, cell_id=cell_id)
    result.raise_error()
    return result.result


BUILD = """%%nbpipe build late
num = ["distance", "temp"] >> SimpleImputer() >> StandardScaler()
cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression(max_iter=500)
"""

# A leak, a cell each: what is fitted, what sets rows aside, and what judges.
PREPARE = f"""
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
flights = pd.read_csv({str(FLIGHTS)!r}, nrows=1500)
X, y = flights[["distance", "temp"]].fillna(0), flights["late"]"""
SCALE = "X = StandardScaler().fit_transform(X)"
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = "model = LogisticRegression().fit(X_train, y_train)"
SCORE = "model.score(X_test, y_test)"
