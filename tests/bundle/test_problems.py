"""Problems are counted in full, kept in part, and told in a message that one can read."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from nbpipe.bundle.rows.learn import describe
from nbpipe.bundle.rows.policy import POLICY, parse_policy
from nbpipe.bundle.rows.problems import KEPT, InputWarning
from nbpipe.bundle.rows.schema import Schema
from nbpipe.bundle.rows.validate import to_frame
from nbpipe.errors import SchemaError, UsageError
from work import calls

TRAINED = pd.DataFrame({"temp": [9.0, 100.9], "carrier": pd.Categorical(["AA", "UA"])})


def schema_of(frame):
    return Schema(tuple(describe(frame[name]) for name in frame))


def test_many_problems_are_told_by_column_with_a_count_and_an_example():
    rows = pd.DataFrame({"temp": [10.0, 20.0, 30.0, -2.1] * 750, "carrier": ["AA"] * 2999 + ["ZZ"]})
    with pytest.warns(InputWarning) as caught:
        to_frame(rows, schema_of(TRAINED), POLICY)
    assert str(caught[0].message) == (
        "The input differs from training: column 'temp': 750 of 3,000 values, such as -2.1 "
        "(row 3), expected 9 to 100.9, as in training; column 'carrier': 1 of 3,000 values, "
        "such as 'ZZ' (text) (row 2999), expected one of AA, UA."
    )
    assert caught[0].message.counts == {"temp": 750, "carrier": 1}
    assert len(caught[0].message.problems) == 751


def test_of_very_many_problems_all_are_counted_and_the_first_are_kept():
    rows = pd.DataFrame({"temp": ["x"] * 3000, "carrier": [None] * 3000})
    with pytest.raises(SchemaError) as caught:
        to_frame(rows, schema_of(TRAINED), POLICY)
    assert caught.value.counts == {"temp": 3000, "carrier": 3000}
    assert len(caught.value.problems) == 2 * KEPT
    assert [problem.row for problem in caught.value.problems[-2:]] == [KEPT - 1] * 2


@pytest.mark.parametrize("action", ["warn", "error"])
def test_what_is_wrong_with_a_million_values_costs_about_what_right_ones_cost(action):
    frame = pd.DataFrame(np.zeros((100_000, 10)), columns=list("abcdefghij"))
    schema, policy = schema_of(frame), parse_policy({"range": action})
    tracemalloc.start()
    with pytest.warns(InputWarning) if action == "warn" else pytest.raises(SchemaError):
        to_frame(frame + 1, schema, policy)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80e6  # bytes; one object for each value took 200 MB


@pytest.mark.parametrize("action", ["warn", "error"])
def test_no_step_of_python_is_taken_for_each_wrong_value(action):
    policy = parse_policy({"range": action})

    def look(rows):
        frame = pd.DataFrame(np.zeros((rows, 10)), columns=list("abcdefghij"))
        with pytest.warns(InputWarning) if action == "warn" else pytest.raises(SchemaError):
            to_frame(frame + 1, schema_of(frame), policy)

    look(1000)
    assert calls(look, 100_000) < 1.1 * calls(look, 1000)


def test_hints_are_for_readers_so_that_thousands_of_wrong_names_cost_little():
    schema = schema_of(pd.DataFrame(np.zeros((1, 2000)), columns=[f"f_{i}" for i in range(2000)]))
    with pytest.raises(SchemaError, match="did you mean 'f_0'") as caught:
        to_frame({f"F_{i}": 0.0 for i in range(2000)}, schema, POLICY)
    assert len(caught.value.problems) == 4000
    hints = sum("did you mean" in problem.expected for problem in caught.value.problems)
    assert 0 < hints < 100


def test_a_notebook_shows_one_problem_a_line_and_the_text_stays_one_line():
    with pytest.raises(SchemaError) as caught:
        to_frame([{"temp": "x", "carrier": 3}], schema_of(TRAINED), POLICY)
    assert caught.value._render_traceback_() == [
        "SchemaError: The input does not fit the model:",
        "  - row 0, column 'temp': 'x' (text), expected a number",
        "  - row 0, column 'carrier': 3, expected text",
    ]
    assert "\n" not in str(caught.value)


def test_a_range_is_rounded_for_reading():
    assert describe(pd.Series([0.1 + 0.2, 23.983333333333334], name="x")).seen() == "0.3 to 23.9833"


class Unshown:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "value", [pd.Series([1, 2]), np.zeros((2, 2)), Unshown(), 10**5000], ids="abcd"
)
def test_any_value_is_shown_on_one_line(value):
    with pytest.raises(SchemaError, match="expected a") as caught:
        to_frame({"temp": value, "carrier": "AA"}, schema_of(TRAINED), POLICY)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("policy", [5, ["missing"], {"missing": []}, {5: "warn"}], ids=repr)
def test_what_is_no_policy_is_told(policy):
    with pytest.raises(UsageError, match="policy"):
        parse_policy(policy)
