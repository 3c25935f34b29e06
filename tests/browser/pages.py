"""What a person does in JupyterLab, as functions of a page."""

import os
from pathlib import Path

# The prompts of the code cells that hold code and have not finished.
_UNFINISHED = """() => [...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell')]
    .filter(cell => cell.querySelector('.cm-content')?.textContent.trim())
    .filter(cell => !/\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent))
    .length"""


def wait_idle(page):
    """Wait for the kernel; the toolbar says idle before there is one, the status bar does not."""
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=120_000)


def choose(page, menu, entry):
    """Click an entry of one of JupyterLab's menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def run_command(page, label):
    """Choose a command from the palette."""
    page.keyboard.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input").fill(label)
    page.locator(".lm-CommandPalette-item", has_text=label).first.click()


def go_dark(page):
    """Choose the dark theme."""
    run_command(page, "Use Theme: JupyterLab Dark")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    page.wait_for_timeout(1_000)  # its colours come after its name


def run_all(page, timeout=180_000):
    """Clear what a notebook shows, run all its cells, and wait for the last to finish."""
    choose(page, "Edit", "Clear Outputs of All Cells")
    choose(page, "Run", "Run All Cells")
    page.wait_for_function(f"({_UNFINISHED})() === 0", timeout=timeout)
    wait_idle(page)


def answer(page, number, text, *expected, timeout=60_000):
    """Write `text` into a cell (None: as it is), run it, and wait for what it should say."""
    cell = page.locator(".jp-NotebookPanel .jp-Cell").nth(number)
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    if text is not None:
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
    before = cell.locator(".jp-InputPrompt").inner_text()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "([cell, before]) => { const now = cell.querySelector('.jp-InputPrompt').textContent;"
        " return now !== before && /\\[\\d+\\]/.test(now); }",
        arg=[cell.element_handle(), before],
        timeout=timeout,
    )
    for words in expected:
        cell.locator(".jp-OutputArea", has_text=words).first.wait_for(timeout=5_000)


def save(page):
    """Save the notebook to disk."""
    page.keyboard.press("Control+s")
    page.locator(".lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty)").wait_for()


def shoot(page, path):
    """Take a picture of the whole notebook, not only of what the window shows."""
    page.set_viewport_size({"width": 1280, "height": 900})  # an earlier picture left it high
    panel = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer")
    height = panel.evaluate("panel => panel.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(height + 200, 16_000)})
    panel.evaluate("panel => panel.scrollTo(0, 0)")
    page.wait_for_timeout(500)  # the layout settles
    page.screenshot(path=path)


def picture(widget, name):
    """Take a picture of a widget where pictures are wanted; `docs/make_images.py` asks for them."""
    if folder := os.environ.get("NBPIPE_SCREENSHOTS"):
        height = round(widget.bounding_box()["height"])
        widget.page.set_viewport_size({"width": 1280, "height": height + 400})
        widget.scroll_into_view_if_needed()
        widget.page.wait_for_timeout(500)  # the layout settles
        widget.screenshot(path=Path(folder) / f"{name}.png")
