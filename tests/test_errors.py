"""The tree of errors."""

import builtins
import inspect
import pickle
import re

import pytest

from nbpipe import errors
from nbpipe.errors import NbpipeError, SchemaError, SpecError, did_you_mean

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, NbpipeError) and cls is not NbpipeError
]


@pytest.mark.parametrize("cls", CLASSES)
def test_an_error_survives_pickling_with_its_facts(cls):
    """Workers of a parallel cross-validation send their errors back pickled."""
    facts = {name: "x" for name in cls.__annotations__ if name != "exit_code"}
    copy = pickle.loads(pickle.dumps(cls("what, where, what next", **facts)))
    assert type(copy) is cls
    assert str(copy) == "what, where, what next"
    assert all(getattr(copy, name) == "x" for name in facts)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_drawn_tree_is_the_real_one(cls):
    drawn = re.search(rf"(── )?{cls.__name__} +(\((\w+)\))?", errors.__doc__)
    assert drawn
    if drawn[3]:
        assert issubclass(cls, getattr(builtins, drawn[3]))


def test_a_fact_that_is_not_declared_is_refused():
    with pytest.raises(TypeError, match="colour"):
        NbpipeError("no", colour="red")


def test_a_bad_prediction_input_is_a_value_error():
    with pytest.raises(ValueError, match="missing"):
        raise SchemaError("missing columns")


def test_a_cell_error_shows_the_place():
    error = SpecError("no such step", line=2, column=5, source_line="m = Rigde()")
    shown = error._render_traceback_()
    assert shown[0] == "SpecError: no such step"
    assert shown[1][shown[2].index("^")] == "R"


def test_near_names_are_suggested_and_far_ones_are_not():
    assert did_you_mean("Rigde", ["Ridge", "Lasso"]) == " Did you mean 'Ridge'?"
    assert did_you_mean("xyz", ["Ridge", "Lasso"]) == ""
