"""What the HTTP service can do, with a real client on the loopback: ``python benchmarks/serve.py``.

A logistic regression and a forest of 100 trees on real flights are served by ``nbpipe serve``, with
full validation. The client is a process of its own that speaks HTTP/1.1 over raw sockets and keeps
its connections. The empty endpoint (``/health``) of the same server is asked in turns with
``/predict``, so that both meet the same load of the machine; what else runs there changes rates, so
the processor time that server and client take for a request is told, too.

With ``--requests N`` (default 200,000) the forest then goes on for so long, and the server's memory
is followed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nbpipe

DATA = Path(__file__).parents[1] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS, WORDS = ["distance", "temp", "wind_gust"], ["carrier", "origin"]
ROUNDS, CLIENTS, EACH = 7, 8, 2000
EMPTY = b"GET /health HTTP/1.1\r\nhost: benchmark\r\n\r\n"


MODELS = {
    "logistic": LogisticRegression(max_iter=1000),
    "forest": RandomForestClassifier(max_depth=12, random_state=42),
}


def export(folder, estimator):
    """Export a model; return a few hundred of its rows."""
    X = pd.read_csv(DATA)
    y = X.pop("late")
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", min_frequency=60)
    columns = make_column_transformer((numbers, NUMBERS), (words, WORDS))
    nbpipe.export(make_pipeline(columns, estimator).fit(X, y), folder, X=X, y=y)
    return json.loads(X[NUMBERS + WORDS].head(300).to_json(orient="records"))


def post(rows):
    """Return the bytes of a request to predict."""
    body = json.dumps(rows).encode()
    head = "POST /predict HTTP/1.1\r\nhost: benchmark\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def one(port, requests, count, times):
    """Send requests over one connection, one after another."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(count):
        started = time.perf_counter()
        writer.write(requests[number % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
        times.append(time.perf_counter() - started)
        if b" 200 " not in head[:15]:
            raise RuntimeError(head)
    writer.close()


async def slow(port, request, seconds):
    """Send one request byte by byte, over so many seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for byte in request:
        writer.write(bytes([byte]))
        await asyncio.sleep(seconds / len(request))
    return (await reader.readuntil(b"\r\n\r\n"))[:15]


def load(port, requests, total, clients, slowly=0):
    """Return requests a second, the time of each in ms, and the client's own share in us."""

    async def main():
        times = []
        work = [one(port, requests, total // clients, times) for _ in range(clients)]
        started, cpu = time.perf_counter(), time.process_time()
        waiting = asyncio.create_task(slow(port, requests[0], slowly)) if slowly else None
        await asyncio.gather(*work)
        taken, cpu = time.perf_counter() - started, time.process_time() - cpu
        if waiting and b" 200 " not in await waiting:
            raise RuntimeError("the slow client was not answered")
        return len(times) / taken, 1000 * np.array(times), 1e6 * cpu / len(times)

    return asyncio.run(main())


def memory(pid):
    """Return the resident memory of a process in MB."""
    return int(re.search(r"VmRSS:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def processor(pid):
    """Return the processor time of a process in us."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1e6 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run:
    """Asks one server, and tells of it."""

    def __init__(self, pool, server, port):
        self.pool, self.pid, self.port = pool, server.pid, port

    def __call__(self, requests, total, clients, slowly=0):
        before = processor(self.pid)
        rate, times, client = self.pool.apply(load, (self.port, requests, total, clients, slowly))
        return rate, times, (processor(self.pid) - before) / len(times), client

    def tell(self, name, *measured):
        rates, times, server, client = zip(*measured, strict=True)
        p50, p99 = np.percentile(np.concatenate(times), [50, 99])
        print(f"  {name:26} {median(rates):6.0f} a second   median {p50:7.2f} ms", end="")
        print(f"   p99 {p99:7.2f} ms = {p99 / p50:4.1f} x", end="")
        print(f"   {median(server):5.0f} us of the server, {median(client):.0f} of the client")


def compare(run, singles):
    """Ask the empty endpoint and for predictions in turns, and print the ratio."""
    pairs = [(run([EMPTY], EACH, CLIENTS), run(singles, EACH, CLIENTS)) for _ in range(ROUNDS + 1)]
    empty, single = zip(*pairs[1:], strict=True)  # the first warms up
    print(f"  {CLIENTS} clients, {ROUNDS} turns of {EACH:,} requests each:")
    run.tell("/health", *empty)
    run.tell("/predict, one row", *single)
    rate, cpu = (median(one[at] / two[at] for two, one in pairs[1:]) for at in (0, 2))
    print(f"  one row against the empty endpoint: {rate:.2f} of its rate, ", end="")
    print(f"{1 / cpu:.2f} by the server's processor time")


def stress(run, rows, total):
    """Print what many clients, many rows and many requests do."""
    singles = [post(row) for row in rows]
    run.tell("one client, one row", run(singles, EACH, 1))
    run.tell("64 clients and a slow one", run(singles, 12_800, 64, 5))
    run.tell("one client, 1,000 rows", run([post((rows * 4)[:1000])], 40, 1))
    seen = [memory(run.pid)]
    for _ in range(10):
        run(singles, total // 10, CLIENTS)
        seen.append(memory(run.pid))
    print(f"  MB over {total:,} more requests: {', '.join(f'{each:.1f}' for each in seen)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200_000)
    total = parser.parse_args().requests
    code = "import sys; from nbpipe.cli.main import main; sys.exit(main())"
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(1) as pool,
    ):
        for name, estimator in MODELS.items():
            rows = export(f"{folder}/{name}", estimator)
            server = subprocess.Popen(
                [sys.executable, "-c", code, "serve", f"{folder}/{name}", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            told = server.stdout.readline()
            print(told.strip())
            try:
                run = Run(pool, server, int(told.rpartition(":")[2]))
                compare(run, [post(row) for row in rows])
                if name == "forest":
                    stress(run, rows, total)
            finally:
                server.terminate()
                server.wait()


if __name__ == "__main__":
    main()
