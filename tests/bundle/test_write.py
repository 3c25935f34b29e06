"""A version is there completely or not at all; `tests/faults` kills real writers."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

import nbpipe
from nbpipe.bundle.store.write import staging
from nbpipe.errors import BundleNotFoundError, ExportError, VersionExistsError


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
