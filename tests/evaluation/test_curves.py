"""Learning and validation curves: scikit-learn's own scores, stopped and gone on with."""

import gc
import pickle
import weakref

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import GroupKFold, KFold, learning_curve, validation_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import nbpipe
from nbpipe.errors import DataError, UsageError
from nbpipe.evaluation.candidates import candidates, values_of
from nbpipe.evaluation.curvefigure import describe_curve, draw_curve
from nbpipe.evaluation.curves import SHARES, LearningCurve, ValidationCurve
from nbpipe.evaluation.study import keep_studies, study_again, study_of

X, Y = make_classification(400, 6, flip_y=0.2, random_state=0)
TREE = DecisionTreeClassifier(max_depth=6, random_state=0)


@pytest.fixture
def keeping():
    keep_studies(on=True)
    yield
    keep_studies(on=False)


@pytest.fixture
def report(keeping):
    return nbpipe.cv(TREE, X, Y, time=np.arange(400), n_jobs=1)


def finish(curve):
    assert all(isinstance(step, tuple) for step in curve.steps())
    assert curve.finished
    return curve.points


def test_a_validation_curve_is_scikit_learns_own(report):
    depths = (1, 3, None)
    points = finish(ValidationCurve(report, study_of(report), "f1", "max_depth", depths))
    train, test = validation_curve(
        TREE, X, Y, param_name="max_depth", param_range=depths, cv=report.split.folds, scoring="f1"
    )
    np.testing.assert_array_equal([point.train for point in points], train)
    np.testing.assert_array_equal([point.test for point in points], test)
    assert [point.name for point in points] == ["1", "3", "None"]


def test_a_learning_curve_is_scikit_learns_own_and_ends_at_the_reports_scores(keeping):
    report = nbpipe.cv(TREE, X, Y, cv=KFold(4), n_jobs=1)
    curve = LearningCurve(report, study_of(report), "accuracy")
    points = finish(curve)
    np.testing.assert_array_equal(points[-1].test, report.test("accuracy"))
    np.testing.assert_array_equal(points[-1].train, report.train("accuracy"))
    assert curve.rows[-1][-1] == f"{report.gap('accuracy'):.3f}"
    chosen = [
        (np.sort(np.random.default_rng(0).permutation(300)[:30]), test)
        for _, test in report.split.folds
    ]
    folds = [
        (train[rows], test)
        for (rows, test), (train, _) in zip(chosen, report.split.folds, strict=True)
    ]
    _, train, test = learning_curve(TREE, X, Y, train_sizes=[30], cv=folds, scoring="accuracy")
    np.testing.assert_array_equal(points[0].train, train[0])
    np.testing.assert_array_equal(points[0].test, test[0])
    assert [point.name for point in points] == [
        f"{share:.4g} ({share * 300:.0f})" for share in SHARES
    ]


def test_of_folds_in_time_order_the_latest_rows_are_learned_from(report):
    curve = LearningCurve(report, study_of(report), "f1")
    train, _ = report.split.folds[2]
    np.testing.assert_array_equal(curve._rows(0.5, train), train[len(train) // 2 :])
    moved = nbpipe.cv(TREE, X[::-1], Y[::-1], time=np.arange(400)[::-1], n_jobs=1)
    again = LearningCurve(moved, study_of(moved), "f1", (0.5, 1.0))
    forth = LearningCurve(report, study_of(report), "f1", (0.5, 1.0))
    for one, other in zip(finish(again), finish(forth), strict=True):
        np.testing.assert_array_equal(one.test, other.test)


def test_a_curve_left_in_the_middle_goes_on_where_it_was(report):
    curve = ValidationCurve(report, study_of(report), "f1", "max_depth", (1, 2))
    steps = curve.steps()
    told = [next(steps) for _ in range(7)]
    steps.close()
    assert told[0] == (0, 10, "1, fold 1")
    assert told[6] == (6, 10, "2, fold 2")
    assert [point.name for point in curve.points] == ["1"]
    assert not curve.finished
    rest = list(curve.steps())
    assert rest[0] == (6, 10, "2, fold 2")
    assert len(rest) == 4
    whole = ValidationCurve(report, study_of(report), "f1", "max_depth", (1, 2))
    for one, other in zip(curve.points, finish(whole), strict=True):
        np.testing.assert_array_equal(one.test, other.test)


def test_its_numbers_stand_in_a_table_and_in_words_and_in_the_picture(report):
    curve = ValidationCurve(report, study_of(report), "f1", "max_depth", (1, 2))
    points = finish(curve)
    head, first, _ = curve.rows
    assert head == ("max_depth", "test f1", "train f1", "gap")
    assert first[1] == f"{points[0].test.mean():.3f} ± {points[0].test.std():.3f}"
    assert f"1: train {points[0].train.mean():.3f}, test" in describe_curve(curve)
    axes = draw_curve(curve).axes[0]
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [p.test.mean() for p in points])
    assert len({line.get_marker() for line in axes.lines}) == 2


def test_a_fit_that_fails_is_told_in_one_sentence_and_what_was_fitted_stays(keeping):
    report = nbpipe.cv(make_pipeline(StandardScaler(), TREE), X, Y, cv=3, n_jobs=1)
    name = "decisiontreeclassifier__max_depth"
    curve = ValidationCurve(report, study_of(report), "f1", name, (3, -1))
    with pytest.raises(DataError, match=r"^-1, fold 1 fails: .*'max_depth' parameter") as caught:
        finish(curve)
    assert "\n" not in str(caught.value)
    assert [point.name for point in curve.points] == ["3"]


def test_classes_that_a_share_lacks_are_told(keeping):
    y = np.r_[np.zeros(200, int), np.ones(200, int)]
    folds = [(np.r_[np.arange(300)], np.r_[np.arange(300, 400)])]
    report = nbpipe.cv(LogisticRegression(), X, y, cv=folds, scoring="accuracy", n_jobs=1)
    tiny = LearningCurve(report, study_of(report), "accuracy", (0.001,))
    with pytest.raises(DataError, match="LogisticRegression says ValueError"):
        finish(tiny)


@pytest.mark.parametrize("values", [(0,), (1.5,), ("all",), ()])
def test_shares_that_make_no_sense_are_refused(report, values):
    with pytest.raises(UsageError):
        LearningCurve(report, study_of(report), "f1", values)


@pytest.mark.parametrize("routed", [False, True])
def test_weights_go_where_they_went_in_cross_validation(keeping, routed):
    weights = np.linspace(0.1, 5, 400)
    with config_context(enable_metadata_routing=routed):
        tree = TREE.set_fit_request(sample_weight=True) if routed else TREE
        scorer = make_scorer(lambda y, found, sample_weight=None: np.average(
            y == found, weights=sample_weight))  # fmt: skip
        if routed:
            scorer = scorer.set_score_request(sample_weight=True)
        report = nbpipe.cv(
            tree, X, Y, cv=KFold(3), scoring={"w": scorer}, sample_weight=weights, n_jobs=1
        )
        (point,) = finish(LearningCurve(report, study_of(report), "w", (1,)))
        np.testing.assert_array_equal(point.test, report.test("w"))
        plain = nbpipe.cv(TREE, X, Y, cv=KFold(3), scoring="accuracy", n_jobs=1)
        assert (point.test != plain.test("accuracy")).any()


def test_studies_are_kept_only_where_they_are_wanted_and_never_in_files(report):
    assert study_of(report).job.rows.X is X
    copy = pickle.loads(pickle.dumps(report))
    assert study_of(copy) is None
    assert X[:1].tobytes() not in pickle.dumps(report)
    keep_studies(on=False)
    assert study_of(nbpipe.cv(TREE, X, Y, cv=3, n_jobs=1)) is None


def test_rows_are_let_go_with_the_report(keeping):
    class Table(pd.DataFrame):
        pass

    table = Table(X, columns=[f"x{at}" for at in range(6)])
    report = nbpipe.cv(TREE, table, Y, cv=3, n_jobs=1)
    rows = weakref.ref(table)
    del table
    gc.collect()
    assert study_of(report).job.rows.X is rows()
    del report
    gc.collect()
    assert rows() is None


def test_a_study_given_again_gives_the_same_curve(report):
    labels = np.where(Y == 1, "late", "on time")
    named = nbpipe.cv(TREE, X, labels, cv=GroupKFold(3), groups=np.arange(400) % 7,
                      pos_label="on time", n_jobs=1)  # fmt: skip
    with pytest.raises(UsageError, match="positive class was chosen otherwise"):
        study_again(named, TREE, X, labels)
    again = study_again(named, TREE, X, labels, pos_label="on time")
    (point,) = finish(LearningCurve(named, again, "f1", (1,)))
    np.testing.assert_array_equal(point.test, named.test("f1"))
    with pytest.raises(DataError, match="of 400 rows, but X has 100"):
        study_again(report, TREE, X[:100], Y[:100])
    other = study_again(report, TREE, X, Y, scoring="accuracy")
    with pytest.raises(UsageError, match="f1 was not computed"):
        LearningCurve(report, other, "f1")


def test_parameters_worth_trying_come_last_step_first_with_values_they_may_take():
    columns = make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), [0]))
    found = candidates(make_pipeline(columns, HistGradientBoostingClassifier()))
    last = "histgradientboostingclassifier__"
    assert next(iter(found)).startswith(last)
    inner = "columntransformer__pipeline__"
    assert found[f"{inner}standardscaler__with_mean"] == (True, False)
    assert "median" in found[f"{inner}simpleimputer__strategy"]
    assert found[f"{last}learning_rate"] == (0.001, 0.01, 0.1, 1.0, 10.0)
    assert found[f"{last}max_depth"] == (2, 4, 8, 16, 32, None)
    assert max(found[f"{last}max_bins"]) <= 255
    assert not {f"{last}random_state", "steps", "columntransformer"} & set(found)
    assert candidates(LogisticRegression())["C"] == (0.01, 0.1, 1.0, 10.0, 100.0)


@pytest.mark.parametrize("estimator", [HistGradientBoostingClassifier(max_iter=3), TREE])
def test_every_value_proposed_can_be_fitted(estimator):
    for name, values in candidates(estimator).items():
        for value in values:
            try:
                type(estimator)(**{**estimator.get_params(), name: value})._validate_params()
            except ValueError as error:
                pytest.fail(f"{name}={value!r}: {error}")


def test_values_are_read_as_people_write_them():
    assert values_of("1, 10,None, 'sqrt', 0.5, True") == (1, 10, None, "sqrt", 0.5, True)
    for text in ("1,,2", "sqrt", "__import__('os')", "]", "[" * 1000):
        with pytest.raises(UsageError, match="cannot be read as values"):
            values_of(text)
    with pytest.raises(UsageError, match="at most 20"):
        values_of(",".join(map(str, range(21))))
