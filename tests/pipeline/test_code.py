"""From a pipeline to the plain Python that makes it."""

import cmath
import functools
import math

import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import given, settings
from pipeline.strategies import NAMESPACE, alike, specs
from scipy.special import expit
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
)
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils import all_estimators

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.pipeline.layout import WIDTH
from nbpipe.pipeline.parse import parse


def run(text, name="pipeline"):
    """Run Python text in a fresh namespace, and give what it assigns."""
    namespace = {}
    exec(text, namespace)
    return namespace[name]


@given(specs())
@settings(deadline=None, max_examples=50)
def test_running_the_text_gives_an_equal_pipeline(spec):
    built = nbpipe.build(spec, NAMESPACE)
    text = nbpipe.to_python(built)
    again = run(text)
    assert alike(built, again)
    assert nbpipe.to_python(again) == text


def test_the_text_is_what_a_person_would_write():
    built = nbpipe.build(
        "num = ['distance', 'temp'] >> SimpleImputer(strategy='median') >> StandardScaler()\n"
        "cat = ['carrier'] >> OneHotEncoder(handle_unknown='ignore', min_frequency=60)\n"
        "model = RandomForestClassifier(n_estimators=100, random_state=42)"
    )
    assert nbpipe.to_python(built, name="late") == (
        "from sklearn.compose import ColumnTransformer\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.impute import SimpleImputer\n"
        "from sklearn.pipeline import Pipeline\n"
        "from sklearn.preprocessing import OneHotEncoder, StandardScaler\n"
        "\n"
        "late = Pipeline(\n"
        "    [\n"
        "        (\n"
        '            "columntransformer",\n'
        "            ColumnTransformer(\n"
        "                [\n"
        "                    (\n"
        '                        "num",\n'
        "                        Pipeline(\n"
        "                            [\n"
        '                                ("simpleimputer", SimpleImputer(strategy="median")),\n'
        '                                ("standardscaler", StandardScaler()),\n'
        "                            ],\n"
        "                        ),\n"
        '                        ["distance", "temp"],\n'
        "                    ),\n"
        "                    (\n"
        '                        "cat",\n'
        '                        OneHotEncoder(handle_unknown="ignore", min_frequency=60),\n'
        '                        ["carrier"],\n'
        "                    ),\n"
        "                ],\n"
        "            ),\n"
        "        ),\n"
        '        ("model", RandomForestClassifier(random_state=42)),\n'
        "    ],\n"
        ")\n"
    )


def test_a_spec_is_written_as_the_pipeline_that_it_builds():
    text = "numeric >> StandardScaler()\nSVC(C=2)"
    assert nbpipe.to_python(parse(text)) == nbpipe.to_python(nbpipe.build(text))


@pytest.mark.parametrize(
    "value",
    [
        FunctionTransformer(np.log1p, inverse_func=expit, kw_args={"where": [True]}),
        FunctionTransformer(functools.partial(np.clip, a_min=0, a_max=math.inf)),
        FunctionTransformer(str.upper, validate=False),
        FunctionTransformer(math.sqrt),
        OneHotEncoder(categories=[np.array(["a", None], dtype=object), np.array([1.5, np.nan])]),
        OneHotEncoder(categories=[np.array(["a", "bc"]), np.array([], dtype="int32")]),
        OneHotEncoder(dtype=np.dtype("float32"), min_frequency=np.float64(0.5)),
        OneHotEncoder(drop={1, 2}, categories=frozenset(), max_categories=(1,)),
        GaussianProcessRegressor(RBF([1.0, 2.0]) * 2 + WhiteKernel(), alpha=np.zeros((0, 3))),
        TfidfVectorizer(dtype=np.float32, tokenizer=str.split, token_pattern=b"\xff"),
        StandardScaler().set_output(transform="pandas"),
        RandomForestClassifier(class_weight={0: 1, 1: 2.5}, random_state=np.random.RandomState(7)),
        GridSearchCV(StandardScaler(), {"with_mean": [None]}, cv=TimeSeriesSplit(3, gap=2)),
        GridSearchCV(StandardScaler(), {}, cv=ShuffleSplit(test_size=0.3, random_state=0)),
        GridSearchCV(StandardScaler(), {}, cv=RepeatedStratifiedKFold(n_splits=3)),
        GridSearchCV(StandardScaler(), {}, cv=PredefinedSplit([0, 1])),
        GridSearchCV(StandardScaler(), {}, scoring=make_scorer(f1_score, average="macro")),
        ColumnTransformer([("a", "drop", slice(0, 2)), ("b", "passthrough", "b")], n_jobs=2),
        ColumnTransformer([("a", StandardScaler(), make_column_selector("^a"))], remainder="drop"),
        ColumnTransformer([("c", "drop", pd.Index(["a"])), ("d", "drop", pd.Index([1]))]),
        make_pipeline(FeatureUnion([("a", make_pipeline(StandardScaler()))]), memory="cache"),
        Pipeline([("it's", StandardScaler()), ('say "x"', None), ("café", "passthrough")]),
        LogisticRegression(C=np.float32(0.1), tol=1e-300, max_iter=10**30),
        LogisticRegression(C=complex(1, -math.inf), tol=range(1, 9, 2), l1_ratio=...),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_people_put_into_pipelines_elsewhere_is_written_exactly(value):
    again = run(nbpipe.to_python(value))
    assert alike(again, value)
    assert nbpipe.to_python(again) == nbpipe.to_python(value)


@pytest.mark.parametrize("package", ["xgboost.XGBClassifier", "lightgbm.LGBMClassifier"])
def test_models_that_take_any_keyword_are_written_with_those_given(package):
    module, name = package.split(".")
    cls = getattr(pytest.importorskip(module), name)
    text = nbpipe.to_python(cls(n_estimators=7, other=2))
    assert text == f"from {module} import {name}\n\npipeline = {name}(n_estimators=7, other=2)\n"


def test_metadata_routing_is_written():
    with sklearn.config_context(enable_metadata_routing=True):
        text = nbpipe.to_python(StandardScaler().set_fit_request(sample_weight=True))
        assert text.endswith("StandardScaler().set_fit_request(sample_weight=True)\n")
        assert nbpipe.to_python(run(text)) == text


@pytest.mark.filterwarnings("ignore:Class .* is deprecated:FutureWarning")
def test_every_public_estimator_is_written_so_that_it_comes_back():
    missing = []
    for name, cls in all_estimators():
        try:
            value = cls()
        except TypeError:
            continue  # it needs another estimator
        if name != "FrozenEstimator" and not alike(run(nbpipe.to_python(value)), value):
            missing.append(name)
    assert missing == []


def test_names_that_two_modules_share_stay_apart():
    value = make_pipeline(FunctionTransformer(math.sqrt), FunctionTransformer(cmath.sqrt))
    again = run(nbpipe.to_python(value))
    assert [step.func for _, step in again.steps] == [math.sqrt, cmath.sqrt]


def test_fitted_pipelines_are_written_unfitted():
    value = make_pipeline(StandardScaler())
    text = nbpipe.to_python(value)
    assert nbpipe.to_python(value.fit([[1.0], [2.0]])) == text


def _drawn():
    state = np.random.RandomState(0)
    state.rand()
    return state


@pytest.mark.parametrize(
    ("func", "why"),
    [
        (lambda X: X, "imported from no module"),
        (_drawn(), "has given numbers already"),
        (np.random.default_rng(0), "no arguments"),
        (np.array(["2013-01-01"], dtype="datetime64[D]"), "do not carry exactly"),
        ([StandardScaler().fit], "imported from no module"),
        (FrozenEstimator(StandardScaler()), "learned"),
        (object(), "imported from no module|no arguments"),
    ],
)
def test_what_cannot_be_written_is_named_by_its_path(func, why):
    value = Pipeline([("a", StandardScaler()), ("b", FunctionTransformer(func))])
    with pytest.raises(UsageError, match=why) as caught:
        nbpipe.to_python(value, name="late")
    assert "`late.steps[1][1].func" in str(caught.value)


@pytest.mark.parametrize("value", [None, 3, StandardScaler, [StandardScaler()], pd.DataFrame()])
def test_only_estimators_are_written(value):
    with pytest.raises(UsageError, match="pipeline is needed"):
        nbpipe.to_python(value)


@pytest.mark.parametrize("name", ["", "a b", "class", "1a", None, "a\nimport os"])
def test_the_name_is_one_of_python(name):
    with pytest.raises(UsageError, match="cannot name a variable"):
        nbpipe.to_python(StandardScaler(), name=name)


def test_lines_stay_short():
    columns = [f"column_{number}" for number in range(60)]
    built = nbpipe.build(
        "columns >> SimpleImputer(strategy='constant', fill_value=0) >> StandardScaler()\n"
        "GridSearchCV(HistGradientBoostingClassifier(max_leaf_nodes=6, learning_rate=0.05),"
        " {'max_iter': [20, 40, 60, 80, 100], 'l2_regularization': [0.0, 0.25, 0.5, 1.0]})",
        {"columns": columns},
    )
    assert max(map(len, nbpipe.to_python(built).splitlines())) <= WIDTH
