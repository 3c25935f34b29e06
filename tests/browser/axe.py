"""axe-core in a page: what it finds there that keeps people out."""

from pathlib import Path

import axe_playwright_python

_AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
_GRAVE = ("serious", "critical")
_RUN = """async (roots) => {
    const found = await axe.run({ include: roots }, { resultTypes: ['violations'] });
    return found.violations.map(({ id, impact, help, nodes }) =>
        ({ id, impact, help, nodes: nodes.map(node => node.html) }));
}"""


def violations(page, *selectors):
    """Return what axe-core finds grave in the parts of a page that `selectors` choose."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_AXE.read_text("utf-8"))
    for selector in selectors:
        page.locator(selector).first.wait_for()  # axe passes over what is not there
    found = page.evaluate(_RUN, list(selectors))
    return [each for each in found if each["impact"] in _GRAVE]
