"""Measure which scikit-learn reads what another one wrote, and write docs/compatibility.md.

Makes a virtual environment for each version, writes the same pipelines in each of them, and reads
each one's in every other: about ten minutes. What was found is kept in compatibility.json, of which
the page is drawn; ``--draw`` draws it again, ``--check`` tells whether it is drawn of that.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests"))

import environments  # noqa: E402 - the tests make the same ones

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE, FOUND = DOCS / "compatibility.md", DOCS / "compatibility.json"
VERSIONS = """
import json, platform
from importlib import metadata
names = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")
print(json.dumps({"python": platform.python_version()} | {n: metadata.version(n) for n in names}))
"""
PIPELINES = {
    "boosting": "ColumnTransformer with a remainder, HistGradientBoostingClassifier",
    "forest": "ColumnTransformer, RandomForestClassifier",
    "logistic": "imputer, scaler, one-hot encoder, LogisticRegression",
    "gradient": "imputer, target encoder, GradientBoostingRegressor",
    "ridge": "imputer, scaler, one-hot encoder, Ridge",
    "neighbours": "imputer, scaler, one-hot encoder, KNeighborsClassifier",
    "support": "KNNImputer, one-hot encoder, SVC",
}
VERBS = {"same": "same", "differs": "differ", "refused": "refused", "fails": "fail"} | {
    "crash": "crash"
}


def measure() -> dict[str, Any]:
    """Make every environment, write in each, read each one's in all."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        pythons = {name: environments.make(root, *pins) for name, pins in environments.PINS.items()}
        versions, read = {}, {}
        for number, (writer, python) in enumerate(pythons.items()):
            told = subprocess.run([python, "-c", VERSIONS], capture_output=True, check=True)
            versions[writer] = json.loads(told.stdout)
            environments.run(python, "write.py", root / f"{number}")
            read[writer] = {
                reader: tidy(json.loads(environments.run(other, "read.py", root / f"{number}")))
                for reader, other in pythons.items()
            }
            print(f"what {writer} wrote is read", file=sys.stderr)
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "environments": versions, "read": read}


def tidy(answers: dict[str, Any]) -> dict[str, Any]:
    """Keep of a message what it says, not where it was said."""
    for ways in answers.values():
        for answer in ways.values():
            if "message" in answer:
                text = re.sub(r" from '[^']*'", "", answer["message"].split("\n")[0])
                answer["message"] = re.sub(r"\S*/(site-packages/)?", "", text)
    return answers


def page(found: dict[str, Any]) -> str:
    """Draw the page."""
    read, first = found["read"], next(iter(found["read"].values()))
    own = {name: read[name][name] for name in read}
    planned = [
        name for name in PIPELINES if all(each[name]["predict"]["plan"] for each in own.values())
    ]
    plain = [name for name in PIPELINES if name not in planned]
    assert set(PIPELINES) == set(next(iter(first.values())))  # else a pipeline is not described
    parts = [
        HEAD.format(date=found["date"]),
        versions_table(found["environments"]),
        WITH_PLAN.format(n=len(planned)),
        matrix(read, lambda cell: counted(cell[name]["predict"] for name in planned)),
        WITHOUT_PLAN.format(n=len(plain)),
        matrix(read, lambda cell: counted(cell[name]["predict"] for name in plain)),
        ESTIMATOR.format(n=len(PIPELINES)),
        matrix(read, lambda cell: counted(cell[name]["pipeline"] for name in PIPELINES)),
        ALLOWED,
        matrix(read, lambda cell: counted(cell[name]["allowed"] for name in PIPELINES)),
        JOBLIB,
        matrix(read, lambda cell: counted(cell[name]["joblib"] for name in PIPELINES)),
        JOBLIB_SAID,
        messages(read, failed),
        HIDDEN,
        messages(read, hidden),
        "## Pipeline by pipeline",
        "Each cell: predicting with nbpipe / the estimator, mismatch allowed / plain joblib.",
    ]
    for name, text in PIPELINES.items():
        kind = "with a plan" if name in planned else "no plan"
        parts += [
            f"**{name}** ({kind}): {text}.",
            matrix(read, lambda cell, n=name: three(cell[n])),
        ]
    return "\n\n".join(parts) + "\n"


def versions_table(found: dict[str, dict[str, str]]) -> str:
    """Tell what is in each environment."""
    packages = list(next(iter(found.values())))
    rows = [[f"**{name}**", *versions.values()] for name, versions in found.items()]
    return table(["environment", *packages], rows)


def matrix(read: dict[str, Any], cell: Any) -> str:
    """Lay out writers below each other and readers side by side."""
    rows = [[f"**{writer}**", *(cell(c) for c in cells.values())] for writer, cells in read.items()]
    return table(["written by / read by", *(f"{name}" for name in read)], rows)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def word(answer: dict[str, Any]) -> str:
    """Say in a word or two what happened."""
    if answer["kind"] == "differs":
        return f"{answer['rows']} of 200 rows differ"
    return answer["kind"] + (", warns" if answer.get("warned") else "")


def counted(answers: Any) -> str:
    """Sum up what happened to several pipelines."""
    counts = Counter(VERBS[a["kind"]] + (", warn" if a.get("warned") else "") for a in answers)
    shown = [f"{number} {what}" for what, number in counts.most_common()]
    return (
        shown[0].replace(f"{counts.total()} ", "all ", 1) if len(shown) == 1 else "; ".join(shown)
    )


def three(ways: dict[str, Any]) -> str:
    """Put the three ways that people take side by side."""
    return " / ".join(word(ways[way]) for way in ("predict", "allowed", "joblib"))


def messages(read: dict[str, Any], said: Callable[[dict[str, Any]], str]) -> str:
    """List what was said, how often, and for example where; `said` is of one pipeline's cell."""
    where: dict[str, list[str]] = {}
    for writer, cells in read.items():
        for reader, models in cells.items():
            for name, ways in models.items():
                if text := said(ways).replace("|", "\\|"):
                    where.setdefault(text, []).append(f"{name}, {writer} -> {reader}")
    often = sorted(where.items(), key=lambda each: -len(each[1]))
    rows = [[f"{len(places)}", f"`{text}`", places[0]] for text, places in often]
    return table(["times", "message", "for example"], rows)


def failed(ways: dict[str, Any]) -> str:
    """Return what plain joblib said, if it failed."""
    answer = ways["joblib"]
    if answer["kind"] not in {"fails", "crash"}:
        return ""
    return f"{answer['error']}: {answer['message']}"


def hidden(ways: dict[str, Any]) -> str:
    """Return what the trial found where plain joblib seemed to work."""
    if ways["allowed"]["kind"] != "refused" or ways["joblib"]["kind"] != "same":
        return ""
    told = ways["allowed"]["message"]
    cause = re.search(r"as a trial in another process shows \((.*?)\)\. ", told)
    return cause[1] if cause else told


HEAD = """# Which scikit-learn reads what another one wrote

Measured on {date} by `python docs/make_compatibility.py`, in a virtual environment of its own
for each version: each wrote the same seven pipelines, fitted on 1,000 real flights, once with
`nbpipe.export` and once with `joblib.dump`; each read what every other had written and predicted
200 flights that none of them had been fitted on. **Same** means that every prediction
(probabilities, where there are any) equals the writer's within 1e-12."""
WITH_PLAN = """## Predicting with nbpipe: the {n} pipelines that have a plan

`nbpipe.load(...).predict(...)`. The plan is arrays that numpy alone predicts from, so neither the
scikit-learn that wrote it nor the one that is here matters."""
WITHOUT_PLAN = """## Predicting with nbpipe: the {n} pipelines that no plan covers

The estimator itself predicts. Another minor version is **refused** before the pickle is opened,
with both versions and the shell command that makes an environment that fits."""
ESTIMATOR = """## Opening the estimator: `model.pipeline` of all {n}

The same rule for everything that wants the estimator back, be it to refit or to inspect."""
ALLOWED = """## The same with `allow_version_mismatch=True`

The model is first tried in another process, on the rows stored with it; it goes on only if it
survives and predicts the same there. What is refused here was tried, and did not."""
JOBLIB = """## What plain joblib does with the same pipelines

`joblib.load(...)`, then predict. *Warn* stands for scikit-learn's `InconsistentVersionWarning`."""
JOBLIB_SAID = "What it said where it failed:"
HIDDEN = """And what the trial of `allow_version_mismatch` found where joblib seemed to work, since
it asks for everything that the model could do when it was exported:"""


def main() -> int:
    """Measure and draw, or with ``--check`` compare; return 1 where the page is stale."""
    if "--check" in sys.argv[1:]:
        if PAGE.read_text("utf-8") == page(json.loads(FOUND.read_text("utf-8"))):
            return 0
        print("Run `python docs/make_compatibility.py --draw`: the page is stale.")
        return 1
    if "--draw" not in sys.argv[1:]:
        FOUND.write_text(json.dumps(measure(), indent=1) + "\n", "utf-8")
    PAGE.write_text(page(json.loads(FOUND.read_text("utf-8"))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
