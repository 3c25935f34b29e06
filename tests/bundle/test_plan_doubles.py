"""Histogram boosting splits doubles: its plan tells apart what single precision could not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from nbpipe.bundle.plan.compiling import compile_plan
from nbpipe.bundle.plan.program import Plan
from nbpipe.bundle.rows.clean import Row, Table
from nbpipe.bundle.rows.learn import learn


@pytest.fixture(scope="module", params=[31, 200], ids=["small trees", "large trees"])
def boosted(request):
    """Return a model of three classes, its plan, and rows on its thresholds and next to them."""
    rng = np.random.default_rng(0)
    steps = rng.integers(0, 200, (900, 2))
    X = pd.DataFrame(1 + steps * 1e-9, columns=["a", "b"])  # all the same in single precision
    assert X.astype("float32").nunique().max() < 5
    y = (steps.sum(axis=1) + rng.integers(0, 60, 900)) % 3
    most = {"max_leaf_nodes": request.param, "min_samples_leaf": 2}
    model = HistGradientBoostingClassifier(max_iter=3, random_state=0, **most)
    pipeline = make_pipeline(model).fit(X, y)
    plan = Plan(compile_plan(pipeline, learn(pipeline, X)))
    feature, threshold = plan.splits()
    on = np.unique(threshold)
    values = np.concatenate((on, np.nextafter(on, 0), np.nextafter(on, 2), [np.nan, 0.0, 9.0]))
    rows = np.stack((rng.permutation(values), rng.permutation(values)), axis=1)
    assert set(feature.tolist()) == {0, 1}
    assert len(on) > len(np.unique(on.astype(np.float32)))
    return pipeline, plan, rows


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200, 500])
def test_so_many_rows_are_predicted_to_the_bit(boosted, count):
    pipeline, plan, rows = boosted
    rows = rows[np.arange(count) % len(rows)]
    found = plan.predict_proba(Table(list(rows.T), count))
    expected = pipeline.predict_proba(pd.DataFrame(rows, columns=["a", "b"]))
    np.testing.assert_array_equal(found, expected)


def test_a_row_alone_is_predicted_to_the_bit(boosted):
    pipeline, plan, rows = boosted
    expected = pipeline.predict_proba(pd.DataFrame(rows, columns=["a", "b"]))
    for row, proba in zip(rows[:100].tolist(), expected, strict=False):
        given = [None if value != value else value for value in row]  # noqa: PLR0124 - NaN
        np.testing.assert_allclose(plan.predict_proba(Row(given))[0], proba, rtol=1e-15)
