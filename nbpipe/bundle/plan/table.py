"""The one table of what a plan covers: a step of scikit-learn's, or of a plan, is added here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.bundle.plan import (
    boosting,
    composing,
    encoding,
    expanding,
    imputing,
    linear,
    scaling,
    trees,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: Class of scikit-learn, and what compiles it.
COMPILERS: dict[str, Callable[..., Any]] = {
    "Pipeline": composing.compile_pipeline,
    "ColumnTransformer": composing.compile_columns,
    "FeatureUnion": composing.compile_union,
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV"), composing.compile_search),
    "SimpleImputer": imputing.compile_imputer,
    **dict.fromkeys(
        ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"), scaling.compile_scaler
    ),
    **dict.fromkeys(
        ("VarianceThreshold", "SelectKBest", "SelectPercentile", "SelectFromModel", "RFE", "RFECV"),
        scaling.compile_selector,
    ),
    **dict.fromkeys(encoding.ENCODERS, composing.compile_single_encoder),
    "PolynomialFeatures": expanding.compile_polynomial,
    "KBinsDiscretizer": expanding.compile_bins,
    "PCA": expanding.compile_pca,
    **dict.fromkeys(
        (
            *("LogisticRegression", "LogisticRegressionCV", "SGDClassifier", "Perceptron"),
            *("LinearSVC", "RidgeClassifier", "RidgeClassifierCV"),
            *("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet"),
            *("ElasticNetCV", "BayesianRidge", "HuberRegressor", "LinearSVR", "SGDRegressor"),
            *("PoissonRegressor", "GammaRegressor"),
        ),
        linear.compile_linear,
    ),
    **dict.fromkeys(("DummyClassifier", "DummyRegressor"), linear.compile_dummy),
    **dict.fromkeys(
        (
            *("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier"),
            *("ExtraTreeRegressor", "RandomForestClassifier", "RandomForestRegressor"),
            *("ExtraTreesClassifier", "ExtraTreesRegressor"),
        ),
        trees.compile_forest,
    ),
    **dict.fromkeys(
        ("GradientBoostingClassifier", "GradientBoostingRegressor"), boosting.compile_gradient
    ),
    **dict.fromkeys(
        ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"),
        boosting.compile_histogram,
    ),
}

#: Step of a plan, and what checks its arrays and runs it.
STEPS: dict[str, Callable[..., Any]] = {
    "numbers": scaling.Numbers,
    "select": scaling.Select,
    "affine": scaling.Affine,
    "impute": imputing.Impute,
    "polynomial": expanding.Polynomial,
    "bins": expanding.Bins,
    "project": expanding.Project,
    "lookup": encoding.Lookup,
    "stack": composing.Stack,
    "linear": linear.Linear,
    "constant": linear.Constant,
    "forest": trees.Forest,
    "boost": boosting.Boost,
}

#: Steps that predict a row to the last bit as scikit-learn does, whatever rows stand beside it.
INEXACT = {"linear", "project"}
