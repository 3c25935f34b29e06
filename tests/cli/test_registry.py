"""What docs/registry.md says, done as it is written; and ``nbpipe models`` as people mistype it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})


@pytest.fixture
def late(tmp_path, monkeypatch):
    """Go where there is a model ``models/late`` with two versions."""
    monkeypatch.chdir(tmp_path)
    for version in ("1.0.0", "1.1.0"):
        nbpipe.export(LinearRegression().fit(X, X["a"]), "models/late", X=X, version=version)
    return tmp_path / "models" / "late"


def test_the_commands_of_the_page_do_what_it_says(late, capsys):
    looks, moves = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    told = []
    for command in (*looks.splitlines(), *moves.splitlines()):
        assert main(shlex.split(command, comments=True)[1:]) == 0
        told.append(capsys.readouterr().out)
    assert "1.1.0" in told.pop(0)
    assert told.pop(0).startswith("late 1.0.0 and late 1.1.0: no differences")
    assert told.pop(0).startswith("late 1.1.0 is sound")
    assert "production: 1.0.0 -> 1.1.0 (promote" in told[1]
    assert "1.1.0    production" in told[2]
    assert "production: 1.1.0 -> 1.0.0 (rollback" in told[3]
    assert told[4].splitlines()[-1].endswith("slower than 1.0.0")
    assert nbpipe.load("models/late@production").version == "1.0.0"
    assert sorted(path.name for path in late.iterdir()) == ["1.0.0", "1.1.0", "aliases.json"]


def test_the_python_of_the_page_runs(tmp_path, monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setenv("NBPIPE_CACHE", str(tmp_path / "cache"))
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    space = {"pipeline": LinearRegression().fit(X, X["a"]), "X": X}
    exec(code, space)
    assert space["model"].version == "1.0.0"


def test_moves_and_history_are_json_for_programs(late, capsys):
    assert main(["models", "promote", "late", "1.1", "production", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "1.1.0"
    assert main(["models", "history", "late", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["aliases"] == {"production": "1.1.0"}


def test_versions_are_compared_and_verified(late, capsys):
    main(["models", "promote", "late", "1.0", "production"])
    capsys.readouterr()
    assert main(["models", "diff", "late", "production", "1.1"]) == 0
    assert capsys.readouterr().out.startswith("late 1.0.0 and late 1.1.0: no differences.")
    assert main(["models", "diff", "late", "1.0", "1.1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert main(["models", "verify", "late"]) == 0
    assert capsys.readouterr().out.startswith("late 1.1.0 is sound\n- ")
    (late / "1.0.0" / "requirements.txt").write_text("other")
    assert main(["models", "verify", "late", "1.0"]) == 2
    assert "is cut short" in capsys.readouterr().err


def test_a_folder_here_comes_before_one_in_models_and_may_be_called_as_a_move(late, capsys):
    (late.parents[1] / "late").mkdir()
    assert main(["models", "late"]) == 1
    assert capsys.readouterr().out == (
        "No models here. To export one: nbpipe.export(pipeline, 'late/NAME', X=X, y=y).\n"
    )
    late.rename(late.parents[1] / "promote")
    assert main(["models", "./promote"]) == 0
    assert "1.1.0" in capsys.readouterr().out


def test_what_stands_already_is_said_and_not_recorded(late, capsys):
    main(["models", "promote", "late", "1.1", "production"])
    before = (late / "aliases.json").read_bytes()
    capsys.readouterr()
    assert main(["models", "promote", "late", "1.1.0", "production", "--reason", "again"]) == 0
    assert capsys.readouterr().out == (
        "production: stands for 1.1.0 already; nothing was recorded\n"
    )
    assert (late / "aliases.json").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["promote", "late", "1.0"], "Write nbpipe models promote DIR VERSION ALIAS"),
        (["promote"], "(or ./promote for a folder of that name)"),
        (["rollback", "late"], "Write nbpipe models rollback DIR ALIAS"),
        (["history"], "Write nbpipe models history DIR"),
        (["diff", "late", "1.0"], "Write nbpipe models diff DIR VERSION VERSION"),
        (["verify", "late", "1.0", "1.1"], "Write nbpipe models verify DIR [VERSION]"),
        (["verify", "late", "9"], "has no version 9"),
        (["diff", "late", "1.0", "prod"], "has no alias 'prod'"),
        (["promot", "late", "1.0", "x"], "has no 'promot'. Did you mean 'promote'?"),
        (["late", "--reason", "x"], "--reason goes with promote and rollback"),
        (["promote", "late", "9", "production"], "has no version 9; it has 1.0.0, 1.1.0."),
        (["promote", "late", "1.0", "1.1"], "'1.1' is no alias"),
        (["rollback", "late", "production"], "has no alias 'production'"),
        (["history", "lat\0e"], "characters that no name of a folder should"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(late, capsys, words, told):
    assert main(["models", *words]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert told in err
    assert err.count("\n") == 1
    assert not (late / "aliases.json").exists()


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(late):
    done = subprocess.run(
        f"{sys.executable} -m nbpipe models models | head -0; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        main(["models", "--help"])
    assert "nbpipe models promote models/late 1.2.0 production" in capsys.readouterr().out
