"""The model browser in JupyterLab: two versions, compared, verified, loaded and tried."""

import pytest

from browser.axe import violations
from browser.pages import answer, go_dark, picture, run_all

CELLS = [
    """%load_ext nbpipe
import pandas as pd
data = pd.read_csv("data/flights_jan_aug.csv.gz", nrows=3000, parse_dates=["sched_dep"])
X, y = data[["sched_dep", "distance", "temp", "wind_gust", "carrier", "origin"]], data["late"]
def fit(text):
    return nbpipe.build(text).fit(X, y)
import nbpipe""",
    """early = fit('''
numbers = ["distance", "temp", "wind_gust"] >> SimpleImputer() >> StandardScaler()
names = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression(max_iter=500)
''')
report = nbpipe.cv(early, X, y, time="sched_dep", progress=False)
%nbpipe export early X y --to models/browsed/late --report report""",
    """late = fit('''
numbers = ["distance", "temp"] >> SimpleImputer() >> StandardScaler()
names = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore")
model = LogisticRegression(max_iter=500, C=0.1)
''')
report = nbpipe.cv(late, X, y, time="sched_dep", progress=False)
%nbpipe export late X y --to models/browsed/late --report report""",
    "%nbpipe models models/browsed",
    "",
]


@pytest.fixture
def page(open_notebook):
    page = open_notebook("browse.ipynb", *CELLS)
    run_all(page)
    return page


def looked_at(page, widget, name):
    """Take a picture if one is wanted; nobody is kept out, and nothing is wider than a laptop."""
    page.set_viewport_size({"width": 1280, "height": 1400})
    picture(widget, f"models-{name}")
    assert violations(page, ".nbpipe-widget") == []
    assert widget.bounding_box()["width"] <= 860


def below(one, other):
    above = other.bounding_box()
    return one.bounding_box()["y"] >= above["y"] + above["height"] - 1


def test_a_version_is_compared_verified_loaded_and_tried(page):
    widget = page.locator(".nbpipe-widget")
    listing = widget.get_by_role("table", name="Models in models/browsed")
    assert "✓ the same" in listing.get_by_role("row", name="late 1.1.0").inner_text()
    chosen = widget.get_by_label("Version").locator("option:checked").inner_text()
    assert chosen.replace("\xa0", " ") == "late 1.1.0"
    widget.get_by_role("button", name="Verify", exact=True).click()
    widget.get_by_text("late 1.1.0 is sound").wait_for()
    widget.get_by_text("20 probe rows give the predictions of the export").wait_for()
    looked_at(page, widget, "verified")

    widget.get_by_label("Variable").fill("chosen")
    widget.get_by_role("button", name="Load", exact=True).click()
    widget.get_by_text("late 1.1.0 is in chosen.").wait_for()
    answer(page, 4, "chosen.version, chosen.predict(X[:3]).shape", "('1.1.0', (3,))")

    widget.get_by_role("tab", name="Compare").click()
    parameters = widget.get_by_role("table", name="Parameters")
    changed = parameters.get_by_role("row", name="model__C").get_by_role("cell")
    assert changed.all_inner_texts() == ["-", "0.1", ""]
    gone = widget.get_by_role("table", name="Schema").get_by_role("row", name="wind_gust")
    assert gone.get_by_role("cell").all_inner_texts() == ["number", "-", ""]
    looked_at(page, widget, "compared")

    widget.get_by_role("tab", name="Aliases").click()
    widget.get_by_label("Reason").fill("better in August")
    widget.get_by_role("button", name="Promote").click()
    listing.get_by_text("production").wait_for()
    widget.get_by_text("better in August").first.wait_for()
    looked_at(page, widget, "promoted")
    answer(page, 4, "nbpipe.load('models/browsed/late@production').version", "1.1.0")

    widget.get_by_role("tab", name="Predict").click()
    widget.get_by_role("button", name="Open the form").click()
    widget.get_by_label("temp").fill("warm")
    widget.get_by_label("carrier").fill("zz")
    widget.get_by_role("button", name="Predict", exact=True).click()
    told = widget.get_by_text("expected a number")
    told.wait_for()
    assert below(told, widget.get_by_label("temp"))
    assert below(widget.get_by_label("carrier"), told)
    widget.get_by_text("Not predicted: 1 field needs another value.").wait_for()
    looked_at(page, widget, "refused")
    widget.get_by_label("temp").fill("41.5")
    widget.get_by_role("button", name="Predict", exact=True).click()
    widget.get_by_role("table", name="Probabilities").wait_for()
    widget.get_by_text("unlike training: expected one of").wait_for()
    assert not widget.get_by_text("expected a number").count()
    looked_at(page, widget, "tried")
    go_dark(page)
    for tab in ("Predict", "Compare", "Aliases", "Verify and load"):
        widget.get_by_role("tab", name=tab).click()
        looked_at(page, widget, f"{tab.split()[0].lower()}-dark")
