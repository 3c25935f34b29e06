"""Real servers in processes of their own, and raw connections to them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nbpipe

FLIGHTS = Path(__file__).parents[1] / "notebooks/data/flights_jan_aug.csv.gz"
ROW = {"distance": 1400, "temp": 40.0, "wind_gust": None, "carrier": "AA", "origin": "JFK"}
MAIN = "import sys; from nbpipe.cli.main import main; sys.exit(main())"


def flights(rows=1500):
    """Return X and y of real flights."""
    X = pd.read_csv(FLIGHTS, nrows=rows)
    return X, X.pop("late")


def fitted(C=1.0):
    """Return a pipeline of five columns; another `C` makes another model."""
    columns = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            ["distance", "temp", "wind_gust"],
        ),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=60), ["carrier", "origin"]),
    )
    return make_pipeline(columns, LogisticRegression(C=C, max_iter=500)).fit(*flights())


def export(folder, version="1.0.0", C=1.0):
    """Export a small real model as one version in `folder`."""
    X, y = flights()
    return nbpipe.export(fitted(C), folder, X=X, y=y, version=version)


class Server:
    """`nbpipe serve` as a process; its log is kept."""

    def __init__(self, *arguments, command=(sys.executable, "-c", MAIN)):
        self.process = subprocess.Popen(
            [*command, "serve", *map(str, arguments), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.log = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr))
        self.reader.start()
        told = self.process.stdout.readline()
        assert "http://" in told, self.stop() or "".join(self.log)
        self.url = told.split()[-1]
        self.port = int(self.url.rpartition(":")[2])

    def stop(self, how=signal.SIGTERM):
        """End the process by a signal, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(60)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def records(self):
        """Return what was logged, each line as JSON."""
        return [json.loads(line) for line in self.log]


@contextmanager
def serving(*arguments, **options):
    server = Server(*arguments, **options)
    try:
        yield server
    finally:
        server.stop(signal.SIGKILL)


def request(body, path="/predict", method="POST", headers=()):
    """Return the bytes of one request."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: test", *headers]
    if not any(line.lower().startswith("content-type") for line in headers):
        lines.append("content-type: application/json")
    if not any("transfer-encoding" in line.lower() for line in headers):
        lines.append(f"content-length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


async def answer(reader):
    """Read one answer: its status, headers and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


def exchange(port, *parts, answers=1, pause=0.0, seconds=30):
    """Send parts over one connection, and return the answers."""

    async def talk():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        got = [await asyncio.wait_for(answer(reader), seconds) for _ in range(answers)]
        writer.close()
        return got

    return asyncio.run(talk())


def copy_version(bundle, folder):
    """Bring a version into a model's folder as an export does: whole, by one rename."""
    hidden = folder / f".{bundle.name}.tmp"
    shutil.copytree(bundle, hidden)
    hidden.rename(folder / bundle.name)
