"""Signatures: who exported a bundle, and what a signature does not let pass."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.bundle import manifest
from nbpipe.bundle.trust import integrity
from nbpipe.errors import BundleError, IntegrityError, MissingExtraError, UsageError

PKCS8, PEM = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
PUBLIC = serialization.PublicFormat.SubjectPublicKeyInfo
OFFLINE = """
import sys
def refuse(event, _):
    if event.startswith("socket.") and event != "socket.__new__":
        raise OSError(f"{event}: there is no network here")
sys.addaudithook(refuse)
"""


def write_keys(folder, name, key, password=None):
    """Write a pair of keys, and return both paths."""
    locked = serialization.BestAvailableEncryption(password) if password else None
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(PEM, PKCS8, locked or serialization.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(PEM, PUBLIC))
    return private, public


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Return private and public key of two people."""
    folder = tmp_path_factory.mktemp("keys")
    return {
        name: write_keys(folder, name, ec.generate_private_key(ec.SECP256R1()))
        for name in ("ours", "theirs")
    }


def line(to, *, slope=1.0, **options):
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    return nbpipe.export(LinearRegression().fit(X, slope * X["a"]), to, X=X, **options).path


@pytest.fixture(scope="module")
def originals(tmp_path_factory, keys):
    """Return a folder of bundles that we signed, that they signed, and that nobody signed."""
    models = tmp_path_factory.mktemp("models")
    line(models / "ours", sign=keys["ours"][0])
    line(models / "ours", slope=2.0, sign=keys["ours"][0])
    line(models / "other", slope=3.0, sign=keys["ours"][0])
    line(models / "theirs", sign=keys["theirs"][0])
    line(models / "nobodys")
    return models


@pytest.fixture
def models(originals, tmp_path):
    """Return a copy that a test may change."""
    return Path(shutil.copytree(originals, tmp_path / "models"))


@pytest.fixture
def public(keys):
    return keys["ours"][1]


def reseal(folder, **changes):
    """Change a manifest, and give it the digest that fits."""
    content = json.loads((folder / manifest.FILE).read_text()) | changes
    del content["digest"]
    content["digest"] = manifest._digest(content)
    (folder / manifest.FILE).write_text(json.dumps(content))


def test_what_is_signed_loads_with_the_public_key_and_also_without(models, public):
    assert nbpipe.load(models / "ours", trusted_key=public).predict({"a": 1.5}) == pytest.approx(
        [3.0]
    )
    assert nbpipe.load(models / "ours", "1.0.0", trusted_key=str(public)).version == "1.0.0"
    assert nbpipe.load(models / "ours").predict({"a": 1.5}) == pytest.approx([3.0])
    assert [each.version for each in nbpipe.models(models / "ours")] == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize(
    ("name", "told"), [("nobodys", "is not signed"), ("theirs", "Key mismatch")]
)
def test_the_unsigned_and_what_others_signed_is_refused(models, public, name, told):
    with pytest.raises(IntegrityError, match=told):
        nbpipe.load(models / name, trusted_key=public)
    assert nbpipe.load(models / name).predict({"a": 1.5}) == pytest.approx([1.5])


def test_a_copy_in_the_cache_that_is_older_than_the_signature_is_told(
    models, public, tmp_path, monkeypatch
):
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setenv("NBPIPE_CACHE", str(tmp_path / "cache"))
    url, signature = "memory://signed/ours", models / "ours/1.0.0/model.sig"
    content = signature.read_bytes()
    signature.unlink()
    fsspec.filesystem("memory").put(
        str(models / "ours/1.0.0"), "/signed/ours/1.0.0", recursive=True
    )
    copy = nbpipe.load(url).bundle.path
    fsspec.filesystem("memory").pipe_file("/signed/ours/1.0.0/model.sig", content)
    with pytest.raises(IntegrityError, match="signed after its download, delete that copy"):
        nbpipe.load(url, trusted_key=public)
    shutil.rmtree(copy)
    assert nbpipe.load(url, trusted_key=public).version == "1.0.0"


def test_a_bundle_that_others_sign_again_after_a_change_is_refused(models, keys, public):
    folder = models / "ours" / "1.1.0"
    changed = line(models.parent / "ours", slope=9.0, version="1.1.0", sign=keys["theirs"][0])
    shutil.rmtree(folder)
    shutil.copytree(changed, folder)
    assert nbpipe.load(folder, trusted_key=keys["theirs"][1]).predict({"a": 1.0}) == pytest.approx(
        [9.0]
    )
    with pytest.raises(IntegrityError, match="Key mismatch"):
        nbpipe.load(folder, trusted_key=public)
    signature = json.loads((folder / "model.sig").read_text())
    ours = json.loads((models / "ours" / "1.0.0" / "model.sig").read_text())
    signature["verificationMaterial"] = ours["verificationMaterial"]  # claims to be by our key
    (folder / "model.sig").write_text(json.dumps(signature))
    with pytest.raises(IntegrityError, match="InvalidSignature"):
        nbpipe.load(folder, trusted_key=public)


@pytest.mark.parametrize("what", ["model.sig", "manifest.json", "model.joblib", "plan.npz"])
@pytest.mark.parametrize("source", ["other/1.0.0", "ours/1.0.0"])
def test_a_part_of_another_bundle_that_we_signed_is_refused(models, public, what, source):
    folder = models / "ours" / "1.1.0"
    shutil.copy(models / source / what, folder / what)
    if what.startswith(("model.j", "plan")):  # with a manifest that fits
        files = json.loads((folder / manifest.FILE).read_text())["files"]
        found = integrity.record(folder / what)
        reseal(folder, files=files | {what: {"sha256": found.sha256, "size": found.size}})
    with pytest.raises(BundleError, match=r"is of another|the folder was renamed"):
        nbpipe.load(folder, trusted_key=public)


def test_an_older_version_or_another_model_does_not_pass_under_a_name_that_is_not_its_own(
    models, public
):
    oldest, newest = models / "ours" / "1.0.0", models / "ours" / "1.1.0"
    shutil.rmtree(newest)
    shutil.copytree(oldest, newest)
    with pytest.raises(BundleError, match="the folder was renamed"):
        nbpipe.load(models / "ours", trusted_key=public)
    shutil.rmtree(newest)
    shutil.rmtree(oldest)
    shutil.copytree(models / "other" / "1.0.0", oldest)
    with pytest.raises(IntegrityError, match="what is signed is a model named 'other'"):
        nbpipe.load(models / "ours", trusted_key=public)


def test_dropping_the_plan_so_that_the_pickle_is_opened_takes_the_key(models, public):
    """Whoever can write the folder can do so where no key is asked for: digests do not help."""
    folder = models / "ours" / "1.1.0"
    files = json.loads((folder / manifest.FILE).read_text())["files"]
    reseal(folder, files={name: file for name, file in files.items() if name != "plan.npz"})
    (folder / "plan.npz").unlink()
    assert "no compiled plan" in str(nbpipe.load(folder).notes)
    with pytest.raises(UsageError, match="unpickle=False"):
        nbpipe.load(folder, unpickle=False)
    with pytest.raises(IntegrityError, match=r"is of another manifest\.json"):
        nbpipe.load(folder, trusted_key=public)


def test_without_unpickling_a_plan_predicts_and_the_pipeline_stays_closed(models):
    loaded = nbpipe.load(models / "ours", unpickle=False)
    assert loaded.predict({"a": 1.5}) == pytest.approx([3.0])
    with pytest.raises(UsageError, match="is a pickle, which can run any code"):
        _ = loaded.pipeline


def test_with_a_key_no_other_file_may_lie_there_and_none_may_be_gone(models, public):
    folder = models / "ours" / "1.1.0"
    (folder / ".DS_Store").write_bytes(b"Bud1")
    assert any(".DS_Store" in note for note in nbpipe.load(folder).notes)
    with pytest.raises(IntegrityError, match=r"holds '\.DS_Store'"):
        nbpipe.load(folder, trusted_key=public)
    (folder / ".DS_Store").unlink()
    (folder / "requirements.txt").unlink()
    with pytest.raises(IntegrityError, match=r"requirements\.txt cannot be read"):
        nbpipe.load(folder, trusted_key=public)


def payload(folder):
    return json.loads((folder / "model.sig").read_text())["dsseEnvelope"]["payload"]


def test_the_signature_covers_the_manifest_and_every_file_it_lists(models):
    folder = models / "ours" / "1.1.0"
    signed = json.loads(base64.b64decode(payload(folder)))["predicate"]["resources"]
    expected = {name: file.sha256 for name, file in manifest.read(folder).files.items()}
    expected["manifest.json"] = integrity.record(folder / manifest.FILE).sha256
    assert {each["name"]: each["digest"] for each in signed} == expected


def crafted(change):
    """Return what changes a signature's JSON."""

    def apply(path):
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return apply


def without_hint(content):
    content["verificationMaterial"]["publicKey"] = {}


CRAFTED = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:700]),
    "huge": lambda path: path.write_bytes(b" " * 2**21 + path.read_bytes()),
    "sparse": lambda path: os.truncate(path, 2**40),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "deep": lambda path: path.write_text("[" * 100_000),
    "list": lambda path: path.write_text("[]"),
    "no hint": crafted(without_hint),
    "media type": crafted(lambda c: c.update(mediaType="application/json")),
    "no certificates": crafted(
        lambda c: c.update(verificationMaterial={"x509CertificateChain": {"certificates": []}})
    ),
    "no signatures": crafted(lambda c: c["dsseEnvelope"].update(signatures=[])),
    "no envelope": crafted(lambda c: c.pop("dsseEnvelope")),
    "message": crafted(
        lambda c: c.update(messageSignature={"signature": c.pop("dsseEnvelope")["payload"]})
    ),
    "payload type": crafted(lambda c: c["dsseEnvelope"].update(payloadType="text/plain")),
    "payload": crafted(
        lambda c: c["dsseEnvelope"].update(payload=base64.b64encode(b"{}").decode())
    ),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "link": lambda path: (
        path.rename(path.parents[1] / "moved.sig")
        and path.symlink_to(path.parents[1] / "moved.sig")
    ),
    "dangling": lambda path: (path.unlink(), path.symlink_to("/nowhere")),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_signature_is_refused_in_silence_but_for_one_clear_error(
    models, public, name, capfd
):
    folder = models / "ours" / "1.1.0"
    CRAFTED[name](folder / "model.sig")
    with pytest.raises(IntegrityError) as caught:
        nbpipe.load(folder, trusted_key=public)
    assert "model.sig" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_signature_that_leaves_files_out_or_covers_others_is_refused(models, keys, public):
    """What the plain command can be told to leave out is not left out here."""
    folder = models / "nobodys" / "1.0.0"
    ignored = ["--ignore-paths", str(folder / "plan.npz")]
    command("sign", folder, "--private_key", keys["ours"][0], *ignored)
    command("verify", folder, "--public_key", public)
    with pytest.raises(IntegrityError, match=r"does not cover plan\.npz"):
        nbpipe.load(folder, trusted_key=public)
    (folder / "model.sig").unlink()
    (folder / "extra").write_text("x")
    command("sign", folder, "--private_key", keys["ours"][0])
    with pytest.raises(IntegrityError, match="'extra', which the manifest does not list"):
        nbpipe.load(folder, trusted_key=public)


def command(verb, folder, *options):
    """Run the plain model_signing command on a bundle."""
    signature = ["--signature", folder / "model.sig"]
    words = [sys.executable, "-m", "model_signing", verb, "key", folder, *signature, *options]
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


@pytest.mark.slow
def test_the_plain_command_verifies_what_nbpipe_signs_and_the_other_way_round(models, keys, public):
    command("verify", models / "ours" / "1.0.0", "--public_key", public)
    command("sign", models / "nobodys" / "1.0.0", "--private_key", keys["ours"][0])
    assert nbpipe.load(models / "nobodys", trusted_key=public).predict({"a": 1.5}) == pytest.approx(
        [1.5]
    )


def test_signing_and_verifying_need_no_network(models, keys, public):
    code = f"""{OFFLINE}
import pandas as pd, nbpipe
from sklearn.linear_model import LinearRegression
X = pd.DataFrame({{"a": [0.0, 1.0]}})
nbpipe.export(LinearRegression().fit(X, X["a"]), "new", X=X, sign=sys.argv[1])
print(nbpipe.load("new", trusted_key=sys.argv[2]).predict({{"a": 3.0}}).round(6).tolist())
"""
    words = [sys.executable, "-c", code, *map(str, keys["ours"])]
    done = subprocess.run(words, cwd=models, capture_output=True, text=True, check=True)
    assert done.stdout == "[3.0]\n"


def test_without_a_key_nothing_of_signatures_is_imported(models):
    code = (
        "import sys, nbpipe; nbpipe.load(sys.argv[1]); "
        "print(sorted({'model_signing', 'cryptography', 'sigstore'} & sys.modules.keys()))"
    )
    words = [sys.executable, "-c", code, str(models / "ours")]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_key_is_read_before_an_export_does_any_work(tmp_path):
    with pytest.raises(UsageError, match=r"missing\.pem cannot be read: No such file"):
        line(tmp_path / "late", sign=tmp_path / "missing.pem")
    assert not (tmp_path / "late").exists()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("public", "looks like a public key"),
        ("password", "looks like one with a password"),
        ("rsa", "no private key that can be used here"),
        ("curve", "no private key that can be used here"),
        ("text", "no private key that can be used here"),
        ("folder", "cannot be read"),
    ],
)
def test_what_cannot_sign_is_told(tmp_path, keys, kind, told):
    key = {
        "public": lambda: keys["ours"][1],
        "password": lambda: write_keys(
            tmp_path, "locked", ec.generate_private_key(ec.SECP256R1()), b"x"
        )[0],
        "rsa": lambda: write_keys(tmp_path, "rsa", rsa.generate_private_key(65537, 2048))[0],
        "curve": lambda: write_keys(tmp_path, "k1", ec.generate_private_key(ec.SECP256K1()))[0],
        "text": lambda: Path(__file__),
        "folder": lambda: tmp_path,
    }[kind]()
    with pytest.raises(UsageError, match=told):
        line(tmp_path / "late", sign=key)


def test_what_cannot_verify_is_told(models, keys, tmp_path):
    rsa_key = write_keys(tmp_path, "rsa", rsa.generate_private_key(65537, 2048))[1]
    for key, told in (
        (keys["ours"][0], "looks like a private key"),
        (tmp_path / "missing", "cannot be read: No such file"),
        (rsa_key, "no public key that can be used here"),
        (models / "ours" / "1.0.0" / "model.sig", "no public key that can be used here"),
    ):
        with pytest.raises(UsageError, match=told):
            nbpipe.load(models / "ours", trusted_key=key)


def test_keys_that_openssl_makes_work(tmp_path):
    """As the documentation says to make them."""
    for words in (
        "ecparam -name prime256v1 -genkey -noout -out signing.pem",
        "ec -in signing.pem -pubout -out signing.pub",
    ):
        subprocess.run(["openssl", *words.split()], cwd=tmp_path, check=True, capture_output=True)
    folder = line(tmp_path / "late", sign=tmp_path / "signing.pem")
    assert nbpipe.load(folder, trusted_key=tmp_path / "signing.pub").version == "1.0.0"


def test_without_the_extra_the_error_names_it(models, public, monkeypatch):
    monkeypatch.setitem(sys.modules, "model_signing", None)
    with pytest.raises(MissingExtraError, match=r"nbpipe-sklearn\[sign\]") as caught:
        nbpipe.load(models / "ours", trusted_key=public)
    assert caught.value.extra == "sign"
