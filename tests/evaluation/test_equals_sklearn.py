"""nbpipe.cv's scores are those of scikit-learn's cross_validate, to the last bit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from lightgbm import LGBMClassifier
from scipy.sparse import csr_matrix
from sklearn import metrics as skm
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification, make_regression
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge, RidgeClassifier
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
    TunedThresholdClassifierCV,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

import nbpipe

BINARY = ["accuracy", "precision", "recall", "f1", "roc_auc"]


def assert_equal(pipeline, X, y, *, cv, scoring, groups=None, params=None, **keywords):
    """Hold train and test scores of both, fold by fold, bit by bit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cross_validate(
            pipeline,
            X,
            y,
            cv=cv,
            scoring=scoring,
            groups=groups,
            params=params,
            return_train_score=True,
            error_score="raise",
        )
        ours = nbpipe.cv(
            pipeline, X, y, cv=cv, scoring=scoring, groups=groups, params=params, **keywords
        )
    for metric in ours.metrics:
        name = metric if f"test_{metric}" in theirs else "score"
        np.testing.assert_array_equal(ours.test(metric), theirs[f"test_{name}"], strict=True)
        np.testing.assert_array_equal(ours.train(metric), theirs[f"train_{name}"], strict=True)
    return ours


def two_classes(n=400, seed=0):
    return make_classification(n, 8, n_informative=4, flip_y=0.2, weights=[0.7], random_state=seed)


def three_classes(n=400):
    return make_classification(n, 8, n_informative=5, n_classes=3, flip_y=0.2, random_state=1)


CLASSIFIERS = [
    LogisticRegression(),
    LogisticRegression(class_weight="balanced", C=0.01),
    RidgeClassifier(),
    Perceptron(random_state=0),
    LinearSVC(random_state=0),
    SVC(),
    GaussianNB(),
    KNeighborsClassifier(4),  # ties between classes
    LinearDiscriminantAnalysis(),
    DecisionTreeClassifier(max_depth=3, random_state=0),
    RandomForestClassifier(10, random_state=0),  # ties between trees
    RandomForestClassifier(20, random_state=0, n_jobs=2),
    ExtraTreesClassifier(10, random_state=0),
    AdaBoostClassifier(n_estimators=10, random_state=0),
    HistGradientBoostingClassifier(max_iter=10, random_state=0),
    XGBClassifier(n_estimators=10, random_state=0, n_jobs=1),
    LGBMClassifier(n_estimators=10, random_state=0, verbose=-1, n_jobs=1),
    MLPClassifier((5,), max_iter=50, random_state=0),
    CalibratedClassifierCV(GaussianNB()),
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2),
    DummyClassifier(strategy="stratified", random_state=0),
    FixedThresholdClassifier(LogisticRegression(), threshold=0.3),
    TunedThresholdClassifierCV(LogisticRegression(), scoring="f1", thresholds=9, cv=2),
    VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft"),
]


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
def test_two_classes(model):
    X, y = two_classes()
    assert_equal(make_pipeline(StandardScaler(), model), X, y, cv=3, scoring=BINARY)


BETWEEN_TWO = (FixedThresholdClassifier, TunedThresholdClassifierCV)
OF_MANY = [each for each in CLASSIFIERS if not isinstance(each, BETWEEN_TWO)]


@pytest.mark.slow
@pytest.mark.parametrize("model", OF_MANY, ids=lambda model: type(model).__name__)
def test_three_classes(model):
    X, y = three_classes()
    scoring = ["accuracy", "balanced_accuracy", "precision_macro", "recall_micro", "f1_weighted"]
    if hasattr(model, "predict_proba"):
        scoring += ["roc_auc_ovr", "neg_log_loss", "top_k_accuracy"]
    assert_equal(make_pipeline(StandardScaler(), model), X, y, cv=3, scoring=scoring)


@pytest.mark.parametrize("model", [CLASSIFIERS[0], CLASSIFIERS[5], CLASSIFIERS[10]], ids=str)
@pytest.mark.parametrize("kind", [object, "str", "category", "string"])
def test_string_labels(model, kind):
    X, codes = three_classes()
    y = pd.Series(np.array(["b late", "a", "ç"])[codes])
    y = y.to_numpy(dtype=str) if kind == "str" else y.astype(kind)
    scoring = ["accuracy", "balanced_accuracy", "f1_macro", "jaccard_macro", "matthews_corrcoef"]
    if hasattr(model, "predict_proba"):
        scoring += ["roc_auc_ovo_weighted", "neg_log_loss"]
    assert_equal(model, X, y, cv=StratifiedKFold(4), scoring=scoring)


def test_two_string_classes_without_a_positive_one():
    X, codes = two_classes()
    y = np.array(["late", "ok"])[codes]
    assert_equal(LogisticRegression(), X, y, cv=4, scoring=["accuracy", "roc_auc", "neg_log_loss"])


def test_of_two_string_classes_the_rarer_is_positive_and_the_report_opens_with_it():
    X, codes = two_classes()
    counts = np.bincount(codes)
    for names in (["late", "ok"], ["ok", "late"]):
        y = np.array(names)[codes]
        rarer = names[counts.argmin()]
        by_hand = {"f1": skm.make_scorer(skm.f1_score, pos_label=rarer)}
        theirs = cross_validate(LogisticRegression(), X, y, cv=4, scoring=by_hand)
        ours = nbpipe.cv(LogisticRegression(), X, y, cv=4)
        np.testing.assert_array_equal(ours.test("f1"), theirs["test_f1"])
        share = f"the rarer class, {counts.min() / counts.sum():.1%} of the rows"
        assert f"positive '{rarer}' ({share}; pos_label=" in "".join(str(ours).splitlines()[:4])
        assert ours._repr_html_().index("the rarer class") < ours._repr_html_().index("<table>")
        other = names[counts.argmax()]
        flipped = nbpipe.cv(LogisticRegression(), X, y, cv=4, pos_label=other)
        mirrored = cross_validate(
            LogisticRegression(), X, y == other, cv=4, scoring=["f1", "roc_auc"]
        )
        np.testing.assert_array_equal(flipped.test("f1"), mirrored["test_f1"])
        assert "(given by you)" in flipped.positive


def test_of_two_string_classes_as_frequent_the_last_sorted_is_positive():
    X = np.random.default_rng(0).normal(size=(80, 2))
    report = nbpipe.cv(LogisticRegression(), X, ["a", "b"] * 40)
    assert report.positive.startswith("'b' (the last in sorted order")


@pytest.mark.parametrize("labels", [[0, 1], [-1, 1], [False, True], [1, 2], [0.0, 1.0]])
def test_numeric_pairs_of_classes_keep_scikit_learns_positive_class(labels):
    X, codes = two_classes()
    ours = assert_equal(
        LogisticRegression(), X, np.array(labels)[codes], cv=3, scoring=[*BINARY, "neg_brier_score"]
    )
    assert ours.positive == ""
    assert "positive" not in str(ours)


@pytest.mark.parametrize(
    "splitter",
    [
        5,
        KFold(4),
        KFold(4, shuffle=True, random_state=3),
        StratifiedKFold(4, shuffle=True, random_state=3),
        TimeSeriesSplit(5, gap=7),
        TimeSeriesSplit(3, max_train_size=90, test_size=40),
        ShuffleSplit(3, random_state=1),
        RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=1),
        [(np.arange(200), np.arange(200, 400)), (np.arange(100, 300), np.arange(50))],
    ],
    ids=str,
)
@pytest.mark.parametrize("n_jobs", [None, 1])
def test_splitters(splitter, n_jobs):
    X, y = two_classes()
    model = RandomForestClassifier(10, random_state=0, max_depth=4)
    assert_equal(model, X, y, cv=splitter, scoring=BINARY, n_jobs=n_jobs)


@pytest.mark.parametrize("splitter", [GroupKFold(4), StratifiedGroupKFold(3), LeaveOneGroupOut()])
def test_group_splitters(splitter):
    X, y = two_classes()
    groups = np.arange(400) % 7
    assert_equal(GaussianNB(), X, y, cv=splitter, scoring=BINARY, groups=groups)


@pytest.mark.parametrize(
    "model",
    [Ridge(), RandomForestRegressor(10, random_state=0), GradientBoostingRegressor(random_state=0)],
    ids=str,
)
def test_regression(model):
    X, y = make_regression(300, 6, noise=20, random_state=0)
    scoring = ["r2", "neg_mean_absolute_error", "neg_root_mean_squared_error", "neg_max_error"]
    assert_equal(make_pipeline(StandardScaler(), model), X, y, cv=4, scoring=scoring)


def test_several_targets():
    X, y = make_regression(300, 6, n_targets=2, noise=20, random_state=0)
    assert_equal(Ridge(), X, y, cv=4, scoring=["r2", "neg_mean_absolute_error"])


def own_scorer(estimator, X, y):
    return float((estimator.predict(X) == y).mean() ** 2)


@pytest.mark.parametrize(
    "scoring",
    [
        None,
        "f1",
        own_scorer,
        ("accuracy", "neg_log_loss"),
        {"mine": own_scorer, "f2": skm.make_scorer(skm.fbeta_score, beta=2), "auc": "roc_auc"},
        {"negative": skm.make_scorer(skm.f1_score, pos_label=0), "f1": "f1"},
        ["average_precision", "neg_brier_score", "accuracy", "roc_auc", "neg_log_loss"],
        ["jaccard", "matthews_corrcoef", "balanced_accuracy", "recall"],
        {"macro": skm.make_scorer(skm.f1_score, average="macro", zero_division=0), "a": "accuracy"},
    ],
    ids=str,
)
def test_scorers(scoring):
    X, y = two_classes()
    asked = BINARY if scoring is None else scoring
    assert_equal(LogisticRegression(), X, y, cv=3, scoring=asked)


@pytest.mark.parametrize("as_kind", [pd.DataFrame, csr_matrix, np.asarray, list])
def test_kinds_of_tables(as_kind):
    X, y = two_classes()
    if as_kind is pd.DataFrame:
        X, y = pd.DataFrame(X, index=np.arange(400)[::-1]), pd.Series(y, index=np.arange(400) * 2)
    else:
        X = X.tolist() if as_kind is list else as_kind(X)
        y = y.tolist()
    assert_equal(LogisticRegression(), X, y, cv=3, scoring=BINARY)


def test_a_precomputed_kernel_is_cut_on_both_sides():
    X, y = two_classes()
    assert_equal(SVC(kernel="precomputed"), X @ X.T, y, cv=3, scoring=BINARY)


def test_weights_go_to_fit_without_routing():
    X, y = two_classes()
    weights = np.random.default_rng(0).random(400)
    params = {"logisticregression__sample_weight": weights}
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    ours = assert_equal(pipeline, X, y, cv=3, scoring=BINARY, params=params)
    shorthand = nbpipe.cv(pipeline, X, y, cv=3, scoring=BINARY, sample_weight=weights)
    pd.testing.assert_frame_equal(ours.frame, shorthand.frame)
    assert not ours.frame.equals(nbpipe.cv(pipeline, X, y, cv=3, scoring=BINARY).frame)


def test_metadata_is_routed_to_fit_splitter_and_scorers():
    X, y = two_classes()
    rng = np.random.default_rng(0)
    weights, groups = rng.random(400), rng.integers(0, 9, 400)
    with sklearn.config_context(enable_metadata_routing=True):
        model = LogisticRegression().set_fit_request(sample_weight=True)
        scoring = {
            "weighted": skm.get_scorer("accuracy").set_score_request(sample_weight=True),
            "plain": skm.get_scorer("f1").set_score_request(sample_weight=False),
            "auc": skm.get_scorer("roc_auc").set_score_request(sample_weight=True),
        }
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, model)
        keywords = {"cv": GroupKFold(4), "scoring": scoring}
        theirs = cross_validate(
            pipeline,
            X,
            y,
            params={"sample_weight": weights, "groups": groups},
            return_train_score=True,
            **keywords,
        )
        ours = nbpipe.cv(pipeline, X, y, groups=groups, sample_weight=weights, **keywords)
        spread = nbpipe.cv(
            pipeline, X, y, groups=groups, sample_weight=weights, n_jobs=2, **keywords
        )
    for name in scoring:
        np.testing.assert_array_equal(ours.test(name), theirs[f"test_{name}"])
        np.testing.assert_array_equal(ours.train(name), theirs[f"train_{name}"])
    pd.testing.assert_frame_equal(ours.frame, spread.frame)


def test_folds_on_workers_give_the_same_numbers():
    X, y = two_classes()
    for model in (RandomForestClassifier(10, random_state=0), LogisticRegression()):
        assert_equal(model, X, y, cv=TimeSeriesSplit(4), scoring=BINARY, n_jobs=2)


def test_time_sorts_rows_as_sorting_them_first_would():
    X, y = two_classes()
    order = np.random.default_rng(0).permutation(400)
    theirs = cross_validate(LogisticRegression(), X, y, cv=TimeSeriesSplit(5), scoring=BINARY)
    ours = nbpipe.cv(LogisticRegression(), X[order], y[order], time=order)
    for metric in BINARY:
        np.testing.assert_array_equal(ours.test(metric), theirs[f"test_{metric}"])
    assert "not in time order: sorted by time" in str(ours)


def test_scores_on_the_boundary_itself_are_left_to_predict():
    """Boosting calls a score of zero positive, and linear models do not."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(60, 1)).astype(float)
    y = np.tile([0, 1], 30)
    estimator = GradientBoostingClassifier(n_estimators=5, init="zero", random_state=0)
    assert_equal(estimator, X, y, cv=KFold(3), scoring=["accuracy", "f1", "roc_auc"])


class Flips(LogisticRegression):
    """Names another class where a rare rule holds."""

    def predict(self, X):
        found = super().predict(X)
        return np.where(X[:, 0] > 2.5, 1 - found, found)


def test_an_estimator_with_a_rule_of_its_own_is_asked_for_its_labels():
    X = np.random.default_rng(0).normal(size=(3000, 3))
    y = (X[:, 1] > 0).astype(int)
    assert_equal(Flips(), X, y, cv=KFold(3), scoring=["accuracy", "f1", "roc_auc"])


def test_a_global_seed_gives_the_same_numbers_in_process():
    X = np.random.default_rng(0).normal(size=(101, 6))
    y = (X[:, 1] > 0).astype(int)
    estimator = DecisionTreeClassifier(max_features=1, max_depth=3)
    for splitter in (TimeSeriesSplit(5), KFold(7)):
        np.random.seed(3)  # noqa: NPY002 - what a notebook does
        expected = cross_validate(estimator, X, y, cv=splitter, scoring="f1")["test_score"]
        np.random.seed(3)  # noqa: NPY002
        found = nbpipe.cv(estimator, X, y, cv=splitter, scoring="f1").test("f1")
        assert found.tolist() == expected.tolist()
