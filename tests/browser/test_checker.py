"""The checker in JupyterLab: a leak is typed, and seen where it is."""

from browser.pages import choose, wait_idle
from shells import FIT, PREPARE, SCALE, SCORE, SPLIT


def type_cell(page, text):
    """Type into the last cell and run it, as a person does; wait for its end."""
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell").last
    cell.locator(".cm-content").click()
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell')].slice(0, -1)"
        ".every(cell => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent))"
    )
    wait_idle(page)
    return cells.nth(cells.count() - 2)


def test_a_leak_that_is_typed_is_seen(open_notebook):
    """Below the cell that completes it, once, and in a table whose links lead to the cells."""
    page = open_notebook("a leak.ipynb", "%load_ext nbpipe")
    choose(page, "Run", "Run All Cells")
    page.get_by_text("[1]:").first.wait_for()
    page.locator(".jp-NotebookPanel .jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")

    type_cell(page, "%nbpipe watch on")
    for text in (PREPARE.strip(), SCALE, "print('\\n' * 80)", SPLIT, FIT):
        quiet = type_cell(page, text)
        assert "NB101" not in quiet.inner_text()
    score = type_cell(page, SCORE)
    told = score.locator(".jp-OutputArea").get_by_text("error NB101")
    told.wait_for()
    assert "In [5], line 1" in told.inner_text()
    assert "NB101" not in type_cell(page, SCORE).inner_text()

    table = type_cell(page, "%nbpipe check").locator("table")
    assert "copy the prompt" in table.inner_text()
    scaled = page.locator(".jp-NotebookPanel .jp-CodeCell").filter(has_text=SCALE).first
    table.get_by_role("link", name="In [5], line 1").first.click()
    page.wait_for_function(
        "cell => { const at = cell.getBoundingClientRect();"
        " return at.top >= 0 && at.bottom <= window.innerHeight; }",
        arg=scaled.element_handle(),
    )
    assert len(page.context.pages) == 1
