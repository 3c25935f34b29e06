"""Models behind URLs: on fsspec's own file systems, with real processes and a real HTTP server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.bundle.store.folders import is_url
from nbpipe.bundle.store.versions import find
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    IntegrityError,
    ManifestError,
    MissingModuleError,
    UsageError,
    VersionExistsError,
)

fsspec = pytest.importorskip("fsspec")
from fsspec.implementations.local import LocalFileSystem  # noqa: E402
from fsspec.implementations.memory import MemoryFileSystem  # noqa: E402

URL = "memory://models/late"


class Line(MemoryFileSystem):
    """Files in memory, at the end of a line that can be cut."""

    protocol = "line"
    cut = ""

    def _open(self, path, mode="rb", **options):
        self._try(mode[0] + path)
        return super()._open(path, mode, **options)

    def pipe_file(self, path, value, mode="overwrite", **options):
        self._try("w" + path)
        return super().pipe_file(path, value, mode, **options)

    def ls(self, path, detail=True, **options):
        self._try("l" + path)
        return super().ls(path, detail, **options)

    def _try(self, what):
        if self.cut and what[0] in self.cut.partition(" ")[0] and self.cut.split()[-1] in what:
            raise ConnectionError("the line is cut")


fsspec.register_implementation("line", Line, clobber=True)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give each test an empty memory and a cache of its own."""
    MemoryFileSystem.store.clear()
    monkeypatch.setattr(Line, "cut", "")
    monkeypatch.setenv("NBPIPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def export():
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    line = LinearRegression().fit(X, X["a"])
    return lambda to=URL, version=None: nbpipe.export(line, to, X=X, version=version)


def cached(cache, version="*"):
    return sorted(cache.glob(f"*/late/{version}"))


def test_a_model_is_exported_listed_promoted_and_loaded_by_url(export, cache):
    assert [export(version=v).version for v in (None, None, "2.0")] == ["1.0.0", "1.1.0", "2.0"]
    shutil.rmtree(cache)
    found = nbpipe.models("memory://models")
    assert [(each.name, each.version, each.source) for each in found] == [
        ("late", "1.0.0", f"{URL}/1.0.0"),
        ("late", "1.1.0", f"{URL}/1.1.0"),
        ("late", "2.0", f"{URL}/2.0"),
    ]
    assert not cached(cache)
    assert nbpipe.load(URL).version == "2.0"
    assert nbpipe.load(f"{URL}/1.0").version == nbpipe.load(URL, "1").version == "1.0.0"
    assert nbpipe.load(URL).predict({"a": 2.0}) == pytest.approx([2])
    assert nbpipe.promote(URL, "1.1", "production", reason="why").version == "1.1.0"
    assert nbpipe.promote(URL, "latest", "production").changed
    assert not nbpipe.promote(URL, "2.0", "production").changed
    assert nbpipe.load(f"{URL}@production").version == "2.0"
    assert nbpipe.rollback(URL, "production").version == "1.1.0"
    assert nbpipe.load(f"{URL}@production").version == "1.1.0"
    assert [move.action for move in nbpipe.history(URL)] == ["promote", "promote", "rollback"]
    assert [each.aliases for each in nbpipe.models(URL)] == [(), ("production",), ()]
    bundle = find(URL)
    assert bundle.path == cached(cache, "2.0")[0]
    assert bundle.url == f"{URL}/2.0"
    assert f"nbpipe.load('{URL}/2.0')" in repr(bundle)


def test_what_was_downloaded_is_not_asked_for_again_and_loads_offline(export, cache):
    export("line://models/late", "1.0")
    export("line://models/late", "1.1")
    shutil.rmtree(cache)
    nbpipe.load("line://models/late", "1.0")
    Line.cut = "rwl /"
    assert nbpipe.load("line://models/late", "1.0").version == "1.0"
    assert nbpipe.load("line://models/late/1.0").version == "1.0"
    for asked in ("line://models/late", "line://models/late@production", "line://models/late/1.1"):
        with pytest.raises(BundleError, match=r"ConnectionError: the line is cut.* still loads"):
            nbpipe.load(asked)
    with pytest.raises(BundleError, match="cannot be used"):
        nbpipe.promote("line://models/late", "1.0", "production")
    with pytest.raises(BundleError, match="cannot be used"):
        nbpipe.models("line://models")


def test_a_damaged_cache_is_replaced(export, cache):
    export(version="1.0")
    (folder,) = cached(cache)
    for damage in ("model.joblib", "manifest.json"):
        (folder / damage).write_bytes(b"x")
        assert nbpipe.load(URL, "1.0").version == "1.0"
    (folder / "manifest.json").unlink()
    assert nbpipe.load(URL).version == "1.0"
    assert sorted(each.name for each in folder.parent.iterdir()) == ["1.0"]


@pytest.mark.parametrize("content", [b"x", b"x" * 100_000])
def test_damage_on_the_far_side_is_refused_and_never_cached(export, cache, content):
    export(version="1.0")
    shutil.rmtree(cache)
    fsspec.filesystem("memory").pipe_file("/models/late/1.0/model.joblib", content)
    with pytest.raises(IntegrityError, match=f"^{URL}/1.0/model.joblib"):
        nbpipe.load(URL)
    assert not cached(cache)
    with pytest.raises(IntegrityError):
        nbpipe.promote(URL, "1.0", "production")
    assert not nbpipe.history(URL)


def test_a_version_that_is_gone_is_not_promoted_though_the_cache_has_it(export):
    export(version="1.0")
    export(version="1.1")
    fsspec.filesystem("memory").rm("/models/late/1.0", recursive=True)
    with pytest.raises(BundleNotFoundError, match=r"late has no version 1\.0; it has 1\.1"):
        nbpipe.promote(URL, "1.0", "production")


def test_a_version_under_anothers_name_and_a_damaged_manifest_are_told_by_url(export, cache):
    export(version="1.0")
    shutil.rmtree(cache)
    memory = fsspec.filesystem("memory")
    memory.mv("/models/late/1.0", "/models/late/3.0", recursive=True)
    with pytest.raises(ManifestError, match=rf"^{URL}/3\.0 holds version 1\.0"):
        nbpipe.load(URL)
    memory.pipe_file("/models/late/3.0/manifest.json", b"{")
    with pytest.raises(ManifestError, match=rf"^{URL}/3\.0/manifest\.json is damaged"):
        nbpipe.load(URL)
    assert f"{URL}/3.0/manifest.json is damaged" in repr(nbpipe.models(URL))


def test_an_upload_that_fails_leaves_nothing(export, cache):
    for name in ("model.joblib", "probe.json", "manifest.json"):
        Line.cut = f"w {name}"
        with pytest.raises(BundleError, match=r"the line is cut.* Nothing was exported"):
            export("line://models/late", "1.0")
        Line.cut = ""
        assert not fsspec.filesystem("line").find("/models/late")
        assert not cached(cache)
    assert export("line://models/late").version == "1.0.0"


def test_versions_are_never_overwritten(export, cache):
    export(version="1.0")
    with pytest.raises(VersionExistsError, match=r"late/1.0 exists, and versions are never overw"):
        export(version="1.0")
    from nbpipe.bundle.store.remote import connect
    from nbpipe.bundle.store.transfer import upload

    before = dict(fsspec.filesystem("memory").store)
    with pytest.raises(VersionExistsError, match=r"late/1\.0 is being made by somebody else"):
        upload(cached(cache)[0], connect(f"{URL}/1.0"))
    assert dict(fsspec.filesystem("memory").store) == before


def test_an_upload_that_was_only_begun_is_invisible_and_its_number_is_taken(export):
    export(version="1.0")
    fsspec.filesystem("memory").pipe_file("/models/late/1.1/model.joblib", b"half")
    assert nbpipe.load(URL).version == "1.0"
    assert [each.version for each in nbpipe.models(URL)] == ["1.0"]
    with pytest.raises(VersionExistsError, match=r"An upload of .*/1\.1 was begun"):
        export(version="1.1")
    assert export().version == "1.2"


def test_names_that_climb_are_passed_over(export, cache, tmp_path):
    export(version="1.0")
    store = fsspec.filesystem("memory").store
    store["/models/late/../../9.0/manifest.json"] = store["/models/late/1.0/manifest.json"]
    store["/models/late/..\\8.0/manifest.json"] = store["/models/late/1.0/manifest.json"]
    shutil.rmtree(cache)
    assert nbpipe.load(URL).version == "1.0"
    assert len(nbpipe.models("memory://models")) == 1


def test_mistakes_are_told(export):
    export(version="1.0")
    with pytest.raises(BundleNotFoundError, match="late has no alias 'x'"):
        nbpipe.load(f"{URL}@x")
    with pytest.raises(BundleNotFoundError, match=r"late has no version 7; it has 1.0"):
        nbpipe.load(URL, "7")
    for path in ("memory://models/lte", "memory://models/lte@production"):
        with pytest.raises(BundleNotFoundError, match=r"^memory://models/lte does not exist"):
            nbpipe.load(path)
    with pytest.raises(BundleNotFoundError, match=r"^memory://nix does not exist"):
        nbpipe.models("memory://nix")
    with pytest.raises(UsageError, match="Protocol not known"):
        nbpipe.load("foo://models/late")
    for name in ("1.0", "late@production"):
        with pytest.raises(UsageError, match=r"ends in a version|has an '@'"):
            export(f"memory://models/{name}")
        with pytest.raises(UsageError, match=r"ends in a version|has an '@'"):
            export(f"models/{name}")


def test_a_server_that_cannot_be_reached_and_a_model_that_is_not_there_are_one_clear_line(export):
    with pytest.raises(BundleError, match=r"^'ftp://.*cannot be opened \(ConnectionRefusedError"):
        nbpipe.load("ftp://127.0.0.1:1/late")
    export(version="1.0")
    with pytest.raises(BundleNotFoundError, match=r"^memory://models/lte does not exist"):
        nbpipe.history("memory://models/lte")
    for alias in (None, ["production"], "1.0"):
        with pytest.raises(UsageError, match="is no alias"):
            nbpipe.rollback(URL, alias)


def test_what_does_not_belong_into_a_cached_version_is_taken_out_with_it(export, cache):
    export(version="1.0")
    folder = nbpipe.load(URL).bundle.path
    (folder / "notes.txt").write_text("not of the export")
    assert nbpipe.load(URL, "1.0").version == "1.0"
    assert not (folder / "notes.txt").exists()


def test_fifty_threads_load_what_no_cache_has_yet(export, cache):
    export(version="1.0")
    shutil.rmtree(cache)
    with ThreadPoolExecutor(50) as pool:
        loaded = list(pool.map(lambda _: nbpipe.load(URL, "1.0").version, range(50)))
    assert loaded == ["1.0"] * 50


@pytest.mark.skipif(find_spec("s3fs") is not None, reason="has s3fs")
def test_a_missing_package_of_a_protocol_is_named():
    with pytest.raises(MissingModuleError, match="Install s3fs"):
        nbpipe.load("s3://bucket/late")


def test_a_cache_that_cannot_be_written_is_told(export, monkeypatch):
    export(version="1.0")
    monkeypatch.setenv("NBPIPE_CACHE", "/proc/nothing")
    with pytest.raises(
        BundleError, match=r"The cache .*/proc/nothing.* NBPIPE_CACHE names another"
    ):
        nbpipe.load(URL)
    with pytest.raises(
        BundleError, match=r"The cache .*/proc/nothing.* NBPIPE_CACHE names another"
    ):
        export(version="1.1")
    assert [each.version for each in nbpipe.models(URL)] == ["1.0"]


@pytest.mark.parametrize("place", ["~nobody of this name/cache", "a" * 300])
def test_a_cache_that_can_be_nowhere_is_told(export, monkeypatch, place):
    export(version="1.0")
    monkeypatch.setenv("NBPIPE_CACHE", place)
    for verb in (nbpipe.load, export):
        with pytest.raises(BundleError, match="NBPIPE_CACHE names"):
            verb(URL)


def test_without_a_temporary_folder_it_is_told(export, monkeypatch):
    export(version="1.0")
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    for verb in (nbpipe.load, nbpipe.models, export):
        with pytest.raises(BundleError, match="TMPDIR names another"):
            verb(URL)


@pytest.mark.parametrize("name", ["late[1]", "l?te", "*"])
def test_a_name_is_no_pattern(export, name):
    export(f"memory://models/{name}", "1.0")
    export(version="1.0")
    nbpipe.promote(f"memory://models/{name}", "1.0", "production")
    found = nbpipe.models("memory://models")
    assert [each.name for each in found] == sorted([name, "late"])
    assert not found.damaged
    assert nbpipe.models(f"memory://models/{name}")[0].aliases == ("production",)


def test_names_that_no_disk_takes_are_passed_over(export):
    export(version="1.0")
    store = fsspec.filesystem("memory").store
    for name in ("a" * 256, "\u00e9" * 128, "\ud800"):
        store[f"/models/late/{name}/manifest.json"] = store["/models/late/1.0/manifest.json"]
    assert nbpipe.load(URL).version == "1.0"
    assert len(nbpipe.models("memory://models")) == 1


@pytest.mark.parametrize("url", ["memory://", "s3://", "memory:///"])
def test_a_url_of_nothing_is_no_folder_here(export, tmp_path, monkeypatch, url):
    monkeypatch.chdir(tmp_path)
    for verb in (export, nbpipe.load, nbpipe.models, nbpipe.history):
        with pytest.raises(UsageError, match="names no model; write a URL"):
            verb(url)
    assert not list(tmp_path.iterdir())


def test_drives_and_file_urls_are_local_paths(export, tmp_path):
    assert is_url("s3://bucket/late")
    assert not any(map(is_url, ("C:/late", "C://late", "C:\\late", "late", Path("s3://b/late"))))
    bundle = export(f"file://{tmp_path}/models/late", "1.0")
    assert bundle.path == tmp_path / "models/late/1.0"
    assert nbpipe.load(f"file://{tmp_path}/models/late@latest").version == "1.0"
    assert nbpipe.load(f"local://{tmp_path}/models/late/1.0").version == "1.0"


def test_local_paths_never_import_fsspec(export, tmp_path):
    export(tmp_path / "late", "1.0")
    code = (
        "import sys, nbpipe\nnbpipe.promote(sys.argv[1], '1.0', 'production')\n"
        "nbpipe.load(sys.argv[1] + '@production')\nnbpipe.models(sys.argv[1])\n"
        "assert 'fsspec' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "late"], check=True)


DISK = """
import sys, fsspec
from fsspec.implementations.local import LocalFileSystem
class Disk(LocalFileSystem):
    protocol = "disk"
fsspec.register_implementation("disk", Disk)
import nbpipe, nbpipe.bundle.loading
"""
LOADER = """
print("ready", flush=True)
sys.stdin.readline()
print(nbpipe.load(sys.argv[1]).version)
"""
UPLOADER = """
import os, time
from pathlib import Path
from nbpipe.bundle.store.remote import connect
from nbpipe.bundle.store.transfer import upload
class Slow(Disk):
    def put_file(self, *given, **options):
        super().put_file(*given, **options)
        time.sleep(0.05)
    def pipe_file(self, *given, **options):
        super().pipe_file(*given, **options)
        time.sleep(0.05)
fsspec.register_implementation("disk", Slow, clobber=True)
for number, line in enumerate(sys.stdin):
    child = os.fork()
    if child == 0:
        upload(Path(sys.argv[2]), connect(f"{sys.argv[1]}/1.{number}"))
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


@pytest.fixture
def disk():
    """Make a file system of its own name, which several processes share."""

    class Disk(LocalFileSystem):
        protocol = "disk"

    fsspec.register_implementation("disk", Disk, clobber=True)


def start(script, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-c", DISK + script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert script is UPLOADER or process.stdout.readline() == "ready\n"
    return process


def test_of_two_processes_that_download_one_version_both_load_it(export, disk, cache, tmp_path):
    export(f"disk://{tmp_path}/models/late", "1.0")
    shutil.rmtree(cache)
    both = [start(LOADER, f"disk://{tmp_path}/models/late") for _ in range(2)]
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        output, error = process.communicate(timeout=60)
        assert output == "1.0\n", error
    assert [each.name for each in cached(cache)[0].parent.iterdir()] == ["1.0"]


@pytest.mark.slow
def test_a_killed_upload_leaves_no_visible_version(export, disk, tmp_path):
    original = export(tmp_path / "late", "1.0").path
    url = f"disk://{tmp_path}/far/late"
    process = start(UPLOADER, url, original)
    begun = 0
    for i in range(12):
        process.stdin.write("\n")
        process.stdin.flush()
        child = int(process.stdout.readline())
        folder = tmp_path / "far" / "late" / f"1.{i}"
        deadline = time.monotonic() + 10
        while not folder.is_dir() or len(list(folder.iterdir())) < i % 4 + 1:
            assert time.monotonic() < deadline
        os.kill(child, signal.SIGKILL)
        assert process.stdout.readline() == "dead\n"
        begun += not (folder / "manifest.json").exists()
    process.communicate()
    assert begun >= 10
    assert len(nbpipe.models(url)) == 12 - begun
    done = export(url)
    assert done.version == "1.12"
    assert nbpipe.load(url).version == "1.12"


@pytest.mark.skipif(os.name != "posix", reason="serves a folder of this disk")
def test_a_plain_web_server_serves_models(export, tmp_path):
    pytest.importorskip("aiohttp")
    export(tmp_path / "models" / "late", "1.0")
    export(tmp_path / "models" / "late", "1.1")
    nbpipe.promote(tmp_path / "models" / "late", "1.0", "production")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/models"
        assert nbpipe.load(f"{url}/late").version == "1.1"
        assert nbpipe.load(f"{url}/late@production").version == "1.0"
        assert len(nbpipe.models(url)) == 2
        with pytest.raises(BundleError, match="cannot be used"):
            nbpipe.promote(f"{url}/late", "1.1", "production")
        server.shutdown()
    assert nbpipe.load(f"{url}/late", "1.1").version == "1.1"
