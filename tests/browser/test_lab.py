"""The JupyterLab extension: a leak is typed, underlined, explained, mended, and gone."""

import statistics

import pytest
from playwright.sync_api import expect

from browser.axe import violations
from browser.pages import choose, run_command, wait_idle
from shells import FIT, PREPARE, SCALE, SCORE, SPLIT

expect.set_options(timeout=30_000)  # of a page on a machine that does much besides
LEAK = (PREPARE.strip(), SCALE, SPLIT, FIT, SCORE)
FILLER = "total_{0} = flights['distance'] * {0}\nprint(total_{0}.mean(), total_{0}.max())"


@pytest.fixture
def notebook(lab, open_notebook):
    """Write a notebook of these code cells and open it; the page may use the clipboard."""
    address, _ = lab

    def open_(name, *cells):
        page = open_notebook(name, *cells)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        return page

    return open_


def cell(page, number):
    return page.locator(".jp-NotebookPanel .jp-CodeCell").nth(number)


def leaks(page):
    return page.locator(".jp-NotebookPanel .nbpipe-leak")


def write(page, number, text):
    """Write a text in place of a cell's."""
    cell(page, number).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def hover(page):
    """Point at the first underlined code; return its card."""
    leaks(page).first.hover()
    card = page.locator(".nbpipe-card")
    card.wait_for()
    return card


def test_a_leak_is_underlined_as_it_is_typed_explained_and_mended(notebook):
    """Nothing was run or saved: the fit stands in one cell, the split and the score in others."""
    page = notebook("typed.ipynb", PREPARE.strip(), "", SPLIT, f"%%time\n{FIT}", SCORE)
    status = page.locator(".nbpipe-status")
    expect(status).to_have_text("nbpipe: no leaks found")
    cell(page, 1).locator(".cm-content").click()
    page.keyboard.type("é = '😀'; X = StandardScaler().fit_transform(X)")
    expect(leaks(page)).to_have_text("StandardScaler().fit_transform(X)")
    assert "wavy" in leaks(page).evaluate("each => getComputedStyle(each).textDecorationStyle")
    expect(status).to_have_text("nbpipe: 1 error")
    expect(hover(page).get_by_role("button", name="Apply fix")).to_have_count(0)

    write(page, 1, SCALE)  # the line holds nothing else, so it can be replaced
    card = hover(page)
    for words in ("NB101", "25 % of them go to the test part", "score is higher", "X_train = "):
        expect(card).to_contain_text(words)
    assert violations(page, ".nbpipe-card", ".nbpipe-status") == []
    card.get_by_role("button", name="Copy prompt").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("Cell 2, line 1, `StandardScaler().fit_transform(X)`")

    card.get_by_role("button", name="Apply fix").click()
    expect(leaks(page)).to_have_count(0)
    expect(status).to_have_text("nbpipe: no leaks found")
    assert cell(page, 1).locator(".cm-line").all_inner_texts() == ["\n"]
    assert [line.strip() for line in cell(page, 2).locator(".cm-line").all_inner_texts()] == [
        SPLIT,
        "scaler = StandardScaler()",
        "X_train = scaler.fit_transform(X_train)",
        "X_test = scaler.transform(X_test)",
    ]
    choose(page, "Run", "Run All Cells")
    cell(page, 4).locator(".jp-OutputArea-output", has_text="0.").wait_for()


def test_a_finding_is_reached_explained_and_ignored_by_keyboard_alone(notebook):
    page = notebook("keys.ipynb", *LEAK)
    expect(leaks(page)).to_have_count(1)
    cell(page, 0).locator(".cm-content").click()
    page.keyboard.press("Alt+F8")
    card = page.locator(".nbpipe-card")
    first = card.get_by_role("button", name="Apply fix")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(cell(page, 1).locator(".cm-content")).to_be_focused()

    page.keyboard.press("Alt+F8")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="Ignore")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, 1).locator(".cm-content")).to_have_text(f"{SCALE}  # nbpipe: ignore[NB101]")
    expect(leaks(page)).to_have_count(0)


def test_the_status_bar_counts_and_the_panel_leads_to_the_cells(notebook):
    page = notebook("panel.ipynb", *LEAK[:2], *map(FILLER.format, range(30)), *LEAK[2:])
    page.locator(".nbpipe-status", has_text="nbpipe: 1 error").click()
    panel = page.get_by_role("region", name="nbpipe findings")
    expect(panel.get_by_role("heading", level=3)).to_have_text("Code cell 2")
    assert violations(page, ".nbpipe-panel") == []
    cell(page, 34).scroll_into_view_if_needed()
    expect(leaks(page)).not_to_be_in_viewport()
    panel.get_by_role("button", name="NB101").click()
    expect(leaks(page)).to_be_in_viewport()
    expect(cell(page, 1).locator(".cm-content")).to_be_focused()
    hover(page).get_by_role("button", name="About NB101").click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()


def test_it_is_switched_off_and_on_again(notebook):
    page = notebook("switched.ipynb", *LEAK)
    expect(leaks(page)).to_have_count(1)
    run_command(page, "Underline Leaks")
    try:
        expect(leaks(page)).to_have_count(0)
        expect(page.locator(".nbpipe-status")).to_be_hidden()
        page.reload()
        wait_idle(page)
        page.wait_for_timeout(1_500)
        expect(leaks(page)).to_have_count(0)  # the setting was kept
    finally:  # it is the server's, and other tests go on with it
        run_command(page, "Underline Leaks")
    expect(leaks(page)).to_have_count(1)


def test_a_widget_has_a_cell_inserted_below_the_active_one(notebook):
    """What a widget in the kernel sends, and what it hears."""
    ask = """from comm import create_comm
heard = []
comm = create_comm(target_name="nbpipe:insert-cell", data={"text": "answer = 6 * 7"})
comm.on_msg(lambda message: heard.append(message["content"]["data"]))"""
    page = notebook("inserted.ipynb", ask, "heard")
    cell(page, 0).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell(page, 1).locator(".cm-content")).to_have_text("answer = 6 * 7")
    expect(page.locator(".jp-NotebookPanel .jp-mod-active .cm-content")).to_have_text(
        "answer = 6 * 7"
    )
    cell(page, 2).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell(page, 2).locator(".jp-OutputArea")).to_contain_text("[{'inserted': True}]")


def test_verbs_are_in_the_palette(notebook):
    page = notebook("verbs.ipynb", "X = 1")
    cell(page, 0).locator(".cm-content").click()
    run_command(page, "Insert: Build a pipeline")
    expect(cell(page, 1).locator(".cm-line").first).to_have_text("%%nbpipe build model")


def test_tab_completes_estimators_in_a_build_cell(notebook):
    page = notebook("completed.ipynb", "%load_ext nbpipe", "")
    cell(page, 0).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell(page, 0).locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=60_000)
    write(page, 1, "%%nbpipe build late\nnumeric >> SimpleImp")
    offered = page.locator(".jp-Completer-item", has_text="SimpleImputer")
    for _ in range(5):  # JupyterLab drops what takes a slow kernel more than a second
        page.keyboard.press("Tab")
        page.wait_for_timeout(2_000)
        if offered.count():
            break
    expect(offered).to_be_visible()


def test_the_launcher_leads_to_the_lessons_and_to_the_template(lab, open_notebook):
    page = open_notebook("index.ipynb")
    page.keyboard.press("Control+Shift+l")
    page.locator(".jp-LauncherCard", has_text="New nbpipe notebook").click()
    expect(page.locator("strong", has_text="For a model of your own:")).to_be_visible()
    assert leaks(page).count() == 0  # the template is written, and checked
    expect(page.locator(".nbpipe-status")).to_have_text("nbpipe: no leaks found")
    page.keyboard.press("Control+Shift+l")
    page.locator(".jp-LauncherCard", has_text="nbpipe lessons").click()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current")).to_contain_text("index.ipynb")


def test_in_a_notebook_that_cannot_be_written_it_stays_quiet(notebook):
    page = notebook("closed.ipynb", *LEAK)
    expect(leaks(page)).to_have_count(1)
    page.route("**/api/contents/closed.ipynb*", read_only)
    page.reload()
    wait_idle(page)
    page.wait_for_timeout(1_500)
    expect(leaks(page)).to_have_count(0)
    expect(page.locator(".nbpipe-status")).to_be_hidden()


def read_only(route):
    """Answer as the server does for a file that it must not write."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "writable": False})


def test_without_the_servers_half_it_says_so_once_and_is_quiet(notebook):
    page = notebook("alone.ipynb", *LEAK)
    said, broken = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.route("**/nbpipe/check*", lambda route: route.fulfill(status=404, body="{}"))
    page.reload()
    wait_idle(page)
    write(page, 1, "X = StandardScaler().fit_transform(X.copy())")
    for _ in range(40):
        page.wait_for_timeout(500)
        if any(each.startswith("nbpipe: this server") for each in said):
            break
    page.wait_for_timeout(1_500)  # in which it could speak again
    expect(leaks(page)).to_have_count(0)
    assert [each for each in said if each.startswith("nbpipe: this server")] == [
        "nbpipe: this server does not check notebooks (404), so no leaks are underlined."
    ]
    assert broken == []


def test_in_a_hundred_cells_underlines_come_and_go(notebook, record_property):
    """What it records is the time from the last key to the line in the page."""
    page = notebook("hundred.ipynb", *LEAK[:2], *map(FILLER.format, range(95)), *LEAK[2:])
    expect(leaks(page)).to_have_count(1)
    cell(page, 1).locator(".cm-content").click()
    page.evaluate(
        """() => {
            window.seen = [];
            let pressed = 0;
            const lines = () => document.querySelectorAll('.nbpipe-leak').length;
            addEventListener('keydown', () => { pressed = performance.now(); }, true);
            let before = lines();
            new MutationObserver(() => {
                if (lines() > before) window.seen.push(performance.now() - pressed);
                before = lines();
            }).observe(document.body, { subtree: true, childList: true });
        }"""
    )
    for _ in range(7):
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("X = 1")
        expect(leaks(page)).to_have_count(0)
        page.keyboard.press("Control+a")
        page.keyboard.type("X = StandardScaler().fit_transform(X)", delay=15)
        expect(leaks(page)).to_have_count(1)
    taken = page.evaluate("() => window.seen")
    assert len(taken) == 7
    record_property("median_milliseconds", statistics.median(taken))
