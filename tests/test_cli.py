"""The real ``nbpipe`` command, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nbpipe

COMMAND = Path(sys.executable).with_name("nbpipe")
BUNDLES = Path(__file__).parent / "bundle" / "data"


def run(*arguments):
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)


def test_the_version_is_told():
    assert run("--version").stdout == f"nbpipe {nbpipe.__version__}\n"


def test_models_prints_the_listing():
    done = run("models", BUNDLES)
    assert done.returncode == 0
    assert done.stdout == f"{nbpipe.models(BUNDLES)!r}\n"
    assert "format_1" in done.stdout


def test_models_prints_json_for_programs():
    told = json.loads(run("models", BUNDLES, "--format", "json").stdout)
    (model,) = told["models"]
    assert (model["name"], model["version"], model["features"]) == ("format_1", "1.0.0", 2)
    assert told["damaged"] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["models", str(BUNDLES.parent / "dada")], "is not a folder. Did you mean 'data'?"),
        (["models", __file__], "is not a folder"),
        (["models"], "required: DIR"),
        ([], "required: VERB"),
        (["model"], "invalid choice: 'model'"),
        (["models", ".", "--format", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_a_users_mistake_is_one_clear_line_on_stderr(arguments, told):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_name_that_the_terminal_cannot_write_is_escaped(tmp_path):
    shutil.copytree(BUNDLES / "format_1", tmp_path / "mö" / "1.0.0")
    (tmp_path / "mö" / "1.0.0" / "manifest.json").write_text("{")
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [COMMAND, "models", tmp_path], capture_output=True, text=True, check=False, env=ascii_only
    )
    assert done.returncode == 1  # it is damaged, so no model is listed
    assert "m\\xf6" in done.stdout


def test_a_verb_that_is_near_none_is_not_taken_for_an_option_or_a_format():
    told = run("exprot").stderr
    assert "invalid choice: 'exprot'" in told
    assert "Did you mean" not in told
    assert "Did you mean 'predict'?" in run("predct").stderr
    assert "Did you mean 'json'?" in run("check", "--format", "josn").stderr
    assert "%load_ext nbpipe" in run("--help").stdout


@pytest.mark.skipif(os.name == "nt", reason="there, signals are others")
def test_ctrl_c_is_one_line_and_exit_code_130():
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "from nbpipe.cli.main import main; print('here', flush=True); sys.exit(main())"
    command = [sys.executable, "-c", code, "check", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as checking:
        assert checking.stdout.readline() == "here\n"
        time.sleep(1)  # until it reads what never comes
        checking.send_signal(signal.SIGINT)
        _, told = checking.communicate(timeout=60)
    assert told == "nbpipe: stopped.\n"
    assert checking.returncode == 130
