"""Rows of requests that come at once are predicted together, and answered as if alone."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest
from servers import ROW, export, flights
from sklearn.ensemble import RandomForestClassifier

import nbpipe
from nbpipe.errors import DataError
from nbpipe.serving.together import Together


def asked(model, records):
    """Return what comes of records that are read in one turn of the event loop."""
    together = Together()
    sizes = []
    many, one = model.answer_rows, model.read_alone
    model.answer_rows = lambda rows: sizes.append(len(rows)) or many(rows)

    async def main():
        rows = [one(record) for record in records]
        assert None not in rows
        return await asyncio.gather(
            *(together.answer(model, row) for row in rows), return_exceptions=True
        )

    return asyncio.run(main()), sizes


@pytest.fixture
def forest(tmp_path):
    X, y = flights()
    X = X[["distance", "temp"]].assign(empty=np.nan)
    model = RandomForestClassifier(20, random_state=0)
    bundle = nbpipe.export(model.fit(X, y), tmp_path / "trees", X=X)
    return nbpipe.load(bundle.path), json.loads(X.head(40).to_json(orient="records"))


def test_each_row_is_answered_to_the_bit_as_if_alone(forest):
    model, records = forest
    answers, sizes = asked(model, records)
    assert sizes == [len(records)]
    for record, answer in zip(records, answers, strict=True):
        alone = model.answer(record)
        assert answer.labels.tolist() == alone.labels.tolist()
        assert np.array_equal(answer.probabilities, alone.probabilities)
        assert answer.probabilities.shape == alone.probabilities.shape


def test_a_row_that_cannot_be_used_spoils_no_other(forest):
    model, records = forest
    records[3]["empty"] = 1e300  # nothing was seen there that would rule it out
    answers, sizes = asked(model, records[:6])
    assert sizes == [6, *[1] * 6]
    assert isinstance(answers.pop(3), DataError)
    others = [*records[:3], *records[4:6]]
    assert [each.labels.tolist() for each in answers] == [
        model.answer(each).labels.tolist() for each in others
    ]


def test_rows_whose_sums_depend_on_their_neighbours_are_not_read_alone(tmp_path):
    model = nbpipe.load(export(tmp_path / "late").path)
    assert model._plan.exact == (model.read_alone(ROW) is not None)
    assert model.read_alone([ROW, ROW]) is None
    assert model.read_alone({**ROW, "carrier": "ZZ"}) is None  # of which the policy warns
