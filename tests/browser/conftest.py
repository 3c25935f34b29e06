"""A real JupyterLab server, and a real Chromium that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from browser.pages import wait_idle

REPOSITORY = Path(__file__).parents[2]
TOKEN = "nbpipe-test"  # of a server that listens on the loopback address alone
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
# Chromium must not call home: where the network is closed, its attempts pile up.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")  # its event loop runs until it ends, and other tests have their own
def browser():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium for the browser tests")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # other tests may keep the machine busy
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab over a copy of the lessons; gives its address and its folder."""
    home = tmp_path_factory.mktemp("lab")
    root = home / "root"
    shutil.copytree(
        REPOSITORY / "notebooks",
        root,
        ignore=shutil.ignore_patterns("models", ".ipynb_checkpoints", ".progress.json"),
    )
    settings = home / "settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    notebooks = home / "settings/@jupyterlab/notebook-extension"
    notebooks.mkdir(parents=True)
    # Every cell stands in the page, not only those in sight.
    (notebooks / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    log = (home / "lab.log").open("w")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"]
    server = subprocess.Popen(
        command,
        env={**os.environ, **{name: str(home / folder) for name, folder in folders.items()}},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(server, f"{address}/api?token={TOKEN}", home / "lab.log")
        yield address, root
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_until_up(server, url, log):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture
def open_notebook(browser, lab):
    """Open a notebook of the lab, or write one of these code cells first; its kernel is ready."""
    address, root = lab
    pages = []

    def open_(name, *cells):
        if cells:
            written = [nbformat.v4.new_code_cell(each) for each in cells]
            notebook = nbformat.v4.new_notebook(cells=written)
            kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
            notebook.metadata["kernelspec"] = kernel
            nbformat.write(notebook, root / name)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        pages.append(context)
        page.set_default_timeout(90_000)
        page.goto(f"{address}/lab/tree/{name}?reset&token={TOKEN}")
        wait_idle(page)
        return page

    yield open_
    for context in pages:
        context.close()
    _end_kernels(address)


def _end_kernels(address):
    """End what the closed pages leave running: forty kernels would fill a small machine."""
    authorized = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{address}/api/sessions", headers=authorized)
    ) as answer:
        sessions = [each["id"] for each in json.load(answer)]
    for each in sessions:
        url = f"{address}/api/sessions/{each}"
        request = urllib.request.Request(url, headers=authorized, method="DELETE")
        urllib.request.urlopen(request).close()
