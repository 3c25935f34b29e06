"""``%%nbpipe check``: the cell below is checked first, and then runs as it would without it.

It speaks and does not block, whatever it finds: a finding may be meant, and a person decides. So
the line is made into a line magic on top of the same cell, and IPython runs the rest itself: its
errors, its display, ``_``, ``Out`` and ``await`` are those of any cell.
"""

from __future__ import annotations

import re

from IPython.core.inputtransformer2 import cell_magic

_HEAD = re.compile(r"%%nbpipe[ \t]+check(?P<words>(?:[ \t][^\n]*)?)\n?")


def check_ahead(lines: list[str]) -> list[str]:
    """Rewrite a cell that begins with ``%%nbpipe check``, for IPython's input transformer."""
    head = _HEAD.fullmatch(lines[0]) if lines else None
    if head is None:
        return lines
    words = f"check --this-cell {head['words'].strip()}".strip()
    # One line for one line, so that errors below point where they should.
    return [f"get_ipython().run_line_magic('nbpipe', {words!r})\n", *cell_magic(lines[1:])]


# Asked whether a cell is complete, IPython leaves this out: a cell magic's ends at a blank line.
check_ahead.has_side_effects = True  # type: ignore[attr-defined]
