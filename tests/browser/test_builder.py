"""The builder in JupyterLab: from the first click to a pipeline that is built and validated."""

import pytest

from browser.axe import violations
from browser.pages import go_dark, picture, run_all, wait_idle

DATA = """\
%load_ext nbpipe
import pandas as pd
X = pd.read_csv("data/flights_jan_aug.csv.gz", parse_dates=["sched_dep"], nrows=2000)
y = X.pop("late")
"""
CELLS = (DATA, "%nbpipe builder late X y")


@pytest.fixture
def notebook(open_notebook):
    """Open a notebook with the builder in it, and give the page and the builder."""

    def open_(name, *, extension=True):
        page = open_notebook(name, *CELLS)
        if not extension:
            page.context.route("**/extensions/nbpipe-lab/**", lambda route: route.abort())
            page.reload()
            wait_idle(page)
        run_all(page)
        builder = page.locator(".nbpipe-builder")
        builder.get_by_label("Cell", exact=True).wait_for()
        return page, builder

    return open_


def until(page, builder, words):
    """Wait until the text of the cell holds `words`."""
    page.wait_for_function(
        "([text, words]) => text.value.includes(words)",
        arg=[builder.get_by_label("Cell", exact=True).element_handle(), words],
    )


def test_a_pipeline_is_built_with_a_mouse_and_its_cell_is_run(notebook):
    page, builder = notebook("a builder.ipynb")
    table = builder.get_by_role("region", name="The columns of X")
    told = table.get_by_role("row", name="arr_delay")
    assert "target" in told.inner_text()
    assert "left out" in told.inner_text()
    picture(builder, "builder-columns")
    assert violations(page, ".nbpipe-builder") == []

    builder.get_by_label("Start with", exact=True).select_option("linear")
    until(page, builder, "LogisticRegression")
    builder.get_by_label("Columns", exact=True).select_option("flight  (num)")
    builder.get_by_label("Move to", exact=True).select_option("left out")
    builder.get_by_role("button", name="Move", exact=True).click()
    page.wait_for_function(
        "text => !text.value.includes('flight')",
        arg=builder.get_by_label("Cell", exact=True).element_handle(),
    )

    builder.get_by_role("tab", name="Steps").click()
    steps = builder.get_by_label("Steps", exact=True)
    steps.select_option("num >> StandardScaler()")
    builder.get_by_label("Type", exact=True).select_option("transformers")
    builder.get_by_label("Estimator", exact=True).fill("QuantileTransformer")
    builder.get_by_role("button", name="Replace").click()
    until(page, builder, "QuantileTransformer()")
    builder.get_by_label("Parameters", exact=True).select_option("output_distribution ('uniform')")
    builder.get_by_label("output_distribution", exact=True).select_option("normal")
    until(page, builder, 'QuantileTransformer(output_distribution="normal")')
    assert "QuantileTransformer" in builder.locator(".sk-top-container").inner_text()
    builder.locator("summary", has_text="output_distribution: {").click()
    builder.locator("details[open]", has_text="Marginal distribution").first.wait_for()
    picture(builder, "builder-steps")
    assert violations(page, ".nbpipe-builder") == []

    text = builder.get_by_label("Cell", exact=True).input_value()
    builder.get_by_role("button", name="Insert cell").click()
    builder.get_by_text("The text stands in a new cell below").wait_for()
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    assert cells.count() == len(CELLS) + 1
    inserted = cells.last
    assert inserted.locator(".cm-line").all_inner_texts() == text.splitlines()
    inserted.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    inserted.locator(".jp-OutputArea .sk-top-container").wait_for()

    builder.get_by_role("button", name="Cross-validate").click()
    builder.get_by_text("5 folds").first.wait_for(timeout=180_000)
    assert "late" in builder.locator(".jp-OutputArea").first.inner_text()
    picture(builder, "builder-validated")

    go_dark(page)
    for tab in ("Columns", "Steps"):
        builder.get_by_role("tab", name=tab).click()
        picture(builder, f"builder-{tab.lower()}-dark")
        assert violations(page, ".nbpipe-builder") == []


def test_without_the_extension_the_text_can_be_copied(notebook):
    page, builder = notebook("a copied builder.ipynb", extension=False)
    builder.get_by_role("button", name="Insert cell").click()
    builder.get_by_text("Copy the text into a cell below").wait_for()
    builder.get_by_role("button", name="Copy").click()
    builder.get_by_role("button", name="Copied").wait_for()
    page.locator(".jp-NotebookPanel .jp-CodeCell").first.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    page.get_by_text("%%nbpipe build late").wait_for()
