"""Text is read as Python's own readers have it, wherever a chunk ends."""

import csv
import re
from io import StringIO
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpipe.bundle.rows.schema import Feature, Schema
from nbpipe.serving.batch import csv_block, csv_input, jsonl_input
from nbpipe.serving.batch.chunk import Wanted
from nbpipe.serving.batch.csv_input import CsvInput
from nbpipe.serving.batch.jsonl_input import JsonlInput
from nbpipe.serving.batch.lines import Lines
from nbpipe.serving.batch.typed import typed

CELLS = st.text(st.sampled_from('ab", \r\n\0é\u2028'), max_size=6)
WANTED = Wanted(Schema(()), ("a", "b"), ())


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("reading") / "in"


def read(make, module, path, block):
    """Return the rows of every chunk, read on from each place as a resumed run does."""
    rows, place = [], None
    with patch.object(module, "BLOCK", block):
        while True:
            reader = make(Lines(str(path)), WANTED)
            try:
                chunk = next(reader.chunks(place), None)
            finally:
                reader.close()
            if chunk is None or (place and chunk.following == place):
                return rows
            assert not chunk.faults
            rows += zip(chunk.numbers.tolist(), *chunk.kept.values(), strict=True)
            place = chunk.following


@given(st.lists(st.tuples(CELLS, CELLS), max_size=12), st.integers(1, 60), st.sampled_from([0, 1]))
def test_csv_is_what_pythons_reader_makes_of_it_wherever_chunks_end(file, rows, block, quoting):
    text = StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([("a", "b"), *rows])
    file.write_bytes(text.getvalue().encode())
    expected = [(i, *row) for i, row in enumerate(rows, 1)]
    assert read(CsvInput, csv_input, file, block) == expected


@given(st.lists(st.sampled_from(["", " ", '{"a": 1, "b": "\u2028"}', '{"a": {"b": []}}'])))
def test_json_lines_end_at_line_feeds_alone(file, lines):
    file.write_text("\n".join(lines))
    found = read(JsonlInput, jsonl_input, file, 20)
    assert [each[1:] for each in found] == [
        (1, "\u2028") if "2028" in ascii(line) else ({"b": []}, None)
        for line in lines
        if line.strip()
    ]


NUMBER = re.compile(r"(?ai)\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)\s*")
ODD = st.sampled_from(
    ["nan", "1_0", "1e", "-", ".", "\u0663", "inf", "1e999", "9" * 30, "0x1", " 7 "]
)


@given(
    st.lists(st.one_of(st.text("0123456789.eE+-", max_size=8), ODD), min_size=1),
    st.sampled_from(["float64", "int64", "Int64", "object"]),
)
def test_a_cell_is_a_number_by_its_own_looks_not_by_those_around_it(cells, dtype):
    found = typed(cells, Feature("x", "number", dtype, nullable=True)).tolist()
    for cell, value in zip(cells, found, strict=True):
        if not cell:
            assert value is None or np.isnan(value)
        elif NUMBER.fullmatch(cell):
            assert float(value) == float(cell)
            assert not isinstance(value, int) or dtype == "float64" or value == int(cell)
        else:
            assert value == cell


@pytest.mark.parametrize("dtype", ["float64", "int64", "Int64", "object"])
@given(cells=st.lists(st.one_of(st.text("0123456789.eE+- ", max_size=8), ODD), min_size=1))
def test_a_plain_block_is_read_as_its_cells_are(dtype, cells):
    """What pandas reads at once is what is read cell by cell, or it is left to that."""
    feature = Feature("x", "integer" if dtype == "int64" else "number", dtype, nullable=True)
    lines = [f"{cell},0\n".encode() for cell in cells]
    columns = csv_block.parsed(lines, ["x", "y"], Schema((feature,)), ())
    if columns is not None:
        one_by_one = np.array(typed(cells, feature).tolist(), float)
        np.testing.assert_array_equal(columns["x"].astype(float), one_by_one)
        assert dtype == "float64" or columns["x"].tolist() == typed(cells, feature).tolist()


def test_a_number_that_stands_for_missing_does_so_as_it_is_written():
    feature = Feature("x", "number", "float64", nullable=True)
    lines = [b"-1,0\n", b"-1.0,0\n"]
    assert csv_block.parsed(lines, ["x", "y"], Schema((feature,)), ["-1"]) is None
    assert typed(["-1", "-1.0"], feature, ["-1"]).tolist() == [None, -1.0]
