"""The extension in a real kernel, as a notebook runs it."""

import nbformat
import pytest
from nbclient import NotebookClient

from shells import BUILD, FLIGHTS

PREPARE = f"""
import pandas as pd
flights = pd.read_csv({str(FLIGHTS)!r}, nrows=1500, parse_dates=["sched_dep"])
X, y = flights[["sched_dep", "distance", "temp", "carrier", "origin"]], flights["late"]
%load_ext nbpipe
from asyncio import sleep as wait
"""
CELLS = [
    PREPARE,
    BUILD,
    "%nbpipe cv late X y --time sched_dep",
    "%nbpipe cv late X z",
    "%%nbpipe build late\nmodel = LogisticRegression(penalti='l2')",
    "late.fit(X, y)\nbundle = %nbpipe export late X y\nbundle",
    "model = %nbpipe load models/late\nmodel.predict({'wrong_feature': 1.0})",
    "(model.predict(X) == late.predict(X)).all()",
    """from nbpipe.jupyter.progress import NotebookBar
for _ in (bar := NotebookBar([1, 2], desc="folds", leave=False)): pass""",
    "%nbpipe watch on",
    (
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.model_selection import train_test_split\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "Z = StandardScaler().fit_transform(X[['distance', 'temp']].fillna(0))"
    ),
    (
        "Z_train, Z_test, y_train, y_test = train_test_split(Z, y)\n"
        "model = LogisticRegression().fit(Z_train, y_train)\n"
        "model.score(Z_test, y_test)"
    ),
    "%nbpipe check",
    "%%nbpipe check\nmodel.set_params(C=2).fit(Z_train, y_train)\nawait wait(0, 7)",
    "%%nbpipe check\nmodel.score(Z_test[:50], y_test[:50])",
    "%nbpipe watch off",
    "%nbpipe explain NB101",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = tmp_path_factory.mktemp("kernel")
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": folder}}
    )
    client.execute()
    return [cell.outputs for cell in notebook.cells]


def test_build_shows_scikit_learns_diagram(outputs):
    (shown,) = outputs[1]
    assert "sk-container" in shown.data["text/html"]


def test_a_report_is_one_display_of_moderate_size(outputs):
    shown = [o for o in outputs[2] if o.output_type == "execute_result"]
    assert len(shown) == 1
    assert "TimeSeriesSplit" in shown[0].data["text/plain"]
    assert len(shown[0].data["text/html"]) < 50_000
    assert not [o for o in outputs[2] if o.output_type == "stream" and "Warning" in o.text]


@pytest.mark.parametrize(
    ("cell", "kind", "lines"), [(3, "UsageError", 1), (4, "SpecError", 3), (6, "SchemaError", 3)]
)
def test_an_error_keeps_its_class_and_stays_short(outputs, cell, kind, lines):
    (error,) = [o for o in outputs[cell] if o.output_type == "error"]
    assert error.ename == kind
    assert len("\n".join(error.traceback).splitlines()) == lines


def test_a_bad_step_is_pointed_at(outputs):
    error = outputs[4][-1]
    assert "Did you mean 'penalty'?" in error.evalue
    _, source, caret = error.traceback
    assert source.strip() == "model = LogisticRegression(penalti='l2')"
    assert source[caret.index("^") :].startswith("penalti")


def test_the_loaded_model_predicts_the_same(outputs):
    assert outputs[7][0].data["text/plain"] in {"True", "np.True_"}


def test_a_progress_bar_leaves_nothing_behind(outputs):
    (shown,) = outputs[8]
    assert shown.data == {"text/html": "", "text/plain": ""}


def test_a_leak_is_told_below_the_cell_that_completes_it(outputs):
    assert not outputs[10]
    score, told = outputs[11]
    assert score.output_type == "execute_result"
    assert told.output_type == "display_data"
    assert told.data["text/plain"].startswith("error NB101 In [11], line 4: ")
    assert "In [11], line 4" in told.data["text/html"]


def test_a_session_is_shown_as_one_table(outputs):
    (shown,) = outputs[12]
    assert shown.output_type == "execute_result"
    assert shown.data["text/html"].count("<table>") == 1
    assert "In [11], line 4: error[NB101]" in shown.data["text/plain"]


def test_a_cell_checked_ahead_runs_as_any_cell(outputs):
    (quiet,) = outputs[13]
    assert quiet.data["text/plain"] == "7"
    assert outputs[14][-1].output_type == "execute_result"


def test_a_rule_is_shown_as_markdown(outputs):
    (shown,) = outputs[16]
    assert shown.data["text/markdown"].startswith("# NB101: ")
