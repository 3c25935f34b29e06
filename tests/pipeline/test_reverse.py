"""From a pipeline back to the spec that builds it."""

import pytest
from hypothesis import given, settings
from pipeline.strategies import NAMESPACE, alike, specs
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.reverse import to_spec


def text_of(pipeline):
    """Turn a pipeline back into the text of a cell."""
    return format_spec(to_spec(pipeline))


@given(specs())
@settings(deadline=None, max_examples=50)
def test_a_pipeline_comes_back_from_its_spec(spec):
    built = nbpipe.build(spec, NAMESPACE)
    again = nbpipe.build(to_spec(built), NAMESPACE)
    assert alike(built, again)
    assert to_spec(again) == to_spec(built)


@pytest.mark.parametrize(
    "text",
    [
        (
            'num = ["distance", "temp"] >> SimpleImputer(strategy="median") >> StandardScaler()\n'
            'cat = ["carrier"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)\n'
            "model = RandomForestClassifier(max_depth=6, random_state=42)\n"
        ),
        "scaler = StandardScaler()\nclassifier = RandomForestClassifier(n_jobs=-1)\n",
        "numeric >> StandardScaler()\ncategorical >> OneHotEncoder()\nrest >> passthrough\n",
        '"said" >> CountVectorizer()\nslice(1, 3, None) >> drop\nPCA()\nPCA()\n',
        "passthrough\nscaler = passthrough\nSVC()\n",
    ],
)
def test_the_text_of_a_cell_comes_back_as_it_was(text):
    assert text_of(nbpipe.build(text)) == text


def test_a_column_transformer_that_routes_do_not_say_is_written_as_a_call():
    named = Pipeline([("prep", ColumnTransformer([("a", PCA(), ["x"])])), ("m", MinMaxScaler())])
    assert text_of(named) == 'prep = ColumnTransformer([("a", PCA(), ["x"])])\nm = MinMaxScaler()\n'
    sparse = make_pipeline(ColumnTransformer([("pca", PCA(), ["x"])], sparse_threshold=0))
    assert text_of(sparse) == ('ColumnTransformer([("pca", PCA(), ["x"])], sparse_threshold=0)\n')
    neighbours = make_pipeline(
        ColumnTransformer([("a", PCA(), make_column_selector("^a"))]),
        ColumnTransformer([("b", CountVectorizer(), ["x"])]),
    )
    assert alike(nbpipe.build(to_spec(neighbours)), neighbours)


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        (Pipeline([("my step", PCA())]), "invalid syntax"),
        (Pipeline([("a = PCA()\nb", PCA())]), "cannot say this pipeline"),
        (Pipeline([("class", PCA())]), "cannot say this pipeline"),
        (Pipeline([("a", PCA())], memory="cache"), "settings, such as memory"),
        (Pipeline([("a", FunctionTransformer(lambda X: X))]), r"`pipeline.steps\[0\]\[1\].func`"),
        (Pipeline([("a", LogisticRegression()), ("b", PCA())]), "No step can follow"),
        (LogisticRegression(), "Pipeline is needed"),
        (None, "Pipeline is needed"),
    ],
)
def test_what_a_cell_cannot_say_is_refused_with_the_reason(pipeline, said):
    with pytest.raises(UsageError, match=said):
        to_spec(pipeline)


def test_names_of_other_packages_are_left_to_the_namespace():
    import numpy as np

    pipeline = make_pipeline(FunctionTransformer(np.log1p), StandardScaler())
    text = text_of(pipeline)
    assert text == "FunctionTransformer(func=np.log1p)\nStandardScaler()\n"
    assert alike(nbpipe.build(text, {"np": np}), pipeline)
