"""Other leak checkers of the package index: how each is run, and what its findings mean here.

``leaks.py`` makes an environment from peers.txt and runs this file in it, once a checker, as
``python leaks_peers.py NAME FOLDER``; the standard output is then the findings as JSON. The files
are notebooks and scripts as people keep them. Only a checker that reads no notebooks is given them
as scripts, without magics and without cells that are no Python.

A finding counts if the checker shows it without being asked for more. A code stands for a family if
it speaks of the same mistake; where that is in doubt, it counts if the checker's figures on the
development part are the better for it.
"""

# ruff: noqa: PLC0415 - a checker is imported only where it is asked for

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
import time
import venv
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIREMENTS = Path(__file__).with_name("peers.txt")
LIMIT = 60  # seconds a file
UNREAD = "unread"  # stands among the codes of a file that could not be parsed, or not all of it


def leaklens(path: Path) -> set[str]:
    from leaklens.scanner import scan_file

    return {UNREAD if each.kind == "parse_error" else each.kind for each in scan_file(path)}


def lookahead(path: Path) -> set[str]:
    from lookahead_lint import Config, analyze_paths

    report = analyze_paths([path], Config())
    return {each.code for each in report.findings} | {UNREAD for _ in report.errors}


def mlcheck(path: Path) -> set[str]:
    from mlcheck.leakage import scan_source

    codes = {each.code for each in scan_source(path.read_text("utf-8") + "\n")}
    return codes - {"PARSE_ERROR"} | ({UNREAD} if "PARSE_ERROR" in codes else set())


def leakproof(path: Path) -> set[str]:
    from ml_leakproof import Config, analyze
    from ml_leakproof.core.aggregate import filter_min_confidence

    config = Config(profile="notebook", min_confidence=0.3)  # what that profile shows
    result = analyze(path, config)
    shown = filter_min_confidence(result.findings, config.min_confidence)
    unread = {UNREAD for each in result.diagnostics if each.code == "LP007"}  # malformed cells
    return {each.rule_id for each in shown} | unread


def mlguard(path: Path) -> set[str]:
    from mlguard_lint.scanner import scan_path

    codes = {each.rule_id for each in scan_path(str(path))}
    return {UNREAD if code in {"PARSE", "ERROR"} else code for code in codes}


def timeleak(path: Path) -> set[str]:
    from timeleak import analyze_source

    try:
        return {each.rule.code for each in analyze_source(path.read_text("utf-8"))}
    except ValueError:
        return {UNREAD}


def waldean(path: Path) -> set[str]:
    from waldean.api import check
    from waldean.core.flag import DEFAULT_CONFIDENCE_FLOOR

    _, flow, flags = check(path)
    shown = {each.flaw_id for each in flags if each.confidence >= DEFAULT_CONFIDENCE_FLOOR}
    return shown | {UNREAD for _ in flow.parse_errors}


@dataclass(frozen=True, slots=True)
class Peer:
    """One checker: its command, and the codes that stand for each family."""

    command: tuple[str, ...]
    scan: Callable[[Path], set[str]]
    codes: dict[str, tuple[str, ...]]
    reads_notebooks: bool = True

    def families(self, codes: set[str]) -> set[str]:
        return {family for family, known in self.codes.items() if codes & set(known)}


PEERS = {
    "leaklens-ml": Peer(
        ("leaklens", "--scan"),
        leaklens,
        {
            "NB1": (
                "preprocess_before_split",
                "transformer_before_split",
                "preprocess_outside_cv",
                "encoder_before_split",
                "fit_on_eval_data",
            ),
            "NB2": ("resample_before_split", "resample_outside_cv"),
        },
    ),
    "waldean": Peer(
        ("waldean", "check"),
        waldean,
        {
            "NB1": ("leakage-fit-before-split",),
            "NB2": ("leakage-temporal-shuffle",),
            "NB3": ("leakage-test-selection",),
        },
    ),
    "mlguard-lint": Peer(
        ("mlguard-lint",),
        mlguard,
        {
            "NB1": ("MLG001", "MLG002", "MLG011", "MLG016", "MLG018"),
            "NB2": ("MLG004", "MLG013", "MLG014", "MLG021"),
            "NB3": ("MLG010",),
        },
    ),
    "ml-leakproof": Peer(
        ("ml-leakproof", "check"),
        leakproof,
        {
            "NB1": ("P001", "P002", "P003", "S001", "S004", "C001", "C006"),
            "NB2": ("S003", "C002", "C003", "S002", "M004"),
            "NB3": ("C004", "M002", "T002", "T003"),
        },
    ),
    "ml-engineer-skills": Peer(
        ("mlcheck", "scan-source"),
        mlcheck,
        {"NB1": ("FIT_BEFORE_SPLIT", "IMPUTE_LEAK", "MANUAL_SCALE_BEFORE_SPLIT")},
        reads_notebooks=False,
    ),
    "lookahead-lint": Peer(("lookahead-lint",), lookahead, {"NB1": ("LA004",), "NB2": ("LA005",)}),
    "timeleak": Peer(
        ("timeleak",),
        timeleak,
        {"NB1": ("TL001", "TL007"), "NB2": ("TL002", "TL006")},
        reads_notebooks=False,
    ),
}


def environment(folder: Path) -> Path:
    """Make the peers' environment unless it is there; return its folder of commands."""
    commands = folder / ("Scripts" if sys.platform == "win32" else "bin")
    if not commands.exists():
        venv.create(folder, with_pip=True)
        install = [commands / "python", "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS]
        subprocess.run(install, check=True)
    return commands


def versions() -> dict[str, str]:
    lines = REQUIREMENTS.read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def run(name: str, commands: Path, folder: Path) -> dict[str, Any]:
    """Return a peer's codes, CPU seconds and failure for each file of a folder, by its name."""
    command = [commands / "python", __file__, name, folder]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def as_script(notebook: str) -> str:
    """Return the cells that are Python as one script, with ``pass`` in place of magics."""
    kept = []
    for cell in json.loads(notebook)["cells"]:
        source = re.sub(r"(?m)^(\s*)[%!?].*$", r"\1pass", cell["source"])
        if cell["cell_type"] == "code" and _parses(source):
            kept.append(source)
    return "\n\n".join(kept) + "\n"


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _timed(scan: Callable[[Path], set[str]], path: Path) -> dict[str, Any]:
    started = time.process_time()
    codes, failed = set(), ""
    signal.alarm(LIMIT)
    try:
        codes = scan(path)
    except Exception as error:  # noqa: BLE001 - whatever a checker fails with is what is asked for
        failed = f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return {
        "codes": sorted(codes),
        "seconds": time.process_time() - started,
        "failed": failed,
    }


def _out_of_time(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    peer, folder = PEERS[sys.argv[1]], Path(sys.argv[2])
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _out_of_time)
    with TemporaryDirectory() as scripts, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        files = {path.name: path for path in sorted(folder.iterdir())}
        for name, path in files.items():
            if path.suffix == ".ipynb" and not peer.reads_notebooks:
                files[name] = Path(scripts) / (path.stem + ".py")
                files[name].write_text(as_script(path.read_text("utf-8")), "utf-8")
        _timed(peer.scan, next(iter(files.values())))  # imports are paid for once
        found = {name: _timed(peer.scan, path) for name, path in files.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
