"""What the HTTP service can do, with a real client on the loopback: ``python benchmarks/serve.py``.

A forest of 100 trees on real flights is served by ``nbpipe serve``, with full validation. The
client is a process of its own that speaks HTTP/1.1 over raw sockets and keeps its connections. The
empty endpoint (``/health``) of the same server is asked in turns with ``/predict``, so that both
meet the same load of the machine.

With ``--requests N`` (default 200,000) it then goes on for so long and follows the server's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
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
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import nbpipe

DATA = Path(__file__).parents[1] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS, WORDS = ["distance", "temp", "wind_gust"], ["carrier", "origin"]
ROUNDS, CLIENTS, EACH = 7, 8, 3000
EMPTY = b"GET /health HTTP/1.1\r\nhost: benchmark\r\n\r\n"


def export(folder):
    """Export a forest of 100 trees; return a few hundred of its rows."""
    X = pd.read_csv(DATA)
    y = X.pop("late")
    numbers = SimpleImputer(strategy="median")
    words = OneHotEncoder(handle_unknown="ignore", min_frequency=60)
    columns = make_column_transformer((numbers, NUMBERS), (words, WORDS))
    forest = RandomForestClassifier(max_depth=12, random_state=42)
    bundle = nbpipe.export(make_pipeline(columns, forest).fit(X, y), folder, X=X, y=y)
    print(bundle)
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
    """Return requests a second and the time of each, in ms."""

    async def main():
        times = []
        work = [one(port, requests, total // clients, times) for _ in range(clients)]
        started = time.perf_counter()
        waiting = asyncio.create_task(slow(port, requests[0], slowly)) if slowly else None
        await asyncio.gather(*work)
        taken = time.perf_counter() - started
        if waiting and b" 200 " not in await waiting:
            raise RuntimeError("the slow client was not answered")
        return len(times) / taken, 1000 * np.array(times)

    return asyncio.run(main())


def memory(pid):
    """Return the resident memory of a process in MB."""
    return int(re.search(r"VmRSS:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def told(name, rate, times):
    p50, p99 = np.percentile(times, [50, 99])
    print(f"  {name:34} {rate:7.0f} a second   median {p50:6.2f} ms   p99 {p99:6.2f} ms", end="")
    print(f" = {p99 / p50:.1f} x")


def measure(client, server, port, rows, total):
    singles = [post(row) for row in rows]
    pairs = []
    for turn in range(ROUNDS + 1):
        empty = client(load, (port, [EMPTY], EACH, CLIENTS))
        single = client(load, (port, singles, EACH, CLIENTS))
        if turn:  # the first warms up
            pairs.append((empty, single))
    print(f"{CLIENTS} clients, {ROUNDS} turns of {EACH:,} requests each:")
    for name, at in (("/health", 0), ("/predict, one row", 1)):
        rates, times = zip(*(pair[at] for pair in pairs), strict=True)
        told(name, median(rates), np.concatenate(times))
    ratio = median(single[0] / empty[0] for empty, single in pairs)
    print(f"  throughput of one row against the empty endpoint: {ratio:.2f}")
    told("one client, one row", *client(load, (port, singles, EACH, 1)))
    told("64 clients and a slow one", *client(load, (port, singles, 12_800, 64, 5)))
    told("one client, 1,000 rows", *client(load, (port, [post((rows * 4)[:1000])], 40, 1)))
    seen = [memory(server.pid)]
    for _ in range(10):
        client(load, (port, singles, total // 10, CLIENTS))
        seen.append(memory(server.pid))
    print(f"memory over {total:,} more requests: {', '.join(f'{each:.1f}' for each in seen)} MB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200_000)
    total = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        rows = export(Path(folder) / "late")
        code = "import sys; from nbpipe.cli.main import main; sys.exit(main())"
        server = subprocess.Popen(
            [sys.executable, "-c", code, "serve", f"{folder}/late", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        port = int(server.stdout.readline().rpartition(":")[2])
        try:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                measure(pool.apply, server, port, rows, total)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
