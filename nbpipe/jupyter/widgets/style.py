"""The look that all widgets share: JupyterLab's own colours, so that every theme can be read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Box, Button, HBox, Layout, VBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDEST = "860px"  # a notebook's column on a laptop
NAMED = {"description_width": "initial"}  # a control's label as wide as its text

# What stands behind a variable's comma is for pages that are not JupyterLab's.
STYLE = (
    f"<style>.nbpipe-widget{{max-width:{WIDEST};color:var(--jp-content-font-color1,inherit)}}"
    ".nbpipe-widget :focus-visible{outline:2px solid var(--jp-brand-color1,#1976d2);"
    "outline-offset:1px}"
    ".nbpipe-widget table{border-collapse:collapse;margin:.4em 0;line-height:1.5}"
    ".nbpipe-widget caption{text-align:left;font-weight:bold;padding:.2em 0;white-space:nowrap}"
    ".nbpipe-widget th,.nbpipe-widget td{padding:.15em .7em;text-align:right;"
    "border-bottom:1px solid var(--jp-border-color1,rgba(128,128,128,.4))}"
    ".nbpipe-widget tr>:first-child{text-align:left}"
    ".nbpipe-widget p{margin:.3em 0;line-height:1.4}"
    ".nbpipe-widget img{max-width:100%;background:#fff}"
    ".nbpipe-scroll{overflow-x:auto}.nbpipe-scroll td{white-space:nowrap}"
    ".nbpipe-error{border-left:4px solid var(--jp-error-color1,#d32f2f);padding-left:.6em}"
    "</style>"
)


def framed(*children: Any) -> Any:
    """Return widgets one below the other, in the shared look."""
    box = VBox([HTML(STYLE, layout=Layout(display="none")), *children])
    box.add_class("nbpipe-widget")
    return box


def row(*children: Any) -> Box:
    """Return widgets side by side, wrapped where the page is narrow."""
    return HBox(children, layout=Layout(flex_flow="row wrap", align_items="center"))


def button(text: str, tooltip: str, clicked: Callable[[], None]) -> Button:
    """Return a button as wide as its text."""
    button = Button(description=text, tooltip=tooltip, layout=Layout(width="auto"))
    button.on_click(lambda _: clicked())
    return button


def status(text: str, *, error: bool = False) -> str:
    """Return text from outside as a message that screen readers speak; "" shows nothing."""
    if not text:
        return ""
    kind, mark = (' class="nbpipe-error"', "⚠ ") if error else ("", "")
    return f'<p role="status"{kind}>{mark}{escape(text)}</p>'


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an accessible table of texts from outside; each row's first cell heads it."""
    columns = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in cells)
        + "</tr>"
        for name, *cells in rows
    )
    # What scrolls must be reachable by keyboard.
    return (
        f'<div class="nbpipe-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
