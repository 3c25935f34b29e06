"""A service that dies while it answers and switches loses nothing, and the next one serves."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time

import pytest
from faults.prepared import prepared
from faults.seen import contents, whole

import nbpipe

pytest.importorskip("fastapi")
pytestmark = pytest.mark.slow

ROW = json.dumps({"distance": 1000, "temp": 40.0, "carrier": "UA"})
VERSIONS = ("1.0.0", "1.1.0")


@pytest.fixture
def late(tmp_path):
    """Return a model of two versions, the first of which is in production."""
    folder = tmp_path / "late"
    folder.mkdir()
    with prepared("export", folder) as export:
        export.go()
        export.go()
    nbpipe.promote(folder, VERSIONS[0], "production")
    return folder


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Client(threading.Thread):
    """Asks as often as it is answered, whoever listens there."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.stop, self.answers = port, threading.Event(), []

    def run(self) -> None:
        while not self.stop.is_set():
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                while not self.stop.is_set():
                    line.request("POST", "/predict", ROW, {"content-type": "application/json"})
                    answer = line.getresponse()
                    self.answers.append((answer.status, json.loads(answer.read())))
            except (OSError, http.client.HTTPException):  # it was killed, or is not there yet
                time.sleep(0.005)
            finally:
                line.close()


def test_a_service_killed_at_any_moment_loses_nothing_and_the_next_one_serves(late, port):
    moments, client = random.Random(0), Client(port)
    before, moves = [contents(late / each) for each in VERSIONS], list(nbpipe.history(late))
    expected = nbpipe.load(late).predict_proba(json.loads(ROW)).tolist()
    client.start()
    try:
        with prepared("serve", late, str(port)) as serve:
            lived = 0
            for number in range(20):
                known, after = len(client.answers), moments.uniform(0, 1.0)
                serve.start(after=after)
                moves.append(nbpipe.promote(late, VERSIONS[1 - number % 2], "production"))
                ended = serve.ended()
                told = f"kill {number} of seed 0, after {after:.3f} s: {ended}"
                assert "killed" in ended, told
                assert list(nbpipe.history(late)) == moves, told
                assert [bundle.version for bundle in whole(late)] == list(VERSIONS), told
                lived += len(client.answers) > known
            assert lived  # else it was always killed before it answered anything
            known = len(client.answers)
            serve.start(after=8)
            assert "killed" in serve.ended()
            last = client.answers[-1][1]["model"]["version"]
            assert len(client.answers) > known
            assert last == moves[-1].version
    finally:
        client.stop.set()
        client.join()
    for status, answer in client.answers:
        assert status == 200
        assert answer["model"]["version"] in VERSIONS
        assert list(answer["probabilities"].values()) == expected[0]
    assert [contents(late / version) for version in VERSIONS] == before
    assert sorted(each.name for each in late.iterdir()) == [*VERSIONS, "aliases.json"]
