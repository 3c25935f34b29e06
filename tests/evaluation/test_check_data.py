"""What stands on both sides of a split is found; honest splits are left in peace."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, train_test_split

import nbpipe
from nbpipe.errors import DataError, UsageError
from nbpipe.evaluation.thresholds import Thresholds
from work import calls

DATA = Path(__file__).parents[2] / "notebooks" / "data"
AFTERWARDS = ["late", "dep_delay", "air_time", "arr_delay"]
FIRST = 4_500


@pytest.fixture(scope="module")
def flights():
    return pd.read_csv(DATA / "flights_jan_aug.csv.gz")


def known_before(flights):
    return flights.drop(columns=AFTERWARDS)


def in_order(X, y):
    return X[:FIRST], X[FIRST:], y[:FIRST], y[FIRST:]


def found(report, part):
    """Return the findings whose reason holds a text."""
    return [each for each in report.findings if part in each.reason]


def status_of(report, part):
    (finding,) = found(report, part)
    return finding.status


@pytest.mark.parametrize("as_frame", [True, False])
@pytest.mark.parametrize("load", [load_breast_cancer, load_iris, load_wine, load_diabetes])
def test_honest_splits_of_well_known_sets_are_ok(load, as_frame):
    X, y = load(return_X_y=True, as_frame=as_frame)
    for seed, share in [(0, 0.25), (1, 0.1), (2, 0.5), (3, 0.1)]:
        report = nbpipe.check_data(*train_test_split(X, y, test_size=share, random_state=seed))
        assert {each.status for each in report.findings} <= {"note"}
        assert report.ok


def test_digits_have_constant_pixels_and_nothing_else():
    report = nbpipe.check_data(*train_test_split(*load_digits(return_X_y=True), random_state=0))
    (only,) = report.findings
    assert only.status == "note"
    assert "hold one value in column 0, " in only.reason
    assert report.ok


def test_the_one_pair_of_iris_is_a_note_on_whatever_side():
    X, y = load_iris(return_X_y=True, as_frame=True)
    again = np.flatnonzero(X.duplicated(keep=False) & (y == 2))
    assert again.tolist() == [101, 142]
    for n_test in (8, 15, 38):
        test = np.r_[142, np.arange(0, n_test - 1)]
        train = np.setdiff1d(np.arange(150), test)
        report = nbpipe.check_data(X.iloc[train], X.iloc[test], y.iloc[train], y.iloc[test])
        at = int(np.flatnonzero(train == 101)[0])
        (pair,) = found(report, "also stands in train, target included")
        assert f"1 of {n_test} test rows" in pair.reason
        assert f"row 0 of X_test is row {at} of X_train" in pair.reason
        assert pair.status == "note"
        assert report.shared.tolist() == [0]
    within = nbpipe.check_data(X[60:], X[:60])
    assert status_of(within, "1 of 90 training rows (1.1%) repeats another") == "note"


def test_honest_features_of_the_flights_are_ok(flights):
    later = pd.read_csv(DATA / "flights_sep_dec.csv.gz")
    X = known_before(flights)
    months = nbpipe.check_data(
        X, known_before(later), flights.late, later.late, time="sched_dep", groups=None
    )
    apart = nbpipe.check_data(*in_order(X, flights.late), time="sched_dep")
    mixed = train_test_split(X.drop(columns="sched_dep"), flights.late, random_state=0)
    for report in (months, apart, nbpipe.check_data(*mixed)):
        assert report.ok
        (only,) = report.findings
        assert only.reason.startswith("test rows hold categories that training lacks: tailnum in ")


def test_rows_copied_before_the_split_are_counted_and_shown(flights):
    late = flights[flights.late == 1]
    more = late.sample(len(flights) - 2 * len(late), replace=True, random_state=42)
    data = pd.concat([flights, more], ignore_index=True)
    sides = train_test_split(known_before(data), data.late, random_state=42)
    X_train, X_test = (side.astype(str).apply(tuple, axis=1) for side in sides[:2])
    report = nbpipe.check_data(*sides)
    by_hand = np.flatnonzero(X_test.isin(set(X_train)))
    assert report.shared.tolist() == by_hand.tolist()
    assert report.status == "suspicious"
    first = report.findings[0].reason
    assert f"{len(by_hand):,} of {len(X_test):,} test rows ({len(by_hand) / len(X_test):.1%})" in (
        first
    )
    assert "target included (threshold 5%)" in first
    at, other = (int(each) for each in (first.split("row ")[1].split()[0], first.split()[-1]))
    assert X_test.iloc[at] == X_train.iloc[int(first.split("of X_test is row ")[1].split()[0])]
    assert X_test.iloc[by_hand[2]] == X_train.iloc[other]
    again = int(X_test.duplicated().sum())
    assert status_of(report, f"{again} of {len(X_test):,} test rows") == "watch"
    again = int(X_train.duplicated().sum())
    assert status_of(report, f"{again:,} of {len(X_train):,} training rows") == "note"
    generous = nbpipe.check_data(*sides, thresholds=Thresholds(shared_rows=0.5))
    assert generous.ok
    assert status_of(generous, "also stand in train") == "note"


def test_the_target_must_be_equal_too_where_both_are_known():
    rng = np.random.default_rng(0)
    X, y = rng.random((200, 3)), rng.integers(0, 2, 200)
    labelled = nbpipe.check_data(X, X[:50], y, 1 - y[:50])
    assert not found(labelled, "also stand in train")
    alone = nbpipe.check_data(X, X[:50], y)
    assert status_of(alone, "50 of 50 test rows (100.0%) also stand in train") == "suspicious"
    assert found(alone, "features alone")
    assert "targets of test rows (no y_test)" in alone.skipped


def test_overlapping_slices_are_the_same_rows_however_few():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    many = nbpipe.check_data(X[:400], X[300:], y[:400], y[300:])
    assert status_of(many, "100 of 142 test rows (70.4%) also stand in train, 100 of them") == (
        "suspicious"
    )
    one = nbpipe.check_data(X[:301], X[300:], y[:301], y[300:])
    assert status_of(one, "1 of them under the same index label") == "watch"
    assert not one.ok


def test_equal_labels_of_other_rows_are_a_note_unless_rows_were_numbered():
    rng = np.random.default_rng(0)
    names = [f"p{each}" for each in range(100)]
    train, test = (pd.DataFrame(rng.random((100, 3)), index=names) for _ in range(2))
    report = nbpipe.check_data(train, test[40:])
    assert status_of(report, "60 of 60 test rows (100.0%) with an index label") == "note"
    for index in (range(100), pd.date_range("2024", periods=100), np.linspace(0, 1, 100)):
        both = (train.set_axis(index), test.set_axis(index).iloc[40:])
        assert not found(nbpipe.check_data(*both), "index label")


@pytest.mark.parametrize("noise", [0, 0.2])
def test_rows_that_are_common_by_nature_are_no_leak(noise):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 4, (5_000, 4))).add_prefix("q")
    y = ((X.sum(axis=1) > 6) ^ (rng.random(len(X)) < noise)).astype(int)
    report = nbpipe.check_data(*train_test_split(X, y, random_state=0))
    assert report.ok
    assert len(report.shared) > 0.9 * report.n_test
    assert len(found(report, "as rows of few different values do by chance")) == 3


def test_copies_of_single_texts_are_told_from_common_words():
    texts = pd.Series([f"text {each}" for each in range(300)], name="text")
    copied = nbpipe.check_data(texts, texts[:100].set_axis(range(900, 1000)))
    assert status_of(copied, "also stand in train") == "suspicious"
    words = pd.Series(np.random.default_rng(0).choice(list("abc"), 300))
    common = nbpipe.check_data(words[:200], words[200:])
    assert status_of(common, "also stand in train") == "note"


def test_a_number_of_each_row_does_not_hide_copies():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.random((400, 3))).add_prefix("x")
    X = pd.concat([X, X], ignore_index=True)
    X["PassengerId"] = np.arange(1, len(X) + 1)
    report = nbpipe.check_data(X[:400], X[400:])
    assert status_of(report, "400 of 400 test rows (100.0%) also stand in train") == "suspicious"
    assert status_of(report, "as an identifier has, in PassengerId") == "note"


def test_identifiers_are_counters_and_codes_not_values_dates_or_prose():
    rng = np.random.default_rng(0)
    n = 500
    X = pd.DataFrame(
        {
            "row": np.arange(n) * 2.0,
            "code": [f"N{each}" for each in range(n)],
            "value": rng.random(n),
            "income": rng.choice(10**7, n, replace=False),
            "day": pd.date_range("2024", periods=n).astype(str),
            "prose": [f"No {each} of many" for each in range(n)],
            "step": np.arange(n),
        }
    )
    report = nbpipe.check_data(X[:400], X[400:], time="step")
    (only,) = report.findings
    assert only.reason.endswith("as an identifier has, in row, code")


def test_training_rows_after_test_rows_are_named(flights):
    X = known_before(flights)
    train, test = train_test_split(X, random_state=0)
    assert status_of(nbpipe.check_data(train, test, time="sched_dep"), "by sched_dep, ") == "watch"
    halves = nbpipe.check_data(X[::2], X[1000:1200:2], time="sched_dep")
    later = np.mean(X.sched_dep[::2] > X.sched_dep[1000])
    earlier = np.mean(X.sched_dep[1000:1200:2] < X.sched_dep[5998])
    assert found(halves, f"{later:.0%} of the training rows are later than the first test row")
    assert found(halves, f"and {earlier:.0%} of the test rows earlier than the last training row")
    swapped = nbpipe.check_data(X[3000:], X[:3000], time="sched_dep")
    assert found(swapped, "every test row is earlier than every training row")
    touching = nbpipe.check_data(X[["temp"]][:9], X[["temp"]][9:19], time=([1] * 9, [1] * 10))
    assert not found(touching, "by time")
    as_values = nbpipe.check_data(
        train.drop(columns="sched_dep"),
        test.drop(columns="sched_dep"),
        time=(pd.to_datetime(train.sched_dep), pd.to_datetime(test.sched_dep)),
    )
    assert status_of(as_values, "by sched_dep, ") == "watch"


def test_an_index_tells_of_a_lost_time_order(flights):
    X = known_before(flights)
    mixed = nbpipe.check_data(*train_test_split(X, random_state=0))
    assert status_of(mixed, "rows stood in time order by column 'sched_dep'") == "watch"
    assert "time order (no time=)" not in mixed.skipped
    X = X.set_axis(pd.to_datetime(X.sched_dep)).drop(columns="sched_dep")
    dated = nbpipe.check_data(*train_test_split(X, random_state=0))
    assert status_of(dated, "rows stood in time order by its index") == "watch"
    apart = nbpipe.check_data(X[:FIRST], X[FIRST:])
    assert not found(apart, "time order")
    assert "time order (no time=)" in apart.skipped


def test_groups_on_both_sides_are_counted_and_named(flights):
    X = known_before(flights)
    train, test = train_test_split(X, random_state=0)
    by_hand = test.tailnum.isin(train.tailnum)
    for groups in ("tailnum", (train.tailnum, test.tailnum.to_numpy())):
        report = nbpipe.check_data(train, test, groups=groups)
        (torn,) = found(report, "belong to a group that is also trained on: 'N")
        assert torn.status == "suspicious"
        share = f"{by_hand.sum():,} of {len(test):,} test rows ({by_hand.mean():.1%})"
        assert torn.reason.startswith(share)
    at, other = next(GroupShuffleSplit(random_state=0).split(X, groups=X.tailnum))
    whole = nbpipe.check_data(X.iloc[at], X.iloc[other], groups="tailnum")
    assert not found(whole, "group")
    assert "groups (no groups=)" not in whole.skipped


def test_what_is_known_only_afterwards_gives_the_target_away(flights):
    X = flights.drop(columns="late")
    report = nbpipe.check_data(*in_order(X, flights.late), time="sched_dep")
    assert report.status == "suspicious"
    assert status_of(report, "arr_delay alone gives the target away") == "suspicious"
    assert status_of(report, "dep_delay tells much of the target") == "watch"
    strength = {each.name: each.strength for each in report.columns}["dep_delay"]
    assert strength == pytest.approx(roc_auc_score(flights.late, flights.dep_delay), abs=1e-12)
    train_alone = nbpipe.check_data(X[:FIRST], X[FIRST:], flights.late[:FIRST], time="sched_dep")
    assert status_of(train_alone, "arr_delay alone gives the target away") == "suspicious"
    no_target = nbpipe.check_data(X[:FIRST], X[FIRST:], time="sched_dep")
    assert no_target.ok
    assert "features against the target (no y_train)" in no_target.skipped
    lax = nbpipe.check_data(*in_order(X, flights.late), thresholds=Thresholds(standout=0.95))
    assert not found(lax, "dep_delay")


def test_the_target_under_another_name_is_named_first(flights):
    X = known_before(flights).assign(delayed=flights.late.map({0: "no", 1: "yes"}))
    report = nbpipe.check_data(*in_order(X, flights.late), time="sched_dep")
    assert report.findings[0].reason.startswith("X contains the target: delayed holds")
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    both = pd.concat([X.assign(answer=y)] * 2, ignore_index=True)
    number = nbpipe.check_data(*train_test_split(both, [*y, *y], random_state=0))
    assert number.findings[0].reason.startswith("X contains the target: answer holds")
    assert found(number, "also stand in train")


def test_a_mean_of_the_target_over_both_sides_is_named(flights):
    planes = flights.groupby("tailnum").late.transform("mean")
    X = known_before(flights).assign(plane=planes)
    report = nbpipe.check_data(*in_order(X, flights.late), time="sched_dep")
    assert status_of(report, "plane equals the mean of the target") == "suspicious"


def test_columns_that_were_not_searched_are_counted():
    rng = np.random.default_rng(0)
    wide = csr_matrix(rng.random((100, 2_100)))
    report = nbpipe.check_data(wide[:80], wide[80:], rng.integers(0, 2, 80))
    assert status_of(report, "the last 100 columns were not searched") == "note"


@pytest.mark.parametrize("y", [np.repeat([0, 1, 2], 40), np.repeat(["a", "b", "c"], 40)])
def test_classes_on_one_side_only_are_named(y):
    X = np.random.default_rng(0).random((120, 2))
    ends = nbpipe.check_data(X[:80], X[80:], y[:80], y[80:])
    assert status_of(ends, f"no training row of class {y[-1]}") == "watch"
    assert status_of(ends, f"no test row of class {y[0]}, {y[40]}") == "watch"
    mixed = nbpipe.check_data(X[::2], X[1::2], y[::2], y[1::2])
    assert not mixed.findings


def test_columns_that_differ_between_the_sides_are_named(flights):
    X = known_before(flights)
    train, test = X[:FIRST], X[FIRST:]
    less = nbpipe.check_data(train, test.drop(columns=["temp", "seats"]), time="sched_dep")
    assert status_of(less, "X_train has columns that X_test lacks: seats, temp") == "watch"
    more = nbpipe.check_data(train.drop(columns="temp"), test, time="sched_dep")
    assert status_of(more, "X_test has columns that X_train lacks: temp") == "watch"
    turned = nbpipe.check_data(train, test[test.columns[::-1]], time="sched_dep")
    assert status_of(turned, "X_test has its columns in another order than X_train") == "watch"
    as_text = nbpipe.check_data(train, test.assign(temp=test.temp.astype(str)), time="sched_dep")
    assert status_of(as_text, "temp (numbers in train, texts in test)") == "watch"
    categories = test.astype({"carrier": "category", "distance": float})
    same = nbpipe.check_data(train, categories, time="sched_dep")
    assert same.ok
    assert len(same.findings) == 1


def test_new_categories_are_counted_by_column_but_not_ever_new_texts():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"kind": rng.choice(list("abc"), 300)})
    X["shade"] = pd.Categorical(rng.choice(["dark", "light"], 300))
    X["name"] = [f"Mr. {each}" for each in range(300)]
    X["day"] = pd.Series(pd.date_range("2024", periods=100).astype(str)).repeat(3).to_numpy()
    X["flag"] = rng.random(300) < 0.5
    train, test = X[:200], X[200:].reset_index(drop=True)
    test.loc[[3, 7], "kind"] = ["z", "y"]
    test.loc[5, "kind"] = None
    report = nbpipe.check_data(train, test)
    (only,) = found(report, "categories")
    assert only.reason.endswith("training lacks: kind in 2 rows, such as 'z', 'y'")
    assert only.status == "note"


def test_constant_columns_are_named_and_almost_constant_ones_not():
    X = pd.DataFrame({"one": 1, "none": np.nan, "list": [[0]] * 300, "rare": 0, "x": range(300)})
    X.loc[150, "rare"] = 1
    X["x"] = X["x"] % 7
    report = nbpipe.check_data(X[:200], X[200:])
    (constant,) = found(report, "one value")
    assert constant.reason == "all training rows hold one value in one, none, list"
    assert constant.status == "note"


def test_the_findings_come_worst_first_in_every_rendering(flights):
    X = flights.drop(columns="late").assign(**{"<b>": flights.late})
    report = nbpipe.check_data(*train_test_split(X, flights.late, random_state=0))
    order = [each.status for each in report.findings]
    assert order == sorted(order, key=["suspicious", "watch", "note"].index)
    assert not report.ok
    text = str(report)
    assert "verdict  SUSPICIOUS. X contains the target: <b>" in text
    assert all(len(line) <= 100 for line in text.splitlines())
    flat = " ".join(text.replace("  also  ", " ").split())
    page = report._repr_html_()
    assert "<b>⚠ Suspicious.</b> X contains the target: &lt;b&gt;" in page
    for each in report.findings:
        assert " ".join(each.reason.split()) in flat
        assert each.next_step in flat
    assert "skipped  groups (no groups=)." in text
    assert "Skipped: groups (no groups=)." in page
    assert page.count("<li>") == len(report.findings) - 1
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert plain["status"] == "suspicious"
    assert [each["reason"] for each in plain["findings"]] == [
        each.reason for each in report.findings
    ]
    assert "4,500 training rows, 1,500 test rows, 22 features: suspicious" in repr(report)


def test_a_clean_report_says_so():
    X, y = load_wine(return_X_y=True)
    report = nbpipe.check_data(*train_test_split(X, y, random_state=0))
    assert report.findings == ()
    assert "verdict  OK. Nothing that was looked at speaks of a leak." in str(report)
    assert "✓ Ok." in report._repr_html_()
    assert report.to_dict()["ok"] is True


@pytest.mark.parametrize("form", [np.asarray, csr_matrix, lambda X: np.asarray(X).tolist()])
def test_any_form_of_table_is_looked_at(form):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    report = nbpipe.check_data(form(X[:400]), form(X[300:]), y[:400].tolist(), y[300:].tolist())
    assert report.shared.tolist() == list(range(100))
    assert report.status == "suspicious"
    leaky = X.assign(answer=y)
    report = nbpipe.check_data(form(leaky[:400]), form(leaky[400:]), y[:400], y[400:])
    assert report.findings[0].reason.startswith("X contains the target: column 30")


def test_the_arguments_stay_as_they_are(flights):
    X, y = known_before(flights), flights.late
    before = X.copy()
    nbpipe.check_data(X[:FIRST], X[FIRST:], y[:FIRST], y[FIRST:], time="sched_dep")
    pd.testing.assert_frame_equal(X, before)


TABLE = pd.DataFrame({"when": range(60), "x": np.linspace(0, 1, 60)})
TARGET = np.arange(60) % 2


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((TABLE[:40], TARGET[:40], TABLE[40:], TARGET[40:]), {}, UsageError, "the order is X_tr"),
        ((TABLE[:40], TABLE[40:], None, TARGET[40:]), {}, UsageError, "y_test is given without"),
        ((TABLE[:40], TABLE[40:].to_numpy()), {}, DataError, "but X_test is an array"),
        ((TABLE[:40], TABLE[40:].add_prefix("a")), {}, DataError, "no column in common"),
        ((TABLE[:0], TABLE[40:]), {}, DataError, "X_train is empty"),
        ((TABLE[:40], TABLE[40:][["x", "x"]]), {}, DataError, "X_test has more than one column"),
        ((TABLE[:40], TABLE[40:], TARGET[:39]), {}, DataError, "X_train has 40 rows but y_train h"),
        ((TABLE[:40], TABLE[40:], TARGET[:40], TARGET), {}, DataError, "X_test has 20 .* y_test"),
        (
            (TABLE[:40], TABLE[40:], TARGET[:40], np.full(20, np.nan)),
            {},
            DataError,
            "y_test has 20 missing values among 20",
        ),
        (
            (TABLE[:40], TABLE[40:], TARGET[:40], ["a"] * 20),
            {},
            DataError,
            "y_train holds 0 but y_test holds 'a'",
        ),
        (
            (TABLE[:40], TABLE[40:], TARGET[:40], np.zeros((20, 2))),
            {},
            DataError,
            "both need the same outputs",
        ),
        (
            (csr_matrix(TABLE[:40]), csr_matrix(np.ones((9, 3)))),
            {},
            DataError,
            "2 columns but X_test has 3",
        ),
        ((np.ones((40, 2)), np.ones((9, 3))), {}, DataError, "2 columns but X_test has 3"),
        ((TABLE[:40], TABLE[40:]), {"time": "wen"}, DataError, "Did you mean 'when'"),
        (
            (TABLE[:40], TABLE[40:][["x"]]),
            {"time": "when"},
            DataError,
            "X_test has no column 'when' to use as time",
        ),
        ((TABLE[:40], TABLE[40:]), {"time": range(60)}, UsageError, "or a pair of values"),
        (
            (TABLE[:40], TABLE[40:]),
            {"groups": (range(40), range(9))},
            DataError,
            "X_test has 20 rows but its groups 9",
        ),
        (
            (TABLE[:40], TABLE[40:]),
            {"groups": (np.ones((40, 2)), range(20))},
            DataError,
            "The groups of X_train are no list",
        ),
        (
            (TABLE[:40], TABLE[40:]),
            {"time": (pd.date_range("2024", periods=40), range(20))},
            DataError,
            "numbers on one side only",
        ),
        ((TABLE[:40], TABLE[40:]), {"thresholds": 0.1}, UsageError, "a Thresholds object"),
    ],
)
def test_data_that_cannot_be_compared_are_refused_by_name(arguments, options, error, message):
    with pytest.raises(error, match=message):
        nbpipe.check_data(*arguments, **options)


@pytest.mark.slow
def test_no_step_of_python_is_taken_for_each_row():
    rng = np.random.default_rng(0)

    def look(n):
        X = pd.DataFrame(rng.normal(size=(n, 14))).add_prefix("x")
        for name in "abcd":
            X[name] = rng.choice([f"v{each}" for each in range(30)], n)
        X["id"], X["plane"] = np.arange(n), rng.integers(0, 5_000, n).astype(str)
        y = (X.x0 + rng.normal(size=n) > 0).map({True: "late", False: "on time"})
        train, test = slice(n // 4 * 3), slice(n // 4 * 3, n)
        report = nbpipe.check_data(X[train], X[test], y[train], y[test], time="id", groups="plane")
        assert report.status == "suspicious"
        assert found(report, "belong to a group")

    look(3_000)
    assert calls(look, 300_000) < 1.5 * calls(look, 3_000)
