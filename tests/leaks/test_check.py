"""``nbpipe.check`` and ``nbpipe.explain``: options, ignores, and what fails a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nbpipe
from nbpipe.errors import UnreadableError, UsageError
from nbpipe.leaks.checked import Checked, Located
from nbpipe.leaks.explain import summary, to_markdown
from nbpipe.leaks.findings import Finding, Notice, Place
from nbpipe.leaks.rules.registry import RULES
from nbpipe.leaks.source import parse

MAKE_RULES = Path(__file__).parents[2] / "docs" / "make_rules.py"
LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X = StandardScaler().fit_transform(
    X
)
X_train, X_test, y_train, y_test = train_test_split(X, y)
for C in [1]:
    model = LogisticRegression(C=C).fit(X_train, y_train)
    print(model.score(X_test, y_test))
"""
CODE = "NB101"


def codes(checked):
    return {each.finding.code for each in checked.findings}


def test_the_leak_of_these_tests_is_found():
    assert CODE in codes(nbpipe.check(LEAK))


def after(line, comment):
    lines = LEAK.split("\n")
    lines[line - 1] += f"  {comment}"
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        (7, f"# nbpipe: ignore[{CODE}]"),
        (7, "# nbpipe: ignore"),
        (8, f"# nbpipe: ignore[NB2, {CODE}] the lesson shows it"),
        (9, "# nbpipe: ignore[NB1]"),
        (7, "# nbpipe: ignore[nb1xx]"),
        (7, "# nbpipe: ignore[fitted-before-split]"),
        (10, f"# nbpipe: ignore[{CODE}] on the line of the split"),
        (13, f"# nbpipe: ignore[{CODE}] on the line of the score"),
        (1, "# nbpipe: ignore-file"),
        (2, f"# nbpipe: ignore-file[{CODE}]"),
    ],
)
def test_a_comment_at_either_place_silences_a_finding(line, comment):
    assert CODE not in codes(nbpipe.check(after(line, comment)))


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        (7, "# nbpipe: ignore[NB2]"),
        (6, f"# nbpipe: ignore[{CODE}]"),
        (5, f"# nbpipe: ignore[{CODE}] another statement"),
        (11, f"# nbpipe: ignore[{CODE}] the head of the loop around it"),
        (13, "# nbpipe: ignore-file not at the top"),
        (7, "# nbpipe-ignore"),
    ],
)
def test_a_comment_elsewhere_or_of_another_rule_does_not(line, comment):
    assert CODE in codes(nbpipe.check(after(line, comment)))


def test_a_comment_that_ignores_no_known_rule_is_told():
    checked = nbpipe.check(after(7, "# nbpipe: ignore[NB1O1]"))
    assert checked.warnings == (
        Notice(
            "-",
            "There is no rule `NB1O1`. Did you mean 'NB101'? `nbpipe explain` lists all.",
            line=7,
        ),
    )


@pytest.mark.parametrize(
    ("comment", "line", "told"),
    [
        ("ignroe[NB101]", 7, "-:7: `ignroe` ignores nothing. Did you mean 'ignore'?"),
        (
            "ignore_file[NB101]",
            1,
            "-:1: `ignore_file` ignores nothing. Did you mean 'ignore-file'?",
        ),
        ("ignore-file[NB101]", 11, "-:11: `ignore-file` ignores nothing here: it belongs into"),
        ("ignore-file[NB77]", 3, "-:3: There is no rule `NB77`."),
        ("ignore[X]", 7, "-:7: There is no rule `X`."),
        ("ignore[]", 7, "-:7: A rule is missing"),
    ],
)
def test_a_comment_that_does_not_do_what_was_meant_is_told_where_it_stands(comment, line, told):
    checked = nbpipe.check(after(line, f"# nbpipe: {comment}"))
    assert CODE in codes(checked)
    (warning,) = checked.warnings
    assert str(warning).startswith(told)


@pytest.mark.parametrize(
    "form", ["ignore {}", "ignore: {}", "ignore {}, NB3 a reason", "ignore[{}", "ignore {} reason"]
)
def test_brackets_may_be_forgotten(form):
    """What was meant is ignored, and nothing else."""
    assert CODE not in codes(nbpipe.check(after(7, "# nbpipe: " + form.format(CODE))))
    assert CODE in codes(nbpipe.check(after(7, "# nbpipe: " + form.format("NB201"))))
    assert CODE in codes(nbpipe.check(after(1, "# nbpipe: ignore-file NB3")))
    assert CODE not in codes(nbpipe.check(after(1, "# nbpipe: ignore-file NB1")))


def test_prose_behind_our_name_is_prose():
    assert nbpipe.check(after(7, "# nbpipe: the pipeline is built below")).warnings == ()


BROKEN = LEAK.replace("    X\n)", "    X")


def test_what_is_not_python_is_told_and_the_rest_is_checked():
    checked = nbpipe.check_text(BROKEN, "churn.py")
    assert [str(each) for each in checked.warnings] == ["churn.py:7: not Python, left out."]
    assert checked.exit_code == 0
    assert str(checked) == (
        "warning: churn.py:7: not Python, left out.\nNo findings in 1 file, 1 warning."
    )
    assert "warning: churn.py:7" in checked._repr_html_()
    assert checked.to_dict()["warnings"] == [
        {"path": "churn.py", "cell": None, "line": 7, "message": "not Python, left out."}
    ]


def test_a_stretch_that_is_not_python_is_told_once():
    checked = nbpipe.check("x = 1\nit was so\nand so it was\nx = 2\ny = (\n")
    assert [each.line for each in checked.warnings] == [2, 5]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\n!pip install x\nfiles = !ls\ndf?\n%time x = f(1)",
        "print 'a'\nexec 'b'\nraise E, 'c'\ntry:\n    x\nexcept E, e:\n    print e",
        "%%bash\nfor f in *; do echo $f; done",
        "%%sql\nSELECT * FROM flights WHERE",
        "%%time\n%load_ext nbpipe\nx = 1",
        "%%nbpipe build late\nmodel = LogisticRegression()",
    ],
)
def test_what_is_known_not_to_be_python_3_is_no_warning(cell):
    assert nbpipe.check(cell).warnings == ()
    assert nbpipe.check(f"x = 1\n{cell}" if cell[:2] != "%%" else cell).warnings == ()


def test_select_and_ignore_choose_rules():
    assert codes(nbpipe.check(LEAK, select=[CODE])) == {CODE}
    assert CODE not in codes(nbpipe.check(LEAK, ignore=["NB1xx"]))
    assert nbpipe.check(LEAK, select=["NB1"], ignore=["NB1"]).findings == ()
    with pytest.raises(UsageError, match=r"There is no rule `NB1O1`\. Did you mean 'NB101'"):
        nbpipe.check(LEAK, select=["NB1O1"])


@pytest.mark.parametrize("given", ["NB1", "nb1xx", "NB10", "NB10x", "fitted-before-split", [CODE]])
def test_a_rule_is_chosen_by_code_family_or_name_in_a_text_or_a_list(given):
    assert CODE in codes(nbpipe.check(LEAK, select=given))
    assert CODE not in codes(nbpipe.check(LEAK, ignore=given))
    assert CODE in codes(nbpipe.check(LEAK, select=f"NB3,{given}" if given != [CODE] else given))


@pytest.mark.parametrize(
    "wrong", ["X", "xx", "N", "NB", "NBX", "NB101X", "1", "fitted-before", "all"]
)
def test_what_names_no_rule_chooses_none(wrong):
    for option in ("select", "ignore"):
        with pytest.raises(UsageError, match=f"There is no rule `{wrong}`"):
            nbpipe.check(LEAK, **{option: wrong})


@pytest.mark.parametrize("empty", ["", " ", ",", [""], [CODE, ""]])
def test_an_empty_choice_is_no_choice(empty):
    for option in ("select", "ignore"):
        with pytest.raises(UsageError, match="A rule is missing"):
            nbpipe.check(LEAK, **{option: empty})


@pytest.mark.parametrize("wrong", [None, 1, [1], b"NB1"])
def test_rules_are_chosen_by_texts_alone(wrong):
    with pytest.raises(UsageError, match="a code or a list of codes"):
        nbpipe.check(LEAK, select=wrong)


def test_options_take_the_place_of_the_configured_ones(tmp_path):
    (tmp_path / "pyproject.toml").write_text(f"[tool.nbpipe]\nignore = ['{CODE}']\n")
    (tmp_path / "a.py").write_text(LEAK)
    assert CODE not in codes(nbpipe.check(tmp_path))
    assert CODE in codes(nbpipe.check(tmp_path, ignore=["NB3"]))
    assert CODE not in codes(nbpipe.check_text(LEAK, str(tmp_path / "new.py")))


def test_without_sources_the_configured_paths_are_checked(tmp_path, monkeypatch):
    for name in ("src", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(LEAK)
    monkeypatch.chdir(tmp_path / "src")
    assert nbpipe.check().n_files == 1
    (tmp_path / "pyproject.toml").write_text("[tool.nbpipe]\npaths = ['other', 'src']\n")
    assert {Path(each.path).absolute().parent.name for each in nbpipe.check().findings} == {
        "other",
        "src",
    }


@pytest.mark.parametrize(
    ("severity", "fail_on", "exit_code"),
    [
        ("error", "error", 1), ("error", "note", 1), ("error", "never", 0),
        ("review", "error", 0), ("review", "review", 1), ("review", "note", 1),
        ("note", "review", 0), ("note", "note", 1), ("note", "never", 0),
    ],
)  # fmt: skip
def test_findings_as_grave_as_fail_on_fail_a_run(severity, fail_on, exit_code):
    finding = Finding(Place(0, 1, 1, 1, 2), CODE, "early", severity, "m", "f", "p")
    checked = Checked((Located(parse("x"), finding),), n_files=1, fail_on=fail_on)
    assert checked.exit_code == exit_code


def test_findings_come_by_path_cell_and_line(tmp_path):
    for name in ("b.py", "a.py"):
        (tmp_path / name).write_text(LEAK + LEAK)
    found = nbpipe.check(tmp_path / "b.py", tmp_path / "a.py").to_dict()["findings"]
    assert len(found) > 3
    assert found == sorted(found, key=lambda each: (each["path"], each["line"], each["column"]))


def test_one_unreadable_file_does_not_end_the_run(tmp_path):
    (tmp_path / "a.ipynb").write_text("{")
    (tmp_path / "b.py").write_text(LEAK)
    checked = nbpipe.check(tmp_path, tmp_path / "c.py")
    assert CODE in codes(checked)
    assert [Path(path).name for path, _ in checked.skipped] == ["c.py", "a.ipynb"]
    assert checked.exit_code == 2


def test_several_paths_may_come_in_a_list(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(LEAK)
    both = [tmp_path / "a.py", str(tmp_path / "b.py")]
    assert nbpipe.check(both).to_dict() == nbpipe.check(*both).to_dict()
    assert nbpipe.check(tuple(both), LEAK).n_files == 3


@pytest.mark.parametrize("wrong", [None, 1, b"a.py", [], [None], {"a": 1}])
def test_what_is_neither_path_nor_source_is_refused(wrong):
    with pytest.raises(UsageError, match=r"takes paths or source|is empty"):
        nbpipe.check(wrong)


def test_check_text_refuses_a_path(tmp_path):
    (tmp_path / "a.py").write_text(LEAK)
    with pytest.raises(UsageError, match=r"is a path and no source: `nbpipe\.check\("):
        nbpipe.check_text(str(tmp_path / "a.py"))
    with pytest.raises(UsageError, match="takes the text"):
        nbpipe.check_text(tmp_path / "a.py")
    assert nbpipe.check_text("nowhere.py").n_files == 1


def test_configured_paths_are_told_from_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.nbpipe]\npaths = ['src', 'top.py']\n")
    (tmp_path / "src").mkdir()
    for name in ("src/a.py", "top.py"):
        (tmp_path / name).write_text(LEAK)
    monkeypatch.chdir(tmp_path)
    found = {each.path for each in nbpipe.check().findings}
    assert found == {str(Path("src") / "a.py"), "top.py"}
    monkeypatch.chdir(tmp_path / "src")
    found = {each.path for each in nbpipe.check().findings}
    assert found == {"a.py", str(tmp_path / "top.py")}


def test_a_text_that_is_called_a_notebook_must_be_one():
    with pytest.raises(UnreadableError, match=r"`a\.ipynb` is not a notebook"):
        nbpipe.check_text("x = 1", "a.ipynb")


@pytest.mark.parametrize("path", ["x = 1", "a\0b", "x" * 10_000])
def test_what_can_be_no_path_is_skipped(path):
    checked = nbpipe.check(path)
    assert [each for each, _ in checked.skipped] == [path]
    assert nbpipe.check("").to_dict() == {
        "version": 1,
        "findings": [],
        "skipped": [],
        "warnings": [],
    }


def test_progress_wraps_the_files(tmp_path):
    (tmp_path / "a.py").write_text("")
    (tmp_path / "b.ipynb").write_text("")
    seen = []
    nbpipe.check(tmp_path, progress=lambda files: seen.extend(files) or files)
    assert [file.name for file in seen] == ["a.py", "b.ipynb"]


def test_a_notebook_shows_a_table():
    assert "<table>" in nbpipe.check(LEAK)._repr_html_()
    assert repr(nbpipe.check(LEAK)) == str(nbpipe.check(LEAK))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_explain_prints_a_rules_text_and_examples(rule):
    told = str(nbpipe.explain(rule.code))
    assert told.startswith(f"# {rule.code}: {rule.name}\n")
    assert told == str(nbpipe.explain(rule.name)) == str(nbpipe.explain(rule.code.lower()))
    assert nbpipe.explain(rule.code)._repr_markdown_() == told


def test_explain_lists_families_and_all():
    listed = str(nbpipe.explain("NB1xx"))
    assert [line.split()[0] for line in listed.split("\n")] == [
        rule.code for rule in RULES if rule.code.startswith("NB1")
    ]
    assert all(rule.code in str(nbpipe.explain()) for rule in RULES)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("NB1O1", "Did you mean 'NB101'?"),
        (RULES[0].name + "s", RULES[0].name),
        ("zzz", "lists all"),
    ],
)
def test_explain_says_what_was_meant(wrong, near):
    with pytest.raises(UsageError) as raised:
        nbpipe.explain(wrong)
    assert near in str(raised.value)


def test_sections_become_headings():
    class Example:
        """Something is wrong.

        What it does
        ------------
        It looks.
        """

        code, name, severity = "NB999", "example", "note"
        bad, good = ("\n    x = 1\n",), ()

    assert summary(Example) == "Something is wrong."
    assert to_markdown(Example) == (
        "# NB999: example\n\nSeverity: note\n\nSomething is wrong.\n\n"
        "## What it does\nIt looks.\n\n## Found\n\n```python\nx = 1\n```"
    )


def test_the_rules_pages_can_be_made_and_checked(tmp_path):
    copy = tmp_path / "make_rules.py"
    copy.write_bytes(MAKE_RULES.read_bytes())

    def run(*arguments):
        command = [sys.executable, copy, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("--check").returncode == 1
    assert run().returncode == 0
    assert run("--check").returncode == 0
    page = tmp_path / "rules" / f"{CODE}.md"
    assert page.read_text() == f"{nbpipe.explain(CODE)}\n"
    page.write_text("edited")
    (tmp_path / "rules" / "NB000.md").write_text("gone")
    assert "NB000.md, NB101.md differ" in run("--check").stdout
    assert run().returncode == 0
    assert not (tmp_path / "rules" / "NB000.md").exists()
