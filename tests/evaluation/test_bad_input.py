"""Whatever is wrong, nbpipe.cv says it in one clear sentence and changes nothing."""

from __future__ import annotations

import copy
import threading
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import nbpipe
from nbpipe.errors import DataError, NbpipeError, UsageError
from nbpipe.evaluation import cores
from nbpipe.evaluation.thresholds import Thresholds

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(60, 3)), columns=["distance", "temp", "wind"])
Y = pd.Series((X.temp + RNG.normal(size=60) > 0).astype(int), name="late")
MODEL = LogisticRegression()
REGRESSOR = LinearRegression()


class NoNumber:
    def __call__(self, *_):
        return "good"


@pytest.mark.parametrize(
    ("error", "says", "arguments"),
    [
        (UsageError, "is a class; give an instance", {"pipeline": LogisticRegression}),
        (UsageError, "A str cannot be cross-validated", {"pipeline": "late"}),
        (
            UsageError,
            "cannot be cloned",
            {"pipeline": type("Odd", (), {"fit": 1, "get_params": lambda *_, **__: {"a": 1}})()},
        ),
        (DataError, "X has 1 dimension; ", {"X": X.temp}),
        (DataError, "X has 1 dimension; ", {"X": X.temp.to_numpy()}),
        (DataError, "hands a column of texts to a vectorizer", {"X": ["late again", "no"] * 30}),
        (DataError, "X has 0 dimensions", {"X": None}),
        (DataError, "rows differ in length", {"X": [[1, 2], [3]]}),
        (DataError, "X is empty: it has 0 rows", {"X": X.iloc[:0], "y": Y.iloc[:0]}),
        (DataError, "0 columns", {"X": X[[]]}),
        (DataError, "more than one column named 'temp'", {"X": X[["temp", "temp"]]}),
        (DataError, "X has 60 rows but y has 59", {"y": Y.iloc[:59]}),
        (DataError, "X has 60 rows but y has 0", {"y": 3}),
        (UsageError, "y is missing", {"y": None}),
        (UsageError, "y is the text 'late'", {"y": "late"}),
        (DataError, "y has 1 missing value among 60", {"y": Y.astype(float).mask(Y.index == 3)}),
        (DataError, "y has 2 missing values", {"y": np.r_[[np.nan] * 2, Y[2:]]}),
        (DataError, "y is a sparse matrix; give it as y.toarray", {"y": csr_matrix(Y.to_frame())}),
        (DataError, "y cannot be read as an array: its rows differ", {"y": [[1], [2, 3]] * 30}),
        (DataError, r"y has the shape \(60, 1, 2\)", {"y": np.zeros((60, 1, 2))}),
        (DataError, "y is infinite in row 7", {"y": np.where(Y.index == 7, np.inf, Y)}),
        *(
            (DataError, "y holds .* as .*; give numbers or texts throughout", {"y": y})
            for y in (
                np.array([1, "a"] * 30, object),
                np.array([b"a", b"b"] * 30),
                np.ones(60) + 1j,
                [Decimal(1), Decimal(2)] * 30,
                Y.astype(object),
                pd.DataFrame({"a": Y, "b": Y}, dtype="Float64"),
                pd.cut(X.temp, 2),
                pd.date_range("2024", periods=60),
            )
        ),
        (DataError, "class 'a' has 1 row, fewer", {"y": pd.Series(["a"] + ["b"] * 59)}),
        (DataError, "one class only, 1", {"y": np.ones(60, int)}),
        (DataError, "classifier, but y holds continuous values", {"y": X.temp}),
        (DataError, "regressor, but y holds 'a'", {"pipeline": REGRESSOR, "y": ["a", "b"] * 30}),
        (DataError, "class 1 has 2 rows, fewer than the 5 folds", {"y": np.r_[1, 1, [0] * 58]}),
        (DataError, "60 rows cannot make 61 folds", {"pipeline": REGRESSOR, "n_splits": 61}),
        (DataError, "60 rows cannot make 60 folds", {"n_splits": 60, "time": np.arange(60)}),
        (UsageError, "n_splits must be a whole number", {"n_splits": 1}),
        (UsageError, "n_splits must be a whole number", {"n_splits": "5"}),
        (UsageError, "n_splits must be a whole number of at least 2, not True", {"cv": True}),
        (UsageError, "gap is a number of rows", {"gap": -1, "time": np.arange(60)}),
        (UsageError, "so it needs time=", {"gap": 3}),
        (UsageError, "set it on your own splitter", {"gap": 3, "cv": TimeSeriesSplit(3)}),
        (
            DataError,
            r"TimeSeriesSplit\(gap=58, n_splits=5\) cannot split these 60 rows: ",
            {"gap": 58, "time": np.arange(60)},
        ),
        (UsageError, "cv='kfold' is no splitter", {"cv": "kfold"}),
        (UsageError, "is no splitter", {"cv": TimeSeriesSplit}),
        (DataError, "^list of 0 folds yields no folds", {"cv": []}),
        (UsageError, r"Fold 1 of cv is no pair", {"cv": [7]}),
        (DataError, "is a list of whole numbers from 0 to 59", {"cv": [(1, 2)]}),
        (DataError, "is a list of whole numbers from 0 to 59", {"cv": [([0.5], [1])]}),
        (DataError, "is a list of whole numbers from 0 to 59", {"cv": [([0], [60])]}),
        (DataError, "Fold 1 .* has no test rows", {"cv": [([0, 1], [])]}),
        (DataError, "no column 'tmp' to use as time. Did you mean 'temp'?", {"time": "tmp"}),
        (UsageError, "names a column, but X is no DataFrame", {"X": X.to_numpy(), "time": "temp"}),
        (DataError, "X has 60 rows but time has 3", {"time": [1, 2, 3]}),
        (DataError, "time .* is missing in 1 of 60", {"time": X.temp.mask(X.index == 1)}),
        (DataError, "holds 'monday', which is neither", {"time": ["monday"] * 60}),
        (DataError, "holds 'soon', which is neither", {"time": ["2024-01-31"] * 59 + ["soon"]}),
        (DataError, "01/02/2024.*dayfirst=True", {"time": ["01/02/2024", "31/01/2024"] * 30}),
        (DataError, "01/02/2024.*dayfirst=True", {"time": ["01/02/2024"] * 60}),
        (DataError, "cannot be put in order", {"groups": [object() for _ in range(60)]}),
        (DataError, "groups cannot be read as an array", {"groups": [[1], [2, 3]] * 30}),
        (
            DataError,
            "groups holds 3 different groups, fewer than the 5",
            {"groups": [1, 2, 3] * 20},
        ),
        (DataError, "X has 60 rows but groups has 2", {"groups": [1, 2]}),
        (DataError, "no column 'plane' to use as groups", {"groups": "plane"}),
        (UsageError, "no metric 'recal'.*Did you mean 'recall'", {"scoring": "recal"}),
        (UsageError, "no metric 'accurcy'.*Did you mean 'accuracy'", {"scoring": ["accurcy"]}),
        *(
            (UsageError, f"no metric '{theirs}'. Did you mean '{ours}'", {"scoring": theirs})
            for theirs, ours in {
                "rmse": "neg_root_mean_squared_error",
                "MAE": "neg_mean_absolute_error",
                "mse": "neg_mean_squared_error",
                "mean_squared_error": "neg_mean_squared_error",
                "auc": "roc_auc",
                "ROC AUC": "roc_auc",
                "f1_score": "f1",
                "r2_score": "r2",
                "R2": "r2",
                "logloss": "neg_log_loss",
                "balanced-accuracy": "balanced_accuracy",
            }.items()
        ),
        (
            UsageError,
            r"ends in a transformer \(StandardScaler\).*add an estimator",
            {"pipeline": make_pipeline(StandardScaler())},
        ),
        (UsageError, "wrap it as sklearn.metrics.make_scorer", {"scoring": f1_score}),
        (UsageError, "scoring is empty", {"scoring": []}),
        (UsageError, "scoring=3 is no metric", {"scoring": 3}),
        (UsageError, "names a metric twice", {"scoring": ["f1", "f1"]}),
        (UsageError, "returned 'good'; a single number", {"scoring": NoNumber()}),
        (
            UsageError,
            "Fold 1 cannot be scored with <lambda>: .*ZeroDivisionError",
            {"scoring": lambda *_: 1 / 0},
        ),
        (UsageError, "n_jobs is a number of workers", {"n_jobs": 0}),
        (UsageError, "n_jobs is a number of workers", {"n_jobs": "all"}),
        (UsageError, "overfit_gap must be greater than 0", {"overfit_gap": -1}),
        (UsageError, "overfit_gap must be a number", {"overfit_gap": "big"}),
        (UsageError, "overfit_gap must be a number", {"overfit_gap": np.array([0.1, 0.2])}),
        (UsageError, "thresholds is a Thresholds object, not a NoneType", {"thresholds": None}),
        (UsageError, "thresholds is a Thresholds object, not a dict", {"thresholds": {"fall": 1}}),
        (UsageError, "thresholds is a Thresholds object, not a type", {"thresholds": Thresholds}),
        (UsageError, "params is a dict of keyword arguments, not a int", {"params": 5}),
        (UsageError, "on_fold is called with each fold, but a int", {"on_fold": 5}),
        *(
            (UsageError, "progress is True, False, None or a class like tqdm", {"progress": wanted})
            for wanted in (5, "yes", int, object())
        ),
        (UsageError, "name must be a text of one line, not 5", {"name": 5}),
        (UsageError, "name must be a text of one line", {"name": "a\nb"}),
        (
            DataError,
            r"Fold 1 of KFold\(n_splits=2\) trains on one class only, 1; use fewer",
            {"y": np.repeat([0, 1], 30), "cv": KFold(2)},
        ),
        (
            UsageError,
            r"returned array\(\[1, 2\]\); a single",
            {"scoring": lambda *_: np.array([1, 2])},
        ),
        (UsageError, "returned None; a single number", {"scoring": lambda *_: None}),
        (UsageError, r"pos_label=array\(\[0, 1\]\) is no class", {"pos_label": np.array([0, 1])}),
        (UsageError, "pos_label=7 is no class of y", {"pos_label": 7}),
        (UsageError, "pos_label belongs to a target of two", {"pos_label": 1, "y": [0, 1, 2] * 20}),
        (DataError, "sample_weight needs 60 values", {"sample_weight": [1, 2]}),
        (DataError, "Fold 1 cannot be fitted: .*unexpected keyword", {"params": {"wieght": 3}}),
    ],
)
def test_one_clear_error(error, says, arguments):
    given = {"pipeline": MODEL, "X": X, "y": Y, "progress": False, **arguments}
    before = copy.deepcopy({name: each for name, each in given.items() if name in {"X", "y"}})
    pipeline = given.pop("pipeline")
    with pytest.raises(error, match=says) as caught:
        nbpipe.cv(pipeline, **given)
    assert isinstance(caught.value, NbpipeError)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    for name, value in before.items():
        if isinstance(value, pd.DataFrame | pd.Series):
            assert given[name].equals(value)
    assert not hasattr(pipeline, "coef_")


@pytest.mark.slow
def test_a_fit_that_fails_names_fold_step_and_the_steps_own_words():
    text = X.assign(temp="warm")
    for n_jobs in (1, 2):
        with pytest.raises(DataError) as caught:
            nbpipe.cv(make_pipeline(StandardScaler(), MODEL), text, Y, n_jobs=n_jobs)
        assert (
            "cannot be fitted: step 'standardscaler' (StandardScaler) says ValueError: could"
            in (str(caught.value))
        )


def test_a_fit_that_fails_deep_inside_names_the_outer_step_and_the_inner_class():
    holes = X.assign(temp=np.nan)
    inside = make_column_transformer((OneHotEncoder(drop=["x"]), ["wind"]), remainder="passthrough")
    with pytest.raises(DataError, match=r"step 'columntransformer' \(OneHotEncoder\)"):
        nbpipe.cv(make_pipeline(inside, MODEL), X, Y)
    with pytest.raises(DataError, match=r"step 'logisticregression' .*contains NaN"):
        nbpipe.cv(make_pipeline(StandardScaler(), MODEL), holes, Y)


def test_a_category_that_a_fold_never_trained_on_comes_with_its_remedy():
    rare = X.assign(carrier=["b"] + ["a"] * 59)
    encoder = make_column_transformer((OneHotEncoder(), ["carrier"]), remainder="passthrough")
    with pytest.raises(UsageError, match=r"\(OneHotEncoder\).*Set its handle_unknown='ignore'"):
        nbpipe.cv(make_pipeline(encoder, MODEL), rare, Y)


class Silent(ClassifierMixin, BaseEstimator):
    def fit(self, *_):
        raise RuntimeError


def test_an_error_without_a_message_still_names_its_class():
    with pytest.raises(DataError, match="Silent says RuntimeError: no message"):
        nbpipe.cv(Silent(), X, Y)


def test_numbers_of_numpy_are_numbers():
    report = nbpipe.cv(
        MODEL,
        X,
        Y,
        overfit_gap=np.float32(0.25),
        scoring={"zero": lambda *_: np.array(0.5)},
    )
    assert report.test("zero").tolist() == [0.5] * 5
    assert type(report.thresholds.overfit_gap) is float


@pytest.mark.parametrize(("metric", "says"), [([], "metric is empty"), (5, "no metric 5")])
def test_a_plot_of_no_metric_is_refused(metric, says):
    with pytest.raises(UsageError, match=says):
        nbpipe.cv(MODEL, X, Y).plot(metric)


@pytest.mark.slow
def test_a_pipeline_that_cannot_travel_to_workers_is_fitted_here_unless_workers_were_asked_for(
    monkeypatch,
):
    monkeypatch.setattr(cores, "fastest", lambda *_: "workers")
    held = FunctionTransformer(lambda table, lock=threading.Lock(): table)  # noqa: ARG005, B008 - no lock can be pickled
    pipeline = make_pipeline(held, MODEL)
    with pytest.raises(UsageError, match=r"cannot pickle '_thread\.lock' object.*use n_jobs=1"):
        nbpipe.cv(pipeline, X, Y, n_jobs=2)
    assert [fold.number for fold in nbpipe.cv(pipeline, X, Y).folds] == [1, 2, 3, 4, 5]
