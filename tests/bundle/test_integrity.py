"""Any changed byte of a bundle is refused or harmless."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.bundle import manifest
from nbpipe.bundle.trust import integrity
from nbpipe.errors import BundleError, IntegrityError, ManifestError, NbpipeError


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    fitted = LinearRegression().fit(X, X["a"])
    return nbpipe.export(fitted, tmp_path_factory.mktemp("tiny") / "line", X=X, y=X["a"]).path


def test_every_flipped_byte_of_a_file_is_refused_by_its_digest(tiny, tmp_path):
    files = manifest.read(tiny).files
    for name in files:
        original = (tiny / name).read_bytes()
        copy = tmp_path / name
        for at in range(len(original)):
            copy.write_bytes(original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :])
            with pytest.raises(IntegrityError, match="changed after the export"):
                integrity.check(tmp_path, {name: files[name]})
        assert len(original) > 100


def test_every_flipped_byte_of_the_manifest_is_refused_or_changes_nothing(tiny, tmp_path):
    original = (tiny / manifest.FILE).read_bytes()
    expected, harmless = manifest.read(tiny), 0
    for at in range(len(original)):
        for bit in (1, 32):
            changed = original[:at] + bytes([original[at] ^ bit]) + original[at + 1 :]
            (tmp_path / manifest.FILE).write_bytes(changed)
            try:
                assert manifest.read(tmp_path) == expected
                harmless += 1
            except ManifestError:
                pass
    assert harmless < len(original) / 10  # white space, and the case of an escaped letter


def test_a_cut_anywhere_is_refused(tiny, tmp_path):
    copy = shutil.copytree(tiny, tmp_path / "1.0.0")
    for path in sorted(copy.iterdir()):
        whole = path.read_bytes()
        for length in random.Random(0).sample(range(len(whole) - 1), 12):
            path.write_bytes(whole[:length])
            with pytest.raises(BundleError):
                nbpipe.load(copy)
        path.write_bytes(whole)
    assert nbpipe.load(copy).predict({"a": 1.5}) == pytest.approx([1.5])


def test_load_never_raises_a_foreign_error_for_flipped_bytes(tiny, tmp_path):
    copy = shutil.copytree(tiny, tmp_path / "1.0.0")
    chosen = np.random.default_rng(0)
    for path in sorted(copy.iterdir()):
        whole = path.read_bytes()
        for at in chosen.integers(0, len(whole), 15):
            flipped = bytearray(whole)
            flipped[at] ^= int(chosen.integers(1, 256))
            path.write_bytes(flipped)
            with suppress(NbpipeError):
                assert nbpipe.load(copy).predict({"a": 1.5}) == pytest.approx([1.5])
        path.write_bytes(whole)
