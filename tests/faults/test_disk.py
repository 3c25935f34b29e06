"""Disks that fill up at any point, and disks that take nothing: a clear error, nothing half there.

On real file systems of a megabyte, where they may be mounted.
"""

from __future__ import annotations

import os
import subprocess

import pytest
from faults.batches import BAD, ROWS, flights
from faults.prepared import prepared
from faults.seen import contents, whole

import nbpipe
from nbpipe.errors import BundleError

pytestmark = pytest.mark.slow

PAGE = 4096  # bytes; what a tmpfs gives at once
FILES = 20


@pytest.fixture
def disk(tmp_path):
    """Return an empty file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size=1m,nr_inodes={FILES}", "tmpfs", place]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting needs rights")
    yield place
    subprocess.run(["umount", place], check=True)


def leave(disk, *, pages=None, files=None):
    """Fill a disk until so much is free."""
    free = os.statvfs(disk)
    if pages is not None:
        (disk / "filler").write_bytes(bytes((free.f_bavail - pages) * PAGE))
    for number in range(free.f_favail - files if files is not None else 0):
        (disk / f"filler{number}").touch()


def clear(disk):
    for filler in disk.glob("filler*"):
        filler.unlink()


@pytest.mark.parametrize("kind", ["pages", "files"])
def test_an_export_that_meets_a_full_disk_at_any_point_is_told_and_leaves_nothing(disk, kind):
    late = disk / "late"
    late.mkdir()
    with prepared("export", late) as export:
        for free in range(40):
            leave(disk, **{kind: free})
            ended = export.go()
            clear(disk)
            if "returned" in ended:
                break
            assert ended["raised"] == "ExportError", (free, ended)
            assert "No space left on device. Nothing was exported." in ended["message"], free
            assert list(late.iterdir()) == [], free
    assert free > 4  # else the disk was full at one point only
    assert [bundle.version for bundle in whole(disk)] == ["1.0.0"]


@pytest.mark.parametrize("kind", ["pages", "files"])
def test_a_promotion_on_a_full_disk_is_told_and_moves_nothing(disk, kind):
    late = disk / "late"
    late.mkdir()
    with prepared("export", late) as export:
        export.go()
    nbpipe.promote(late, "1.0.0", "before")
    before = contents(late)
    with prepared("promote", late, "1.0.0", "production") as promote:
        leave(disk, **{kind: 0})
        ended = promote.go()
        clear(disk)
        assert ended["raised"] == "BundleError", ended
        assert "No space left on device. No alias was moved." in ended["message"]
        assert contents(late) == before
        assert promote.go()["returned"] == "1.0.0"
    assert nbpipe.load(f"{late}@production").version == "1.0.0"


def test_a_disk_that_may_only_be_read_is_told_and_loads(disk):
    late = disk / "late"
    late.mkdir()
    with prepared("export", late) as export:
        export.go()
    before = contents(late)
    with prepared("export", late) as export:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        ended = export.go()
    assert ended["raised"] == "ExportError"
    assert "Read-only file system. Nothing was exported." in ended["message"]
    with pytest.raises(BundleError, match=r"Read-only file system\. No alias was moved"):
        nbpipe.promote(late, "1.0.0", "production")
    assert contents(late) == before
    assert nbpipe.load(late).version == "1.0.0"


def test_a_batch_that_fills_the_disk_is_told_and_goes_on_where_there_is_room(disk, tmp_path):
    late = tmp_path / "late"
    late.mkdir()
    with prepared("export", late) as export:
        export.go()
    lived = flights(tmp_path / "lived")
    with prepared("predict", lived, str(late)) as predict:
        predict.go()
    full = flights(disk / "full")
    leave(disk, pages=20)
    with prepared("predict", full, str(late)) as predict:
        for _ in range(2):  # the second time it is full from the start
            ended = predict.go()
            assert ended["raised"] == "OutputError", ended
            assert "No space left on device" in ended["message"]
            assert not (full / "late.csv").exists()
        clear(disk)
        assert predict.go()["returned"] == [ROWS, ROWS // BAD]
    assert contents(full) == contents(lived)
