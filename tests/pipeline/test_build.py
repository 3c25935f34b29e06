"""From a cell to a scikit-learn pipeline."""

import doctest
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from pipeline.strategies import NAMESPACE, alike, specs
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import nbpipe
from nbpipe.errors import SpecError, UsageError
from nbpipe.pipeline import build, code
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.parse import parse


def columns_step(text, namespace=None):
    """Build a cell of routes, and give its ColumnTransformer."""
    return nbpipe.build(text, namespace).named_steps["columntransformer"]


def test_named_steps_of_a_plain_cell_are_the_pipeline_written_by_hand():
    built = nbpipe.build(
        "scaler = StandardScaler()\n"
        "classifier = RandomForestClassifier(n_estimators=100, random_state=42, n_jobs=-1)"
    )
    forest = RandomForestClassifier(n_estimators=100, random_state=42, n_jobs=-1)
    by_hand = Pipeline([("scaler", StandardScaler()), ("classifier", forest)])
    assert type(built) is Pipeline
    assert alike(built, by_hand)


def test_bare_steps_are_named_as_make_pipeline_does():
    text = "StandardScaler()\nStandardScaler()\nLogisticRegression()"
    by_hand = make_pipeline(StandardScaler(), StandardScaler(), LogisticRegression())
    assert alike(nbpipe.build(text), by_hand)


def test_a_bare_step_keeps_clear_of_a_given_name():
    built = nbpipe.build("standardscaler = MinMaxScaler()\nStandardScaler()")
    assert list(built.named_steps) == ["standardscaler", "standardscaler-1"]


def test_neighbouring_routes_form_one_column_transformer():
    built = nbpipe.build(
        "num = ['a', 'b'] >> SimpleImputer() >> StandardScaler()\n"
        "categorical >> OneHotEncoder()\n"
        "'c' >> drop\n"
        "'d' >> passthrough\n"
        "PCA()\n"
        "[0] >> MinMaxScaler()\n"
    )
    assert list(built.named_steps) == ["columntransformer-1", "pca", "columntransformer-2"]
    first = built.steps[0][1]
    assert [
        (name, columns) for name, _, columns in first.transformers if name != "categorical"
    ] == [
        ("num", ["a", "b"]),
        ("drop", ["c"]),
        ("passthrough", ["d"]),
    ]
    assert list(first.transformers[0][1].named_steps) == ["simpleimputer", "standardscaler"]
    assert first.remainder == "drop"


@pytest.mark.parametrize("line", ["rest >> passthrough", "other = rest >> 'passthrough'"])
def test_the_rest_is_the_remainder(line):
    assert columns_step(f"'a' >> PCA()\n{line}").remainder == "passthrough"


def test_the_rest_alone_takes_every_column():
    built = nbpipe.build("rest >> SimpleImputer() >> StandardScaler()")
    frame = pd.DataFrame({"a": [1.0, 2.0, 6.0], "b": [0.0, np.nan, 3.0]})
    assert built.fit_transform(frame).shape == (3, 2)
    assert list(built.named_steps["columntransformer"].remainder.named_steps) == [
        "simpleimputer",
        "standardscaler",
    ]


MIXED = pd.DataFrame(
    {
        "object": pd.Series(["a", None], dtype=object),
        "text": ["a", "b"],
        "string": pd.Series(["a", None], dtype="string"),
        "category": pd.Series(["a", "b"], dtype="category"),
        "bool": [True, False],
        "boolean": pd.Series([True, None], dtype="boolean"),
        "int": [1, 2],
        "Int64": pd.Series([1, None], dtype="Int64"),
        "float32": np.array([1, 2], dtype="float32"),
        "date": pd.to_datetime(["2013-01-01", "2013-01-02"]),
        "zone": pd.to_datetime(["2013-01-01", "2013-01-02"]).tz_localize("UTC"),
        "duration": pd.to_timedelta([1, 2], unit="h"),
    }
)


def test_selectors_take_every_column_but_times_once_and_warn_of_nothing():
    step = columns_step("numeric >> passthrough\ncategorical >> passthrough")
    with warnings.catch_warnings(action="error"):
        (_, _, numeric), (_, _, categorical) = step.transformers
        assert numeric(MIXED) == ["int", "Int64", "float32"]
        assert categorical(MIXED) == ["object", "text", "string", "category", "bool", "boolean"]


def test_columns_come_from_the_namespace_as_plain_lists():
    index = pd.Index(["a", "b"])
    namespace = {"cols": index, "more": np.array(["c"]), "mask": index == "a", "one": "a"}
    text = "cols >> PCA()\nmore >> PCA()\nmask >> PCA()\none >> PCA()\nlist(cols) + ['z'] >> PCA()"
    found = [columns for _, _, columns in columns_step(text, namespace).transformers]
    assert found == [["a", "b"], ["c"], [True, False], ["a"], ["a", "b", "z"]]
    assert all(type(columns) is list for columns in found)


def test_unnamed_routes_are_called_as_their_columns_or_their_transformer():
    text = "cols >> PCA()\nnumeric >> PCA() >> PCA()\n['a'] >> PCA()\n['b'] >> PCA() >> PCA()"
    names = [name for name, _, _ in columns_step(text, {"cols": ["a"]}).transformers]
    assert names == ["cols", "numeric", "pca", "pipeline"]


def test_the_users_own_columns_win_over_the_words_of_the_language():
    step = columns_step("numeric >> PCA()\nrest >> PCA()", {"numeric": ["a"], "rest": ["b"]})
    assert [columns for _, _, columns in step.transformers] == [["a"], ["b"]]


def test_a_text_vectorizer_gets_its_column_as_text():
    built = nbpipe.build("'said' >> CountVectorizer()")
    frame = pd.DataFrame({"said": ["on time", "late late"]})
    assert built.fit_transform(frame).shape == (2, 3)


def test_names_of_the_namespace_come_first_and_instances_are_cloned():
    mine = StandardScaler(with_mean=False).fit([[1.0], [2.0]])
    namespace = {"scaler": mine, "StandardScaler": lambda: mine, "base": LogisticRegression()}
    built = nbpipe.build("a = scaler\nb = StandardScaler()\nc = BaggingClassifier(base)", namespace)
    for name in "ab":
        assert built.named_steps[name] is not mine
        assert not built.named_steps[name].with_mean
        assert not hasattr(built.named_steps[name], "mean_")
    assert built.named_steps["c"].estimator is not namespace["base"]
    assert set(namespace) == {"scaler", "StandardScaler", "base"}


def test_functions_kernels_and_experimental_estimators_need_no_import():
    built = nbpipe.build(
        "make_column_selector(pattern='^a') >> IterativeImputer(max_iter=3)\n"
        "SelectKBest(f_regression, k=1)\n"
        "GaussianProcessRegressor(2.0 * RBF() + WhiteKernel())"
    )
    assert len(built) == 3


def test_a_constructor_call_makes_any_step():
    built = nbpipe.build(
        "prep = ColumnTransformer([('s', make_pipeline(PCA()), ['a'])])\n"
        "union = FeatureUnion([('p', PCA())])\n"
        "inner = Pipeline([('s', StandardScaler())])\n"
        "passthrough\n"
        "search = GridSearchCV(LogisticRegression(), {'C': [c / 2 for c in range(1, 3)]})\n"
    )
    assert isinstance(built.named_steps["prep"], ColumnTransformer)
    assert built.named_steps["search"].param_grid == {"C": [0.5, 1.0]}


def test_a_sampler_brings_imbalanced_learns_pipeline():
    from imblearn import pipeline
    from imblearn.over_sampling import RandomOverSampler

    built = nbpipe.build(
        "numeric >> StandardScaler()\nRandomOverSampler(random_state=0)\nLogisticRegression()",
        {"RandomOverSampler": RandomOverSampler},
    )
    assert type(built) is pipeline.Pipeline
    frame = pd.DataFrame({"a": np.arange(20.0)})
    assert built.fit(frame, [1] * 4 + [0] * 16).predict(frame).shape == (20,)


@pytest.mark.parametrize("package", ["xgboost.XGBClassifier", "lightgbm.LGBMClassifier"])
def test_estimators_of_other_packages_are_steps(package):
    module, name = package.split(".")
    cls = getattr(pytest.importorskip(module), name)
    built = nbpipe.build(
        f"numeric >> StandardScaler()\nmodel = {name}(n_estimators=3)", {name: cls}
    )
    assert isinstance(built.named_steps["model"], cls)
    assert built.named_steps["model"].get_params()["n_estimators"] == 3
    dotted = nbpipe.build(f"m.{name}(n_estimators=3)", {"m": sys.modules[module]})
    assert alike(dotted.steps[-1][1], built.steps[-1][1])


class Stubborn(TransformerMixin, BaseEstimator):
    """A transformer that scikit-learn cannot clone: it changes its parameter."""

    def __init__(self, names=()):
        self.names = list(names)

    def fit(self, X, y=None):  # noqa: ARG002
        return self

    def transform(self, X):
        return X


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("a = StandrdScaler()", 1, 5, "Did you mean 'StandardScaler'"),
        ("a = my_scalr", 1, 5, "Did you mean 'my_scaler'"),
        ("PCA()\nm = RandomForestClassifier(n_estimator=10)", 2, 28, "mean 'n_estimators'"),
        ("m = BaggingClassifier(SVC(c=1), n_jobs=1)", 1, 27, "`SVC` has no parameter 'c'"),
        ("a = StandardScaler(with_mean='yes')", 1, 20, "'with_mean' parameter"),
        ("a = GridSearchCV(SVC(C=-1), {})", 1, 22, "'C' parameter of SVC"),
        ("a = PCA(1 / 0)", 1, 5, "division by zero"),
        ("a = PCA(n_components=frame.nope)", 1, 5, "AttributeError"),
        ("a = StandardScaler", 1, 5, r"write `StandardScaler\(\)`"),
        ("a = frame", 1, 5, "gives DataFrame, which is no estimator"),
        ("a = f1_score", 1, 5, "which is no estimator"),
        ("a = Pipeline([('a', PCA), ('b', SVC())])", 1, 5, "parts of Pipeline do not fit"),
        ("a = Stubborn()", 1, 5, "cannot clone Stubborn"),
        ("a = SVC()\nb = PCA()", 2, 5, "No step can follow SVC"),
        ("a = TSNE()\n'b' >> PCA()", 2, 1, "No step can follow TSNE"),
        ("'b' >> SVC()", 1, 8, "takes transformers"),
        ("'b' >> PCA() >> SVC()", 1, 17, "takes transformers"),
        ("'b' >> LabelEncoder()", 1, 8, "made for the target"),
        ("a = LabelBinarizer()\nSVC()", 1, 5, "made for the target"),
        ("PCA() >> PCA()", 1, 1, "starts with columns"),
        ("frame >> PCA()", 1, 1, "starts with columns"),
        ("PCA >> PCA()", 1, 1, "starts with columns"),
        ("nothing >> PCA()", 1, 1, "empty"),
        ("['a', 'b', 'a'] >> PCA()", 1, 1, "'a' twice"),
        ("['a', 1] >> PCA()", 1, 1, "not mixed"),
        ("numbers >> PCA()", 1, 1, "Did you mean"),
        ("rest >> PCA()\n'a' >> PCA()\nrest >> drop", 3, 1, "takes the `rest` already"),
        ("memory = PCA()", 1, 10, "parameter of Pipeline"),
        ("n_jobs = 'a' >> PCA()", 1, 10, "parameter of ColumnTransformer"),
    ],
)
def test_what_makes_no_pipeline_is_refused_at_its_place(text, line, column, said):
    namespace = {
        "frame": pd.DataFrame({"a": [1]}),
        "my_scaler": StandardScaler(),
        "nothing": pd.DataFrame({"a": [1]}).select_dtypes("object").columns,
        "Stubborn": Stubborn,
    }
    with pytest.raises(SpecError, match=said) as caught:
        nbpipe.build(text, namespace)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_the_examples_of_the_docstrings_run():
    for module in (build, code):
        found = doctest.testmod(module)
        assert found.attempted
        assert not found.failed


@pytest.mark.parametrize("namespace", [3, ["StandardScaler"], pd])
def test_the_namespace_is_a_mapping(namespace):
    with pytest.raises(UsageError, match="namespace"):
        nbpipe.build("PCA()", namespace)


@given(specs())
@settings(deadline=None, max_examples=50)
def test_a_spec_builds_what_its_text_builds(spec):
    built = nbpipe.build(spec, NAMESPACE)
    assert type(built) is Pipeline
    assert alike(built, nbpipe.build(format_spec(spec), NAMESPACE))
    assert parse(format_spec(spec)) == spec


def test_what_is_built_is_read_where_nbpipe_is_not(tmp_path):
    built = nbpipe.build("numeric >> StandardScaler()\ncategorical >> OneHotEncoder()\nSVC()")
    (tmp_path / "pipeline.pickle").write_bytes(pickle.dumps(built))
    code = (
        "import sys, pickle\n"
        "sys.modules['nbpipe'] = None\n"
        f"print(type(pickle.load(open({str(tmp_path / 'pipeline.pickle')!r}, 'rb'))).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Pipeline"


def test_a_text_vectorizer_takes_one_column_with_brackets_or_without():
    """It reads a column, not a table, which ColumnTransformer tells apart by the brackets."""
    for columns in ('"desc"', '["desc"]'):
        pipeline = nbpipe.build(f"{columns} >> TfidfVectorizer()\nmodel = LogisticRegression()")
        assert pipeline[0].transformers[0][2] == "desc"
    with pytest.raises(SpecError, match="one column of text"):
        nbpipe.build('["desc", "title"] >> TfidfVectorizer()\nmodel = LogisticRegression()')


def test_a_selectors_name_is_not_taken_for_a_step():
    """Somebody wrote `=` where `>>` was meant."""
    with pytest.raises(SpecError, match="selects columns: write `numeric >>"):
        nbpipe.build("numeric = SimpleImputer()\nmodel = LogisticRegression()")
