"""Runs that are killed, stopped or met by another: the output is as if nothing had happened."""

import json
import random
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbpipe
from nbpipe.errors import UsageError

COMMAND = Path(sys.executable).with_name("nbpipe")
ROWS = 150_000


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 3)), columns=["a", "b", "c"])
    y = X["a"] + X["b"] > 0
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    folder = tmp_path_factory.mktemp("models") / "m"
    nbpipe.export(pipeline, folder, X=X, y=y)
    return nbpipe.load(folder, policy={"range": "ignore"})


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Return a file of several blocks in which one row of a thousand is bad."""
    numbers = np.random.default_rng(1).normal(size=(ROWS, 3))
    frame = pd.DataFrame(numbers, columns=["a", "b", "c"]).astype(object)
    frame.loc[::1000, "b"] = "bad"
    folder = tmp_path_factory.mktemp("rows")
    frame.to_csv(folder / "in.csv", index_label="id")
    return folder / "in.csv"


def command(model, source, folder, ending, *more):
    places = ["--input", source, "--output", folder / f"out{ending}"]
    aside = ["--rejects", folder / f"bad{ending}", "--keep", "id", "--policy", "range=ignore"]
    return [str(each) for each in [COMMAND, "predict", model.bundle.path, *places, *aside, *more]]


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_after_kills_the_output_is_that_of_a_run_never_stopped(model, rows, tmp_path, ending):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    subprocess.run(command(model, rows, whole, ending), check=False, capture_output=True)
    resumed = command(model, rows, killed, ending, "--resume")
    chance = random.Random(ending)
    kills = 0
    for turn in range(100):
        process = subprocess.Popen(resumed, stderr=subprocess.PIPE)
        try:
            process.communicate(timeout=1 + 0.3 * turn + chance.random())
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
        if f"out{ending}" in read(killed):  # even a run that dies behind the end has ended
            break
    subprocess.run(resumed, check=False, capture_output=True)
    assert kills
    assert read(killed) == read(whole)
    assert len(read(whole)) == 2


@pytest.mark.slow
def test_ctrl_c_is_a_tidy_stop_that_can_be_gone_on_with(model, rows, tmp_path):
    process = subprocess.Popen(
        command(model, rows, tmp_path, ".csv"), stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / ".out.csv.resume.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1]
    assert process.returncode == 130
    assert told == "nbpipe: stopped; the same command with --resume goes on.\n"
    done = subprocess.run(
        command(model, rows, tmp_path, ".csv", "--resume"), check=False, capture_output=True
    )
    assert b"150,000 rows: 149,850 predicted, 150 rejected" in done.stderr
    assert sorted(read(tmp_path)) == ["bad.csv", "out.csv"]
    assert pd.read_csv(tmp_path / "out.csv").row.is_monotonic_increasing


def test_ctrl_c_reaches_a_run_that_waits_for_a_pipe(model, rows, tmp_path):
    process = subprocess.Popen(
        command(model, "-", tmp_path, ".csv", "--input-format", "csv"),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with rows.open() as some:
            process.stdin.writelines(islice(some, 3))
        process.stdin.flush()
        while not (tmp_path / ".out.csv.partial").exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.3)  # by then it waits for more
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "nbpipe: stopped.\n"
    finally:
        process.kill()
    assert not list(tmp_path.glob(".*"))


@pytest.fixture
def stopped(model, rows, tmp_path, monkeypatch):
    """Return a folder in which a run has ended as after Ctrl-C, with half of the rows done."""
    source = tmp_path / "in.csv"
    source.write_bytes(rows.read_bytes())
    from nbpipe.serving.batch.unfinished import Unfinished

    note = Unfinished.note

    def noted(self, **facts):
        note(self, **facts)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Unfinished, "note", noted)
        with pytest.raises(KeyboardInterrupt):
            predict(model, tmp_path)
    assert json.loads((tmp_path / ".out.csv.resume.json").read_text())["rows"]
    return tmp_path


def predict(model, folder, **options):
    given = {"rejects": folder / "bad.csv", "keep": ["id"], **options}
    return nbpipe.predict_file(model, folder / "in.csv", folder / "out.csv", **given)


def test_a_run_that_was_stopped_is_gone_on_with(model, stopped):
    done = predict(model, stopped, resume=True)
    assert (done.rows, done.rejected) == (ROWS, ROWS // 1000)
    assert sorted(read(stopped)) == ["bad.csv", "in.csv", "out.csv"]
    assert len(pd.read_csv(stopped / "out.csv")) == done.rows - done.rejected


def test_a_changed_input_model_or_option_is_not_gone_on_with(model, stopped):
    with pytest.raises(UsageError, match="the options changed"):
        predict(model, stopped, resume=True, proba=False)
    with pytest.raises(UsageError, match="the options changed"):
        predict(model, stopped, resume=True, max_rejects=5)
    other = nbpipe.load(model.bundle.path)
    with pytest.raises(UsageError, match="the options changed"):
        predict(other, stopped, resume=True)
    with (stopped / "in.csv").open("a") as file:
        file.write("1,1,1,1\n")
    with pytest.raises(UsageError, match="the input changed"):
        predict(model, stopped, resume=True)


def test_a_run_that_starts_over_leaves_nothing_of_the_one_before(model, stopped):
    predict(model, stopped, rejects=stopped / "others.csv", proba=False)
    assert sorted(read(stopped)) == ["in.csv", "others.csv", "out.csv"]


def test_what_was_lost_or_damaged_is_not_gone_on_with(model, stopped):
    with (stopped / ".bad.csv.partial").open("ab") as file:
        file.truncate(10)
    with pytest.raises(UsageError, match="is shorter"):
        predict(model, stopped, resume=True)
    (stopped / ".bad.csv.partial").unlink()
    with pytest.raises(UsageError, match="is gone"):
        predict(model, stopped, resume=True)
    (stopped / ".out.csv.resume.json").write_text("{")
    with pytest.raises(UsageError, match="is damaged"):
        predict(model, stopped, resume=True)


def test_a_kill_between_the_last_two_renames_is_made_good(model, stopped, monkeypatch):
    from nbpipe.serving.batch.unfinished import Part

    def killed(self):
        raise KeyboardInterrupt

    finish = Part.finish
    with monkeypatch.context() as patched:
        patched.setattr(Part, "finish", lambda x: killed(x) if "out" in str(x.place) else finish(x))
        with pytest.raises(KeyboardInterrupt):
            predict(model, stopped, resume=True)
    assert (stopped / "bad.csv").exists()
    assert not (stopped / "out.csv").exists()
    assert predict(model, stopped, resume=True).rows == ROWS
    assert sorted(read(stopped)) == ["bad.csv", "in.csv", "out.csv"]


def test_two_runs_do_not_write_one_output(model, stopped):
    import fcntl

    with (stopped / ".out.csv.partial").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="Another run"):
            predict(model, stopped, resume=True)
        with pytest.raises(UsageError, match="Another run"):
            predict(model, stopped)
    assert predict(model, stopped, resume=True).rows == ROWS


def test_a_folder_that_takes_no_files_is_told(model, stopped):
    from nbpipe.errors import OutputError

    with pytest.raises(OutputError, match="cannot be written"):
        nbpipe.predict_file(model, stopped / "in.csv", "/proc/out.csv")
