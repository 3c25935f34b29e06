"""What two versions differ in, as their manifests tell."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import nbpipe
from nbpipe.bundle.differences import SECTIONS, Differences, compare
from nbpipe.errors import BundleNotFoundError, UsageError


def fitted(X, y, model, numbers):
    columns = make_column_transformer(
        (SimpleImputer(), numbers), (OneHotEncoder(handle_unknown="ignore"), ["carrier"])
    )
    return make_pipeline(columns, model).fit(X, y)


@pytest.fixture(scope="module")
def late(flights, tmp_path_factory):
    X, y = flights
    folder = tmp_path_factory.mktemp("models") / "late"
    first = fitted(X, y, LogisticRegression(C=1.5, solver="liblinear"), ["distance", "temp"])
    report = {"main_metric": "f1", "metrics": {"f1": {"test_mean": 0.5, "test_std": 0.1}}}
    report |= {"verdict": {"status": "usual"}, "folds": [1], "seconds": {"total": 1.0}}
    nbpipe.export(first, folder, X=X, y=y, report=report)
    few = X[X.carrier != "HA"].assign(distance=lambda X: X.distance / 2)
    forest = RandomForestClassifier(3, max_depth=2, random_state=0)
    second = fitted(few, y[few.index], forest, ["distance", "wind_gust"])
    report = {"main_metric": "f1", "metrics": {"f1": {"test_mean": 0.75, "test_std": 0.2}}}
    report |= {"verdict": {"status": "overfitting"}, "folds": [2], "seconds": {"total": 2.0}}
    nbpipe.export(second, folder, X=few, y=y[few.index], report=report)
    return folder


@pytest.fixture(scope="module")
def found(late):
    return {(c.section, c.what): c for c in nbpipe.diff(late, "1.0.0", "1.1.0").changes}


def test_metrics_tell_by_how_much_they_grew_and_not_how_long_they_took(found):
    f1 = found["metrics", "f1 test_mean"]
    assert (f1.before, f1.after, f1.delta) == ("0.5", "0.75", 0.25)
    assert found["metrics", "verdict"].after == "overfitting"
    metrics = {what for section, what in found if section == "metrics"}
    assert metrics == {"f1 test_mean", "verdict"}


def test_parameters_are_named_as_scikit_learn_names_them(found, late):
    assert found["parameters", "logisticregression"].cells[2:] == ("LogisticRegression", "-", "")
    assert found["parameters", "logisticregression__C"].before == "1.5"
    assert found["parameters", "randomforestclassifier__max_depth"].after == "2"
    columns = found["parameters", "columntransformer__simpleimputer columns"]
    assert columns.after == "['distance', 'wind_gust']"
    known = nbpipe.load(late, "1.1.0").pipeline.get_params()
    for change in found.values():
        if change.section == "parameters" and change.after and " " not in change.what:
            assert change.what in known


def test_the_schema_tells_columns_ranges_and_categories(found):
    assert found["schema", "temp"].cells[2:] == ("number", "-", "")
    assert found["schema", "wind_gust"].cells[2:] == ("-", "number", "")
    assert found["schema", "distance maximum"].delta == 2481.5 - 4983
    gone = found["schema", "carrier categories"]
    assert gone.before.startswith("HA and ")
    assert gone.after == gone.before.replace("HA and", "the")


def test_data_and_environment(found, late):
    assert found["data", "training rows"].delta < 0
    assert not [section for section, _ in found if section == "environment"]
    second = nbpipe.models(late)[1]
    made = second.manifest.environment
    older = dataclasses.replace(made, packages={**made.packages, "numpy": "1.26.0"})
    other = dataclasses.replace(
        second, manifest=dataclasses.replace(second.manifest, environment=older)
    )
    changes = compare(second, other).changes
    assert [(c.section, c.what, c.after) for c in changes] == [("environment", "numpy", "1.26.0")]


def test_a_version_does_not_differ_from_itself_by_whatever_name(late):
    nbpipe.promote(late, "1.1.0", "production")
    for second in ("1.1", "latest", "production"):
        same = nbpipe.diff(str(late), "1.1.0", second)
        assert same.changes == ()
        assert repr(same) == "late 1.1.0 and late 1.1.0: no differences."


def test_it_reads_as_text_html_and_plain_data(late):
    told = nbpipe.diff(late, "1.0.0", "1.1.0")
    head, columns, *rows = repr(told).splitlines()
    assert head.startswith(f"late 1.0.0 and late 1.1.0: {len(told.changes)} differences; the same:")
    assert columns.split() == ["section", "what", "late", "1.0.0", "late", "1.1.0", "change"]
    assert len(rows) == len(told.changes)
    assert "<td" in told._repr_html_()
    assert told.to_dict()["changes"][0]["section"] in SECTIONS
    many = Differences("a", "b", told.changes * 100)
    assert len(many.rows()) == 200
    assert "the first 200 are shown" in many.summary


@pytest.mark.parametrize(
    ("second", "error", "told"),
    [
        ("9", BundleNotFoundError, r"has no version 9"),
        ("prod", BundleNotFoundError, r"has no alias 'prod'"),
        (1.1, UsageError, r"1.1 is no version or alias; give it as text"),
    ],
)
def test_what_is_not_there_is_said(late, second, error, told):
    with pytest.raises(error, match=told):
        nbpipe.diff(late, "1.0.0", second)


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.sampled_from(
            ["x = " + "(" * 5000, "x = " + "-" * 50_000 + "1", "\0", "x = A([('a', B(*c, **d))])"]
        ),
    )
)
def test_any_source_is_compared_without_running_it(late, source):
    first, second = nbpipe.models(late)
    other = dataclasses.replace(second, manifest=dataclasses.replace(first.manifest, source=source))
    repr(compare(first, other))
    assert compare(other, other).changes == ()


def test_equal_looks_are_told_apart(late):
    first = nbpipe.models(late)[0]
    reports = [{"f1": 0.5}, {"f1": 0.5 + 1e-9}]
    pair = [
        dataclasses.replace(first, manifest=dataclasses.replace(first.manifest, report=each))
        for each in reports
    ]
    (change,) = compare(*pair).changes
    assert (change.before, change.after) == ("0.5", "0.500000001")
    assert pd.notna(change.delta)


def test_a_number_that_no_float_holds_grew_by_nothing_that_is_told(late):
    first = nbpipe.models(late)[0]
    pair = [
        dataclasses.replace(first, manifest=dataclasses.replace(first.manifest, report=each))
        for each in ({"f1": 0.5}, {"f1": 10**400})
    ]
    (change,) = compare(*pair).changes
    assert (change.what, change.delta) == ("f1", None)
