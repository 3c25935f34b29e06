"""Clients that break the rules of HTTP, and models that break: nothing is told, nobody waits."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families  # comes with JupyterLab
from servers import ROW, answer, copy_version, exchange, export, flights, request, serving
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import nbpipe

CLIENTS, EACH = 64, 20
HEAD = b"POST /predict HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return export(tmp_path_factory.mktemp("models") / "late")


@pytest.fixture(scope="module")
def server(bundle):
    with serving(bundle.path, "--timeout", "2") as running:
        yield running


def all_of(port, sent, *, close=False):
    """Send bytes, and return everything that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(sent)
        if close:
            client.shutdown(socket.SHUT_WR)
        parts = []
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    "lengths",
    [
        b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
        b"content-length: 5\r\ncontent-length: 6\r\n\r\nnull!",
        b"content-length: -1\r\n\r\n",
        b"content-length: +5\r\n\r\nnull!",
        b"content-length: " + b"9" * 5000 + b"\r\n\r\n",
        b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"transfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"transfer-encoding: chunked\r\n\r\n-1\r\n",
    ],
)
def test_a_body_of_doubtful_length_ends_the_connection_and_hides_no_request(server, lengths):
    got = all_of(server.port, HEAD + lengths + b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1
    assert b"alive" not in got


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health HTTP/1.1\r\nhost : test\r\n\r\n",
        b"GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nhost: test\r\nx: a\0b\r\n\r\n",
        "GET /hé HTTP/1.1\r\nhost: test\r\n\r\n".encode(),
        b"GET /health HTTP/1.1\r\nhost: test\r\nx: " + b"a" * 200_000,
    ],
    ids=lambda head: repr(head)[:50],
)
def test_a_malformed_or_endless_head_is_refused(server, head):
    try:
        assert all_of(server.port, head).startswith(b"HTTP/1.1 400 ")
    except ConnectionError:  # the rest was still being sent
        assert len(head) > 65536


@pytest.mark.parametrize(
    "path",
    ["/%2e%2e/etc/passwd", "/../health", "//health", "/health%00", "/health%0a", "/metrics%0A"],
)
def test_a_path_has_one_spelling(server, path):
    [(status, _, body)] = exchange(server.port, request(b"", path, "GET"))
    assert status == 404
    assert json.loads(body)["status"] == 404


def test_a_client_that_has_said_all_is_answered_and_one_that_left_is_forgotten(server):
    whole = request(ROW)
    assert all_of(server.port, whole, close=True).startswith(b"HTTP/1.1 200 ")
    assert all_of(server.port, whole[:-10], close=True) == b""
    assert all_of(server.port, whole[:20], close=True) == b""


def test_a_client_that_reads_nothing_and_many_that_say_nothing_are_let_go(bundle):
    rows = [{**ROW, "carrier": "ZZ"}] * 200  # whose answers are longer than they
    with serving(bundle.path, "--timeout", "1") as server:
        exchange(server.port, request(ROW))  # from now on, only connections are opened
        files = Path(f"/proc/{server.process.pid}/fd")
        before = len(list(files.iterdir()))
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", server.port))
        deaf.setblocking(False)  # noqa: FBT003 - that is its signature
        sent = request(rows) * 200
        with suppress(BlockingIOError):
            while sent:
                sent = sent[deaf.send(sent[:65536]) :]
        mute = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
        for each in mute:
            each.sendall(b"GET /hea")
        assert exchange(server.port, request(ROW))[0][0] == 200
        deadline = time.monotonic() + 60
        while len(list(files.iterdir())) > before:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        for each in (deaf, *mute):
            each.close()


@pytest.mark.parametrize(
    ("number", "means"),
    [("-0", 0.0), ("1E1", 10.0), ("5e-324", 0.0), ("40.000000000000000000001", 40.0)],
)
def test_numbers_mean_what_json_says(server, bundle, number, means):
    content = json.dumps(ROW).replace("40.0", number).encode()
    [(status, _, body)] = exchange(server.port, request(content))
    model = nbpipe.load(bundle.path, policy={"range": "ignore"})
    expected = model.predict_proba({**ROW, "temp": means})[0].tolist()
    assert status == 200
    assert list(json.loads(body)["probabilities"].values()) == pytest.approx(expected, rel=1e-12)


def test_text_may_hold_what_no_encoding_can(server):
    for odd in ("\ud800", "\0", "", "x" * 100_000):
        [(status, _, body)] = exchange(server.port, request({**ROW, "carrier": odd}))
        [warned] = json.loads(body)["warnings"]
        assert (status, warned["kind"]) == (200, "unseen")
        assert odd.startswith(warned["value"].removesuffix("..."))


def test_a_million_rows_and_a_very_deep_value_are_refused(server):
    [(status, _, body)] = exchange(server.port, request([{}] * 1_000_000))
    assert (status, json.loads(body)["detail"].split()[0]) == (413, "1,000,000")
    for depth in (900, 100_000):
        deep = json.dumps(ROW).replace("40.0", "[" * depth + "]" * depth).encode()
        assert exchange(server.port, request(deep))[0][0] in {400, 422}


def test_each_of_many_clients_gets_the_answer_to_its_own_rows(server, bundle):
    X = flights()[0][list(ROW)].sample(CLIENTS * EACH, random_state=0)
    rows = json.loads(X.to_json(orient="records"))
    expected = nbpipe.load(bundle.path).predict_proba(rows)

    async def client(mine):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        got = []
        for row in mine:
            writer.write(request(row))
            got.append(json.loads((await answer(reader))[2])["probabilities"])
        writer.close()
        return [list(each.values()) for each in got]

    async def main():
        parts = (rows[at : at + EACH] for at in range(0, len(rows), EACH))
        return list(chain.from_iterable(await asyncio.gather(*map(client, parts))))

    assert np.allclose(asyncio.run(main()), expected, rtol=1e-12, atol=1e-12)


def export_two(folder, pipeline, version="1.0.0", names=("distance", "temp")):
    X, y = flights()
    X = X[list(names)].fillna(0)
    return nbpipe.export(pipeline.fit(X, y), folder, X=X, y=y, version=version)


def test_a_switch_to_other_columns_is_clean_under_load(tmp_path, bundle):
    """Every answer is of one version: a prediction of the old, or a refusal by the new."""
    folder, narrow = tmp_path / "late", tmp_path / "other" / "late"
    shutil.copytree(bundle.path.parent, folder)
    made = export_two(narrow, make_pipeline(StandardScaler(), LogisticRegression()), "2.0.0")
    with serving(folder) as server:

        async def client(got):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            while got[-1:] != [422]:
                writer.write(request(ROW))
                status, _, body = await answer(reader)
                told = json.loads(body)
                assert status == 422 or told["model"]["version"] == "1.0.0"
                assert status == 200 or {each["column"] for each in told["errors"]} == {
                    *("carrier", "origin", "wind_gust")
                }
                got.append(status)
            writer.close()

        async def main():
            got = [[] for _ in range(8)]
            clients = asyncio.gather(*map(client, got))
            while not all(got):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
            await asyncio.to_thread(copy_version, made.path, folder)
            await asyncio.wait_for(clients, 60)
            return got

        for got in asyncio.run(main()):
            assert set(got[:-1]) == {200}
        document = json.loads(exchange(server.port, request(b"", "/openapi.json", "GET"))[0][2])
        assert document["components"]["schemas"]["Record"]["required"] == ["distance", "temp"]


def test_it_serves_on_when_the_folder_of_its_model_is_gone(tmp_path, bundle):
    folder = tmp_path / "late"
    shutil.copytree(bundle.path.parent, folder)
    with serving(folder) as server:
        shutil.rmtree(folder)
        for path in ("/ready", "/model", "/openapi.json", "/docs", "/metrics"):
            assert exchange(server.port, request(b"", path, "GET"))[0][0] == 200
        assert exchange(server.port, request(ROW))[0][0] == 200


def test_a_number_too_large_for_a_forest_is_refused_and_the_log_stays_json(tmp_path):
    made = export_two(tmp_path / "f", make_pipeline(StandardScaler(), RandomForestClassifier(5)))
    with serving(made.path) as server:
        [(status, _, body)] = exchange(server.port, request({"distance": 100, "temp": 1.7e308}))
        server.stop()
    assert status == 422
    assert "too large for float32" in json.loads(body)["detail"]
    assert server.records()


def test_what_an_estimator_without_plan_says_is_kept_back(tmp_path):
    """It may name files or repeat values: the client learns the kind, the log the place."""
    square = FunctionTransformer(np.square, feature_names_out="one-to-one")
    made = export_two(tmp_path / "near", make_pipeline(square, KNeighborsClassifier()))
    assert "plan.npz" not in made.manifest.files
    with serving(made.path) as server:
        [(fine, _, _)] = exchange(server.port, request({"distance": 100, "temp": 1.0}))
        [(status, _, body)] = exchange(server.port, request({"distance": 100, "temp": 1.5e300}))
        server.stop()
    assert (fine, status) == (200, 422)
    assert json.loads(body)["detail"] == "The model's own steps cannot use these rows (ValueError)."
    [told] = [each["message"] for each in server.records() if "estimator" in each["message"]]
    assert "validation.py" in told
    assert "300" not in told


@pytest.mark.parametrize("name", ["späte flüge", 'x"y%20z'])
def test_a_model_may_have_an_odd_name(tmp_path, name):
    export(tmp_path / name)
    with serving(tmp_path / name) as server:
        told = json.loads(exchange(server.port, request(ROW))[0][2])
        text = exchange(server.port, request(b"", "/metrics", "GET"))[0][2].decode()
        document = json.loads(exchange(server.port, request(b"", "/openapi.json", "GET"))[0][2])
    assert told["model"]["name"] == document["info"]["title"] == name
    families = {each.name: each for each in text_string_to_metric_families(text)}
    assert families["nbpipe_model_info"].samples[0].labels["name"] == name
    assert families["nbpipe_rows"].samples[0].value == 1
    buckets = families["nbpipe_request_seconds"].samples
    assert {each.labels["path"] for each in buckets} == {"/predict"}
