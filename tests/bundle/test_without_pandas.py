"""A service that predicts from a plan says the same of odd rows, and has numpy alone."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbpipe.bundle.rows.problems import InputWarning
from nbpipe.errors import NbpipeError

# Blocks what such a service lacks, and then answers one line of JSON for each that it reads. A
# value that JSON has no word for comes as Python.
SERVICE = """
import sys
for name in ("pandas", "sklearn", "scipy", "joblib", "pyarrow"):
    sys.modules[name] = None
import datetime, decimal, fractions, json, warnings
import numpy as np
import nbpipe
from nbpipe.bundle.rows.problems import InputWarning
from nbpipe.errors import NbpipeError

model = nbpipe.load(sys.argv[1])
names = {"nan": np.nan, "inf": np.inf, "np": np, "datetime": datetime}
names |= {"Decimal": decimal.Decimal, "Fraction": fractions.Fraction}
for line in sys.stdin:
    rows, said = eval(json.loads(line), names), []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            said.append(model.predict_proba(rows).tolist())
        except NbpipeError as error:  # of the rows, or of the plan for what float32 cannot hold
            said.append([str(error), dict(getattr(error, "counts", {}))])
    said += [[str(w.message), w.message.counts] for w in caught if w.category is InputWarning]
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def service(exported):
    """Return what asks such a service about rows."""
    running = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(exported.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(rows):
        running.stdin.write(json.dumps(repr(rows)) + "\n")
        running.stdin.flush()
        return json.loads(running.stdout.readline())

    yield ask
    running.stdin.close()
    assert running.wait(20) == 0


def here(model, rows):
    """Return the same of a process that has pandas, and takes the rows through a frame too."""
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            said.append(model.predict_proba(rows).tolist())
        except NbpipeError as error:  # of the rows, or of the plan for what float32 cannot hold
            said.append([str(error), dict(getattr(error, "counts", {}))])
    said += [[str(w.message), w.message.counts] for w in caught if w.category is InputWarning]
    return json.loads(json.dumps(said))


ODD = st.sampled_from(
    [
        *(None, float("nan"), float("inf"), -0.0, 0, True, "", "AA", "AA ", "ewr", "9", 10**400),
        *(b"AA", [], {}, (1,), 1j, 2**63, Decimal("12.5"), Decimal("nan"), Decimal("1e999999")),
        *(Fraction(1, 3), date(2020, 1, 2), Decimal("sNaN")),
        *(np.float64(3), np.float32(2.5), np.int8(7), np.True_, np.str_("AA")),
    ]
)
VALUES = ODD | st.floats() | st.integers() | st.text(max_size=3)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_odd_records_get_the_same_errors_and_warnings(service, model, record, data):
    names = [*model.schema.names, "month", "other"]
    change = st.dictionaries(st.sampled_from(names), VALUES, max_size=3)
    dropped = data.draw(st.sets(st.sampled_from(names), max_size=1))
    rows = [record | each for each in data.draw(st.lists(change, min_size=1, max_size=3))]
    rows = [{k: v for k, v in row.items() if k not in dropped} for row in rows]
    assert service(rows) == here(model, rows)


@pytest.mark.parametrize("rows", [[], {}, None, "x", 3, [[1.0]], [1], (), [{}, {1: 2}]], ids=repr)
def test_what_is_no_row_is_told_there_too(service, model, rows):
    assert service(rows) == here(model, rows)


def test_a_frame_of_the_same_rows_gets_the_same_errors(model, record):
    rows = [record | {"temp": value} for value in ("9", None, 1e9, True)]
    frame = pd.DataFrame(rows).astype({"temp": object})
    assert here(model, frame) == here(model, rows)
    assert here(model, rows)[0][1] == {"temp": 2}


def test_many_rows_are_read_there_as_well(service, model, flights):
    rows = json.loads(flights[0][list(model.schema.names)].head(300).to_json(orient="records"))
    rows[7]["carrier"] = "ua"
    answer, warning = service(rows)
    assert [answer, warning] == here(model, rows)
    assert len(answer) == 300
    assert "'ua' (text)" in warning[0]
    assert "did you mean 'UA'" in warning[0]


def test_validation_imports_no_pandas():
    code = (
        "import sys; import nbpipe.bundle.rows.validate; "
        "assert not {'pandas', 'sklearn', 'scipy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
