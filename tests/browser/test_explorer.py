"""The gap explorer in JupyterLab: from the first display of a report to two side by side."""

import json
import re

import pytest

from browser.axe import violations
from browser.pages import choose, go_dark, picture, run_all, save

CELLS = [
    """%load_ext nbpipe
import nbpipe, pandas as pd
data = pd.read_csv("data/flights_jan_aug.csv.gz", nrows=3000, parse_dates=["sched_dep"])
X, y = data[["sched_dep", "distance", "temp", "wind_gust", "carrier", "origin"]], data["late"]""",
    """%%nbpipe build late
["distance", "temp", "wind_gust"] >> SimpleImputer() >> StandardScaler()
["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = RandomForestClassifier(20, random_state=0);""",
    """%%nbpipe build careful
["distance", "temp", "wind_gust"] >> SimpleImputer() >> StandardScaler()
["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression(class_weight="balanced", max_iter=500);""",
    "before = %nbpipe cv late X y --time sched_dep\nbefore",
    "after = %nbpipe cv careful X y --time sched_dep\nnbpipe.compare(before, after)",
]
WIDGET = ".nbpipe-widget"


@pytest.fixture
def page(open_notebook):
    page = open_notebook("gaps.ipynb", *CELLS)
    run_all(page)
    return page


def test_a_report_is_explored_and_compared(page):
    """Metric, threshold by keyboard, folds, a curve stopped, one to its end, two side by side."""
    widget = page.locator(WIDGET).nth(0)
    widget.get_by_label("Metric").select_option("roc_auc")
    widget.get_by_alt_text(re.compile("^Train and test roc_auc in each of 5 folds")).wait_for()
    widget.get_by_text("⚠ late: overfitting (roc_auc gap 0.4").wait_for()
    handle = widget.get_by_role("slider", name="Overfitting: gap above")
    for _ in range(35):
        handle.press("ArrowRight")
    widget.get_by_text("⚠ late: watch (roc_auc gap 0.4").wait_for()
    widget.get_by_text("between 0.1 and 0.5.").wait_for()
    picture(widget, "explorer-scores")
    assert violations(page, WIDGET) == []

    widget.get_by_role("tab", name="Folds").click()
    widget.get_by_alt_text(re.compile("^Which rows, in order of sched_dep")).wait_for()
    assert "500 (2013-01-01 to 2013-01-22)" in widget.get_by_role("table").inner_text()
    picture(widget, "explorer-folds")
    assert violations(page, WIDGET) == []

    widget.get_by_role("tab", name="Validation curve").click()
    widget.get_by_label("Parameter").select_option("model__n_estimators")
    widget.get_by_label("Values").fill("10, 20, 200, 400, 800")
    widget.get_by_label("Values").press("Tab")
    widget.get_by_role("button", name="Compute").click()
    widget.get_by_alt_text(re.compile("^Mean roc_auc by model__n_estimators. 10:")).wait_for()
    assert violations(page, WIDGET) == []
    widget.get_by_role("button", name="Stop").click()
    widget.get_by_text(re.compile(r"^Stopped after \d+ of 25\.")).wait_for()
    widget.get_by_role("button", name="Continue").wait_for()
    picture(widget, "explorer-validation")

    widget.get_by_role("tab", name="Learning curve").click()
    widget.get_by_role("button", name="Compute").click()
    widget.get_by_role("rowheader", name=re.compile(r"^1 \(")).wait_for()
    picture(widget, "explorer-learning")
    assert violations(page, WIDGET) == []

    side = page.locator(WIDGET).nth(1)
    side.get_by_label("Metric").select_option("accuracy")
    side.get_by_alt_text(re.compile("^Test accuracy by fold. late: ")).wait_for()
    side.get_by_role("columnheader", name="careful").wait_for()
    picture(side, "explorer-beside")
    assert violations(page, WIDGET) == []

    go_dark(page)
    picture(side, "explorer-beside-dark")
    picture(widget, "explorer-learning-dark")
    widget.get_by_role("tab", name="Scores").click()
    picture(widget, "explorer-scores-dark")
    assert violations(page, WIDGET) == []


def test_a_saved_notebook_shows_what_it_showed_without_widgets(page, lab, open_notebook):
    """Opened again after its kernel is gone, and for whoever knows no widgets."""
    _, root = lab
    page.locator(WIDGET).nth(1).wait_for()
    save(page)
    choose(page, "Kernel", "Shut Down Kernel")
    page.get_by_text("No Kernel").first.wait_for()
    page.context.close()

    again = open_notebook("gaps.ipynb")
    again.get_by_text("late: 5 folds of 3,000 rows").wait_for()
    again.get_by_text("Same folds for all.").wait_for()
    assert again.locator(WIDGET).count() == 0
    assert again.get_by_text("model not found").count() == 0
    cells = json.loads((root / "gaps.ipynb").read_text())["cells"]
    for cell in cells[-2:]:
        assert {"text/html", "text/plain"} < set(cell["outputs"][-1]["data"])
