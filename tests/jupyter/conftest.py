"""A real IPython shell with the extension loaded, and a small, real table in it."""

import builtins

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from shells import FLIGHTS, run


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # doctest's prompt leaves one behind, and IPython then sets none of its own
    monkeypatch.delattr(builtins, "_", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    flights = pd.read_csv(FLIGHTS, nrows=1500, parse_dates=["sched_dep"])
    shell.user_ns["y"] = flights["late"]
    shell.user_ns["X"] = flights[["sched_dep", "distance", "temp", "carrier", "origin"]]
    run(shell, "%load_ext nbpipe")
    yield shell
    InteractiveShell.clear_instance()
