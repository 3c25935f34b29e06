"""Verdicts on real fits: each range is named, leaks are seen, healthy models are left in peace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.compose import make_column_transformer
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_iris,
    load_wine,
    make_classification,
)
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, LeaveOneOut, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.evaluation.findings import gap_finding
from nbpipe.evaluation.thresholds import Thresholds

DATA = Path(__file__).parents[2] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS = ["distance", "temp", "wind_speed", "wind_gust", "precip", "visib", "recent_delay", "hour"]
LINEAR = LogisticRegression(class_weight="balanced", max_iter=1000)


@pytest.fixture(scope="module")
def flights():
    data = pd.read_csv(DATA)
    return data.assign(hour=data.sched_dep.str[11:13].astype(int))


def pipeline(model, *extra):
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), [*NUMBERS, *extra]),
            (OneHotEncoder(handle_unknown="ignore", min_frequency=60), ["carrier", "origin"]),
        ),
        model,
    )


def known_before(flights):
    return flights.drop(columns=["late", "dep_delay", "air_time", "arr_delay"])


def statuses(report):
    return {report.verdict.status, *(each.status for each in report.verdict.others)}


def said(report):
    return " ".join([report.verdict.reason, *(each.reason for each in report.verdict.others)])


def test_an_honest_linear_model_of_the_flights_is_fine(flights):
    report = nbpipe.cv(pipeline(LINEAR), known_before(flights), flights.late, time="sched_dep")
    assert report.verdict.status == "small"
    assert report.verdict.ok
    assert statuses(report) == {"small"}


def test_a_default_forest_of_the_flights_overfits_and_flags_less_than_flagging_all(flights):
    forest = RandomForestClassifier(50, random_state=42)
    report = nbpipe.cv(pipeline(forest), known_before(flights), flights.late, time="sched_dep")
    assert report.verdict.gap_range == "overfitting"
    assert {"overfitting", "no better than the baseline"} <= statuses(report)
    assert report.baselines["f1"].strategy == "always 1"
    assert "in 5 of 5 folds" in said(report)


@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_logistic_regression_is_never_called_suspicious(seed):
    X, y = make_classification(20_000, 20, n_informative=8, flip_y=0.1, random_state=seed)
    report = nbpipe.cv(make_pipeline(StandardScaler(), LogisticRegression()), X, y)
    assert abs(report.gap()) < 0.01
    assert report.verdict.status == "small"


def test_strong_honest_features_are_not_accused():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    assert roc_auc_score(1 - y, X["worst perimeter"]) > 0.97
    report = nbpipe.cv(make_pipeline(StandardScaler(), LogisticRegression()), X, y)
    assert report.verdict.ok


def test_several_classes_are_told_apart_pair_by_pair():
    X, y = load_iris(return_X_y=True, as_frame=True)
    honest = nbpipe.cv(LogisticRegression(), X, y)
    assert honest.verdict.ok
    assert honest.probe.columns[0].strength < 0.99
    assert nbpipe.cv(make_pipeline(StandardScaler(), SVC()), X, y).verdict.ok
    noise = np.random.default_rng(0).normal(size=len(y)) / 10
    copied = nbpipe.cv(LogisticRegression(), X.assign(kind=y * 2.0 + noise), y)
    assert copied.verdict.status == "suspicious"
    assert "kind alone gives the target away: sorting the rows by it alone" in said(copied)


def test_rows_copied_before_the_split_are_counted(flights):
    late = flights[flights.late == 1]
    more = late.sample(len(flights) - 2 * len(late), replace=True, random_state=42)
    data = pd.concat([flights, more])
    X = known_before(data)
    folds = KFold(5, shuffle=True, random_state=42)
    report = nbpipe.cv(pipeline(DecisionTreeClassifier(random_state=0)), X, data.late, cv=folds)
    assert report.verdict.status == "suspicious"
    by_hand = []
    for train, test in folds.split(X):
        seen = set(map(tuple, X.iloc[train].astype(str).to_numpy()))
        by_hand += [tuple(row) in seen for row in X.iloc[test].astype(str).to_numpy()]
    assert report.probe.shared == pytest.approx(np.mean(by_hand), abs=1e-12)
    assert f"{np.mean(by_hand):.0%} of the test rows also stand in train" in said(report)


def test_a_column_computed_from_the_answers_is_named(flights):
    day = flights.sched_dep.str[:10]
    X = known_before(flights).assign(
        plane=flights.groupby("tailnum").late.transform("mean"),
        day=flights.groupby(day).late.transform("mean"),
        earlier=flights.late.groupby(flights.carrier).transform(
            lambda late: late.shift().expanding().mean()
        ),
    )
    report = nbpipe.cv(
        pipeline(LINEAR, "plane", "day", "earlier"), X, flights.late, time="sched_dep"
    )
    assert report.verdict.status == "suspicious"
    assert {each.name for each in report.probe.columns if each.is_target_mean} == {"plane", "day"}


def test_a_column_known_only_afterwards_stands_out(flights):
    X = known_before(flights).assign(dep_delay=flights.dep_delay)
    report = nbpipe.cv(pipeline(LINEAR, "dep_delay"), X, flights.late, time="sched_dep")
    assert report.verdict.status == "watch"
    by_hand = roc_auc_score(flights.late, flights.dep_delay)
    assert "dep_delay tells much of the target" in report.verdict.reason
    assert f"in the right order {by_hand:.1%} of the time" in report.verdict.reason
    assert report.probe.columns[0].strength == pytest.approx(by_hand, abs=1e-12)


def test_a_copied_target_is_suspicious(flights):
    X = known_before(flights).assign(arr_delay=flights.arr_delay)
    report = nbpipe.cv(pipeline(LINEAR, "arr_delay"), X, flights.late, time="sched_dep")
    assert report.verdict.status == "suspicious"
    assert "arr_delay alone gives the target away: " in report.verdict.reason
    assert "100.0% of the time (rank AUC 1.000, threshold 0.99)" in report.verdict.reason


@pytest.mark.parametrize(
    "renamed",
    [
        lambda y: y,
        lambda y: 1.0 - y,
        lambda y: y.map({0: "on time", 1: "late"}),
        lambda y: y.where(y == 1),
        lambda y: y.astype(bool),
    ],
)
def test_a_target_left_among_the_columns_is_named_first(flights, renamed):
    X = flights[["hour", "temp", "arr_delay"]].fillna(0).assign(was_late=renamed(flights.late))
    X = pd.concat([X, X])  # so that shared rows are another sign
    y = pd.concat([flights.late, flights.late])
    report = nbpipe.cv(DummyClassifier(), X, y)
    assert report.verdict.reason.startswith("X contains the target: was_late")
    assert "arr_delay alone gives the target away" in said(report)
    assert "also stand in train" in said(report)


def test_a_numeric_or_named_target_among_the_columns_is_named():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    assert "X contains the target: answer" in said(nbpipe.cv(Ridge(), X.assign(answer=y), y))
    X, y = load_iris(return_X_y=True, as_frame=True)
    kind = y.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    copied = nbpipe.cv(DummyClassifier(), X.assign(kind=kind), y)
    assert copied.verdict.reason.startswith("X contains the target: kind")


def test_honest_strong_features_of_a_number_are_not_accused():
    rng = np.random.default_rng(0)
    income = rng.lognormal(size=2000)
    X = pd.DataFrame({"income": income, "rooms": rng.poisson(5, 2000), "age": rng.random(2000)})
    price = 3 * income + X.rooms / 4 + rng.normal(size=2000) / 4
    report = nbpipe.cv(Ridge(), X, price)
    assert 0.9 < report.probe.columns[0].strength < 0.99
    assert report.verdict.ok
    leaked = nbpipe.cv(Ridge(), X.assign(tax=price**3), price)
    assert "tax alone gives the target away" in leaked.verdict.reason
    assert "rank correlation 1.000" in leaked.verdict.reason
    assert "AUC" not in str(leaked)


@pytest.mark.parametrize(
    ("load", "model"),
    [
        (load_breast_cancer, LogisticRegression(max_iter=1000)),
        (load_iris, LogisticRegression(max_iter=1000)),
        (load_wine, LogisticRegression(max_iter=1000)),
        (load_diabetes, Ridge()),
    ],
)
def test_no_column_of_a_well_known_honest_set_is_accused(load, model):
    X, y = load(return_X_y=True, as_frame=True)
    report = nbpipe.cv(make_pipeline(StandardScaler(), model), X, y)
    assert "of the target" not in said(report)
    assert "target away" not in said(report)


def test_identical_scores_alone_are_a_note():
    X, y = np.zeros((200, 1)), np.tile([0, 1, 1, 1], 50)
    report = nbpipe.cv(DummyClassifier(), X, y, scoring="accuracy", probe=False)
    assert "identical on train and test in all 5 folds" in said(report)
    assert "suspicious" not in statuses(report)
    assert report.verdict.status == "no better than the baseline"


def test_rows_in_time_order_that_are_mixed_are_warned_about(flights):
    X = known_before(flights)
    mixed = nbpipe.cv(pipeline(LINEAR), X, flights.late)
    assert "rows stand in time order by column 'sched_dep'" in said(mixed)
    indexed = X.set_index(pd.to_datetime(X.sched_dep)).drop(columns="sched_dep")
    assert "by its index" in said(nbpipe.cv(pipeline(LINEAR), indexed, flights.late))
    apart = nbpipe.cv(pipeline(LINEAR), X, flights.late, cv=TimeSeriesSplit(5))
    assert "time order" not in said(apart)
    future = nbpipe.cv(pipeline(LINEAR), X, flights.late, cv=KFold(5), time="sched_dep")
    assert "later than its first test row" in said(future)


def test_columns_of_any_type_can_be_looked_at():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100)
    X = pd.DataFrame(
        {
            "list": [[each] for each in rng.integers(0, 9, 100)],
            "kind": pd.Categorical(rng.choice(list("xy"), 100)),
            "when": pd.date_range("2024", periods=100),
            "took": pd.to_timedelta(rng.integers(0, 9, 100), unit="s"),
            "none": pd.array([None] * 100, dtype="Int64"),
            "flag": pd.array(rng.integers(0, 2, 100).astype(bool), dtype="boolean"),
        }
    )
    report = nbpipe.cv(DummyClassifier(), X, y)
    assert {"list", "kind"} <= {each.name for each in report.probe.columns}
    assert report.probe.shared == 0
    again = nbpipe.cv(DummyClassifier(), pd.concat([X, X]), np.r_[y, y])
    assert again.probe.shared > 0.5


def test_small_folds_and_missing_classes_are_named():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1, 2], 20)
    folds = [(np.arange(0, 60, 2), np.arange(1, 40, 2)), (np.arange(1, 60, 2), np.arange(0, 60, 2))]
    report = nbpipe.cv(LogisticRegression(), X, y, cv=folds)
    assert "as few as 20 test rows in fold 1" in said(report)
    assert "no test row of class 2 in fold 1" in said(report)


def test_scores_that_fall_over_time_and_unstable_ones_are_named():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 3))
    noise = rng.normal(size=3000) * np.linspace(0, 2, 3000)
    y = (X[:, 0] + noise > 0).astype(int)
    report = nbpipe.cv(LogisticRegression(), X, y, time=np.arange(3000), scoring="accuracy")
    assert "falling over time" in statuses(report)
    noisy = X[:, 0] + np.where(np.arange(3000) % 1000 < 500, 5, 0) * rng.normal(size=3000)
    jumpy = nbpipe.cv(LogisticRegression(), X, (noisy > 0).astype(int), cv=KFold(6))
    assert "unstable" in statuses(jumpy)


def test_regression_errors_are_compared_as_a_share_of_the_baselines():
    X, y = load_diabetes(return_X_y=True)
    tree = DecisionTreeRegressor(random_state=0)
    report = nbpipe.cv(tree, X, y, scoring="neg_mean_absolute_error")
    assert report.verdict.gap_range == "overfitting"
    n_train = [len(fold.train) for fold in report.folds]
    expected = np.average(report.train() - report.test(), weights=n_train) / abs(
        report.baselines["neg_mean_absolute_error"].mean
    )
    assert "gap of neg_mean_absolute_error: a share of the baseline's error" in str(report)
    assert report.gap() == pytest.approx(expected)
    in_thousands = nbpipe.cv(tree, X, y / 1024, scoring="neg_mean_absolute_error")
    assert in_thousands.gap() == pytest.approx(report.gap())
    assert nbpipe.cv(Ridge(), X, y).verdict.gap_range in {"small", "usual"}


def test_a_linear_model_whose_late_folds_are_easier_is_not_blamed(flights):
    X = flights[["hour", "recent_delay", "temp", "carrier", "origin", "sched_dep"]]
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    names = OneHotEncoder(handle_unknown="ignore")
    table = make_column_transformer(
        (numbers, ["hour", "recent_delay", "temp"]), (names, ["carrier", "origin"])
    )
    report = nbpipe.cv(make_pipeline(table, LINEAR), X, flights.late, time="sched_dep")
    assert report.gap() == pytest.approx(-0.024, abs=0.005)
    assert "negative" not in statuses(report)


def test_poor_r2_scores_are_no_errors_in_a_unit_of_their_own():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(60, 25)), rng.normal(size=60)
    report = nbpipe.cv(DecisionTreeRegressor(random_state=0), A, b, scoring="r2")
    assert report.test().min() < -1
    assert f"standard deviation {report.test().std():.3f}, above" in said(report)


@pytest.mark.parametrize(
    ("gap", "status"),
    [
        (-0.051, "negative"),
        (-0.05, "small"),
        (0.049, "small"),
        (0.05, "usual"),
        (0.1, "usual"),
        (0.101, "watch"),
        (0.15, "watch"),
        (0.151, "overfitting"),
    ],
)
def test_every_gap_has_a_name(gap, status):
    train, test = np.full(5, 0.75 + gap), np.full(5, 0.75)
    found = gap_finding("f1", train, test, np.ones(5), baseline=None, limits=Thresholds())
    assert found.status == status


def test_late_folds_weigh_more():
    train, test = np.array([1.0, 0.8, 0.8]), np.array([0.4, 0.75, 0.75])
    weights = np.array([100, 1000, 2000])
    found = gap_finding("f1", train, test, weights, baseline=None, limits=Thresholds())
    assert (train - test).mean() > 0.15
    assert found.status == "usual"


def test_thresholds_are_configurable_and_documented():
    X, y = make_classification(300, 5, flip_y=0.3, random_state=0)
    model = DecisionTreeClassifier(max_depth=4, random_state=0)
    gap = nbpipe.cv(model, X, y).gap()
    assert 0.02 < gap < 0.5
    assert nbpipe.cv(model, X, y, overfit_gap=gap - 0.01).verdict.gap_range == "overfitting"
    wide = Thresholds(overfit_gap=gap + 0.01)
    assert nbpipe.cv(model, X, y, thresholds=wide).verdict.gap_range != "overfitting"
    with pytest.raises(UsageError, match="Did you mean 'overfit_gap'"):
        Thresholds.of({"overfitgap": 0.2})
    for entry in Thresholds.__dataclass_fields__.values():
        assert entry.metadata["help"]
        assert entry.metadata["source"]


@pytest.mark.parametrize("leave_out", [LeaveOneOut(), KFold(20)])
def test_a_score_that_is_not_defined_is_never_fine(leave_out):
    X, y = load_diabetes(return_X_y=True)
    report = nbpipe.cv(Ridge(), X[:20], y[:20], cv=leave_out, scoring="r2")
    assert report.verdict.status == report.verdict.gap_range == "not defined"
    assert not report.verdict.ok
    assert "r2 is not defined in all 20 folds" in report.verdict.reason
    assert "nan" not in said(report)


def test_a_single_fold_without_a_score_is_named():
    X, y = np.random.default_rng(0).normal(size=(200, 2)), np.repeat([0, 1], 100)
    folds = [(np.arange(0, 200, 2), np.arange(1, 100, 2)), (np.arange(0, 200, 2), [1, 101, 103])]
    report = nbpipe.cv(LogisticRegression(), X, y, cv=folds, scoring="roc_auc")
    assert report.verdict.reason.startswith("roc_auc is not defined in fold 1,")


def test_classes_that_alternate_with_the_rows_accuse_no_honest_column():
    rng = np.random.default_rng(0)
    y = np.arange(20_000) % 2
    X = pd.DataFrame({"const": 1, "kind": rng.choice(list("abc"), len(y)), "x": rng.random(len(y))})
    assert not nbpipe.cv(DummyClassifier(), X, y).probe.columns[0].strength > 0.6
    assert not nbpipe.cv(DummyClassifier(), X[:9_000], y[:9_000]).probe.columns[0].strength > 0.6
    leaked = nbpipe.cv(DummyClassifier(), X.assign(copy=y, near=y + X.x / 2), y)
    assert leaked.verdict.reason.startswith("X contains the target: copy")
    assert "near alone gives the target away" in said(leaked)


def test_a_rare_class_of_many_rows_is_looked_at_whole():
    rng = np.random.default_rng(0)
    y = np.zeros(300_000, dtype=int)
    y[rng.choice(len(y), 100, replace=False)] = 1
    X = pd.DataFrame({"const": 1, "x": rng.random(len(y))})
    honest = nbpipe.cv(DummyClassifier(), X, y)
    assert "suspicious" not in statuses(honest)
    leaked = nbpipe.cv(DummyClassifier(), X.assign(near=y + X.x / 2), y)
    assert "near alone gives the target away" in said(leaked)


def test_what_holds_the_target_in_a_sample_only_is_not_the_target():
    y = np.random.default_rng(0).integers(0, 2, 200_000)
    X = pd.DataFrame({"nearly": np.where(np.arange(len(y)) == 7, 1 - y, y)})
    report = nbpipe.cv(DummyClassifier(), X, y)
    assert "contains the target" not in said(report)
    assert "nearly alone gives the target away" in said(report)


@pytest.mark.parametrize("as_given", [lambda X: X, csr_matrix, pd.DataFrame])
def test_a_wide_table_is_searched_to_its_last_column_or_says_so(as_given):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1_500)
    X = rng.normal(size=(len(y), 600))
    X[:, -1] = y + rng.random(len(y)) / 2
    report = nbpipe.cv(DummyClassifier(), as_given(X), y)
    assert "599 alone gives the target away" in said(report)
    assert "not searched" not in said(report)
    wide = nbpipe.cv(DummyClassifier(), as_given(np.tile(X, 4)), y)
    assert "the last 400 columns were not searched" in said(wide)
    assert "note" in statuses(wide)


def test_a_date_that_separates_classes_is_named_unless_rows_are_split_by_it():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1_000)
    days = pd.to_timedelta(y * 100 + rng.integers(0, 50, len(y)), unit="D")
    X = pd.DataFrame({"paid": pd.Timestamp("2024-01-01", tz="UTC") + days, "x": rng.random(len(y))})
    X.loc[::10, "paid"] = pd.NaT
    assert "paid alone gives the target away" in said(nbpipe.cv(DummyClassifier(), X, y))
    X = X.assign(paid=X.paid.ffill().bfill())
    by_time = nbpipe.cv(DummyClassifier(), X, y, cv=KFold(5), time="paid")
    assert "target away" not in said(by_time)
    trend = pd.DataFrame({"day": pd.date_range("2024", periods=500)})
    growing = nbpipe.cv(DummyRegressor(), trend, np.arange(500.0))
    assert "target away" not in said(growing)


def test_names_that_tell_several_classes_are_named():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 900)
    kind = pd.Series(y).map(str) + pd.Series(rng.choice(list("ab"), len(y)))
    noise = rng.choice(list("abcdef"), len(y))
    report = nbpipe.cv(DummyClassifier(), pd.DataFrame({"kind": kind, "noise": noise}), y)
    assert "kind alone gives the target away" in said(report)
    assert {each.name: each.strength for each in report.probe.columns}["noise"] < 0.6


@pytest.mark.parametrize("noise", [0, 0.2])
def test_rows_that_are_common_by_nature_are_no_leak(noise):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 4, (5_000, 4))).add_prefix("q")
    y = ((X.sum(axis=1) > 6) ^ (rng.random(len(X)) < noise)).astype(int)
    honest = nbpipe.cv(LogisticRegression(), X, y)
    assert honest.probe.shared > 0.9
    assert "suspicious" not in statuses(honest)
    assert "as rows of few different values do by chance" in said(honest)


def test_answers_that_differ_show_that_equal_rows_are_no_copies():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 200, 5_000)
    X = pd.DataFrame({"code": kind, "name": [f"kind {each}" for each in kind]})
    y = (rng.random(len(X)) < 0.3).astype(int)
    assert "suspicious" not in statuses(nbpipe.cv(LogisticRegression(), X[["code"]], y))
    assert "suspicious" not in statuses(nbpipe.cv(DummyClassifier(), X, y))


@pytest.mark.parametrize("n_columns", [1, 2, 5])
def test_copies_of_rich_rows_remain_suspicious(n_columns):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 3, (2_000, n_columns)) * 1.0, rng.integers(0, 2, 2_000)
    X[:, 0] = rng.random(len(X))
    again = rng.choice(np.flatnonzero(y), 1_000)
    report = nbpipe.cv(
        DummyClassifier(),
        np.r_[X, X[again]],
        np.r_[y, y[again]],
        cv=KFold(5, shuffle=True, random_state=0),
    )
    assert report.probe.common < 0.5
    assert "target included (threshold 5%)" in report.verdict.reason
