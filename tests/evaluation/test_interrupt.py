"""Interrupting a run ends it at once and leaves no worker behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import nbpipe

PROGRAM = """
import signal, sys, time
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
import nbpipe

# The fold that runs first: in this process fold 1, side by side the largest.
QUICK = 50 if sys.argv[1] == "1" else 250

class Slow(LogisticRegression):
    def fit(self, X, y):
        if len(X) != QUICK:
            time.sleep(60)
        return super().fit(X, y)

def told(fold):
    print("fold", fold.number, flush=True)

# A shell's background job passes on that it ignores Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
X = np.random.default_rng(0).normal(size=(300, 2))
try:
    nbpipe.cv(Slow(), X, (X[:, 0] > 0).astype(int), time=np.arange(300), n_jobs=int(sys.argv[1]),
              on_fold=told)
except KeyboardInterrupt:
    print("interrupted", flush=True)
time.sleep(60)
"""


def workers_of(pid: int) -> list[str]:
    """Return the command lines of a process's children that would run folds."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                command = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if int(parent) == pid and "resource_tracker" not in command:
                found.append(command)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_sigint_leaves_no_worker(tmp_path, n_jobs):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), str(n_jobs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout.readline() == ("fold 1\n" if n_jobs == 1 else "fold 5\n")
            assert len(workers_of(run.pid)) == (n_jobs if n_jobs > 1 else 0)
            os.kill(run.pid, signal.SIGINT)
            assert run.stdout.readline() == "interrupted\n"
            deadline = time.monotonic() + 10
            while workers_of(run.pid) and time.monotonic() < deadline:
                time.sleep(0.1)
            assert workers_of(run.pid) == []
        finally:
            run.kill()


def test_what_on_fold_raises_ends_the_run():
    X = np.random.default_rng(0).normal(size=(100, 2))
    y = (X[:, 0] > 0).astype(int)
    told = []

    def stop(fold):
        told.append(fold.number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nbpipe.cv(LogisticRegression(), X, y, on_fold=stop)
    assert len(told) == 1
