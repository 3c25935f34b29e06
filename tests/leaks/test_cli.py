"""``nbpipe check`` and ``nbpipe explain``, each in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

import nbpipe

COMMAND = Path(sys.executable).with_name("nbpipe")
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
NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": LEAK}]})
PLAIN = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}


def run(*arguments, stdin=None, cwd=None, env=None):
    return subprocess.run(
        [COMMAND, *arguments],
        input=stdin, cwd=cwd, env=PLAIN | (env or {}), capture_output=True, check=False,
        **({} if isinstance(stdin, bytes) else {"text": True}),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "leak.ipynb").write_text(NOTEBOOK)
    (tmp_path / "clean.py").write_text("x = 1\n")
    return tmp_path


def test_findings_exit_with_1_and_are_told(folder):
    done = run("check", "leak.ipynb", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("leak.ipynb:cell 1:7:5: error[NB101] ")
    assert "  7 | X = StandardScaler().fit_transform(X)\n" in done.stdout
    assert done.stderr == ""


def test_nothing_found_exits_with_0(folder):
    done = run("check", "clean.py", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "No findings in 1 file.\n")


def test_nothing_to_check_is_no_success(folder):
    (folder / "docs").mkdir()
    done = run("check", "docs", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "Nothing was checked.\n")
    told = "nbpipe: warning: docs: nothing to check: no notebook and no script.\n"
    assert done.stderr == told
    done = run("check", "docs", "clean.py", cwd=folder)
    assert (done.returncode, done.stderr) == (0, told)


def test_a_file_that_is_no_script_is_skipped(folder):
    (folder / "notes.txt").write_text("x = 1\n")
    done = run("check", "notes.txt", "clean.py", cwd=folder)
    assert done.returncode == 2
    assert "notes.txt: skipped: It is called neither a notebook" in done.stdout


def test_an_excluded_file_asked_for_by_name_is_no_failure(folder):
    """As `pre-commit` asks for the files of a commit."""
    (folder / "pyproject.toml").write_text("[tool.nbpipe]\nexclude = ['clean.py']\n")
    assert run("check", "clean.py", cwd=folder).returncode == 0


def test_without_a_path_this_folder_is_checked(folder):
    assert "in 1 of 2 files" in run("check", cwd=folder).stdout


@pytest.mark.parametrize(
    ("options", "exit_code"),
    [
        (["--fail-on", "never"], 0),
        (["--ignore", "NB1,NB2", "--ignore", "NB3"], 0),
        (["--select", "NB2"], 0),
        (["--select", "NB2", "--select", "NB1xx"], 1),
        (["--select=NB101"], 1),
        (["--select", "fitted-before-split"], 1),
    ],
)
def test_options_choose_what_fails(options, exit_code, folder):
    assert run("check", ".", *options, cwd=folder).returncode == exit_code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", ".", "--fail-on", "eror"], "not `eror`. Did you mean 'error'?"),
        (["check", ".", "--select", "NB1O1"], "There is no rule `NB1O1`. Did you mean 'NB101'?"),
        (["check", ".", "--ignore", "X"], "There is no rule `X`."),
        (["check", ".", "--select", ""], "A rule is missing"),
        (["check", ".", "--select", ","], "A rule is missing"),
        (["check", ".", "--format", "xml"], "invalid choice: 'xml'"),
        (["check", ".", "--selct", "NB1"], "--selct NB1. Did you mean '--select'?"),
        (["check", ".", "--fial-on=error"], "--fial-on=error. Did you mean '--fail-on'?"),
        (["check", ".", "--format", "jsn"], "Did you mean 'json'?"),
        (["explian", "NB101"], "Did you mean 'explain'?"),
        (["check", "-", "."], "`-` is checked by itself"),
        (["check", "-", "--stdin-name", "a.ipynb"], "`a.ipynb` is not a notebook"),
        (["explain", "NB1O1"], "Did you mean 'NB101'?"),
    ],
)
def test_a_users_mistake_is_one_clear_line_and_exits_with_2(arguments, told, folder):
    done = run(*arguments, stdin="x", cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert told in done.stderr.splitlines()[-1]


def test_what_cannot_be_read_exits_with_2_beside_the_findings(folder):
    done = run("check", "leek.ipynb", "leak.ipynb", cwd=folder)
    assert done.returncode == 2
    assert "error[NB101]" in done.stdout
    assert "leek.ipynb: skipped: There is no such file or folder. Did you mean 'leak" in done.stdout


@pytest.mark.parametrize("text", [LEAK, NOTEBOOK])
def test_a_script_or_a_notebook_is_read_from_stdin(text, tmp_path):
    done = run("check", "-", "--format", "json", stdin=text, cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == nbpipe.check_text(text).to_dict()


def test_stdin_can_have_a_name_and_its_configuration(folder):
    (folder / "pyproject.toml").write_text("[tool.nbpipe]\nfail-on = 'never'\n")
    done = run("check", "-", "--stdin-name", "new.ipynb", stdin=NOTEBOOK, cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("new.ipynb:cell 1:7:5: ")


def test_stdin_that_is_no_text_exits_with_2(tmp_path):
    done = run("check", "-", stdin=b"\xff\x00\xfe", cwd=tmp_path)
    assert done.returncode == 2
    assert b"nbpipe: `-` is not text." in done.stderr


def test_a_reporter_a_format(folder):
    told = json.loads(run("check", "--format", "json", cwd=folder).stdout)
    assert told["findings"][0]["path"] == "leak.ipynb"
    (log,) = json.loads(run("check", "--format", "sarif", cwd=folder).stdout)["runs"]
    assert log["results"][0]["ruleId"] == "NB101"
    assert run("check", "--format", "github", cwd=folder).stdout.startswith(
        "::error file=leak.ipynb,line=1,title=NB101 "
    )
    assert run("check", "--format", "github", "clean.py", cwd=folder).stdout == ""


def test_an_unknown_ignore_is_a_warning_on_stderr(folder):
    (folder / "clean.py").write_text("x = 1  # nbpipe: ignore[NB1O1]\n")
    done = run("check", "clean.py", "--format", "json", cwd=folder)
    assert done.returncode == 0
    assert "nbpipe: warning: clean.py:1: There is no rule `NB1O1`." in done.stderr
    assert json.loads(done.stdout)["findings"] == []


def test_what_is_not_python_is_told_in_every_format(folder):
    (folder / "clean.py").write_text("x = 1\ny = (x\nz = 2\n")
    broken = json.dumps(
        {"cells": [{"cell_type": "code", "source": ["x = 1\n", "y = (x"]}]}, indent=1
    )
    (folder / "leak.ipynb").write_text(broken)
    for form in ("text", "json", "sarif", "github"):
        done = run("check", "--format", form, cwd=folder)
        assert done.returncode == 0
        assert done.stderr.splitlines() == [
            "nbpipe: warning: clean.py:2: not Python, left out.",
            "nbpipe: warning: leak.ipynb:cell 1:2: not Python, left out.",
        ]
    row = broken.split("\n").index('    "y = (x"') + 1
    assert done.stdout.splitlines() == [
        "::warning file=clean.py,line=2,title=nbpipe::not Python, left out.",
        f"::warning file=leak.ipynb,line={row},title=nbpipe::cell 1, line 2: not Python, left out.",
    ]
    assert run("check", cwd=folder).stdout == "No findings in 2 files, 2 warnings.\n"
    told = json.loads(run("check", "--format", "json", cwd=folder).stdout)["warnings"]
    assert [(each["path"], each["cell"], each["line"]) for each in told] == [
        ("clean.py", None, 2), ("leak.ipynb", 1, 2),
    ]  # fmt: skip
    (log,) = json.loads(run("check", "--format", "sarif", cwd=folder).stdout)["runs"]
    (script, notebook) = log["invocations"][0]["toolExecutionNotifications"]
    assert script["level"] == "warning"
    assert script["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "clean.py"}, "region": {"startLine": 2},
    }  # fmt: skip
    assert notebook["locations"][0]["logicalLocations"] == [{"name": "cell 1", "kind": "module"}]


def test_a_reader_that_has_seen_enough_is_no_error(folder):
    for number in range(60):
        (folder / f"{number}.py").write_text(LEAK * 3)
    with subprocess.Popen(
        [COMMAND, "check", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 1


def on_a_terminal(folder, *arguments, **env):
    """Return what `nbpipe` writes to a terminal, on both streams."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [COMMAND, *arguments], stdout=theirs, stderr=theirs, cwd=folder,
        env=PLAIN | {"TERM": "xterm"} | env,
    ) as command:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # how Linux says that the other side was closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert command.returncode in {0, 1}
    return shown.decode()


def test_colour_is_for_terminals(folder):
    assert "\033[1;31m" in on_a_terminal(folder, "check", "leak.ipynb")
    assert "\033[" not in on_a_terminal(folder, "check", "leak.ipynb", NO_COLOR="1")
    assert "\033[" not in on_a_terminal(folder, "check", "leak.ipynb", TERM="dumb")
    assert "\033[" not in run("check", "leak.ipynb", cwd=folder).stdout
    assert "\033[1;31m" in run("check", "leak.ipynb", cwd=folder, env={"FORCE_COLOR": "1"}).stdout


def test_progress_is_for_terminals_and_many_files(folder):
    assert "file/s" not in on_a_terminal(folder, "check")
    for number in range(10):
        (folder / f"{number}.py").write_text("x = 1\n")
    assert "/12 " in on_a_terminal(folder, "check")
    assert run("check", cwd=folder).stderr == ""


def test_explain_prints_the_rules(folder):
    done = run("explain", "NB101")
    assert (done.returncode, done.stdout) == (0, f"{nbpipe.explain('NB101')}\n")
    assert run("explain").stdout == f"{nbpipe.explain()}\n"


def test_help_has_examples():
    assert "nbpipe check notebooks/ train.py" in run("check", "--help").stdout


def test_checking_a_notebook_imports_nothing_heavy(folder):
    """So that it starts in about the time of Python itself, which benchmarks/leaks.py tells."""
    code = (
        "import sys; from nbpipe.cli.main import main; code = main(['check', 'leak.ipynb']);"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    told = done.stderr.split()
    assert told[0] == "1"
    foreign = {"numpy", "pandas", "sklearn", "joblib", "nbformat", "IPython", "tqdm", "tomllib"}
    assert not foreign & set(told)
