"""What is said of a frame's columns."""

import numpy as np
import pandas as pd
import pytest

from nbpipe.pipeline.frame import BARS, look, sound

N = 200
RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.normal(size=N)
LETTERS = RANDOM.choice(list("abcd"), N)


def described(values, **keywords):
    (column,) = look(pd.DataFrame({"x": pd.Series(values, **keywords)}))
    return column


def test_a_plain_number_is_described_by_its_range():
    column = described([0.0, 10.0, np.nan, np.inf] * 50)
    assert (column.kind, column.missing, column.distinct) == ("number", 0.25, 3)
    assert len(column.counts) == BARS
    assert sum(column.counts) == 100  # what is not finite stands in no bar
    assert column.shown == "0 to 10"
    assert column.suspicion is None


def test_a_category_is_described_by_its_most_frequent_values():
    column = described(["b"] * 100 + ["a"] * 60 + [None] * 40)
    assert (column.kind, column.distinct, column.missing) == ("category", 2, 0.2)
    assert column.counts == (100, 60)
    assert column.shown == "b, a"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5] * N, "constant"),
        ([None] * N, "constant"),
        (["same"] * N, "constant"),
        (range(N), "identifier"),
        ([f"N{n}" for n in range(N)], "identifier"),
        ([f"N{n // 3}" for n in range(N)], "identifier"),
        (pd.date_range("2013-01-01", periods=N), "unusable"),
        (pd.to_timedelta(NUMBERS, unit="s"), "unusable"),
        ([f"the crew of flight {n} was late" for n in range(N)], "unusable"),
        ([1, "one"] * (N // 2), "unusable"),
        ([[1], [2]] * (N // 2), "unusable"),
    ],
)
def test_what_should_not_simply_go_into_a_model_is_flagged(values, kind):
    suspicion = described(values).suspicion
    assert suspicion.kind == kind
    assert suspicion.reason


@pytest.mark.parametrize(
    "values",
    [
        NUMBERS,  # all different, and no identifier
        RANDOM.permutation(N) * 1000,  # whole numbers far apart: amounts
        range(10),  # too few rows to say
        [1.0, None] * (N // 2),  # one value, though that it is there tells something
        LETTERS,
        pd.Categorical(LETTERS),
        NUMBERS > 0,
        [f"dest {n % 30}" for n in range(N)],
        ["Newark Liberty International Airport", "La Guardia Airport of New York"] * (N // 2),
    ],
)
def test_what_can_go_into_a_model_is_not_flagged(values):
    assert described(values).suspicion is None


def test_pandas_own_missing_value_is_seen():
    """Encoders refuse it among text, and numpy keeps no column of numbers with it."""
    text = described(["a", None] * 100, dtype="string")
    assert text.nullable
    assert "category" in text.suspicion.reason
    assert described([1, None] * 100, dtype="Int64").nullable
    assert not described([1.0, None] * 100).nullable


def test_a_key_is_seen_in_a_sample_of_many_rows():
    X = pd.DataFrame({"key": np.arange(250_000), "amount": RANDOM.integers(0, 10**9, 250_000)})
    key, amount = look(X)
    assert key.suspicion.kind == "identifier"
    assert amount.suspicion is None


def test_sound_columns_are_those_of_a_kind_that_nothing_speaks_against():
    columns = look(pd.DataFrame({"a": NUMBERS, "b": LETTERS, "c": 1, "d": range(N)}))
    assert [each.name for each in sound(columns, "number")] == ["a"]
    assert [each.name for each in sound(columns, "category")] == ["b"]
