"""A plan predicts what its pipeline does, to the bit where trees decide, or there is none."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
import zipfile
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import validation

from nbpipe.bundle.plan import arrays, walk
from nbpipe.bundle.plan.compiling import compile_plan
from nbpipe.bundle.plan.parity import agree, difference
from nbpipe.bundle.plan.program import METHODS, Plan
from nbpipe.bundle.rows.clean import Row
from nbpipe.bundle.rows.learn import learn
from nbpipe.bundle.rows.policy import POLICY
from nbpipe.bundle.rows.validate import check, to_frame
from nbpipe.errors import IntegrityError

pytestmark = pytest.mark.filterwarnings("ignore")

NUMBERS, WORDS = ["distance", "temp", "wind_gust"], ["carrier", "origin"]
QUIET = dict.fromkeys(POLICY, "ignore")


def columns(numbers=None, words=None):
    numbers = numbers or make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = words or OneHotEncoder(handle_unknown="ignore")
    return make_column_transformer((numbers, NUMBERS), (words, WORDS))


def filled(*steps):
    return make_pipeline(SimpleImputer(), *steps)


def codes(unknown=-1):
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=unknown)


BINARY = {
    "forest": (columns(), RandomForestClassifier(30, random_state=0)),
    "deep forest of missing": (columns("passthrough", codes()), RandomForestClassifier(9)),
    "extra trees": (columns(), ExtraTreesClassifier(9, random_state=0)),
    "boosting": (columns(), GradientBoostingClassifier(n_estimators=9)),
    "exponential": (columns(), GradientBoostingClassifier(n_estimators=9, loss="exponential")),
    "from zero": (columns(), GradientBoostingClassifier(n_estimators=9, init="zero")),
    "histogram": (columns("passthrough", codes()), HistGradientBoostingClassifier(max_iter=20)),
    "logistic": (columns(), LogisticRegression()),
    "rare": (
        columns(
            words=make_pipeline(
                SimpleImputer(strategy="most_frequent"),
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.1),
            )
        ),
        LogisticRegression(),
    ),
    "dropped": (columns(words=OneHotEncoder(drop="first", max_categories=4)), LinearSVC()),
    "targets": (columns(words=TargetEncoder()), LogisticRegression()),
    "bins": (columns(filled(KBinsDiscretizer(5))), LinearSVC()),
    "chosen": (
        columns(words=OneHotEncoder(handle_unknown="ignore", sparse_output=False)),
        VarianceThreshold(),
        SelectKBest(k=5),
        RandomForestClassifier(9, random_state=0),
    ),
    "sparse": (columns(), MaxAbsScaler(), LogisticRegression()),
    "components": (columns(filled(StandardScaler(), PCA(2))), LogisticRegression()),
    "union": (
        columns(filled(make_union(StandardScaler(), KBinsDiscretizer(3), "passthrough"))),
        LogisticRegression(),
    ),
    "search": (
        columns(),
        GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [2, 9]}),
    ),
    "dummy": (columns(), DummyClassifier()),
}
THREE = {
    "forest": (columns(), RandomForestClassifier(9, random_state=0)),
    "tree": (columns("passthrough", codes()), DecisionTreeClassifier(random_state=0)),
    "boosting": (columns(), GradientBoostingClassifier(n_estimators=5)),
    "categories": (
        columns("passthrough", codes(np.nan)),
        HistGradientBoostingClassifier(categorical_features=[3, 4], max_iter=20),
    ),
    "softmax": (columns(words=TargetEncoder()), LogisticRegression()),
    "ridge": (columns(filled(KBinsDiscretizer(4, encode="ordinal"))), RidgeClassifier()),
    "whitened": (columns(filled(StandardScaler(), PCA(2, whiten=True))), LinearSVC()),
}
NUMBER = {
    "forest": (columns(), RandomForestRegressor(9, random_state=0)),
    "extra trees": (columns(), ExtraTreesRegressor(9, random_state=0)),
    "tree": (columns(), DecisionTreeRegressor(random_state=0)),
    "boosting": (columns(), GradientBoostingRegressor(n_estimators=9, loss="huber")),
    "histogram": (
        columns("passthrough", codes()),
        HistGradientBoostingRegressor(loss="poisson", max_iter=20),
    ),
    "linear": (
        columns(filled(RobustScaler(), PolynomialFeatures(3, include_bias=False))),
        LinearRegression(),
    ),
    "interactions": (
        columns(filled(StandardScaler(), PolynomialFeatures((2, 3), interaction_only=True))),
        Lasso(),
    ),
    "marks": (
        columns(make_pipeline(SimpleImputer(add_indicator=True), MinMaxScaler(clip=True))),
        Ridge(),
    ),
    "machine": (columns(), LinearSVR()),
    "dummy": (columns(), DummyRegressor()),
}
CASES = [
    pytest.param(target, steps, id=f"{target}-{name}")
    for target, cases in (("two", BINARY), ("three", THREE), ("number", NUMBER))
    for name, steps in cases.items()
]


@pytest.fixture(scope="module")
def targets(flights):
    X, y = flights
    return {
        "two": y,
        "three": pd.cut(X["distance"].rank(), 3, labels=["c", "a", "b"]).astype(str),
        "number": (X["temp"].fillna(0) + X["distance"] / 100).clip(lower=0),
    }


def compiled(pipeline, X):
    """Return the plan, its schema, and a reason if there is no plan."""
    schema = learn(pipeline, X)
    made = compile_plan(pipeline, schema)
    return (None, schema, made) if isinstance(made, str) else (Plan(made), schema, "")


@pytest.mark.parametrize(("target", "steps"), CASES)
def test_a_plan_predicts_what_the_pipeline_does(flights, targets, target, steps):
    X = flights[0]
    pipeline = make_pipeline(*steps).fit(X, targets[target])
    plan, schema, reason = compiled(pipeline, X)
    assert not reason
    assert difference(plan, pipeline, X, schema) == ""
    rows = check(X.iloc[:50], schema, QUIET)
    single_rows = [Row(values) for values in zip(*rows.table().columns, strict=True)]
    for method in METHODS:
        assert hasattr(pipeline, method) == (method in plan.methods)
        if method in plan.methods:
            single = [getattr(plan, method)(row)[0] for row in single_rows]
            expected = getattr(pipeline, method)(rows.frame())
            # a product of matrices may be rounded otherwise, row by row
            assert agree(expected, np.array(single), exact=plan.exact)


@pytest.mark.parametrize("kind", [int, float, bool, str, object])
def test_labels_keep_their_dtype(flights, kind):
    X, y = flights
    labels = np.where(y, "late", "fine").astype(object) if kind in {str, object} else y
    labels = np.asarray(labels, dtype="U9" if kind is str else kind)
    pipeline = make_pipeline(columns(), LogisticRegression()).fit(X, labels)
    plan, schema, _ = compiled(pipeline, X)
    expected, found = pipeline.predict(X), plan.predict(check(X, schema, QUIET).table())
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype


def test_single_precision_among_double_is_rounded_as_in_training(flights):
    X, y = flights
    X = X.astype({"temp": "float32"})
    pipeline = make_pipeline(columns(), RandomForestClassifier(9, random_state=0)).fit(X, y)
    plan, schema, _ = compiled(pipeline, X)
    assert difference(plan, pipeline, X, schema) == ""
    rows = X.iloc[:20].assign(temp=0.1)
    given = [
        Row(values) for values in zip(*check(rows, schema, QUIET).table().columns, strict=True)
    ]
    found = np.concatenate([plan.predict_proba(row) for row in given])
    np.testing.assert_array_equal(found, pipeline.predict_proba(rows.astype({"temp": "float32"})))


def test_what_computes_in_single_precision_alone_has_no_plan_but_for_trees(flights):
    X, y = flights
    X = X[NUMBERS].astype("float32")
    scaled = make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0)).fit(X, y)
    assert compiled(scaled, X)[2] == "it computes in single precision"
    pipeline = make_pipeline(RandomForestClassifier(3, random_state=0)).fit(X, y)
    plan, schema, _ = compiled(pipeline, X)
    assert difference(plan, pipeline, X, schema) == ""


def test_categories_of_a_dtype_go_to_histogram_boosting_as_they_are(flights):
    X, y = flights
    X = X[[*NUMBERS, *WORDS]].astype(dict.fromkeys(WORDS, "category"))
    pipeline = make_pipeline(
        HistGradientBoostingClassifier(max_iter=20, categorical_features="from_dtype")
    ).fit(X, y)
    plan, schema, _ = compiled(pipeline, X)
    assert difference(plan, pipeline, X, schema) == ""


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((columns(), KNeighborsClassifier()), "KNeighborsClassifier is not covered"),
        ((columns(FunctionTransformer(np.log1p)), LogisticRegression()), "FunctionTransformer"),
        ((columns(), DummyClassifier(strategy="stratified")), "draws at random"),
        (
            (columns(), GradientBoostingClassifier(n_estimators=2, init=LogisticRegression())),
            "starts from LogisticRegression",
        ),
        ((columns(), SGDClassifier()), "SGDClassifier is not covered"),
    ],
)
def test_what_is_not_covered_has_no_plan_and_a_reason(flights, steps, reason):
    X, y = flights
    X = X.fillna(dict.fromkeys(NUMBERS, 0))
    assert reason in compiled(make_pipeline(*steps).fit(X, y), X)[2]


def check_array(X):
    return np.floor(X)


WHOLE = partial(validation.check_array, dtype=int)


@pytest.mark.parametrize(
    ("values", "steps", "reason"),
    [
        ([1, 2, 3], (SimpleImputer(missing_values=-1), codes()), "is not missing"),
        ([1.0, 2.0, 3.0], (FunctionTransformer(check_array),), "FunctionTransformer"),
        ([1.0, 2.0, 3.0], (FunctionTransformer(WHOLE),), "FunctionTransformer"),
        ([2**60, 2**60 + 2**37, 5], (), "beyond 2"),
    ],
)
def test_what_rows_of_training_would_not_show_has_no_plan(values, steps, reason):
    """A value that only an imputer knows, a function of a known name, numbers rounded twice."""
    X = pd.DataFrame({"x": values * 9})
    pipeline = make_pipeline(*steps, DecisionTreeClassifier()).fit(X, X["x"] == values[0])
    assert reason in compiled(pipeline, X)[2]


def test_weights_of_nothing_are_weights():
    X = pd.DataFrame({"a": range(50), "b": range(50)})
    parts = [("a", StandardScaler()), ("b", StandardScaler())]
    union = FeatureUnion(parts, transformer_weights={"a": 0})
    pipeline = make_pipeline(union, DecisionTreeClassifier()).fit(X, X["a"] > 25)
    assert "has weights" in compiled(pipeline, X)[2]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "Int8", "int16", "int64"])
def test_categories_of_small_numbers_have_a_plan(dtype):
    """The value that training never had is one that the column can hold."""
    X = pd.DataFrame({"x": pd.array([1, 2, 127] * 9, dtype=dtype)})
    encoder = OneHotEncoder(handle_unknown="ignore")
    pipeline = make_pipeline(encoder, LogisticRegression()).fit(X, X["x"] == 2)
    plan, schema, _ = compiled(pipeline, X)
    assert difference(plan, pipeline, X, schema) == ""


def test_a_difference_is_found(flights, targets):
    """Of a leaf, a threshold, a weight, a mean, a category: no change of a plan passes."""
    X = flights[0]
    for name, changes in {
        "forest": ["value", "threshold", "fill", "subtract", "feature"],
        "logistic": ["weights", "intercept", "divide", "keys1", "entries0"],
    }.items():
        pipeline = make_pipeline(*BINARY[name]).fit(X, targets["two"])
        schema = learn(pipeline, X)
        made = compile_plan(pipeline, schema)
        for key in [key for key in made if key.split(".")[-1] in changes]:
            wrong = made[key][::-1] if made[key].dtype.kind == "U" else made[key] + 1
            if made[key].dtype.kind in "iu":
                wrong %= 2
            assert difference(Plan(made | {key: wrong}), pipeline, X, schema), key


def test_a_plan_needs_neither_scikit_learn_nor_pandas_nor_scipy():
    code = (
        "import sys, nbpipe.bundle.plan.program; "
        "print(sorted({'sklearn', 'scipy', 'pandas', 'joblib'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def forest(flights, tmp_path_factory):
    """Return the arrays of a small plan, a table of rows, and a file of the plan."""
    X, y = flights
    pipeline = make_pipeline(
        columns("passthrough", codes()), HistGradientBoostingClassifier(max_iter=3)
    ).fit(X, y)
    schema = learn(pipeline, X)
    made = compile_plan(pipeline, schema)
    path = tmp_path_factory.mktemp("plan") / "plan.npz"
    arrays.write(path, made)
    return made, check(X.iloc[:40], schema, QUIET).table(), path


def test_a_plan_on_disk_is_the_same_plan(forest):
    made, rows, path = forest
    again = arrays.read(path)
    assert again.keys() == made.keys()
    for name, array in made.items():
        np.testing.assert_array_equal(again[name], array)
        assert again[name].dtype == array.dtype
    np.testing.assert_array_equal(Plan(again).predict(rows), Plan(made).predict(rows))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_crafted_plan_is_refused_or_harmless(forest, data):
    """Whatever number stands in whatever array: no index leaves its array, no walk is endless."""
    made, rows, _ = forest
    name = data.draw(st.sampled_from(sorted(made)))
    changed = made[name].copy()
    if changed.size and changed.dtype.kind in "iu" and data.draw(st.booleans()):
        info = np.iinfo(changed.dtype)
        place = data.draw(st.integers(0, changed.size - 1))
        changed.flat[place] = data.draw(st.integers(info.min, info.max) | st.integers(0, 50))
    elif changed.ndim:
        changed = changed[: data.draw(st.integers(0, len(changed)))]
    else:
        changed = np.zeros(3, changed.dtype)
    try:
        plan = Plan(made | {name: changed})
    except IntegrityError:
        return
    try:
        assert len(plan.predict(rows)) == len(rows)
    except ValueError as error:
        known = ("Found a category", "Input X contains", "could not convert string")
        assert str(error).startswith(known)  # noqa: PT017


@pytest.fixture(scope="module")
def deep(flights):
    """Return the arrays of a forest whose trees have many tests, and many rows."""
    X = flights[0][["distance", "temp"]]
    noise = np.random.default_rng(0).integers(0, 2, len(X))
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(2, random_state=0))
    made = compile_plan(pipeline.fit(X, noise), schema := learn(pipeline, X))
    return made, check(X, schema, QUIET).table()


def test_tests_in_a_circle_are_refused(deep):
    made = deep[0]
    key = next(key for key in made if key.endswith(".children"))
    inner = np.flatnonzero(made[key].ravel() >= 0)
    for value in (0, int(made[key].ravel()[inner[0]]), made[key].min() - 1, 10**9):
        changed = made[key].copy()
        changed.flat[inner[-1]] = value
        with pytest.raises(IntegrityError, match="children"):
            Plan(made | {key: changed})
    changed = made[key].copy()
    side = np.flatnonzero(changed[0] >= 0)[0]
    child = changed[0, side]
    below = np.flatnonzero(changed[child] >= 0)[0]
    # each test hangs on one, but the child on itself
    changed[0, side], changed[child, below] = changed[child, below], child
    with pytest.raises(IntegrityError, match="children"):
        Plan(made | {key: changed})


def test_more_columns_than_any_step_has_are_refused(forest):
    made = forest[0]
    key = next(key for key in made if key.endswith(".base"))
    with pytest.raises(IntegrityError, match="width"):
        Plan(made | {key: np.zeros(2**20)})


def test_any_number_of_rows_is_summed_up_in_the_order_of_the_trees(flights):
    """One row, or one beyond a block of them: numpy adds in pairs what stands in one line."""
    X = flights[0][NUMBERS]
    y = X["temp"].fillna(0) * np.pi
    trees = RandomForestRegressor(40, max_depth=12, random_state=0)
    pipeline = make_pipeline(SimpleImputer(), trees).fit(X, y)
    plan, schema, _ = compiled(pipeline, X)
    leaves = plan._steps[-1][0].leaves
    X = X.iloc[np.arange(2 * leaves.rows + 1) % len(X)].reset_index(drop=True)
    expected = pipeline.predict(X)
    for count in (1, 2, 3, leaves.rows + 1, len(X)):
        found = plan.predict(check(X.iloc[:count], schema, QUIET).table())
        np.testing.assert_array_equal(found, expected[:count])


def test_a_tree_too_large_for_a_word_has_no_plan(flights, monkeypatch):
    X, y = flights
    pipeline = make_pipeline(*BINARY["forest"]).fit(X, y)
    monkeypatch.setattr(walk, "_BITS", 12)
    assert "tests of" in compiled(pipeline, X)[2]


def test_trees_too_many_for_one_table_of_words_take_several(deep):
    made, rows = deep
    plan, narrow = Plan(made), Plan(made)
    narrow._steps[-1][0].leaves.together = 1
    np.testing.assert_array_equal(narrow.predict_proba(rows), plan.predict_proba(rows))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_crafted_trees_are_refused_or_harmless_for_one_row_and_many(deep, data):
    """Tests that are shared, or that stand in a circle, end no process and no walk."""
    made, rows = deep
    name = data.draw(
        st.sampled_from(sorted(key for key, each in made.items() if key[0] == "2" and each.size))
    )
    changed = made[name].copy()
    for _ in range(data.draw(st.integers(1, 30))):
        place = data.draw(st.integers(0, changed.size - 1))
        changed.flat[place] = changed.flat[data.draw(st.integers(0, changed.size - 1))]
    try:
        plan = Plan(made | {name: changed})
        assert len(plan.predict(rows)) == len(rows)
    except IntegrityError:
        return
    assert len(plan.predict(rows.part(0, 5))) == 5


@pytest.mark.parametrize("attack", ["pickle", "compressed", "huge", "short", "text"])
def test_a_file_of_anything_but_plain_arrays_is_refused(forest, tmp_path, attack):
    path = tmp_path / "plan.npz"
    if attack == "pickle":
        np.savez(path, kinds=np.array([print], dtype=object))
    elif attack == "compressed":
        np.savez_compressed(path, **forest[0])
    elif attack == "text":
        path.write_text("no archive")
    else:
        content = io.BytesIO()
        header = {
            "descr": "<f8",
            "fortran_order": False,
            "shape": (10**10 if attack == "huge" else 5,),
        }
        np.lib.format.write_array_header_1_0(content, header)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.npy", content.getvalue() + bytes(32))
    with pytest.raises(IntegrityError):
        arrays.read(path)


KINDS = st.sampled_from(["float64", "float32", "int64", "int8", "bool", "Int64", "str", "category"])
FOR_NUMBERS = st.sampled_from(
    [
        (),
        (StandardScaler(),),
        (MinMaxScaler(clip=True), PolynomialFeatures(2)),
        (RobustScaler(), MaxAbsScaler()),
        (KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"),),
    ]
)
FOR_WORDS = st.sampled_from(
    [
        OneHotEncoder(handle_unknown="ignore"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=2, drop="if_binary"),
        codes(),
        TargetEncoder(cv=2),
    ]
)
MODELS = st.sampled_from(
    [
        RandomForestClassifier(3, random_state=0),
        ExtraTreesClassifier(3, random_state=0),
        HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2),
        GradientBoostingClassifier(n_estimators=3),
        LogisticRegression(),
        DecisionTreeClassifier(),
    ]
)


@st.composite
def frames(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    n = draw(st.integers(20, 60))
    X = pd.DataFrame(index=range(n))
    for number, kind in enumerate(draw(st.lists(KINDS, min_size=1, max_size=5))):
        if kind in {"str", "category"}:
            words = rng.choice(["a", "b ", "", "déjà", "x" * 30], n).astype(object)
            values = pd.Series(words)
        else:
            values = pd.Series(rng.normal(0, 30, n).round(draw(st.integers(0, 3))))
        if draw(st.booleans()) and kind not in {"int64", "int8", "bool"}:
            values[rng.random(n) < 0.2] = None
        whole = values.round() if kind in {"int64", "int8", "Int64"} else values
        X[f"{kind}_{number}"] = (whole > 0 if kind == "bool" else whole).astype(
            "object" if kind == "str" else kind
        )
    classes = draw(st.integers(2, 3))
    return X, rng.permutation(np.arange(n) % classes)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=frames(), numbers=FOR_NUMBERS, words=FOR_WORDS, model=MODELS, data=st.data())
def test_any_plan_equals_its_pipeline(frame, numbers, words, model, data):
    X, y = frame
    text = [name for name in X if name.startswith(("str", "category"))]
    rest = [name for name in X if name not in text]
    routes = [(make_pipeline(SimpleImputer(), *numbers), rest)] if rest else []
    fill = SimpleImputer(strategy="most_frequent")
    routes += [(make_pipeline(fill, words) if data.draw(st.booleans()) else words, text)]
    first = make_column_transformer(*routes, sparse_threshold=0)
    try:
        pipeline = make_pipeline(first, model).fit(X, y)
        schema = learn(pipeline, X)
    except ValueError:  # not every mixture can be fitted
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = compile_plan(pipeline, schema)
        if made == "it computes in single precision":
            return
        assert not isinstance(made, str), made
        plan = Plan(made)
        told = difference(plan, pipeline, X, schema)
        assert "refuse" in told or not told, told
        np.testing.assert_array_equal(
            plan.predict(check(X, schema, QUIET).table()),
            pipeline.predict(to_frame(X, schema, QUIET)),
        )
