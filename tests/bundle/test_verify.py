"""Checking a version step by step, without keeping the model."""

import pytest

import nbpipe
from nbpipe.bundle.loading import loading
from nbpipe.errors import BundleNotFoundError, IntegrityError


def test_a_sound_version_tells_what_was_compared(exported):
    told = nbpipe.verify(exported.path.parent)
    head, digests, *notes = repr(told).splitlines()
    assert head == "late 1.0.0 is sound"
    assert digests.startswith("- 4 files, ")
    assert "- 20 probe rows give the predictions of the export" in notes
    assert "<li>20 probe rows" in told._repr_html_()
    assert told.to_dict()["model"]["version"] == "1.0.0"
    assert told.to_dict()["notes"] == list(told.notes)


@pytest.mark.parametrize("name", ["plan.npz", "probe.json", "model.joblib", "requirements.txt"])
def test_a_changed_file_is_named(damaged, name):
    content = bytearray((damaged / name).read_bytes())
    content[len(content) // 2] ^= 1
    (damaged / name).write_bytes(content)
    with pytest.raises(IntegrityError, match=rf"{name} was changed after the export"):
        nbpipe.verify(damaged)


def test_a_version_that_is_not_there_is_no_sound_one(exported):
    with pytest.raises(BundleNotFoundError, match="has no version 7"):
        nbpipe.verify(exported.path.parent, "7")


def test_progress_counts_every_file_and_the_probe(exported):
    told = list(loading(exported.path))
    assert told[0] == (0, 1, "finding the version")
    assert [done for done, _, _ in told[1:]] == [0, 1, 2, 3, 4]
    assert {total for _, total, _ in told[1:]} == {5}
    assert told[1][2] == "comparing model.joblib with its digest"
    assert told[-1][2] == "predicting the probe rows"
    assert all(done < total for done, total, _ in told)
