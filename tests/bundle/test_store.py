"""Versions in folders: order, latest, and the listing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.bundle.store.folders import latest, versions
from nbpipe.bundle.store.write import next_version
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    ManifestError,
    UsageError,
    VersionExistsError,
)


@pytest.fixture(scope="module")
def line():
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    return LinearRegression().fit(X, X["a"]), X


@pytest.fixture
def export(line, tmp_path):
    return lambda name, version=None: nbpipe.export(
        line[0], tmp_path / name, X=line[1], version=version
    )


def test_versions_are_ordered_as_versions_not_as_text(export, tmp_path):
    for version in ("1.10.0", "v1.9", "1.2.0"):
        export("late", version)
    assert [bundle.version for bundle in nbpipe.models(tmp_path)] == ["1.2.0", "1.9", "1.10.0"]
    assert nbpipe.load(tmp_path / "late").version == "1.10.0"
    assert nbpipe.load(tmp_path / "late", "latest").version == "1.10.0"
    assert nbpipe.load(str(tmp_path / "late"), "1.2").version == "1.2.0"
    assert nbpipe.load(tmp_path / "late" / "v1.9.0").version == "1.9"
    assert nbpipe.load(tmp_path / "late" / "1.2.0").version == "1.2.0"
    assert nbpipe.load(tmp_path / "late" / "1.2.0", "1.9").version == "1.9"
    assert export("late").version == "1.11.0"


def test_two_spellings_are_one_version(export, tmp_path):
    """The second is not exported; of copies, the longer name counts, wherever one looks."""
    first = export("late", "1.0").path
    with pytest.raises(
        VersionExistsError, match=r"1\.0 exists, which is the same version as 1\.0\.0, and"
    ):
        export("late", "1.0.0")
    with pytest.raises(
        VersionExistsError, match=r"1\.0 exists, and versions are never overwritten"
    ):
        export("late", "1.0")
    second = shutil.copytree(first, tmp_path / "late" / "1.0.0")
    assert [each.path for each in nbpipe.models(tmp_path)] == [second]
    for asked in (None, "1.0", "1.0.0"):
        assert nbpipe.load(tmp_path / "late", asked).bundle.path == second


def test_a_prerelease_is_the_latest_only_where_there_is_nothing_else():
    assert str(latest([Version("1.0"), Version("1.1rc1")])) == "1.0"
    assert str(latest([Version("1.0rc1"), Version("1.0rc2")])) == "1.0rc2"


@pytest.mark.parametrize(
    ("known", "following"),
    [
        ([], "1.0.0"),
        (["1.0.0"], "1.1.0"),
        (["1.2.3"], "1.3.0"),
        (["1.0"], "1.1"),
        (["2"], "2.1"),
        (["1.2.0", "1.10.0"], "1.11.0"),
        (["1.0.0", "2.0.0rc1"], "1.1.0"),
    ],
)
def test_the_next_version_follows_the_latest(known, following):
    assert str(next_version([Version(each) for each in known])) == following


@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), min_size=1))
def test_the_next_version_is_always_new_and_becomes_the_latest(releases):
    known = [Version(".".join(map(str, release))) for release in releases]
    following = next_version(known)
    assert following not in known
    assert latest([*known, following]) == following


def test_a_listing_shows_models_by_name_and_reads_as_text_and_html(export, tmp_path):
    export("late")
    export("early", "v2.0")
    found = nbpipe.models(tmp_path)
    assert [(each.name, each.version) for each in found] == [("early", "2.0"), ("late", "1.0.0")]
    assert repr(found).splitlines()[1].startswith("early  2.0")
    assert "<td" in found._repr_html_()
    assert len(nbpipe.models(tmp_path / "late")) == 1
    version = tmp_path / "late" / "1.0.0"
    assert repr(nbpipe.models(version)) == (
        f"No models here. {str(version)!r} is one version: "
        f"nbpipe.models({str(tmp_path / 'late')!r}) lists it."
    )


def test_a_damaged_version_is_listed_as_such_and_hides_no_other(export, tmp_path):
    export("late", "1.0")
    bad = export("late", "2.0").path / "manifest.json"
    bad.write_text("{")
    found = nbpipe.models(tmp_path)
    assert [each.version for each in found] == ["1.0"]
    assert str(bad) in repr(found)
    assert isinstance(found.damaged[0], ManifestError)


def test_other_folders_and_files_are_no_versions(export, tmp_path):
    folder = export("late", "1.0").path.parent
    (folder / "2.0").mkdir()
    (folder / ".partial-x").mkdir()
    (folder / "notes.txt").write_text("x")
    assert list(versions(folder)) == [Version("1.0")]
    assert nbpipe.load(folder).version == "1.0"


def test_a_renamed_version_is_refused(export):
    path = export("late", "1.0").path
    shutil.move(path, path.parent / "3.0")
    with pytest.raises(ManifestError, match=r"holds version 1\.0: the folder was renamed"):
        nbpipe.load(path.parent)


def test_a_copy_elsewhere_loads_under_any_name(export, tmp_path):
    copy = shutil.copytree(export("late", "1.0").path, tmp_path / "downloaded")
    assert nbpipe.load(copy).version == "1.0"


def test_no_folder_is_told(tmp_path):
    (tmp_path / "models").mkdir()
    with pytest.raises(BundleNotFoundError, match=r"not a folder\. Did you mean 'models'"):
        nbpipe.models(tmp_path / "modles")


def test_listing_loads_neither_scikit_learn_nor_pandas_nor_numpy(exported):
    code = (
        "import sys, nbpipe; print(nbpipe.models(sys.argv[1])); "
        "print([m for m in ('sklearn', 'pandas', 'numpy', 'joblib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, Path(exported.path).parent.parent],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "late" in done.stdout


def test_a_version_that_lost_its_manifest_is_told_and_never_passed_over(export, tmp_path):
    export("late", "1.0")
    (export("late", "1.1").path / "manifest.json").unlink()
    folder = tmp_path / "late"
    (damaged,) = nbpipe.models(folder).damaged
    assert "1.1 has lost its manifest.json" in str(damaged)
    for version in (None, "latest", "1.1"):
        with pytest.raises(ManifestError, match=r"1\.1 has lost its manifest\.json"):
            nbpipe.load(folder, version)
    assert nbpipe.load(folder, "1.0").version == "1.0"
    assert export("late", None).version == "1.2"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="changes its user")
def test_what_may_not_be_read_is_told_and_hides_no_other(export, tmp_path):
    export("open", "1.0")
    export("shut", "1.0").path.parent.chmod(0)
    tmp_path.chmod(0o755)
    code = (
        "import os, sys, nbpipe, nbpipe.bundle.loading\nos.chdir(sys.argv[1])\nos.setuid(65534)\n"
        "found = nbpipe.models('.')\nprint([each.name for each in found], found.damaged)\n"
        "for call in (nbpipe.load, nbpipe.models):\n"
        "    try: call('shut')\n"
        "    except nbpipe.errors.BundleError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    listed, *refused = done.stdout.splitlines()
    assert listed.startswith("['open'] (BundleError(")
    assert [line == "'shut' cannot be read: Permission denied." for line in refused] == [
        True,
        True,
    ]


@pytest.mark.parametrize("path", ["x" * 300, "a\0b", "a\nb", "~nobody-here/x", 3])
def test_what_is_no_path_is_one_clear_line(path):
    for call in (nbpipe.load, nbpipe.models):
        with pytest.raises((BundleError, UsageError)) as caught:
            call(path)
        assert len(str(caught.value)) < 400
        assert "\n" not in str(caught.value)


def test_the_home_folder_may_be_written_as_a_tilde(export, tmp_path, monkeypatch):
    export("late", "1.0")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert nbpipe.load("~/late").version == "1.0"
    assert len(nbpipe.models("~")) == 1


def test_an_empty_listing_names_the_folder_with_models_and_sizes_are_readable(export, tmp_path):
    export("models/late", "1.0")
    assert repr(nbpipe.models(tmp_path)) == (
        f"No models here. {str(tmp_path / 'models')!r} has some: "
        f"nbpipe.models({str(tmp_path / 'models')!r})."
    )
    assert repr(nbpipe.models(tmp_path / "models")).endswith(" kB")


def test_a_file_of_a_bundle_is_no_bare_file(export):
    path = export("late", "1.0").path
    with pytest.raises(BundleError, match=r"load its folder, .*1\.0\.$"):
        nbpipe.load(path / "model.joblib")
    with pytest.raises(BundleNotFoundError, match=r"model\.joblib is not a folder\.$"):
        nbpipe.models(path / "model.joblib")


def test_a_pipe_named_as_a_file_of_a_bundle_keeps_nobody_waiting(export, tmp_path):
    folder = export("late", "1.0").path.parent
    for name in ("2.0/manifest.json", "2.0/model.joblib", "bare/model.joblib"):
        (folder / name).parent.mkdir(exist_ok=True)
        os.mkfifo(folder / name)
    assert [each.version for each in nbpipe.models(tmp_path)] == ["1.0"]
    assert nbpipe.load(folder, "1.0").version == "1.0"
    for name in ("2.0", "bare"):
        with pytest.raises(BundleError):
            nbpipe.load(folder / name)


@pytest.mark.parametrize("what", ["pipe", "folder", "link", "version"])
def test_a_latest_version_that_cannot_be_read_is_never_passed_over(export, tmp_path, what):
    folder = export("late", "1.0").path.parent
    if what == "version":
        (folder / "2.0").symlink_to("nowhere")
    else:
        (folder / "2.0").mkdir()
        manifest = folder / "2.0/manifest.json"
        {"pipe": os.mkfifo, "folder": os.mkdir, "link": lambda p: p.symlink_to("nowhere")}[what](
            manifest
        )
    with pytest.raises(ManifestError, match=r"2\.0 has lost its manifest"):
        nbpipe.load(folder)
    assert len(nbpipe.models(folder).damaged) == 1
    assert nbpipe.load(folder, "1.0").version == "1.0"


@pytest.mark.parametrize("version", [1.1, 1, True, ["1.0"], "x" * 10**5, "1." + "9" * 5000])
def test_a_version_is_text_since_1_10_is_the_number_1_1(export, version):
    folder = export("late", "1.1").path.parent
    with pytest.raises(UsageError, match="is not a version; write one like") as caught:
        nbpipe.load(folder, version)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", ["a\x9b31m", "a\u202eb"])
def test_a_name_that_would_deceive_a_terminal_is_refused_at_export(export, name):
    with pytest.raises(UsageError, match="is no name of a model"):
        export(name, "1.0")


def test_what_is_there_but_no_folder_is_not_told_to_be_missing(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BundleNotFoundError, match="loop is a link that leads nowhere"):
        nbpipe.load(tmp_path / "loop")
    with pytest.raises(BundleNotFoundError, match="/dev/null is no folder"):
        nbpipe.load("/dev/null")


def test_versions_with_an_epoch_or_a_local_part_are_read_but_no_longer_written(export, tmp_path):
    for version in ("1!2.0", "1.0+abc"):
        with pytest.raises(UsageError, match="has an epoch or a local part; write a version like"):
            export("late", version)
    assert not (tmp_path / "late").exists()
    path = export("late", "1.0").path
    text = replace(nbpipe.models(tmp_path)[0].manifest, version="1.0+abc").to_json()
    (path / "manifest.json").write_text(text)
    path.rename(path.with_name("1.0+abc"))
    assert nbpipe.load(tmp_path / "late", "1.0+abc").version == "1.0+abc"
    assert nbpipe.load(tmp_path / "late").version == "1.0+abc"


def test_a_folder_of_models_names_one_of_them(export, tmp_path):
    export("late")
    with pytest.raises(BundleNotFoundError, match=r"a folder of models; load one .*late\.$"):
        nbpipe.load(tmp_path)
