"""An export that dies, or meets another one, or a disk that is full, leaves what was there."""

from __future__ import annotations

import shutil

import pytest
from faults.prepared import kill_often, prepared
from faults.seen import contents, whole

import nbpipe

pytestmark = pytest.mark.slow


def test_an_export_killed_at_any_moment_leaves_whole_versions_alone(tmp_path):
    late = tmp_path / "late"
    late.mkdir()
    with prepared("export", late) as export:
        export.go()
        first = contents(late / "1.0.0")

        def check():
            whole(tmp_path)
            assert contents(late / "1.0.0") == first
            assert len([each for each in late.iterdir() if each.name.startswith(".")]) <= 1

        assert kill_often(export, 80, check) == 80
        export.go()
    found = whole(tmp_path)
    assert {each.name for each in late.iterdir()} == {bundle.version for bundle in found}
    assert nbpipe.load(late).version == found[-1].version


def test_of_two_writers_of_one_version_one_wins_and_one_is_told(tmp_path):
    late = tmp_path / "late"
    late.mkdir()
    with prepared("export", late, "1.0") as one, prepared("export", late, "1.0") as other:
        for _ in range(10):
            one.start()
            other.start()
            ended = one.ended(), other.ended()
            assert sorted("returned" in each for each in ended) == [False, True], ended
            (lost,) = (each for each in ended if "raised" in each)
            assert lost["raised"] == "VersionExistsError"
            assert [b.version for b in whole(tmp_path)] == ["1.0"]
            assert [each.name for each in late.iterdir()] == ["1.0"]
            shutil.rmtree(late / "1.0")


def test_two_writers_who_leave_the_version_to_nbpipe_both_get_one(tmp_path):
    late = tmp_path / "late"
    late.mkdir()
    with prepared("export", late) as one, prepared("export", late) as other:
        one.start()
        other.start()
        assert sorted(each.ended()["returned"] for each in (one, other)) == ["1.0.0", "1.1.0"]
    assert [bundle.version for bundle in whole(tmp_path)] == ["1.0.0", "1.1.0"]
