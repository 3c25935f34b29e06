"""A version is there completely or not at all: killed writers, two writers, full disks."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.version import Version

import nbpipe
from nbpipe.bundle.store.write import staging
from nbpipe.errors import BundleNotFoundError, ExportError, VersionExistsError

WRITER = """
import os, sys
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
import nbpipe
from nbpipe.errors import VersionExistsError

X = pd.DataFrame({"a": range(300)})
model = RandomForestRegressor(60, random_state=0).fit(X, X.a)
print("ready", flush=True)
"""
ONCE = """
sys.stdin.readline()
version = sys.argv[2] if len(sys.argv) > 2 else None
try:
    print(nbpipe.export(model, sys.argv[1], X=X, version=version).version)
except VersionExistsError as error:
    print("refused:", error)
"""
CHILDREN = """
nbpipe.export(model, sys.argv[1], X=X)  # so that the children find everything loaded
for line in sys.stdin:
    child = os.fork()
    while child == 0:
        nbpipe.export(model, sys.argv[1], X=X)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def writer(script, folder, *version):
    """Start a real process that has fitted a model and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER + script, folder, *version],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_nothing_that_can_be_seen(tmp_path):
    """Real SIGKILLs, each other one while a version is half written; the next export sweeps."""
    folder, moments, halves = tmp_path / "late", random.Random(0), 0
    process = writer(CHILDREN, folder)
    for i in range(24):
        go(process)
        child = int(process.stdout.readline())
        deadline = time.monotonic() + 20
        while i % 2 and not list(folder.glob(".partial-*/*")) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.02 if i % 2 else 0.6))
        os.kill(child, signal.SIGKILL)
        assert process.stdout.readline() == "dead\n"
        halves += len(list(folder.glob(".partial-*")))
        assert not nbpipe.models(tmp_path).damaged
    process.communicate()
    found = nbpipe.models(tmp_path)
    assert halves >= 5  # else too few were killed while writing
    assert all(nbpipe.load(each.path).predict({"a": 3}).shape == (1,) for each in found)
    after = writer(ONCE, folder)
    after.communicate("\n")
    assert not list(folder.glob(".partial-*"))
    assert len(nbpipe.models(tmp_path)) == len(found) + 1


def test_what_a_killed_writer_left_is_invisible_and_swept(tmp_path):
    left = tmp_path / "late" / ".partial-0"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert len(nbpipe.models(tmp_path)) == 0
    with pytest.raises(BundleNotFoundError):
        nbpipe.load(tmp_path / "late")
    with staging(tmp_path / "late", None) as (folder, version):
        assert not left.exists()
        (folder / "manifest.json").write_text("{}")
    assert (tmp_path / "late" / version / "manifest.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.0", None])
def test_of_two_simultaneous_writers_both_end_well(tmp_path, version):
    """One version: one wins and one gets a clear error. Automatic versions: both get one."""
    given = [version] if version else []
    both = [writer(ONCE, tmp_path / "late", *given) for _ in range(2)]
    for process in both:
        go(process)
    said = sorted(process.communicate()[0].strip() for process in both)
    if version:
        assert said[0] == "1.0"
        assert said[1].startswith("refused:")
        assert "versions are never overwritten" in said[1]
    else:
        assert said == ["1.0.0", "1.1.0"]
    found = nbpipe.models(tmp_path)
    assert len(found) == 2 - bool(version)
    for bundle in found:
        assert nbpipe.load(bundle.path).version == bundle.version


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_no_folder(tmp_path, error):
    expected = ExportError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:  # noqa: SIM117, PT012 - what is inside must raise
        with staging(tmp_path / "a" / "b" / "late", None) as (folder, _):
            (folder / "model.joblib").write_text("half")
            raise error
    assert expected is KeyboardInterrupt or "No space left on device" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_place_taken_by_something_else_is_not_overwritten(tmp_path):
    taken = tmp_path / "late" / "1.0"
    taken.mkdir(parents=True)
    (taken / "precious").write_text("x")
    with pytest.raises(VersionExistsError), staging(tmp_path / "late", Version("1.0")):
        pytest.fail("must not get here")
    assert (taken / "precious").read_text() == "x"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a place where root cannot write")
def test_a_folder_that_cannot_be_written_is_told():
    with (
        pytest.raises(ExportError, match=r"/proc/nothing.* cannot be written"),
        staging(Path("/proc/nothing/late"), None),
    ):
        pytest.fail("must not get here")


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    """On a real file system of 200 KB, where it may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting needs rights")
    try:
        output, error = writer(ONCE, disk / "late").communicate("\n")
        assert output == ""
        assert "cannot be written: No space left on device. Nothing was exported." in error
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)
