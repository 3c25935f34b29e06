"""model.skops: no pickle, audited types, and trees that stay within their arrays."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import warnings
import zipfile
from contextlib import suppress
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

import nbpipe
from nbpipe.bundle import manifest as manifests
from nbpipe.bundle.formats import native, trusted
from nbpipe.bundle.formats import skops as audited
from nbpipe.bundle.formats.trusted import audit
from nbpipe.bundle.trust import integrity
from nbpipe.errors import (
    BundleError,
    ExportError,
    IntegrityError,
    MissingExtraError,
    NotPortableError,
    UsageError,
    VersionMismatchError,
)

NUMBERS = ["distance", "temp", "wind_gust"]
TEXTS = ["carrier", "origin"]
COLUMNS = make_column_transformer(
    (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
    (OneHotEncoder(handle_unknown="ignore", min_frequency=60, sparse_output=False), TEXTS),
)
HISTOGRAM = HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype")
TREES = {
    "forest": make_pipeline(COLUMNS, RandomForestClassifier(3, max_depth=4, random_state=0)),
    "boosting": make_pipeline(COLUMNS, GradientBoostingClassifier(n_estimators=3, random_state=0)),
    "histogram": HISTOGRAM,
}


@pytest.fixture(scope="module")
def rows(flights):
    """Return X with text as categories, where the gaps are, and y."""
    X, y = flights
    return X[NUMBERS + TEXTS].astype(dict.fromkeys(TEXTS, "category")), y


@pytest.fixture(scope="module", params=sorted(TREES))
def trees(request, rows, tmp_path_factory):
    """Return a bundle of each kind of trees, in model.skops."""
    X, y = rows
    to = tmp_path_factory.mktemp("models") / request.param
    return nbpipe.export(TREES[request.param].fit(X, y), to, X=X, y=y, format="skops")


@pytest.fixture(scope="module")
def forest(rows, tmp_path_factory):
    X, y = rows
    to = tmp_path_factory.mktemp("models") / "forest"
    return nbpipe.export(TREES["forest"].fit(X, y), to, X=X, y=y, format="skops")


def rewritten(content, change):
    """Return an archive whose members `change` has had its way with."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            new.writestr(member, change(member, old.read(member)))
    return buffer.getvalue()


def with_nodes(content, change):
    """Change the nodes of every tree in an archive."""

    def one(member, data):
        if not member.endswith(".npy"):
            return data
        array = np.load(io.BytesIO(data))
        if array.dtype.names is None or not array.size:
            return data
        change(array)
        buffer = io.BytesIO()
        np.save(buffer, array)
        return buffer.getvalue()

    return rewritten(content, one)


def with_schema(content, old, new):
    """Replace text in the schema of an archive, which must be there."""

    def one(member, data):
        if member != "schema.json":
            return data
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    return rewritten(content, one)


def forged(bundle, tmp_path, content):
    """Return a copy of a bundle with another model.skops that its manifest vouches for."""
    folder = shutil.copytree(bundle.path, tmp_path / "forged" / bundle.version)
    (folder / audited.FILE).write_bytes(content)
    files = {**bundle.manifest.files, audited.FILE: integrity.record(folder / audited.FILE)}
    text = replace(bundle.manifest, files=files).to_json()
    (folder / manifests.FILE).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("last", "target"),
    [
        (LogisticRegression(), "late"),
        (LogisticRegression(), "origin"),
        (RandomForestClassifier(5, max_depth=5), "origin"),
        (HistGradientBoostingRegressor(max_iter=5), "arr_delay"),
        (Ridge(), "arr_delay"),
        (GridSearchCV(LogisticRegression(), {"C": [0.5, 1]}, cv=2, scoring="roc_auc"), "late"),
    ],
    ids=["binary", "multiclass", "trees of 3 classes", "boosted numbers", "numbers", "search"],
)
def test_a_bundle_without_a_pickle_predicts_what_was_exported(flights, tmp_path, last, target):
    X, y = flights
    y = y if target == "late" else X[target]
    fitted = make_pipeline(COLUMNS, last).fit(X, y)
    bundle = nbpipe.export(fitted, tmp_path / "m", X=X, y=y, format="skops")
    names = {path.name for path in bundle.path.iterdir()}
    assert "model.skops" in names
    assert "model.joblib" not in names
    assert "plan.npz" in names
    assert "skops" in bundle.manifest.environment.needs
    assert f"skops=={skops.__version__}" in (bundle.path / "requirements.txt").read_text()
    model = nbpipe.load(bundle.path)
    np.testing.assert_array_equal(model.pipeline.predict(X), fitted.predict(X))
    if target != "arr_delay":
        then = fitted.predict_proba(X)
        np.testing.assert_array_equal(model.pipeline.predict_proba(X), then)
        np.testing.assert_allclose(model.predict_proba(X), then, atol=1e-12)


def test_gaps_and_native_categories_come_back(rows, tmp_path):
    X, y = rows
    fitted = HISTOGRAM.fit(X, y)
    model = nbpipe.load(nbpipe.export(fitted, tmp_path / "m", X=X, y=y, format="skops").path)
    assert X.isna().any(axis=None)
    np.testing.assert_array_equal(model.pipeline.predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize("last", [SVC(), XGBClassifier(n_estimators=2)], ids=["SVC", "xgboost"])
def test_types_that_nbpipe_does_not_trust_are_refused_at_export(flights, tmp_path, last):
    X, y = flights
    fitted = make_pipeline(COLUMNS, last).fit(X, y)
    with pytest.raises(NotPortableError, match="format='joblib', which takes any type") as caught:
        nbpipe.export(fitted, tmp_path / "m", X=X, y=y, format="skops")
    assert any(type(last).__name__ in name for name in caught.value.names)
    assert not (tmp_path / "m").exists()
    assert nbpipe.export(fitted, tmp_path / "m", X=X, y=y)


def test_no_other_format_and_no_typing_error(flights, tmp_path):
    X, y = flights
    fitted = TREES["forest"].fit(X, y)
    with pytest.raises(UsageError, match=r"joblib or skops\. Did you mean 'skops'\?"):
        nbpipe.export(fitted, tmp_path / "m", X=X, y=y, format="skop")
    assert not (tmp_path / "m").exists()


BAD_NODES = {
    "children beyond the end": ({"left_child", "right_child", "left", "right"}, 2**30),
    "a child that is its own parent": ({"right_child", "right"}, 0),
    "a feature beyond the columns": ({"feature", "feature_idx"}, 2**40),
    "a feature before the columns": ({"feature", "feature_idx"}, -(2**40)),
}
LETHAL = ("children beyond the end", "a feature beyond the columns", "a feature before the columns")

PREDICT = """
import sys
import numpy as np
import skops.io
model = skops.io.load(sys.argv[1], trusted=skops.io.get_untrusted_types(file=sys.argv[1]))
last = model.steps[-1][1] if hasattr(model, "steps") else model
if hasattr(last, "_preprocessor"):
    last._preprocessor = None
print(last.predict(np.ones((3, last.n_features_in_))))
"""
REFUSE = """
import sys
import nbpipe, nbpipe.errors
for path in sys.argv[1:]:
    try:
        nbpipe.load(path).pipeline
    except nbpipe.errors.IntegrityError as error:
        print(error)
"""


def crafted(bundle, which):
    names, value = BAD_NODES[which]

    def change(nodes):
        for name in names & set(nodes.dtype.names):
            nodes[name][0] = value

    return with_nodes((bundle.path / audited.FILE).read_bytes(), change)


def run(code, *paths):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *paths],
        capture_output=True,
        text=True,
        check=False,
    )


def test_crafted_trees_are_refused_before_they_are_walked(trees, tmp_path):
    folders = [
        forged(trees, tmp_path / str(i), crafted(trees, which)) for i, which in enumerate(BAD_NODES)
    ]
    done = run(REFUSE, *folders)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == len(BAD_NODES)
    for line, which in zip(told, BAD_NODES, strict=True):
        assert "would make scikit-learn read beyond its arrays" in line
        assert f"a {'feature' if 'feature' in which else 'child'} is out of range" in line


@pytest.mark.slow
@pytest.mark.parametrize("which", LETHAL)
def test_what_such_trees_are_refused_for_is_real(trees, tmp_path, which):
    """Alone, skops, told to trust the types, makes them, and scikit-learn crashes."""
    (tmp_path / "bare.skops").write_bytes(crafted(trees, which))
    assert run(PREDICT, tmp_path / "bare.skops").returncode < 0


@pytest.mark.parametrize(
    "change",
    [
        lambda last: vars(last).pop("n_features_in_"),
        lambda last: vars(last).update(n_features_in_=2),
        lambda last: vars(last).update(n_features_in_=np.array([99])),
    ],
)
@pytest.mark.parametrize("kind", sorted(TREES))
def test_trees_are_bound_to_the_columns_that_they_are_given(rows, kind, change):
    """Without n_features_in_ scikit-learn does not compare, and walks by features of nowhere."""
    fitted = TREES[kind].fit(*rows)
    native.check(fitted)
    last = fitted.steps[-1][1] if hasattr(fitted, "steps") else fitted
    for each in [last, *np.ravel(getattr(last, "estimators_", []))]:
        change(each)
    with pytest.raises(native.UnsafeError):
        native.check(fitted)


def test_scores_that_stages_would_be_written_beyond_are_refused(flights):
    X, _ = flights
    fitted = make_pipeline(COLUMNS, GradientBoostingClassifier(n_estimators=2)).fit(X, X["origin"])
    last = fitted[-1]
    last.init_, last.n_trees_per_iteration_ = "zero", 1
    with pytest.raises(native.UnsafeError, match="stages and scores differ in number"):
        native.check(fitted)


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e._n_features_outs.__setitem__(0, 1),
        lambda e: e._default_to_infrequent_mappings[0].__setitem__(0, 10**9),
        lambda e: e._infrequent_indices[0].__setitem__(0, -5),
        lambda e: setattr(e, "_drop_idx_after_grouping", np.array([10**6, 0], dtype=object)),
    ],
)
def test_codes_beyond_the_columns_of_a_sparse_matrix_are_refused(flights, change):
    X, _ = flights
    encoder = OneHotEncoder(min_frequency=60).fit(X[TEXTS])
    native.check(encoder)
    change(encoder)
    with pytest.raises(native.UnsafeError):
        native.check(encoder)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("StandardScaler", "system", "sklearn.preprocessing._data.system"),
        ('"sklearn.preprocessing._data"', '"os"', "os.StandardScaler"),
        ("StandardScaler", "sparse", "sklearn.preprocessing._data.sparse"),  # imported there
        ('"TreeNode"', '"MethodNode"', "sklearn.tree._tree.Tree"),
        ('"TreeNode"', '"ConstructorFromReduceNode"', "sklearn.tree._tree.Tree"),
        ('"ListNode"', '"TreeNode"', "builtins.list"),
    ],
)
def test_types_of_a_forged_file_are_named_and_none_is_made(  # noqa: PLR0917
    forest, tmp_path, monkeypatch, old, new, named
):
    content = with_schema((forest.path / audited.FILE).read_bytes(), old, new)
    folder = forged(forest, tmp_path, content)
    monkeypatch.setattr(skops.io, "loads", lambda *_, **__: pytest.fail("something was made"))
    with pytest.raises(IntegrityError, match=named.replace(".", r"\.")):
        nbpipe.load(folder).pipeline  # noqa: B018 - opens it


@pytest.mark.parametrize(
    ("loader", "kind"),
    [("LossNode", False), ("ObjectNode", False), ("FunctionNode", True)],
)
def test_a_loader_of_objects_calls_no_function(loader, kind):
    for module in trusted._MODULES[loader]:
        with suppress(ImportError):
            for name, found in vars(import_module(module)).items():
                if isinstance(found, type) == kind:
                    assert not trusted._trusts(loader, module, name)


def test_what_skops_would_call_is_trusted_by_no_loader():
    state = {"__module__": "builtins", "__class__": "map", "__loader__": "OperatorFuncNode"}
    names, refused = audit(json.dumps({"protocol": 2, "content": [state]}).encode())
    assert names == {"builtins.map"}
    assert refused == ["builtins.map"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no zip", "File is not a zip file"),
        (b"bomb", "inflates to more than 100 times"),
        (b"twice", "two members have one name"),
        (b"empty", "schema.json"),
        (b"old", "its protocol is 1"),
        (b"list", "its protocol is None"),
        (b"deep", "recursion"),
    ],
)
def test_what_is_no_archive_of_skops_is_refused(forest, tmp_path, content, told):
    members = {
        b"bomb": [("1.npy", bytes(100 * 2**20)), ("schema.json", "{}")],
        b"twice": [("schema.json", "{}")] * 2,
        b"old": [("schema.json", '{"protocol": 1}')],
        b"list": [("schema.json", "[]")],
        b"deep": [("schema.json", "[" * 10**5)],
    }
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of a name given twice
        for name, data in members.get(content, []):
            archive.writestr(name, data)
    data = content if content == b"no zip" else buffer.getvalue()
    with pytest.raises(IntegrityError, match=told):
        nbpipe.load(forged(forest, tmp_path, data)).pipeline  # noqa: B018


def test_objects_that_cannot_be_made_are_one_clear_error(forest, tmp_path):
    content = with_schema(
        (forest.path / audited.FILE).read_bytes(), '"type": "numpy"', '"type": "lost"'
    )
    with pytest.raises(BundleError, match=r"cannot be opened .*\(ValueError: Unknown type lost"):
        nbpipe.load(forged(forest, tmp_path, content)).pipeline  # noqa: B018


def test_a_start_from_another_estimator_is_refused_at_export(flights, tmp_path):
    X, y = flights
    last = GradientBoostingClassifier(n_estimators=2, init=LogisticRegression())
    fitted = make_pipeline(COLUMNS, last).fit(X, y)
    with pytest.raises(ExportError, match="would not read the pipeline back"):
        nbpipe.export(fitted, tmp_path / "m", X=X, y=y, format="skops")


def test_skops_is_an_extra_that_is_named(forest, rows, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "skops.io", None)
    model = nbpipe.load(forest.path)  # the plan does without
    assert model.predict(rows[0][:3].to_dict("records")).shape == (3,)
    with pytest.raises(MissingExtraError, match=r"nbpipe-sklearn\[skops\]") as caught:
        model.pipeline  # noqa: B018
    assert caught.value.extra == "skops"
    X, y = rows
    with pytest.raises(MissingExtraError, match=r"nbpipe-sklearn\[skops\]"):
        nbpipe.export(HISTOGRAM.fit(X, y), tmp_path / "m", X=X, y=y, format="skops")


def as_if_made_with(bundle, tmp_path, **packages):
    folder = shutil.copytree(bundle.path, tmp_path / "older" / bundle.version)
    made = bundle.manifest.environment
    made = replace(made, packages={**made.packages, **packages})
    text = replace(bundle.manifest, environment=made).to_json()
    (folder / manifests.FILE).write_text(text)
    return folder


def test_another_minor_has_the_verdict_of_a_pickle_and_the_trial_reads_skops(forest, tmp_path):
    folder = as_if_made_with(forest, tmp_path, **{"scikit-learn": "1.5.0"})
    with pytest.raises(VersionMismatchError, match=r"scikit-learn==1\.5\.0") as caught:
        nbpipe.load(folder).pipeline  # noqa: B018
    assert "skops==" in caught.value.command
    model = nbpipe.load(folder, allow_version_mismatch=True)
    assert model.pipeline is not None


def test_a_crafted_tree_does_not_pass_the_trial_either(forest, tmp_path):
    content = crafted(forest, "children beyond the end")
    bundle = nbpipe.models(forged(forest, tmp_path, content).parent)[-1]
    folder = as_if_made_with(bundle, tmp_path, **{"scikit-learn": "1.5.0"})
    with pytest.raises(VersionMismatchError, match="UnsafeError: a child is out of range"):
        nbpipe.load(folder, allow_version_mismatch=True).pipeline  # noqa: B018


def test_an_older_skops_reads_no_newer_file_but_the_reverse_works(forest, tmp_path):
    newer = as_if_made_with(forest, tmp_path / "a", skops="99.0")
    with pytest.raises(VersionMismatchError, match=r"skops 99\.0"):
        nbpipe.load(newer).pipeline  # noqa: B018
    older = as_if_made_with(forest, tmp_path / "b", skops="0.15.0")
    assert nbpipe.load(older).pipeline is not None
