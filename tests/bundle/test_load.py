"""Loading: the order of its checks, and what each says."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import pytest

import nbpipe
from nbpipe.bundle import manifest
from nbpipe.bundle.trust import integrity
from nbpipe.errors import (
    BundleError,
    BundleNotFoundError,
    IntegrityError,
    ManifestError,
    MissingModuleError,
    ProbeMismatchError,
    UsageError,
    VersionMismatchError,
)

DATA = Path(__file__).parent / "data"
OLD = Path(__file__).parents[2] / "notebooks" / "data" / "old_models"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (Path(self.mark),)


class Crash:
    """Kills the process that unpickles it, as a damaged tree does."""

    def __reduce__(self):
        return signal.raise_signal, (signal.SIGSEGV,)


class Missing:
    """Refers to a module that is not installed."""

    def __reduce__(self):
        return eval, ("__import__('not_installed_here')",)


def edit(folder, **changes):
    """Rewrite a manifest with a valid digest, as a careful person (or attacker) would."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text())
    del content["digest"]
    for keys, value in changes.items():
        *outer, last = keys.split("__")
        place = content
        for key in outer:
            place = place[key]
        place[last] = value
    content["digest"] = manifest._digest(content)
    path.write_text(json.dumps(content))


def replace_file(folder, name, content, *, recorded=True):
    """Put other content into a bundle, with or without its digest in the manifest."""
    (folder / name).write_bytes(content)
    if recorded:
        files = json.loads((folder / "manifest.json").read_text())["files"]
        found = integrity.record(folder / name)
        files[name] = {"sha256": found.sha256, "size": found.size}
        edit(folder, files=files)


def without_plan(folder):
    """Take the plan away, as of a model that none covers."""
    files = json.loads((folder / "manifest.json").read_text())["files"]
    edit(folder, files={name: file for name, file in files.items() if name != "plan.npz"})
    (folder / "plan.npz").unlink()


@pytest.fixture
def planless(damaged):
    """Return the folder of a copy without a plan."""
    without_plan(damaged)
    return damaged


def other_sklearn(folder):
    packages = json.loads((folder / "manifest.json").read_text())["environment"]["packages"]
    edit(folder, environment__packages=packages | {"scikit-learn": "1.2.0"})


def test_a_loaded_model_predicts_what_the_pipeline_did(model, pipeline, flights):
    X = flights[0]
    np.testing.assert_array_equal(model.predict(X), pipeline.predict(X))
    np.testing.assert_allclose(model.predict_proba(X), pipeline.predict_proba(X), rtol=1e-12)
    assert model.predict(X).shape == (1500,)
    assert model.predict_proba(X).shape == (1500, 2)


@pytest.mark.parametrize("planned", [True, False])
def test_a_plan_and_its_estimator_predict_the_same(damaged, flights, record, planned):
    if not planned:
        without_plan(damaged)
    loaded = nbpipe.load(damaged)
    expected = loaded.pipeline.predict_proba(flights[0])
    np.testing.assert_array_equal(loaded.predict_proba(flights[0]), expected)
    np.testing.assert_array_equal(loaded.predict_proba(record), expected[:1])
    with pytest.raises(UsageError, match="has no decision_function"):
        loaded.decision_function(record)


def test_predicting_unpickles_nothing_and_imports_neither_scikit_learn_nor_pandas(
    damaged, record, model
):
    """The pickle is a trap, and of another scikit-learn: only asking for the pipeline meets it."""
    mark = damaged / "mark"
    replace_file(damaged, "model.joblib", pickle.dumps(Trap(str(mark))))
    other_sklearn(damaged)
    code = (
        "import json, sys, nbpipe; model = nbpipe.load(sys.argv[1]); "
        "print(model.predict_proba(json.loads(sys.argv[2])).tolist()); "
        "print(sorted({'sklearn', 'scipy', 'pandas', 'joblib'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, damaged, json.dumps(record).replace("NaN", "null")],
        capture_output=True,
        text=True,
        check=True,
    )
    probabilities, imported = done.stdout.splitlines()
    assert json.loads(probabilities) == model.predict_proba(record).tolist()
    assert imported == "[]"
    loaded = nbpipe.load(damaged)
    assert "scikit-learn 1.2.0 at export" in loaded.notes[0]
    with pytest.raises(VersionMismatchError, match=r"pip install scikit-learn==1\.2\.0"):
        _ = loaded.pipeline
    assert not mark.exists()


def test_the_pipeline_is_opened_when_asked_for_after_its_digest(damaged, pipeline, flights):
    loaded = nbpipe.load(damaged)
    assert type(loaded.pipeline) is type(pipeline)
    assert loaded.pipeline is loaded.pipeline
    np.testing.assert_array_equal(loaded.pipeline.predict(flights[0]), loaded.predict(flights[0]))
    late = nbpipe.load(damaged)
    replace_file(damaged, "model.joblib", b"changed", recorded=False)
    with pytest.raises(IntegrityError):
        _ = late.pipeline


def test_a_plan_that_predicts_otherwise_is_refused(damaged):
    arrays = dict(np.load(damaged / "plan.npz"))
    key = next(key for key in arrays if key.endswith(".value"))
    np.savez(damaged.parent / "other.npz", **arrays | {key: arrays[key] * (1 + 1e-15)})
    replace_file(damaged, "plan.npz", (damaged.parent / "other.npz").read_bytes())
    with pytest.raises(ProbeMismatchError, match="probe row"):
        nbpipe.load(damaged)


@pytest.mark.parametrize("key", ["features", "children", "kinds"])
def test_a_crafted_plan_is_refused(damaged, key):
    arrays = dict(np.load(damaged / "plan.npz"))
    key = next(each for each in arrays if each.endswith(key))
    np.savez(damaged.parent / "other.npz", **arrays | {key: arrays[key][::-1]})
    replace_file(damaged, "plan.npz", (damaged.parent / "other.npz").read_bytes())
    with pytest.raises(IntegrityError, match="no plan that nbpipe wrote"):
        nbpipe.load(damaged)


def test_threads_may_share_a_model(model, flights):
    expected = model.predict_proba(flights[0])
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(model.predict_proba, [flights[0]] * 16):
            np.testing.assert_array_equal(found, expected)


def test_a_loaded_model_tells_what_it_is(model, exported):
    assert (model.name, model.version) == ("late", "1.0.0")
    assert model.manifest == exported.manifest
    assert model.notes == ("20 probe rows give the predictions of the export",)
    assert "late 1.0.0, exported 20" in repr(model)
    assert "<table>" in model._repr_html_()


def test_another_process_loads_and_predicts_the_same(exported, model, record):
    code = (
        "import json, sys, nbpipe; "
        "print(nbpipe.load(sys.argv[1]).predict_proba(json.loads(sys.argv[2])).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, exported.path, json.dumps(record).replace("NaN", "null")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == model.predict_proba(record).tolist()


@pytest.mark.parametrize("damage", ["digest", "versions", "format", "manifest"])
def test_nothing_is_unpickled_before_all_else_has_passed(planless, tmp_path, damage):
    mark = tmp_path / "mark"
    trap = pickle.dumps(Trap(str(mark)))
    replace_file(planless, "model.joblib", trap, recorded=damage != "digest")
    if damage == "versions":
        other_sklearn(planless)
    elif damage == "format":
        edit(planless, format=2)
    elif damage == "manifest":
        edit(planless, schema__features=3)
    with pytest.raises((IntegrityError, VersionMismatchError, ManifestError)):
        nbpipe.load(planless)
    assert not mark.exists()


def test_the_trap_itself_works(planless, tmp_path):
    replace_file(planless, "model.joblib", pickle.dumps(Trap(str(tmp_path / "mark"))))
    with pytest.raises(ProbeMismatchError):
        nbpipe.load(planless)
    assert (tmp_path / "mark").exists()


def test_another_minor_of_scikit_learn_is_refused_with_the_command_that_helps(planless):
    other_sklearn(planless)
    with pytest.raises(VersionMismatchError) as caught:
        nbpipe.load(planless)
    error = caught.value
    assert (error.package, error.trained_with) == ("scikit-learn", "1.2.0")
    assert error.running in str(error)
    assert error.command in str(error)
    assert "late-env/bin/pip install scikit-learn==1.2.0 numpy==" in error.command
    assert isinstance(error, ValueError)


def test_a_mismatch_that_is_allowed_goes_on_if_the_trial_agrees(planless, model, flights):
    other_sklearn(planless)
    loaded = nbpipe.load(planless, allow_version_mismatch=True)
    assert "scikit-learn 1.2.0 at export" in loaded.notes[0]
    np.testing.assert_array_equal(loaded.predict(flights[0]), model.predict(flights[0]))


def test_a_crash_of_an_allowed_mismatch_stays_in_the_other_process(planless):
    other_sklearn(planless)
    replace_file(planless, "model.joblib", pickle.dumps(Crash()))
    with pytest.raises(VersionMismatchError, match=r"crashed the process \(SIGSEGV\)") as caught:
        nbpipe.load(planless, allow_version_mismatch=True)
    assert caught.value.command in str(caught.value)


def test_an_allowed_mismatch_that_predicts_otherwise_is_refused(planless, model):
    other_sklearn(planless)
    changed = joblib.load(planless / "model.joblib")
    changed[0].transformers_[0][1][1].mean_ += 10
    joblib.dump(changed, planless.parent / "other")
    replace_file(planless, "model.joblib", (planless.parent / "other").read_bytes())
    with pytest.raises(ProbeMismatchError, match="for probe row"):
        nbpipe.load(planless, allow_version_mismatch=True)


@pytest.mark.parametrize(("scale", "fits"), [(1 + 1e-8, True), (1 + 1e-5, False)])
def test_the_probe_tolerates_rounding_and_no_more(planless, scale, fits):
    probe = json.loads((planless / "probe.json").read_text())
    probe["predict_proba"][3] = [p * scale for p in probe["predict_proba"][3]]
    replace_file(planless, "probe.json", json.dumps(probe).encode())
    if fits:
        nbpipe.load(planless)
    else:
        with pytest.raises(ProbeMismatchError, match="probe row 3"):
            nbpipe.load(planless)


def test_a_missing_module_is_named(planless):
    replace_file(planless, "model.joblib", pickle.dumps(Missing()))
    with pytest.raises(
        MissingModuleError, match=r"'not_installed_here'.*requirements\.txt"
    ) as found:
        nbpipe.load(planless)
    assert found.value.module == "not_installed_here"


@pytest.mark.parametrize("name", ["model.joblib", "manifest.json"])
def test_a_git_lfs_pointer_is_recognised(damaged, name):
    replace_file(damaged, name, POINTER, recorded=False)
    with pytest.raises(BundleError, match="git lfs pull"):
        nbpipe.load(damaged)


def test_a_truncated_file_tells_how_much_is_there(damaged):
    whole = (damaged / "model.joblib").read_bytes()
    replace_file(damaged, "model.joblib", whole[:100], recorded=False)
    with pytest.raises(IntegrityError, match=f"cut short: 100 of {len(whole):,} bytes"):
        nbpipe.load(damaged)


def test_a_missing_file_is_told(damaged):
    (damaged / "probe.json").unlink()
    with pytest.raises(IntegrityError, match="cannot be read"):
        nbpipe.load(damaged)


def test_a_manifest_that_reaches_outside_or_lists_no_model_is_refused(damaged):
    files = json.loads((damaged / "manifest.json").read_text())["files"]
    edit(damaged, files=files | {"../../x": files["probe.json"]})
    with pytest.raises(ManifestError, match=r"it lists .\.\./\.\./x"):
        nbpipe.load(damaged)
    edit(damaged, files={"probe.json": files["probe.json"]})
    with pytest.raises(ManifestError, match="lists no model"):
        nbpipe.load(damaged)


@pytest.mark.parametrize("path", sorted(OLD.glob("*.joblib")), ids=lambda path: path.stem)
def test_a_bare_file_is_left_closed_and_its_scikit_learn_is_named(path):
    with pytest.raises(BundleError, match=r"bare file.*nbpipe\.export") as caught:
        nbpipe.load(path)
    assert f"scikit-learn {path.stem.split('_')[1]}" in str(caught.value)


def test_the_tutorials_own_folder_is_explained(tmp_path):
    folder = tmp_path / "v1.0"
    folder.mkdir()
    joblib.dump({"pipeline": None, "sklearn_version": "1.6.0"}, folder / "model.joblib")
    joblib.dump(["feature_1"], folder / "features.joblib")
    with pytest.raises(BundleError, match=r"no manifest.json.*export it: nbpipe\.export"):
        nbpipe.load(folder)


def test_nothing_there_is_told_with_the_nearest_name(exported, tmp_path):
    with pytest.raises(BundleNotFoundError, match="Did you mean 'late'") as caught:
        nbpipe.load(exported.path.parent.parent / "lata")
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(BundleNotFoundError, match=r"no version 7; it has 1\.0\.0"):
        nbpipe.load(exported.path.parent, "7")
    with pytest.raises(BundleNotFoundError, match="no version 7"):
        nbpipe.load(exported.path.parent / "7")
    with pytest.raises(UsageError, match="'abc' is not a version"):
        nbpipe.load(exported.path.parent, "abc")
    with pytest.raises(BundleNotFoundError, match="no exported model"):
        nbpipe.load(tmp_path)


def test_a_policy_is_checked_when_it_is_given(exported):
    with pytest.raises(UsageError, match="Did you mean 'unseen'"):
        nbpipe.load(exported.path, policy={"unsen": "error"})
    with pytest.raises(UsageError, match="not 'raise'"):
        nbpipe.load(exported.path, policy={"unseen": "raise"})


def test_the_first_format_keeps_loading():
    """The committed bundle loads where its scikit-learn fits, and is refused properly elsewhere."""
    import sklearn

    bundle = nbpipe.models(DATA)[0]
    made = bundle.manifest.environment.packages["scikit-learn"]
    if made.split(".")[:2] == sklearn.__version__.split(".")[:2]:
        assert nbpipe.load(bundle.path).predict({"a": 2.0, "b": "x"}).shape == (1,)
    else:
        with pytest.raises(VersionMismatchError):
            nbpipe.load(bundle.path)


@pytest.mark.parametrize("kind", ["line", "forest", "boosted"])
def test_a_plan_that_was_ever_written_still_predicts_its_probe(kind):
    """Who changes the layout of plan.npz has to raise the manifest's format number."""
    model = nbpipe.load(DATA / "plans" / kind, unpickle=False)
    assert any("probe rows give the predictions of the export" in each for each in model.notes)
    assert model.predict({"a": 1.0, "b": None, "c": "v"}).tolist() == [1]
