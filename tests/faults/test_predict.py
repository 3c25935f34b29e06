"""A batch that dies shows no half of its output, and goes on to the bytes of one that lived."""

from __future__ import annotations

import pytest
from faults.batches import BAD, ROWS, flights
from faults.prepared import kill_often, prepared
from faults.seen import contents

pytestmark = pytest.mark.slow

MADE = {"late.csv", "bad.csv"}


@pytest.fixture
def late(tmp_path):
    folder = tmp_path / "late"
    folder.mkdir()
    with prepared("export", folder) as export:
        export.go()
    return folder


def test_a_batch_killed_at_any_moment_ends_with_the_bytes_of_one_that_lived(late, tmp_path):
    whole = flights(tmp_path / "lived")
    with prepared("predict", whole, str(late)) as predict:
        assert predict.go()["returned"] == [ROWS, ROWS // BAD]
    expected = contents(whole)
    assert {str(name) for name in expected} == MADE | {"flights.csv"}
    died = flights(tmp_path / "died")
    finished = 0

    def check():
        nonlocal finished
        found = contents(died)
        shown = {name: content for name, content in found.items() if str(name) in MADE}
        assert shown == {name: expected[name] for name in shown}  # a whole file or none
        if len(shown) == 2 and len(found) == 3:
            finished += 1
            for name in shown:
                (died / name).unlink()

    with prepared("predict", died, str(late)) as predict:
        assert kill_often(predict, 45, check) == 45
        predict.go()
        check()
    assert finished > 1  # the first of all, and the last, that goes on after a kill
    assert {each.name for each in died.iterdir()} <= {"flights.csv"}
