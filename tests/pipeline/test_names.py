"""What names mean without an import."""

import inspect
import subprocess
import sys

import pytest
from sklearn.utils import all_estimators

from nbpipe.pipeline.names import class_names, estimator_names, parameters, resolve


def test_every_public_estimator_is_known_and_is_scikit_learns_own():
    for name, cls in all_estimators():
        assert resolve(name, {}) is cls


def test_the_list_of_estimators_is_scikit_learns_own():
    assert set(estimator_names()) >= {name for name, _ in all_estimators()}
    assert {"IterativeImputer", "HalvingGridSearchCV"} <= set(estimator_names())
    assert not {"KFold", "RBF", "DistanceMetric", "f1_score"} & set(estimator_names())
    assert list(estimator_names()) == sorted(estimator_names())
    assert {*estimator_names(), "KFold", "RBF"} <= set(class_names())


@pytest.mark.parametrize(
    "name",
    ["make_column_selector", "f1_score", "mutual_info_classif", "RBF", "KFold", "make_pipeline"],
)
def test_what_arguments_are_made_of_is_known_too(name):
    assert resolve(name, {}).__name__ == name


def test_the_namespace_wins_over_scikit_learn_and_that_over_the_builtins():
    assert resolve("PCA", {"PCA": 1, "len": 2}) == 1
    assert resolve("len", {"len": 2}) == 2
    assert resolve("len", {}) is len


@pytest.mark.parametrize(
    ("name", "near"),
    [("StandrdScaler", "StandardScaler"), ("my_scalr", "my_scaler"), ("IterativeImputr", "It")],
)
def test_an_unknown_name_is_told_what_is_near(name, near):
    with pytest.raises(LookupError, match=f"Did you mean '{near}"):
        resolve(name, {"my_scaler": 1})


def test_an_unknown_name_like_no_other_is_told_what_to_do():
    with pytest.raises(LookupError, match="Define or import it"):
        resolve("xyzzy", {})


def mine(a, *b, c=1, **d):
    return a, b, c, d


def test_parameters_come_with_their_defaults():
    assert parameters("StandardScaler", {}) == {"copy": True, "with_mean": True, "with_std": True}
    assert parameters("GridSearchCV", {})["param_grid"] is inspect.Parameter.empty
    assert parameters("mine", {"mine": mine}) == {"a": inspect.Parameter.empty, "c": 1}
    assert parameters("number", {"number": 3}) == {}


def test_looking_a_name_up_loads_its_module_alone():
    code = (
        "import sys\n"
        "from nbpipe.pipeline.names import resolve\n"
        "assert 'sklearn' not in sys.modules\n"
        "resolve('Ridge', {})\n"
        "print('sklearn.gaussian_process' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
