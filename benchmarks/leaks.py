"""The leak checker's speed, and its figures on the labelled corpus beside those of other checkers.

Run as ``python benchmarks/leaks.py``, in an environment that has nbpipe. ``--peers`` makes another
environment for the other checkers, and runs them on the same files; ``--peers FOLDER`` keeps it
there. ``--write docs/leaks.md`` puts the tables between that page's markers, such as
``<!-- speed -->`` and ``<!-- /speed -->``. It takes a few minutes on 2 cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import leaks_speed
from leaks_peers import PEERS, UNREAD, as_script, environment, run, versions

import nbpipe

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "leaks"))
from cases import CORPUS, FAMILIES, Case, cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Cases = dict[str, Case]  # by the name of the file
    Told = dict[str, set[str]]  # the families found in each file
    Run = dict[str, dict[str, Any]]  # codes, CPU seconds and failure of each file

PARTS = ("dev", "held")
OURS = "**nbpipe**"
COLD = 5
LETTERS = 200  # of a reason


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--peers", nargs="?", const="", metavar="FOLDER")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        corpus = {part: written(part, root / part) for part in PARTS}
        nbpipe.check("1\n")  # imports are paid for once
        runs = {part: checked(root / part) for part in PARTS}
        tables = figures(corpus, runs) | speed(corpus, runs, root)
        if options.peers is not None:
            commands = environment(Path(options.peers or root / "peers").absolute())
            tables |= beside(corpus, runs, commands, root)
    if options.write:
        options.write.write_text(filled(options.write.read_text("utf-8"), tables), "utf-8")
    else:
        print("\n\n".join(f"{name}\n{text}" for name, text in tables.items()))


def written(part: str, folder: Path) -> Cases:
    """Write a part of the corpus out as notebooks and scripts."""
    folder.mkdir()
    named = {case.name + (".ipynb" if case.notebook else ".py"): case for case in cases(part)}
    for name, case in named.items():
        (folder / name).write_text(case.text, "utf-8")
    return named


def checked(folder: Path) -> Run:
    """Check each file, as the peers do; the codes are the families of what is more than a note."""
    found = {}
    for file in sorted(folder.iterdir()):
        started = time.process_time()
        result = nbpipe.check(file)
        seconds = time.process_time() - started
        grave = {
            each.finding.code[:3] for each in result.findings if each.finding.severity != "note"
        }
        failed = "; ".join(reason for _, reason in result.skipped)
        found[file.name] = {"codes": sorted(grave), "seconds": seconds, "failed": failed}
    return found


def figures(corpus: dict[str, Cases], runs: dict[str, Run]) -> dict[str, str]:
    """Return what the corpus holds, what is found in it, and what is missed."""
    told = {part: _told(run) for part, run in runs.items()}
    return {
        "corpus": table(
            ("part", "files", "notebooks", "without a label", *FAMILIES),
            (_contents(part, [*corpus[part].values()]) for part in PARTS),
        ),
        "figures": table(
            ("part", "family", "labelled", "precision", "recall", "missed", "falsely accused"),
            (
                (part, family, *_in_full(corpus[part], told[part], family))
                for part in PARTS
                for family in FAMILIES
            ),
        ),
        "misses": table(
            ("file", "family", "", "what its author says of it"),
            _misses(corpus["dev"], told["dev"]),
        ),
    }


def speed(corpus: dict[str, Cases], runs: dict[str, Run], root: Path) -> dict[str, str]:
    """Return how fast the checker is."""
    files = [root / part / name for part in PARTS for name in corpus[part]]
    times = [each["seconds"] for part in PARTS for each in runs[part].values()]
    cells = _cells(corpus["dev"])
    load = os.getloadavg()[0]
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}."
    return {
        "speed": table(("", "measured", "bar"), leaks_speed.rows(files, times, cells))
        + f"\n\n{where}",
        "curve": table(("cells", "CPU, ms", "ms a cell"), leaks_speed.curve(cells)),
    }


def beside(
    corpus: dict[str, Cases], ours: dict[str, Run], commands: Path, root: Path
) -> dict[str, str]:
    """Return the tables that set the other checkers beside nbpipe."""
    one = leaks_speed.middle([root / "dev" / name for name in corpus["dev"]])
    script = root / "one.py"
    script.write_text(as_script(one.read_text("utf-8")), "utf-8")
    checkers: list[Any] = [(OURS, ours, set, [leaks_speed.COMMAND, "check", one])]
    for name, peer in PEERS.items():
        runs = {part: run(name, commands, root / part) for part in PARTS}
        command, *words = peer.command
        cold = [commands / command, *words, one if peer.reads_notebooks else script]
        checkers.append((name, runs, peer.families, cold))
    tables = {
        f"peers-{part}": table(
            ("checker", *(f"{family} precision / recall" for family in FAMILIES), "clean accused"),
            (
                (name, *_beside(corpus[part], _told(runs[part], families)))
                for name, runs, families, _ in checkers
            ),
        )
        for part in PARTS
    }
    tables["peers-cost"] = table(
        (
            "checker",
            "CPU a file in one process, median / most",
            "one notebook, a new process, CPU",
            "files it says it could not read whole",
            "files failed on",
        ),
        ((name, *_cost(runs, cold)) for name, runs, _, cold in checkers),
    )
    pinned = versions()
    tables["peers-codes"] = table(
        ("checker", "is given", *FAMILIES),
        (
            (
                f"{name} {pinned[name]}",
                "notebooks" if peer.reads_notebooks else "scripts made of them",
                *(_codes(peer.codes.get(family, ())) for family in FAMILIES),
            )
            for name, peer in PEERS.items()
        ),
    )
    return tables


def filled(page: str, tables: dict[str, str]) -> str:
    """Return a page with each table between its markers."""
    for name, text in tables.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, after = page.split(start)
        page = before + start + text + "\n" + end + after.split(end, 1)[1]
    return page


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(each) for each in line) + " |" for line in lines)


def _told(run: Run, families: Callable[[set[str]], set[str]] = set) -> Told:
    return {name: families(set(each["codes"])) for name, each in run.items()}


def _counts(corpus: Cases, told: Told, family: str) -> tuple[int, int, int]:
    """Return how many files are found rightly, found at all, and labelled."""
    labelled = {name for name, case in corpus.items() if family in case.labels}
    found = {name for name, families in told.items() if family in families}
    return len(labelled & found), len(found), len(labelled)


def _rates(hits: int, found: int, labelled: int) -> tuple[str, str]:
    return f"{hits / found:.2f}" if found else "-", f"{hits / labelled:.2f}"


def _in_full(corpus: Cases, told: Told, family: str) -> tuple[Any, ...]:
    hits, found, labelled = _counts(corpus, told, family)
    return labelled, *_rates(hits, found, labelled), labelled - hits, found - hits


def _beside(corpus: Cases, told: Told) -> tuple[str, ...]:
    rates = (" / ".join(_rates(*_counts(corpus, told, family))) for family in FAMILIES)
    clean = [name for name, case in corpus.items() if not case.labels]
    return *rates, f"{sum(bool(told[name]) for name in clean)} of {len(clean)}"


def _cost(runs: dict[str, Run], command: list[object]) -> tuple[str, ...]:
    files = [each for run in runs.values() for each in run.values()]
    times = [1_000 * each["seconds"] for each in files]
    cold = median(leaks_speed.process(*command)[1] for _ in range(COLD))
    return (
        f"{median(times):.1f} / {max(times):.0f} ms",
        f"{cold:.2f} s",
        str(sum(UNREAD in each["codes"] for each in files)),
        str(sum(bool(each["failed"]) for each in files)),
    )


def _contents(part: str, every: list[Case]) -> tuple[Any, ...]:
    labelled = (sum(family in case.labels for case in every) for family in FAMILIES)
    notebooks = sum(case.notebook for case in every)
    return part, len(every), notebooks, sum(not case.labels for case in every), *labelled


def _misses(corpus: Cases, told: Told) -> list[tuple[str, ...]]:
    return [
        (f"`{case.name}`", family, "missed" if family in case.labels else "accused", _reason(case))
        for name, case in corpus.items()
        for family in FAMILIES
        if (family in case.labels) != (family in told[name])
    ]


def _reason(case: Case) -> str:
    """Return what makes the case hard, or else why it has its labels, in a few words."""
    text = (CORPUS / "dev" / (case.name + (".nb" if case.notebook else ".py"))).read_text("utf-8")
    head = dict(re.findall(r"(?m)^# (why|hard): *(.*)$", text[:2_000]))
    reason = (head.get("hard") or head.get("why", "")).replace("|", "\\|")
    return reason if len(reason) <= LETTERS else reason[:LETTERS].rpartition(" ")[0] + " ..."


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "-"


def _cells(corpus: Cases) -> list[dict[str, Any]]:
    """Return the code cells of all notebooks."""
    return [
        cell
        for case in corpus.values()
        if case.notebook
        for cell in json.loads(case.text)["cells"]
        if cell["cell_type"] == "code"
    ]


if __name__ == "__main__":
    main()
