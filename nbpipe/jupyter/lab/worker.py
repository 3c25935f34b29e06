"""The process that checks notebooks for the server: a line of JSON in, a line out, until the end.

It is a process of its own so that a check neither holds up the server nor outlives its time.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from nbpipe.errors import UsageError
from nbpipe.leaks.analysis import Analysis
from nbpipe.leaks.check import check_document
from nbpipe.leaks.checked import Checked
from nbpipe.leaks.explain import explain
from nbpipe.leaks.source import Document, parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTEBOOKS = 8  # whose analyses are kept: of these, only what changed is walked again
_WHY = re.compile(r"^## Why it is bad\n(.*?)\n##", re.DOTALL | re.MULTILINE)


class Notebooks:
    """Checks the notebooks that are open, each again and again."""

    def __init__(self) -> None:
        self._analyses: OrderedDict[str, Analysis] = OrderedDict()

    def check(self, client: str, path: str, cells: Iterable[str]) -> dict[str, Any]:
        """Return the machine contract, and beside it the text of each rule that found something.

        Parameters
        ----------
        client : str
            Who asks about which notebook: its analysis is kept under this name.
        path : str
            Where the notebook stands; the nearest ``[tool.nbpipe]`` above it holds.
        cells : iterable of str
            The code cells, in order.
        """
        document = Document(path, tuple(parse_cell(text, n) for n, text in enumerate(cells, 1)))
        analysis = self._analyses.pop(client, None) or Analysis()
        try:
            checked = check_document(document, analysis.check)
        except UsageError as error:
            checked = Checked(skipped=((path, str(error)),))
        if not checked.skipped:  # what failed may be half done, and is begun anew
            self._analyses[client] = analysis
        while len(self._analyses) > _NOTEBOOKS:
            self._analyses.popitem(last=False)
        codes = sorted({each.finding.code for each in checked.findings})
        return checked.to_dict() | {"rules": {code: _rule(code) for code in codes}}


def _rule(code: str) -> dict[str, str]:
    text = str(explain(code))
    why = _WHY.search(text)
    return {"why": " ".join(why[1].split()) if why else "", "text": text}


def main() -> None:
    """Answer each line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which then ends this
    notebooks = Notebooks()
    for line in sys.stdin:
        found = notebooks.check(**json.loads(line))
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
