"""Which differences of versions stop a load, and which are only noted."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace

import pytest
from packaging.version import Version

from nbpipe.bundle.trust.environment import compare, current, install_command, match, requirements

NEEDS = ("scikit-learn", "numpy")


def judged(needs=NEEDS, **versions):
    """Compare an environment like this one, but for some packages, with this one."""
    here = current(needs)
    packages = dict(here.packages) | {name.replace("_", "-"): v for name, v in versions.items()}
    return compare(replace(here, packages=packages), "late")


def shifted(package, major=0, minor=0, micro=0):
    """Return the version that is installed, moved by some parts."""
    release = (*Version(current(NEEDS).packages[package]).release, 0)[:3]
    moved = (a + b for a, b in zip(release, (major, minor, micro), strict=True))
    return ".".join(map(str, moved))


def test_the_same_environment_has_nothing_to_note():
    assert judged() == ([], None)


@pytest.mark.parametrize("micro", [1, 7])
def test_a_patch_of_scikit_learn_is_noted(micro):
    other = shifted("scikit-learn", micro=micro)
    notes, mismatch = judged(scikit_learn=other)
    assert mismatch is None
    assert notes == [f"scikit-learn {other} at export, {shifted('scikit-learn')} here"]


def test_how_an_environment_fits_is_said_in_a_few_words():
    here = current(NEEDS)
    older = shifted("scikit-learn", minor=-1)
    patched, other = (
        replace(here, packages={**here.packages, "scikit-learn": version})
        for version in (shifted("scikit-learn", micro=1), older)
    )
    told = f"scikit-learn {older}, here {shifted('scikit-learn')}"
    assert match(here, planned=True) == match(here, planned=False) == "✓ the same"
    assert match(patched, planned=False) == "✓ fits, with other patches"
    assert match(other, planned=False) == f"✗ {told}"
    assert match(other, planned=True) == f"! its plan alone: {told}"


@pytest.mark.parametrize("step", [{"minor": 1}, {"minor": -1}, {"major": 1}])
def test_another_minor_of_scikit_learn_stops(step):
    _, mismatch = judged(scikit_learn=shifted("scikit-learn", **step))
    assert mismatch.package == "scikit-learn"


def test_what_a_newer_numpy_wrote_stops_and_what_an_older_wrote_is_noted():
    _, mismatch = judged(numpy=shifted("numpy", major=1))
    assert mismatch.package == "numpy"
    notes, mismatch = judged(numpy=shifted("numpy", major=-1))
    assert mismatch is None
    assert notes[0].startswith("numpy")


def test_pandas_matters_only_where_the_model_holds_a_piece_of_it():
    newer = shifted("pandas", major=1)
    assert judged(pandas=newer)[1] is None
    assert judged((*NEEDS, "pandas"), pandas=newer)[1].package == "pandas"
    assert judged((*NEEDS, "pandas"), pandas=shifted("pandas", major=-1))[1] is None


def test_third_party_estimators_need_the_same_minor():
    pytest.importorskip("lightgbm")
    needs = (*NEEDS, "lightgbm")
    version = Version(current(needs).packages["lightgbm"])
    assert judged(needs, lightgbm=f"{version.major}.{version.minor}.99")[1] is None
    assert judged(needs, lightgbm=f"{version.major}.{version.minor + 1}.0")[1].package == "lightgbm"


def test_a_package_that_is_not_here_is_told():
    _, mismatch = judged(not_installed="1.0")
    assert mismatch.package == "not-installed"
    assert mismatch.running == ""
    assert "not installed here" in str(mismatch)


def test_folders_that_may_not_be_read_and_versions_that_are_none_are_no_traceback(
    tmp_path, monkeypatch
):
    here, scan = current(NEEDS), os.scandir
    (tmp_path / "numpy-half.gone.dist-info").mkdir()

    def refuse(folder):  # as the system does; but root may read everything
        if folder == "/":
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.syspath_prepend("/")
    assert compare(here, "late") == ([], None)
    monkeypatch.syspath_prepend(tmp_path)
    assert compare(here, "late")[1].running == "half.gone"


def test_no_folder_is_left_open():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        compare(current(NEEDS), "late")
    assert [str(each.message) for each in told] == []


def test_another_python_or_machine_is_noted():
    notes, mismatch = compare(replace(current(NEEDS), python="3.2.1", platform="Mars"), "late")
    assert mismatch is None
    assert notes[0].startswith("Python 3.2.1 at export")
    assert notes[1].startswith("Mars at export")


def test_the_command_is_plain_pins_and_safe_for_a_shell():
    made = replace(current(NEEDS), python="3.11.7", packages={"scikit-learn": "1.8.0"})
    assert install_command(made, "late") == (
        "python3.11 -m venv late-env && late-env/bin/pip install scikit-learn==1.8.0"
    )
    assert install_command(made, "a; b").startswith("python3.11 -m venv 'a; b-env' && 'a; b-env'/")
    assert requirements(made) == "# exported under Python 3.11.7\nscikit-learn==1.8.0\n"
