"""What export writes, and what it refuses without leaving a trace."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import re
import subprocess
import sys
import warnings
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType, SimpleNamespace

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import nbpipe
from nbpipe.bundle.formats.inside import serial
from nbpipe.bundle.rows.inputs import rows_fitted
from nbpipe.bundle.trust import portability
from nbpipe.errors import DataError, ExportError, NotPortableError, UsageError, VersionExistsError

NUMBERS = ["distance", "dep_delay"]


@pytest.fixture
def simple(flights):
    """Return a fitted pipeline with its X and y."""
    X, y = flights[0][NUMBERS], flights[1]
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), X, y


def n_jobs_inside(value, seen=None):
    """Collect every n_jobs in an object graph, through any attribute."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return set()
    seen.add(id(value))
    found = {value.n_jobs} if hasattr(value, "n_jobs") else set()
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, np.ndarray):
        inner = value.ravel().tolist() if value.dtype == object else ()
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        inner = vars(value).values()
    elif not isinstance(value, (list, tuple, dict)):
        inner = ()
    return found.union(*(n_jobs_inside(each, seen) for each in inner))


def test_a_bundle_is_readable_without_nbpipe(exported, pipeline, flights):
    names = {path.name for path in exported.path.iterdir()}
    assert names == {
        *("manifest.json", "model.joblib", "plan.npz", "probe.json", "requirements.txt")
    }
    manifest = json.loads((exported.path / "manifest.json").read_text())
    assert manifest["format"] == 1
    assert manifest["target"] == {"name": "late", "classes": [0, 1]}
    plain = joblib.load(exported.path / "model.joblib")
    np.testing.assert_allclose(plain.predict_proba(flights[0]), pipeline.predict_proba(flights[0]))
    with np.load(exported.path / "plan.npz", allow_pickle=False) as plan:
        assert plan["features"].tolist() == [
            each["name"] for each in manifest["schema"]["features"]
        ]


def test_what_a_plan_does_not_cover_is_told_in_one_line_and_works(flights, tmp_path):
    X, y = flights
    X = X[["distance", "arr_delay"]].fillna(0)
    neighbours = make_pipeline(StandardScaler(), KNeighborsClassifier()).fit(X, y)
    bundle = nbpipe.export(neighbours, tmp_path / "m", X=X, y=y)
    line = "no compiled plan, since KNeighborsClassifier is not covered: the estimator itself will"
    assert line in repr(bundle).splitlines()[-1]
    assert not (bundle.path / "plan.npz").exists()
    model = nbpipe.load(bundle.path)
    assert "no compiled plan: the estimator itself predicts" in model.notes
    np.testing.assert_array_equal(model.predict(X), neighbours.predict(X))


def test_the_manifest_records_where_the_model_comes_from(exported, flights):
    manifest = exported.manifest
    assert (manifest.data.rows, manifest.data.columns) == (1500, 5)
    assert re.fullmatch(r"[0-9a-f]{64}", manifest.data.hash)
    assert "RandomForestClassifier(" in manifest.source
    assert manifest.environment.packages["numpy"] == np.__version__
    assert "scikit-learn" in manifest.environment.needs
    pins = (exported.path / "requirements.txt").read_text().splitlines()[1:]
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", pin) for pin in pins)
    assert f"pandas=={pd.__version__}" in pins


def test_the_source_in_the_manifest_makes_the_same_pipeline(exported, pipeline):
    made = {}
    exec(exported.manifest.source, made)
    assert str(made["pipeline"].get_params()) == str(pipeline.get_params())


def test_other_training_rows_have_another_fingerprint(simple, tmp_path):
    pipeline, X, y = simple
    hashes = {
        nbpipe.export(pipeline, tmp_path / "a", X=X, y=y).manifest.data.hash,
        nbpipe.export(pipeline, tmp_path / "b", X=X, y=y).manifest.data.hash,
        nbpipe.export(pipeline, tmp_path / "c", X=X.iloc[:-1], y=y.iloc[:-1]).manifest.data.hash,
        nbpipe.export(pipeline, tmp_path / "d", X=X, y=1 - y).manifest.data.hash,
    }
    assert len(hashes) == 3


def test_the_copy_has_n_jobs_1_everywhere_and_the_original_is_untouched(pipeline, model):
    assert n_jobs_inside(model.pipeline) == {1}
    assert n_jobs_inside(pipeline) == {2}


def test_fitted_parts_of_a_search_lose_their_n_jobs_too(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    forest = RandomForestClassifier(n_estimators=3, n_jobs=2)
    search = GridSearchCV(forest, {"max_depth": [2]}, cv=2, n_jobs=2).fit(X, y)
    written = nbpipe.load(nbpipe.export(search, tmp_path / "late", X=X, y=y).path).pipeline
    assert n_jobs_inside(written) == {1}
    assert written.best_estimator_.n_jobs == 1
    assert search.best_estimator_.n_jobs == 2


def test_parts_that_are_no_estimators_lose_their_n_jobs_too(flights, tmp_path):
    X, y = flights[0][["distance", "dep_delay"]], flights[1]
    forest = RandomForestClassifier(n_estimators=3, n_jobs=2)
    calibrated = CalibratedClassifierCV(forest, cv=2).fit(X, y)
    written = nbpipe.load(nbpipe.export(calibrated, tmp_path / "late", X=X, y=y).path).pipeline
    assert n_jobs_inside(calibrated) == {2, None}
    assert n_jobs_inside(written) == {1}


def test_what_refers_to_itself_is_walked_once():
    part = SimpleNamespace(n_jobs=-1, parts=[])
    part.parts.append(part)
    assert serial({"part": part})["part"].n_jobs == 1


def test_a_report_goes_into_the_manifest_as_plain_data(simple, tmp_path):
    pipeline, X, y = simple
    report = nbpipe.cv(pipeline, X, y, n_splits=3)
    bundle = nbpipe.export(pipeline, tmp_path / "late", X=X, y=y, report=report)
    assert bundle.manifest.report == json.loads(json.dumps(report.to_dict()))
    metric, score = bundle.score
    assert score == pytest.approx(report.test(metric).mean())
    assert f"{metric} {score:.3f}" in repr(nbpipe.models(tmp_path))


def test_a_mapping_passes_for_a_report_and_nan_becomes_null(simple, tmp_path):
    pipeline, X, y = simple
    own = {"f1": np.float64(0.5), "folds": np.array([1.0, np.nan]), "when": pd.Timestamp(0)}
    bundle = nbpipe.export(pipeline, tmp_path / "late", X=X, y=y, report=own)
    assert nbpipe.models(tmp_path)[0].manifest == bundle.manifest
    assert bundle.manifest.report == {
        "f1": 0.5,
        "folds": [1.0, None],
        "when": "1970-01-01 00:00:00",
    }


def test_a_probe_that_no_load_would_read_is_not_written(tmp_path):
    X = pd.DataFrame({"a": ["x" * 2**20] * 20, "b": range(20)})
    model = make_pipeline(make_column_transformer(("passthrough", ["b"])), LinearRegression())
    model.fit(X, X["b"])
    nbpipe.export(model, tmp_path / "fits", X=X)
    encoded = make_column_transformer((OneHotEncoder(), ["a"]), ("passthrough", ["b"]))
    model = make_pipeline(encoded, LinearRegression()).fit(X, X["b"])
    with pytest.raises(ExportError, match=r"20 rows .* would take 20 MB, .* limit of 16"):
        nbpipe.export(model, tmp_path / "large", X=X)
    assert not (tmp_path / "large").exists()


def test_a_regressor_travels_too(flights, tmp_path):
    X = flights[0][NUMBERS]
    pipeline = make_pipeline(StandardScaler(), RandomForestRegressor(3)).fit(X, X["distance"])
    loaded = nbpipe.load(nbpipe.export(pipeline, tmp_path / "far", X=X, y=X["distance"]).path)
    assert loaded.manifest.target.classes is None
    np.testing.assert_array_equal(loaded.predict(X), pipeline.predict(X))
    with pytest.raises(UsageError, match="has no predict_proba"):
        loaded.predict_proba(X)


@pytest.mark.parametrize("outputs", [1, 2])
def test_several_outputs_keep_scikit_learns_shape(flights, tmp_path, outputs):
    X = flights[0][NUMBERS]
    pipeline = LinearRegression().fit(X, X.to_numpy()[:, :outputs])
    loaded = nbpipe.load(nbpipe.export(pipeline, tmp_path / "far", X=X, y=X).path)
    assert loaded.predict(X[:3]).shape == pipeline.predict(X[:3]).shape


@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "imblearn"])
def test_third_party_estimators_are_recorded_as_needed(flights, tmp_path, package):
    module = pytest.importorskip(package)
    X, y = flights[0][NUMBERS], flights[1]
    if package == "imblearn":
        from imblearn.over_sampling import RandomOverSampler
        from imblearn.pipeline import make_pipeline as make

        pipeline, name = make(RandomOverSampler(), LogisticRegression()), "imbalanced-learn"
    elif package == "xgboost":
        pipeline = make_pipeline(module.XGBClassifier(n_estimators=3))
        (name,) = packages_distributions()["xgboost"]  # there is a build without CUDA, too
    else:
        estimator = module.LGBMClassifier(n_estimators=3, verbose=-1)
        pipeline, name = make_pipeline(estimator), "lightgbm"
    bundle = nbpipe.export(pipeline.fit(X, y), tmp_path / "late", X=X, y=y)
    assert name in bundle.manifest.environment.needs
    assert bundle.manifest.environment.packages[name] == module.__version__
    np.testing.assert_allclose(nbpipe.load(bundle.path).predict_proba(X), pipeline.predict_proba(X))


def refused(tmp_path, error, match, *given, to="late", **options):
    """Export must raise, in one paragraph, and leave the folder as it was."""
    before = sorted(tmp_path.rglob("*"))
    pipeline, X, *y = given
    with pytest.raises(error, match=match) as caught:
        nbpipe.export(pipeline, tmp_path / to, X=X, y=y[0] if y else None, **options)
    assert sorted(tmp_path.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_unfitted_pipeline_that_cross_validate_leaves_is_refused(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    cross_validate(pipeline, X, y, cv=2)
    refused(tmp_path, ExportError, r"not fitted.*call pipeline.fit\(X, y\) first", pipeline, X, y)


def test_a_lambda_is_refused(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(FunctionTransformer(lambda X: X), LogisticRegression()).fit(X, y)
    error = refused(tmp_path, NotPortableError, "holds a lambda", pipeline, X, y)
    assert "<lambda>" in error.names[0]


def test_a_function_inside_a_function_is_refused(flights, tmp_path):
    def same(X):
        return X

    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(FunctionTransformer(same), LogisticRegression()).fit(X, y)
    refused(tmp_path, NotPortableError, "defined inside a function.*same", pipeline, X, y)


NOTEBOOK = """
import sys
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
import nbpipe
from nbpipe.errors import NotPortableError
sys.path.insert(0, "lib")

def double(X):
    return X * 2

class Same(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.feature_names_in_ = X.columns
        return self
    def transform(self, X):
        return X

import helpers
X = pd.DataFrame({"a": [1.0, 2.0, 3.0]})
for step in (FunctionTransformer(double), Same(), FunctionTransformer(helpers.double)):
    try:
        nbpipe.export(make_pipeline(step, LinearRegression()).fit(X, X.a), "late", X=X)
    except NotPortableError as error:
        print(error.names, error)
"""


def test_code_of_the_notebook_and_of_local_modules_is_refused(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "helpers.py").write_text("def double(X):\n    return X * 2\n")
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    done = subprocess.run(
        [sys.executable, "notebook.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    function, defined_class, module = done.stdout.splitlines()
    assert "('__main__.double',)" in function
    assert "%%writefile" in function
    assert "('__main__.Same',)" in defined_class
    assert "('helpers',) The pipeline uses modules that no installed package brings" in module
    assert not (tmp_path / "late").exists()


def test_what_cannot_be_pickled_is_refused_with_its_reason(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    pipeline[0].log_ = (line for line in "abc")
    refused(tmp_path, ExportError, "cannot be written to a file.*generator", pipeline, X, y)


def test_features_without_names_are_refused(flights, tmp_path):
    X, y = flights[0][NUMBERS], flights[1]
    pipeline = LogisticRegression().fit(X.to_numpy(), y)
    refused(tmp_path, ExportError, "features without names", pipeline, X, y)
    refused(tmp_path, DataError, "features are without names", pipeline, X.to_numpy(), y)


def test_bad_arguments_are_refused_one_by_one(simple, tmp_path):
    pipeline, X, y = simple
    refused(tmp_path, UsageError, "'abc' is not a version", pipeline, X, y, version="abc")
    refused(tmp_path, UsageError, r"'\.\./x' is not a version", pipeline, X, y, version="../x")
    refused(tmp_path, UsageError, "ends in a version", pipeline, X, y, to="late/1.2.0")
    refused(tmp_path, UsageError, "not a scikit-learn estimator", "late", X, y)
    refused(tmp_path, UsageError, "not a scikit-learn estimator", LogisticRegression, X, y)
    refused(tmp_path, UsageError, "cannot predict", StandardScaler().fit(X), X, y)
    refused(tmp_path, UsageError, "report is a int", pipeline, X, y, report=3)
    refused(tmp_path, DataError, "y has 9 rows and X has 1500", pipeline, X, y[:9])
    for wrong, kind in ((5, "int"), (np.array(5), "ndarray"), (csr_matrix(X), "csr_matrix")):
        refused(tmp_path, DataError, f"y is a {kind}, which has no rows", pipeline, X, wrong)
    refused(tmp_path, UsageError, "report is a type", pipeline, X, y, report=nbpipe.CVReport)
    refused(tmp_path, UsageError, "1.0 is not a version", pipeline, X, y, version=1.0)
    refused(tmp_path, DataError, "X is empty", pipeline, X[:0], y[:0])
    refused(tmp_path, DataError, "lacks 'dep_delay'", pipeline, X[["distance"]], y)
    refused(tmp_path, DataError, "also has 'more'", pipeline, X.assign(more=1), y)
    refused(tmp_path, DataError, "the order differs: 'dep_delay'", pipeline, X[NUMBERS[::-1]], y)
    twice = pd.concat([X, X], axis=1)
    refused(tmp_path, DataError, "more than one column named 'distance'", pipeline, twice, y)
    refused(tmp_path, DataError, "must be text", pipeline, X.rename(columns={"distance": 1}), y)


def test_a_path_that_is_none_is_told(simple):
    pipeline, X, _ = simple
    for verb in (lambda path: nbpipe.export(pipeline, path, X=X), nbpipe.load, nbpipe.models):
        with pytest.raises(UsageError, match="5 is not a path"):
            verb(5)


def test_rows_that_the_pipeline_cannot_predict_are_told(simple, tmp_path):
    pipeline, X, y = simple
    X = X.astype(float).mask(X > 0)
    refused(tmp_path, ExportError, "cannot predict rows of X: Input X contains NaN", pipeline, X, y)


def test_an_existing_version_is_never_overwritten_however_it_is_written(simple, tmp_path):
    pipeline, X, y = simple
    nbpipe.export(pipeline, tmp_path / "late", X=X, y=y, version="v1.0")
    for again in ("1.0", "v1.0", "1.0.0", "1"):
        error = refused(
            tmp_path, VersionExistsError, "never overwritten", pipeline, X, y, version=again
        )
        assert isinstance(error, FileExistsError)


def test_a_file_where_a_folder_should_be_is_told(simple, tmp_path):
    pipeline, X, y = simple
    (tmp_path / "file").write_text("x")
    refused(tmp_path, ExportError, "cannot be written", pipeline, X, y, to="file")
    refused(tmp_path, ExportError, "cannot be written", pipeline, X, y, to="file/late")


def test_columns_that_no_schema_describes_are_refused(tmp_path):
    for bad in (["x", 1, 2.0], [[1], [2], [3]], pd.to_timedelta([1, 2, 3]), [1j, 2j, 3j]):
        X = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": pd.Series(bad)})
        pipeline = make_pipeline(FunctionTransformer(), DummyRegressor())
        refused(tmp_path, ExportError, "Column 'b'", pipeline.fit(X, X["a"]), X)


def test_a_dropped_column_may_hold_anything(tmp_path):
    X = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [[1], "x", None]})
    pipeline = make_pipeline(make_column_transformer(("passthrough", ["a"])), LinearRegression())
    bundle = nbpipe.export(pipeline.fit(X, X["a"]), tmp_path / "m", X=X)
    assert bundle.manifest.schema.names == ("a",)
    assert bundle.manifest.schema.ignored == ("b",)
    assert nbpipe.load(bundle.path).predict({"a": 2.0}) == pytest.approx([2.0])


def test_a_pickle_of_an_error_keeps_its_facts():
    error = NotPortableError("no", names=("a.b",))
    assert pickle.loads(pickle.dumps(error)).names == ("a.b",)


class Unreadable(StandardScaler):
    def __setstate__(self, state):
        raise KeyError("lost")


class Picky(StandardScaler):
    def transform(self, X, copy=None):
        if X.iloc[0, 0] == -1:
            raise KeyError("no such row")
        return super().transform(X, copy)


def elsewhere(monkeypatch, *classes):
    """Have classes of this file pass for those of an installed package."""
    monkeypatch.setattr("nbpipe.bundle.trust.portability._distributions", lambda _: set())
    for each in classes:
        monkeypatch.setitem(sys.modules, each.__module__, sys.modules[__name__])


def test_what_cannot_be_read_back_is_refused(simple, tmp_path, monkeypatch):
    _, X, y = simple
    fitted = make_pipeline(Unreadable(), LogisticRegression()).fit(X, y)
    elsewhere(monkeypatch, Unreadable)
    with pytest.raises(ExportError, match=r"not read back \(KeyError\)"):
        nbpipe.export(fitted, tmp_path / "late", X=X, y=y)
    assert not (tmp_path / "late").exists()


def test_whatever_a_step_raises_is_one_clear_error(simple, tmp_path, monkeypatch):
    _, X, y = simple
    fitted = make_pipeline(Picky(), LogisticRegression()).fit(X, y)
    elsewhere(monkeypatch, Picky)
    loaded = nbpipe.load(
        nbpipe.export(fitted, tmp_path / "m", X=X).path, policy={"range": "ignore"}
    )
    with pytest.raises(DataError, match=r"could not use the rows \(KeyError\): 'no such row'"):
        loaded.predict({"distance": -1, "dep_delay": 1.0})


def test_classes_that_json_has_not_are_refused(simple, tmp_path):
    _, X, y = simple
    times = pd.to_datetime(["2020-01-01", "2020-01-02"]).to_pydatetime().astype(object)
    fitted = LogisticRegression().fit(X, y)
    fitted.classes_ = np.array(times, dtype=object)
    with pytest.raises(ExportError, match="cannot be written as JSON"):
        nbpipe.export(fitted, tmp_path / "late", X=X, y=y)
    assert not (tmp_path / "late").exists()


def test_a_prediction_of_nan_equals_itself(tmp_path):
    X = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    fitted = DummyRegressor(strategy="constant", constant=1.0).fit(X, X["a"])
    fitted.constant_ = np.array([[np.nan]])
    loaded = nbpipe.load(nbpipe.export(fitted, tmp_path / "late", X=X).path)
    assert np.isnan(loaded.predict(X)).all()


def test_text_that_no_encoder_lists_is_noted_and_a_search_is_looked_into(flights, tmp_path):
    X, y = flights[0][["carrier"]], flights[1]
    steps = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    search = GridSearchCV(steps, {"logisticregression__C": [1.0]}, cv=2).fit(X, y)
    loaded = nbpipe.load(nbpipe.export(search, tmp_path / "a", X=X, y=y).path)
    assert loaded.schema.features[0].categories == tuple(sorted(X["carrier"].unique()))
    assert not any("any text passes" in note for note in loaded.notes)
    plain = make_pipeline(FunctionTransformer(), *[step for _, step in steps.steps]).fit(X, y)
    loaded = nbpipe.load(nbpipe.export(plain, tmp_path / "b", X=X, y=y).path)
    assert any("any text passes in carrier" in note for note in loaded.notes)


def test_modules_beneath_an_editable_project_or_made_here_are_not_packages(tmp_path, monkeypatch):
    for name in ("inside/__init__.py", "notebooks/helpers2.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr(portability, "_editable_projects", lambda: [(tmp_path, "project")])
    for folder in (tmp_path, tmp_path / "notebooks"):
        monkeypatch.syspath_prepend(folder)
    for name in ("inside", "helpers2"):
        monkeypatch.setitem(sys.modules, name, importlib.import_module(name))
    monkeypatch.setitem(sys.modules, "made_here", ModuleType("made_here"))
    assert portability._distributions({"inside", "builtins"}) == {"project"}
    for local in ("helpers2", "made_here"):
        with pytest.raises(NotPortableError, match=local):
            portability._distributions({local})


def test_fewer_rows_than_were_fitted_are_warned_of(pipeline, flights, tmp_path):
    X, y = flights
    with pytest.warns(UserWarning, match=r"rows or more and X has 50"):
        nbpipe.export(pipeline, tmp_path / "late", X=X[:50], y=y[:50])
    knn = KNeighborsClassifier().fit(X[NUMBERS], y)
    assert rows_fitted(knn) == rows_fitted(StandardScaler().fit(X[["distance"]])) == len(X)


@pytest.mark.parametrize("status", ["suspicious", "no better than the baseline", "usual"])
def test_a_doubtful_verdict_is_warned_of_and_listed(simple, tmp_path, status):
    pipeline, X, y = simple
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nbpipe.export(pipeline, tmp_path / "m", X=X, y=y, report={"verdict": {"status": status}})
    told = [str(each.message) for each in caught if each.category is UserWarning]
    assert told == (
        []
        if status == "usual"
        else [f"m 1.0.0 is exported, though its report's verdict is {status!r}."]
    )
    assert status in repr(nbpipe.models(tmp_path))


@pytest.mark.parametrize(
    "y",
    [np.zeros((1500, 1, 1)), [[1], [1, 2]] * 750, set(range(1500)), [{}] * 1500],
    ids=["3-D", "ragged", "set", "dicts"],
)
def test_what_is_no_target_is_refused(simple, tmp_path, y):
    pipeline, X, _ = simple
    with pytest.raises(DataError, match="y is no target"):
        nbpipe.export(pipeline, tmp_path / "late", X=X, y=y)
    assert not (tmp_path / "late").exists()


def test_what_is_no_pipeline_or_report_is_told_in_one_line(simple, tmp_path):
    pipeline, X, y = simple
    endless = {}
    endless["self"] = endless
    for wrong in ({"report": endless}, {"pipeline": X}):
        with pytest.raises(UsageError) as caught:
            nbpipe.export(**{"pipeline": pipeline, "to": tmp_path / "m", "X": X, "y": y, **wrong})
        assert "\n" not in str(caught.value)


def test_git_may_tell_of_files_whose_names_are_no_text(simple, tmp_path, monkeypatch):
    pipeline, X, y = simple
    monkeypatch.chdir(tmp_path)
    for words in ("init", "config user.name x", "config user.email x", "config core.quotepath off"):
        subprocess.run(["git", *words.split()], check=True)
    subprocess.run(["git", "commit", "--allow-empty", "-m", "x"], check=True)
    Path(os.fsdecode(b"caf\xe9")).touch()
    assert nbpipe.export(pipeline, "late", X=X, y=y).manifest.git_commit.endswith("+changes")


def test_nothing_is_written_inside_an_exported_version(simple, tmp_path):
    pipeline, X, y = simple
    path = nbpipe.export(pipeline, tmp_path / "m", X=X, y=y).path
    with pytest.raises(UsageError, match="lies in an exported version"):
        nbpipe.export(pipeline, path / "sub", X=X, y=y)
    assert not (path / "sub").exists()
