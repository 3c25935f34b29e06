"""Every byte of a bundle, flipped in turn, is refused or harmless, and nothing is unpickled.

The estimator of these bundles is a booby trap that leaves a mark where it is unpickled, and its
digest in the manifest is right: only the order of loading keeps it shut.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sklearn.linear_model import LogisticRegression

import nbpipe
from nbpipe.bundle import manifest
from nbpipe.bundle.plan import arrays
from nbpipe.bundle.trust import integrity
from nbpipe.errors import BundleError, IntegrityError, ManifestError, NbpipeError, UsageError

ROW = {"a": 0.5}


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (Path(self.mark),)


def reseal(folder, **changes):
    """Change a manifest, with the digest that fits, as an attacker would; files are measured."""
    content = json.loads((folder / manifest.FILE).read_text()) | changes
    del content["digest"]
    for name in content["files"]:
        if (folder / name).is_file():
            found = integrity.record(folder / name)
            content["files"][name] = {"sha256": found.sha256, "size": found.size}
    content["digest"] = manifest._digest(content)
    (folder / manifest.FILE).write_text(json.dumps(content))


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """Return the paths of a private key and its public half."""
    folder, made = tmp_path_factory.mktemp("key"), ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        made.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "key.pub").write_bytes(
        made.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return folder / "key.pem", folder / "key.pub"


@pytest.fixture(scope="module")
def original(tmp_path_factory, key):
    """Return a signed bundle with a plan, and a trap in the place of its estimator."""
    from nbpipe.bundle.trust.signing import signer

    X = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0]})
    fitted = LogisticRegression().fit(X, [0, 0, 1, 1])
    models = tmp_path_factory.mktemp("models") / "late"
    folder = nbpipe.export(fitted, models, X=X, y=pd.Series([0, 0, 1, 1])).path
    (folder / "model.joblib").write_bytes(pickle.dumps(Trap(models / "mark")))
    reseal(folder)
    signer(key[0])(folder)
    return folder


@pytest.fixture
def bundle(original, tmp_path):
    """Return a copy, whose trap marks the original's folder."""
    return Path(shutil.copytree(original, tmp_path / "late" / original.name))


@pytest.fixture
def mark(original):
    return original.parent / "mark"


def test_the_trap_works_and_loading_does_not_meet_it(bundle, key, mark):
    model = nbpipe.load(bundle, trusted_key=key[1])
    assert not mark.exists()
    with pytest.raises(BundleError):
        _ = model.pipeline
    mark.unlink()


def outcomes(path, load):
    """Flip each byte of a file in turn, and give what `load` makes of it: an error, or labels."""
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        try:
            yield load().predict_proba(ROW).tolist()
        except NbpipeError as error:
            yield error
    path.write_bytes(whole)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("plan.npz", marks=pytest.mark.slow),
        *("probe.json", "requirements.txt", "model.joblib"),
    ],
)
def test_every_flipped_byte_of_a_listed_file_is_refused(bundle, mark, name):
    found = list(outcomes(bundle / name, lambda: nbpipe.load(bundle)))
    assert {type(each) for each in found} == {IntegrityError}
    assert len(found) > 50
    assert not mark.exists()


@pytest.mark.parametrize("signed", [False, True])
def test_every_flipped_byte_of_the_manifest_is_refused_or_changes_nothing(
    bundle, key, mark, signed
):
    trusted = key[1] if signed else None
    expected = nbpipe.load(bundle).predict_proba(ROW).tolist()
    found = list(
        outcomes(bundle / "manifest.json", lambda: nbpipe.load(bundle, trusted_key=trusted))
    )
    harmless = [each for each in found if isinstance(each, list)]
    assert all(each == expected for each in harmless)
    assert len(harmless) < (1 if signed else len(found) / 10)  # white space, where it is unsigned
    assert not mark.exists()


@pytest.mark.slow
def test_every_flipped_byte_of_the_signature_is_refused_or_changes_nothing(bundle, key, mark):
    expected = nbpipe.load(bundle).predict_proba(ROW).tolist()
    found = list(outcomes(bundle / "model.sig", lambda: nbpipe.load(bundle, trusted_key=key[1])))
    harmless = [each for each in found if not isinstance(each, IntegrityError)]
    assert all(each == expected for each in harmless)
    assert len(harmless) < len(found) / 20  # letters of names, and bits of base64 that none reads
    assert not mark.exists()


@pytest.mark.slow
def test_a_plan_with_a_flipped_byte_and_a_digest_that_fits_never_predicts_otherwise(bundle, mark):
    """Without a key an attacker can fit the digests; what then loads passed structure and probe."""
    expected = nbpipe.load(bundle).predict_proba(ROW)
    path, whole = bundle / "plan.npz", (bundle / "plan.npz").read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        reseal(bundle)
        try:
            found = nbpipe.load(bundle).predict_proba(ROW)
        except BundleError:
            continue
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert not mark.exists()


def swap_for_link(path):
    outside = path.parents[2] / f"outside-{path.name}"
    path.rename(outside)
    path.symlink_to(outside)


def swap_for_link_inside(path):
    path.rename(path.with_name("requirements.txt2"))
    path.symlink_to("requirements.txt2")


def swap_for_pipe(path):
    path.unlink()
    os.mkfifo(path)


def swap_for_folder(path):
    path.unlink()
    path.mkdir()


def grow(path):
    os.truncate(path, 2**40)  # sparse: to read it would take an hour


@pytest.mark.parametrize(
    "swap", [swap_for_link, swap_for_link_inside, swap_for_pipe, swap_for_folder, grow, Path.unlink]
)
@pytest.mark.parametrize(
    "name", ["plan.npz", "probe.json", "requirements.txt", "model.joblib", "manifest.json"]
)
def test_what_is_not_the_plain_file_of_its_size_is_refused_at_once(bundle, mark, swap, name):
    swap(bundle / name)
    with pytest.raises(BundleError):
        nbpipe.load(bundle)
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", ["model.pkl", "plan.npy", "MODEL.JOBLIB", "sitecustomize.py", "x\n"]
)
def test_a_file_that_the_manifest_does_not_list_is_refused_by_name(bundle, mark, name):
    (bundle / name).write_bytes(b"")
    with pytest.raises(IntegrityError, match="is no part of the bundle"):
        nbpipe.load(bundle)
    (bundle / name).unlink()
    (bundle / "sub").mkdir()
    with pytest.raises(IntegrityError, match="holds 'sub'"):
        nbpipe.load(bundle)
    assert not mark.exists()


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_a_desktop_leaves_behind_is_noted_and_not_opened(bundle, name):
    os.mkfifo(bundle / name)  # would hang whoever opens it
    assert f"{name} is no part of the bundle, and was not opened" in nbpipe.load(bundle).notes


def archive(*members, compression=zipfile.ZIP_STORED):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


def overlapping(plan):
    """Return an archive whose table of contents names its first array thousands of times."""
    with zipfile.ZipFile(BytesIO(plan)) as found:
        start, first = found.start_dir, found.infolist()[0]
    file = BytesIO(plan[:start])
    with zipfile.ZipFile(file, "a") as made:
        for number in range(5000):
            again = zipfile.ZipInfo(f"{number}.npy")
            again.file_size = again.compress_size = first.file_size
            again.CRC, again.header_offset = first.CRC, first.header_offset
            made.filelist.append(again)
        made._didModify = True
        made.start_dir = start
    return file.getvalue()


def header(text):
    written = text.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(written).to_bytes(2, "little") + written


CRAFTED = {
    "empty": lambda _: b"",
    "no archive": lambda _: b"PK\x05\x06",
    "compressed": lambda _: archive(("kinds.npy", bytes(2**24)), compression=zipfile.ZIP_DEFLATED),
    "twice": lambda _: archive(("kinds.npy", b""), ("kinds.npy", b"")),
    "overlapping": overlapping,
    "objects": lambda _: archive(
        ("kinds.npy", header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }") + b"c.")
    ),
    "huge": lambda _: archive(
        ("a.npy", header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**12,), }"))
    ),
    "nested": lambda _: archive(("a.npy", header("(" * 90))),
    "negative": lambda _: archive(
        ("a.npy", header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 0), }"))
    ),
    "odd shape": lambda _: archive(
        ("a.npy", header("{'descr': '<U0', 'fortran_order': False, 'shape': (9,), }"))
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_plan_is_refused_with_a_digest_that_fits(bundle, mark, name):
    (bundle / "plan.npz").write_bytes(CRAFTED[name]((bundle / "plan.npz").read_bytes()))
    reseal(bundle)
    with pytest.raises(IntegrityError, match="no plan that nbpipe wrote"):
        nbpipe.load(bundle)
    assert not mark.exists()


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{}", "3", nested(100_000), '{"rows": [], "predict": []}'),
        f'{{"rows": {nested(400)}, "predict": {nested(400)}, "predict_proba": null}}',
        '{"rows": [{"a": 1.0}], "predict": [], "predict_proba": [[0.5, 0.5]]}',
        '{"rows": [{"a": "x"}], "predict": [1], "predict_proba": null}',
        '{"rows": [{"a": 1.0}], "predict": [[[]]], "predict_proba": [[[1]]]}',
    ],
)
def test_a_crafted_probe_is_refused_with_a_digest_that_fits(bundle, mark, content):
    (bundle / "probe.json").write_text(content)
    reseal(bundle)
    with pytest.raises(NbpipeError):
        nbpipe.load(bundle)
    assert not mark.exists()


def test_a_probe_that_no_export_writes_is_refused_before_it_is_read(bundle, monkeypatch):
    path = bundle / "probe.json"
    with path.open("ab") as file:
        file.truncate(integrity.PROBE_LIMIT + 1)
    reseal(bundle)
    monkeypatch.setattr(integrity, "check", None)
    with pytest.raises(ManifestError, match=r"lists probe\.json with 16,777,217 bytes, far more"):
        nbpipe.load(bundle)


def test_what_changes_after_the_check_is_not_what_is_parsed(bundle, monkeypatch):
    """The plan and the probe are swapped at the moment when the digests have passed."""
    check = integrity.check

    def check_and_swap(folder, files, keep=()):
        kept = check(folder, files, keep)
        for name in {"plan.npz", "probe.json"} & set(files):
            (folder / name).write_bytes(b"swapped")
        return kept

    monkeypatch.setattr(integrity, "check", check_and_swap)
    assert nbpipe.load(bundle).predict(ROW) == [0]
    assert (bundle / "plan.npz").read_bytes() == b"swapped"


def test_a_file_that_grows_while_it_is_read_is_read_no_further(bundle, monkeypatch):
    """The size was right when the file was opened."""
    path = bundle / "model.joblib"
    expected, whole = manifest.read(bundle).files[path.name], path.read_bytes()
    path.write_bytes(whole + b"more")
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((0,) * 6 + (len(whole),) + (0,) * 3))
    assert integrity.check(bundle, {path.name: expected}, [path.name]) == {path.name: whole}
    assert integrity.check(bundle, {path.name: expected}) == {}


@pytest.mark.parametrize("size", [2**24 + 1, 2**40])
def test_a_manifest_that_is_too_large_is_not_read(bundle, size):
    os.truncate(bundle / "manifest.json", size)
    with pytest.raises(IntegrityError, match="far more than nbpipe writes there"):
        nbpipe.load(bundle)
    assert nbpipe.models(bundle.parent).damaged


def test_a_plan_that_no_memory_holds_is_refused(bundle, mark):
    """As a hole in a file it costs nothing to send."""
    os.truncate(bundle / "plan.npz", 2**43)
    files = json.loads((bundle / "manifest.json").read_text())["files"]
    files["plan.npz"]["size"] = 2**43
    content = json.loads((bundle / "manifest.json").read_text()) | {"files": files}
    del content["digest"]
    content["digest"] = manifest._digest(content)
    (bundle / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(IntegrityError, match="more than there is memory here"):
        nbpipe.load(bundle)
    assert not mark.exists()


@pytest.mark.parametrize("letter", [0x110000, 0xFFFFFFFF])
def test_text_beyond_unicode_is_refused(bundle, mark, letter):
    """Numpy makes an array of it, and fails where it is to be text."""
    whole = arrays.read(bundle / "plan.npz")
    features = np.frombuffer(np.uint32(letter).tobytes(), "U1")
    arrays.write(bundle / "plan.npz", {**whole, "features": features})
    reseal(bundle)
    with pytest.raises(IntegrityError, match="no plan that nbpipe wrote"):
        nbpipe.load(bundle)
    assert not mark.exists()


@pytest.mark.parametrize("classes", [None, [], [1, 0], [0, 1, 2], ["0", "1"]])
def test_probabilities_are_named_by_no_other_classes_than_those_of_the_plan(bundle, mark, classes):
    reseal(bundle, target={"name": None, "classes": classes})
    with pytest.raises(IntegrityError, match="its classes are not those of the manifest"):
        nbpipe.load(bundle)
    assert not mark.exists()


def test_a_manifest_cannot_lead_a_shell_or_a_terminal(bundle):
    content = json.loads((bundle / "manifest.json").read_text())
    made = content["environment"]
    for change in (
        {"environment": made | {"python": "3.11; touch x"}},
        {"version": "1.0.0; touch x"},
        {"name": "late\x1b]0;x\x07"},
    ):
        reseal(bundle, **change)
        with pytest.raises(ManifestError):
            nbpipe.load(bundle)
        reseal(bundle, **{key: content[key] for key in change})
    nbpipe.load(bundle)


def test_a_bundle_without_its_plan_is_refused_where_pickles_are_ruled_out(bundle, mark):
    files = json.loads((bundle / "manifest.json").read_text())["files"]
    (bundle / "plan.npz").unlink()
    del files["plan.npz"]
    reseal(bundle, files=files)
    with pytest.raises(UsageError, match="unpickle=False"):
        nbpipe.load(bundle, unpickle=False)
    assert not mark.exists()
