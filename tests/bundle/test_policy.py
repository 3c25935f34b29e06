"""What is done about odd values, in general and of one column, as a dict or as text."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpipe.bundle.rows.learn import describe
from nbpipe.bundle.rows.policy import POLICY, action, parse_policy
from nbpipe.bundle.rows.problems import InputWarning
from nbpipe.bundle.rows.schema import Schema
from nbpipe.bundle.rows.validate import check
from nbpipe.errors import SchemaError, UsageError

TRAINED = pd.DataFrame({name: [1.0, 2.0] for name in ("temp", "dew.point", "range")})
SCHEMA = Schema(tuple(describe(TRAINED[name]) for name in TRAINED))
ROW = {"temp": 1.0, "dew.point": 1.0, "range": 1.0}


def test_a_columns_own_rule_comes_before_the_general_one():
    policy = parse_policy({"range": "error", "temp.range": "ignore", "dew.point.range": "warn"})
    check(ROW | {"temp": 9.0}, SCHEMA, policy)
    with pytest.warns(InputWarning, match=r"'dew\.point': 9\.0"):
        check(ROW | {"dew.point": 9.0}, SCHEMA, policy)
    with pytest.raises(SchemaError, match=r"'range': 9\.0, expected 1 to 2"):
        check(ROW | {"range": 9.0}, SCHEMA, policy)


def test_a_column_is_never_taken_for_a_kind():
    policy = parse_policy("range.range=error", SCHEMA.names)
    assert action(policy, "range", "range") == "error"
    assert action(policy, "temp", "range") == "warn"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(ROW | {"temp": 9.0}, SCHEMA, parse_policy("range=ignore"))


names = st.text(min_size=1).filter(lambda text: "," not in text and text == text.strip())
actions = st.sampled_from(["error", "warn", "ignore"])


@given(st.dictionaries(st.tuples(names, st.sampled_from(list(POLICY))), actions, min_size=1))
def test_text_says_what_a_dict_says(rules):
    written = {f"{column}.{kind}": act for (column, kind), act in rules.items()}
    text = ",".join(f"{rule}={act}" for rule, act in written.items())
    columns = {column for column, _ in rules}
    parsed = parse_policy(text, columns)
    assert parsed == parse_policy(written, columns)
    assert all(action(parsed, *rule) == act for rule, act in rules.items())


def test_what_no_policy_speaks_of_is_an_error():
    assert action(parse_policy(None), "temp", "type") == "error"
    assert action(parse_policy({}), "temp", "missing column") == "error"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"unsen": "error"}, r"policy has no 'unsen'.*Did you mean 'unseen'\?"),
        ({"temp.unsen": "error"}, r"policy has no 'temp.unsen'.*Did you mean 'unseen'\?"),
        ({"temp": {"unseen": "error"}}, "policy has no 'temp'.*behind a column's name and a dot"),
        ({"tmp.unseen": "error"}, r"the model reads no column 'tmp'\. Did you mean 'temp'\?"),
        ({".unseen": "error"}, "the model reads no column ''"),
        ({"unseen": "raise"}, "policy 'unseen' is 'error', 'warn' or 'ignore', not 'raise'"),
        ({"unseen": []}, "not \\[\\]"),
        ({5: "warn"}, "policy has no 5"),
        ("unseen", "'unseen' is not of the form unseen=error,carrier.unseen=ignore"),
        ("unseen=error,", "'' is not of the form"),
        ("", "'' is not of the form"),
        (5, "policy is a int; pass a dict such as"),
        (["missing"], "policy is a list"),
    ],
    ids=repr,
)
def test_what_is_no_policy_is_told(policy, told):
    with pytest.raises(UsageError, match=told):
        parse_policy(policy, SCHEMA.names)
