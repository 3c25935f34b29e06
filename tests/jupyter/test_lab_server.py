"""The server's half of the JupyterLab extension: a real server, asked over HTTP."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

import nbpipe
from nbpipe.jupyter.lab.checks import Checks, SupersededError
from nbpipe.jupyter.lab.server import MAX_BYTES, MAX_CELLS
from nbpipe.jupyter.lab.worker import Notebooks
from shells import FIT, PREPARE, SCALE, SCORE, SPLIT

TOKEN = "nbpipe-test"
LEAK = [PREPARE, SCALE, "%%time\n" + SPLIT, FIT, SCORE]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Jupyter Server with the extension on, over an empty folder; gives its address and folder."""
    home = tmp_path_factory.mktemp("server")
    root = home / "root"
    root.mkdir()
    (root / "json.py").write_text("raise RuntimeError('a module of the user')")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-P", "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.jpserver_extensions={'nbpipe.jupyter.lab.server': True}"]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **{name: str(home / name) for name in folders}},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/api")
            break
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail((home / "log").read_text())
            time.sleep(0.1)
    yield address, root, home / "log"
    process.send_signal(signal.SIGTERM)
    process.wait(15)


def post(server, content, token=TOKEN):
    headers = {"Authorization": f"token {token}"} if token else {}
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return httpx.post(f"{server[0]}/nbpipe/check", content=body, headers=headers, timeout=60)


def ask(cells, client="a", path="unsaved.ipynb"):
    return {"client": client, "path": path, "cells": cells}


def test_a_notebook_that_no_file_holds_is_checked_as_the_command_checks_one(server):
    """Across cells and below cell magics, with the contract of `nbpipe check --format json`."""
    assert not list(server[1].glob("*.ipynb"))
    answer = post(server, ask(LEAK)).json()
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in LEAK]
    text = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    assert answer["findings"] == nbpipe.check_text(text, "unsaved.ipynb").to_dict()["findings"]
    assert [(each["code"], each["cell"], each["line"]) for each in answer["findings"]] == [
        ("NB101", 2, 1)
    ]
    assert "score is higher" in answer["rules"]["NB101"]["why"]
    assert (answer["version"], answer["skipped"]) == (1, [])


@pytest.mark.parametrize("token", ["", "guessed"])
def test_who_has_no_token_is_refused(server, token):
    assert post(server, ask(LEAK), token).status_code == 403


def test_a_page_of_another_site_is_refused(server):
    with httpx.Client() as browser:
        browser.get(f"{server[0]}/api/status?token={TOKEN}")  # leaves the session's cookie
        body = json.dumps(ask(LEAK))
        assert browser.post(f"{server[0]}/nbpipe/check", content=body).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ([], 400),
        ({"cells": ["x = 1"]}, 400),
        (ask("x = 1"), 400),
        (ask([1]), 400),
        (ask(["x"], client=1), 400),
        (ask(["x"], path="a" * 5_000), 400),
        (ask(["x = 1"] * (MAX_CELLS + 1)), 413),
        (ask(["x" * MAX_BYTES]), 413),
    ],
)
def test_what_is_no_notebook_or_too_large_is_refused_in_a_sentence(server, body, status):
    answer = post(server, body)
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")


@pytest.mark.parametrize(
    "cells", [[], [""], ["\ud800 = '\\ud800'"], ["(" * 5_000], ["x = (\0"], ["!ls", "%%bash\nrm"]]
)
def test_whatever_is_typed_is_answered(server, cells):
    assert post(server, ask(cells)).json()["findings"] == []


def test_the_configuration_next_to_the_notebook_holds(server):
    (server[1] / "project").mkdir()
    config = server[1] / "project/pyproject.toml"
    config.write_text('[tool.nbpipe]\nignore = ["NB101"]\n')
    answer = post(server, ask(LEAK, path="project/unsaved.ipynb")).json()
    assert answer["findings"] == []
    config.write_text('[tool.nbpipe]\nignore = ["NB999"]\n')
    answer = post(server, ask(LEAK, path="project/unsaved.ipynb")).json()
    assert "NB999" in answer["skipped"][0]["reason"]


def test_a_path_never_leaves_the_servers_folder(server):
    other = server[1].parent / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text('[tool.nbpipe]\nignore = ["NB1"]\n')
    (finding,) = post(server, ask(LEAK, path="../other/a.ipynb")).json()["findings"]
    assert finding["path"] == "other/a.ipynb"


def test_many_at_once_are_answered_and_the_server_stays_awake(server):
    with ThreadPoolExecutor(8) as several:
        checks = [several.submit(post, server, ask(LEAK, client=f"c{n}")) for n in range(8)]
        assert httpx.get(f"{server[0]}/api", timeout=5).status_code == 200
        assert [check.result().status_code for check in checks] == [200] * 8


def test_no_request_left_a_traceback(server):
    assert "Traceback" not in server[2].read_text()


def line(cells, client="a"):
    return json.dumps(ask(cells, client)).encode()


def test_of_one_client_the_newest_wins(tmp_path):
    async def three():
        checks = Checks(tmp_path)
        asked = [checks.check(c, line([f"x = {n}"], c)) for n, c in enumerate(("b", "a", "a"))]
        try:
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            checks.stop()

    first, older, newest = asyncio.run(three())
    assert isinstance(older, SupersededError)
    assert json.loads(first)["findings"] == json.loads(newest)["findings"] == []


def test_a_check_that_takes_too_long_is_ended_and_the_next_one_answered(tmp_path):
    async def two():
        checks = Checks(tmp_path, seconds=0.001)  # less than its process takes to start
        with pytest.raises(TimeoutError):
            await checks.check("a", line(LEAK))
        checks._seconds = 30
        try:
            return await checks.check("a", line(LEAK))
        finally:
            checks.stop()

    assert json.loads(asyncio.run(two()))["findings"]


def test_what_is_kept_of_a_notebook_changes_no_answer():
    """Cells typed, removed, moved and put back: as if each were looked at for the first time."""
    kept = Notebooks()
    states = [LEAK[:3], LEAK, LEAK[::-1], [*LEAK, "x ="], ["", *LEAK], LEAK[1:], LEAK]
    for n, cells in enumerate([*states, *states]):
        told = kept.check(client=f"c{n % 2}", path="", cells=cells)
        assert told == Notebooks().check(client="new", path="", cells=cells)
    assert any(Notebooks().check("new", "", cells)["findings"] for cells in states)


def test_the_versions_are_one():
    folder = Path(nbpipe.__file__).parent / "jupyter/lab/extension"
    package = json.loads((folder / "package.json").read_text())
    (entry,) = (folder / "static").glob("remoteEntry.*.js")
    assert package["version"] == nbpipe.__version__
    assert package["jupyterlab"]["_build"]["load"] == f"static/{entry.name}"
    assert entry.name == f"remoteEntry.{nbpipe.__version__}.js"
