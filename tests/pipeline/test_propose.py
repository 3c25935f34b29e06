"""The pipeline that is proposed for a frame: it fits, whatever the frame is like."""

import warnings

import numpy as np
import pandas as pd
import pytest

from nbpipe.errors import UsageError
from nbpipe.pipeline.build import build
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.frame import look
from nbpipe.pipeline.propose import MODELS, Target, propose

N = 300
RANDOM = np.random.default_rng(0)
SIGNAL = RANDOM.normal(size=N)


def missing(values, dtype=None):
    column = pd.Series(values, dtype=dtype)
    column[::7] = pd.NA if dtype else None
    return column


NASTY = pd.DataFrame(
    {
        "signal": missing(SIGNAL.copy()),
        "nullable": missing(RANDOM.integers(0, 9, N), "Int64"),
        "infrequent": missing(RANDOM.choice(["a"] * 40 + ["b", "c"], N)),
        "category": pd.Categorical(RANDOM.choice(list("xyz"), N)),
        "flag": SIGNAL > 0,
        "nullable flag": missing(RANDOM.random(N) > 0.5, "boolean"),
        "nullable text": missing(RANDOM.choice(["u", "v"], N), "string"),
        'quo"ted': RANDOM.normal(size=N),
        "constant": 1,
        "key": np.arange(N),
        "time": pd.date_range("2013-01-01", periods=N),
    }
)


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("regression", "boosting"),
        ("regression", "linear"),
        ("binary", "boosting"),
        ("binary", None),
        ("multiclass", "forest"),
        ("multilabel", "linear"),
    ],
)
def test_a_proposal_fits_and_predicts_what_it_has_not_seen(kind, model):
    y = {
        "regression": SIGNAL,
        "binary": (SIGNAL > 1).astype(int),
        "multiclass": pd.cut(SIGNAL, 3, labels=False),
        "multilabel": np.c_[SIGNAL > 0, SIGNAL > 1].astype(int),
    }[kind]
    found = propose(look(NASTY), N, Target(kind, 0.3), model)
    assert found.model == ("forest" if kind == "multilabel" else model or "linear")
    pipeline, train, test = build(found.spec), NASTY[:200], NASTY[200:]
    with warnings.catch_warnings():
        warnings.simplefilter("error", category=FutureWarning)
        pipeline.fit(train, y[:200])
        assert pipeline.score(test, y[200:]) > 0.5  # the signal is among the columns
        new = test.assign(infrequent="never seen", signal=np.nan)
        assert len(pipeline.predict(new)) == len(new)


def test_the_number_of_rows_chooses_the_model():
    columns, target = look(NASTY), Target("binary")
    text = {n: format_spec(propose(columns, n, target).spec) for n in (500, 5_000, 50_000)}
    assert "LogisticRegression" in text[500]
    assert "StandardScaler" in text[500]
    assert "max_leaf_nodes=6" in text[5_000]
    assert "min_frequency=50," in text[5_000]
    assert "HistGradientBoostingClassifier(random_state=0)" in text[50_000]


def test_a_rare_class_is_weighed():
    columns = look(NASTY)
    for model in MODELS:
        rare = propose(columns, N, Target("binary", 0.4), model)
        even = propose(columns, N, Target("binary", 0.9), model)
        assert 'class_weight="balanced"' in format_spec(rare.spec)
        assert "class_weight" not in format_spec(even.spec)


def test_what_is_suspicious_is_left_out_and_told():
    found = propose(look(NASTY), N, None)
    text = format_spec(found.spec)
    for name in ("constant", "key", "time", "nullable text"):
        assert f'"{name}"' not in text
        assert name in found.reasons[-1]


def test_without_a_target_only_the_preparation_is_proposed():
    found = propose(look(NASTY), N, None)
    assert found.model == ""
    assert list(build(found.spec).named_steps) == ["columntransformer"]


def test_a_frame_that_nothing_can_be_made_of_is_refused():
    with pytest.raises(UsageError, match="No column of X can be used"):
        propose(look(NASTY[["constant", "time"]]), N, None)
