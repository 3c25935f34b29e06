"""The parameters of estimators, and the control that each gets."""

import inspect

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from nbpipe.pipeline.catalogue import ALL, estimators
from nbpipe.pipeline.names import resolve
from nbpipe.pipeline.parameters import parameters_of


def parameter(cls, name):
    return next(each for each in parameters_of(cls) if each.name == name)


@pytest.mark.parametrize(
    ("cls", "name", "control", "facts"),
    [
        (HistGradientBoostingClassifier, "max_iter", "whole", {"low": 1, "optional": False}),
        (HistGradientBoostingClassifier, "max_depth", "whole", {"low": 1, "optional": True}),
        (HistGradientBoostingClassifier, "max_bins", "whole", {"low": 2, "high": 255}),
        (HistGradientBoostingClassifier, "max_features", "real", {"low": 0, "high": 1}),
        (HistGradientBoostingClassifier, "random_state", "whole", {"optional": True}),
        (
            HistGradientBoostingClassifier,
            "early_stopping",
            "choice",
            {"choices": ("auto", True, False)},
        ),
        (HistGradientBoostingClassifier, "class_weight", "choice", {"choices": ("balanced", None)}),
        (HistGradientBoostingClassifier, "warm_start", "flag", {}),
        (LogisticRegression, "C", "real", {"low": 0, "high": None}),
        (OneHotEncoder, "min_frequency", "text", {"choices": (None,)}),  # a count or a share
        (SimpleImputer, "fill_value", "text", {"choices": ()}),
        (
            SimpleImputer,
            "strategy",
            "choice",
            {"choices": ("constant", "mean", "median", "most_frequent")},
        ),
    ],
)
def test_the_control_follows_scikit_learns_own_constraints(cls, name, control, facts):
    found = parameter(cls, name)
    assert found.control == control
    assert {key: getattr(found, key) for key in facts} == facts


def test_every_default_of_scikit_learn_is_shown_by_its_control_or_as_text():
    """And every parameter has the words of its documentation, which are not empty."""
    for name in estimators()[ALL]:
        for each in parameters_of(resolve(name, {})):
            assert each.help, (name, each.name)
            required = each.default is inspect.Parameter.empty
            if each.control in {"whole", "real"} and not required and each.shows(each.default):
                low, high = each.bounds
                assert each.default is None or low <= each.default <= high
            if each.control == "choice":
                assert len(each.choices) > 1


@pytest.mark.parametrize(
    ("cls", "name", "shown", "other"),
    [
        (HistGradientBoostingClassifier, "max_depth", [None, 1, 30], [0, 2.5, True, "3"]),
        (HistGradientBoostingClassifier, "learning_rate", [0.1, 1], [None, "0.1", -1.0]),
        (HistGradientBoostingClassifier, "class_weight", ["balanced", None], [{0: 1, 1: 5}]),
        (HistGradientBoostingClassifier, "warm_start", [True, False], [0, None]),
        (OneHotEncoder, "min_frequency", [], [60, 0.01, None]),
        (LogisticRegression, "C", [1.0], [np.inf]),
    ],
)
def test_what_a_control_cannot_show_is_left_to_an_expression(cls, name, shown, other):
    found = parameter(cls, name)
    assert [value for value in [*shown, *other] if found.shows(value)] == shown


def test_help_is_plain_words():
    found = parameter(HistGradientBoostingClassifier, "early_stopping")
    assert found.type == "'auto' or bool, default='auto'"
    assert found.help.startswith("If 'auto', early stopping is enabled")
    for name in estimators()[ALL]:
        for each in parameters_of(resolve(name, {})):
            assert ":class:`" not in each.help
            assert "``" not in each.help


def test_what_is_not_of_scikit_learn_is_described_by_its_signature():
    class Own:
        """No constraints.

        Parameters
        ----------
        deep, wide : bool
            Both
            alike.

        Returns
        -------
        nothing : None
        """

        def __init__(self, steps, deep=True, wide=3, **rest):
            pass

    steps, deep, wide = parameters_of(Own)
    assert (steps.default, steps.control) == (inspect.Parameter.empty, "text")
    assert (deep.control, deep.help, deep.type) == ("flag", "Both\nalike.", "bool")
    assert (wide.control, wide.help) == ("text", "Both\nalike.")
    assert parameters_of(3) == ()
