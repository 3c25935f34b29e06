"""Reports side by side: differences are paired where the folds are, and only there."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

import nbpipe
from nbpipe.errors import UsageError


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 4)), columns=list("abcd"))
    return X, (X["a"] + rng.normal(size=300) > 0).astype(int)


@pytest.fixture(scope="module")
def reports(table):
    options = {"n_jobs": 1, "probe": False, "cv": KFold(4)}
    return [
        nbpipe.cv(DummyClassifier(strategy="prior"), *table, name="never", **options),
        nbpipe.cv(LogisticRegression(), *table, name="<line>", **options),
    ]


def test_differences_are_those_of_the_same_folds(reports):
    found = nbpipe.compare(*reports, metric="accuracy")
    assert found.paired
    expected = reports[1].test("accuracy") - reports[0].test("accuracy")
    np.testing.assert_array_equal(found.differences(1), expected)
    assert f"better in {(expected > 0).sum()} of 4 folds" in str(found)
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["reports"][1]["differences"] == expected.tolist()


def test_other_folds_are_not_subtracted(reports, table):
    other = nbpipe.cv(LogisticRegression(), *table, n_jobs=1, probe=False, cv=KFold(5))
    found = nbpipe.compare(reports[0], other, metric="accuracy")
    assert not found.paired
    assert "of 4 folds" not in str(found)
    assert "different folds" in str(found)
    assert found.to_dict()["reports"][1]["differences"] is None
    with pytest.raises(UsageError, match="different folds"):
        found.differences(1)


def test_it_shows_itself_as_a_table_and_a_picture_and_escapes_names(reports):
    found = nbpipe.compare(*reports)
    assert "&lt;line&gt;" in found._repr_html_()
    assert "<line>" not in found._repr_html_()
    lines = found.plot().axes[0].get_lines()
    for line, report in zip(lines, reports, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), report.test(found.metric))
    assert len({line.get_marker() for line in lines}) == 2


def test_what_cannot_be_compared_is_told(reports):
    with pytest.raises(UsageError, match="at least two"):
        nbpipe.compare(reports[0])
    with pytest.raises(UsageError, match="no report"):
        nbpipe.compare(reports[0], 3)
    with pytest.raises(UsageError, match="no metric 'f2'"):
        nbpipe.compare(*reports, metric="f2")
