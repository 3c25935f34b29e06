"""Which rows stand on which side, and what the report says of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit

import nbpipe
from nbpipe.errors import UsageError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))
Y = (X[:, 0] + RNG.normal(size=200) > 0).astype(int)
WHEN = RNG.permutation(200)
LISTED = [(np.arange(100), np.arange(100, 200)), (np.arange(100, 200), np.arange(100))]


@pytest.mark.parametrize("cv", [LISTED, PredefinedSplit(np.repeat([1, 0], 100))], ids=type)
def test_positions_that_the_user_gives_are_those_of_x_whatever_the_time(cv):
    timed = nbpipe.cv(LogisticRegression(), X, Y, cv=cv, time=WHEN, scoring="accuracy")
    plain = nbpipe.cv(LogisticRegression(), X, Y, cv=cv, scoring="accuracy")
    np.testing.assert_array_equal(timed.test(), plain.test())
    assert sorted(min(fold.test) for fold in timed.folds) == [0, 100]
    assert not timed.split.notes


def test_time_and_groups_cannot_both_choose_the_split():
    with pytest.raises(UsageError, match="time= and groups= ask for different splits"):
        nbpipe.cv(LogisticRegression(), X, Y, time=WHEN, groups=np.arange(200) % 20)


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored")
def test_a_splitter_that_tears_groups_apart_is_named_and_one_that_keeps_them_is_not():
    groups = np.arange(200) % 20
    torn = nbpipe.cv(LogisticRegression(), X, Y, cv=KFold(5), time=WHEN, groups=groups)
    assert any(note.startswith("200 of 200 test rows belong") for note in torn.split.notes)
    kept = nbpipe.cv(LogisticRegression(), X, Y, cv=GroupKFold(5), groups=groups)
    assert not kept.split.notes


@pytest.mark.parametrize(
    "when",
    [
        pd.period_range("2000", periods=200, freq="M"),
        pd.timedelta_range("1h", periods=200),
        pd.date_range("2000", periods=200, tz="Europe/Berlin"),
        pd.date_range("2000", periods=200).strftime("%Y-%m-%d"),
        np.arange(200).astype(object),
    ],
    ids=lambda when: str(when.dtype),
)
def test_times_of_every_kind_are_put_in_order(when):
    report = nbpipe.cv(LogisticRegression(), X, Y, time=np.asarray(when)[WHEN], scoring="accuracy")
    np.testing.assert_array_equal(report.split.order, np.argsort(WHEN))
