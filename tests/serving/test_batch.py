"""``nbpipe predict``, the real command, on files as people have them."""

import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nbpipe
from nbpipe.errors import DataError, SchemaError, UsageError

COMMAND = Path(sys.executable).with_name("nbpipe")
FLIGHTS = Path(__file__).parents[2] / "notebooks" / "data" / "flights_jan_aug.csv.gz"
NUMBERS, WORDS = ["distance", "temp", "wind_gust"], ["carrier", "origin"]


@pytest.fixture(scope="module")
def flights():
    return pd.read_csv(FLIGHTS, nrows=1500)


@pytest.fixture(scope="module")
def late(flights, tmp_path_factory):
    """Return a model that reads five of the columns; wind_gust may be missing."""
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), WORDS),
    )
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=300))
    X = flights[NUMBERS + WORDS].assign(temp=lambda x: x.temp.fillna(50))
    folder = tmp_path_factory.mktemp("models") / "late"
    nbpipe.export(pipeline.fit(X, flights.late), folder, X=X, y=flights.late)
    return nbpipe.load(folder)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Return a regression of a whole number, a boolean, text and a number."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "count": rng.integers(0, 9, 300),
            "member": rng.random(300) < 0.5,
            "code": pd.Series(rng.choice(["007", "08", "x"], 300), dtype=object),
            "size": rng.random(300),
        }
    )
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["code"]),
        ("passthrough", ["count", "member", "size"]),
    )
    pipeline = make_pipeline(columns, HistGradientBoostingRegressor(max_iter=5))
    folder = tmp_path_factory.mktemp("models") / "mixed"
    nbpipe.export(pipeline.fit(X, X["size"] + X["member"]), folder, X=X)
    return nbpipe.load(folder)


def run(*arguments, **options):
    command = [COMMAND, "predict", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)


def places(folder):
    return sorted(path.name for path in folder.iterdir())


def expected(model, rows):
    return model.predict_proba(rows[list(model.schema.names)])


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".jsonl", ".ndjson.gz", ".parquet"])
@pytest.mark.parametrize("written", [".csv", ".jsonl.gz", ".parquet"])
def test_any_kind_of_file_is_predicted_as_its_frame_is(late, flights, tmp_path, ending, written):
    source, target = tmp_path / f"in{ending}", tmp_path / f"out{written}"
    rows = flights.head(60).assign(temp=lambda x: x.temp.fillna(50))
    rows = rows[[*reversed(rows.columns)]]  # in another order
    if "parquet" in ending:
        rows.to_parquet(source)
    elif "csv" in ending:
        rows.to_csv(source, index=False)
    else:
        rows.to_json(source, orient="records", lines=True)
    done = nbpipe.predict_file(late, source, target, keep=["tailnum", "flight"])
    assert (done.rows, done.rejected) == (60, 0)
    if "parquet" in written:
        found = pd.read_parquet(target)
    elif "csv" in written:
        found = pd.read_csv(target)
    else:
        found = pd.read_json(target, lines=True, precise_float=True)
    assert found.row.tolist() == list(range(1, 61))
    assert found.flight.astype(int).tolist() == rows.flight.tolist()
    assert found.tailnum.tolist() == rows.tailnum.tolist()
    proba = expected(late, rows)
    given = found[["probability_0", "probability_1"]].to_numpy()
    np.testing.assert_allclose(given, proba, rtol=1e-12)  # rows together, or chunk by chunk
    assert found.prediction.tolist() == proba.argmax(axis=1).tolist()
    assert places(tmp_path) == [source.name, target.name]


def test_cells_are_what_the_schema_says(mixed, tmp_path):
    """007 stays text, 1e0 is whole, booleans have more than one word."""
    text = (
        "size,count,extra,code,member\n"
        "0.5,1e0,,007,true\n 0.5 ,3.0,x,08,0\n.5,4,,x,FALSE\n5e-1,2,,7,1\n"
    )
    (tmp_path / "in.csv").write_text(text)
    done = nbpipe.predict_file(mixed, tmp_path / "in.csv", tmp_path / "out.csv")
    rows = [
        {"size": 0.5, "count": 1, "code": "007", "member": True},
        {"size": 0.5, "count": 3, "code": "08", "member": False},
        {"size": 0.5, "count": 4, "code": "x", "member": False},
        {"size": 0.5, "count": 2, "code": "7", "member": True},
    ]
    with pytest.warns(UserWarning, match="'7'"):
        wanted = mixed.predict(rows)
    found = pd.read_csv(tmp_path / "out.csv").prediction
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert len(done.warnings) == 1
    assert "column 'code': '7' (text)" in done.warnings[0]
    assert done.warnings[0].endswith(", in 1 row")


BAD = (
    "size,count,code,member\n"
    "0.5,1,x,true\n"
    "warm,1,x,true\n"  # line 3
    "0.5,1.5,x,yes\n"  # line 4, two reasons
    "nan,1,x,true\n"
    "1_0,1,x,true\n"
    "TRUE,1,x,true\n"
    "\n"
    '0.5,1,"x\ny",true\n'  # good, lines 9 and 10
    "0.5,1,x\n"  # line 11
    "0.5,1,x,true,5\n"
    "0.5,,x,true\n"  # line 13
    "inf,1,x,true\n"
    "0.5,1,x\0,true\n"  # good, line 15, if no known code
    "0.5,1,x\ry,true\n"
    "0.5,99999999999999999999,x,true\n"  # line 17
    "0.5,2,08,0\n"
    '0.5,1,"x"y,true\n'  # line 19
)


@pytest.fixture
def bad(tmp_path):
    (tmp_path / "in.csv").write_bytes(BAD.encode())
    return tmp_path / "in.csv"


def test_bad_rows_are_set_aside_with_line_reasons_and_their_cells(mixed, bad, tmp_path):
    arguments = [
        "--input",
        bad,
        "--output",
        tmp_path / "out.csv",
        "--rejects",
        tmp_path / "bad.jsonl",
    ]
    done = run(mixed.bundle.path, *arguments)
    assert done.returncode == 1, done.stderr
    assert b"16 rows: 4 predicted, 12 rejected" in done.stderr
    assert pd.read_csv(tmp_path / "out.csv").row.tolist() == [1, 7, 12, 15]
    found = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    told = {each["line"]: each["reasons"] for each in found}
    assert list(told) == [3, 4, 5, 6, 7, 11, 12, 13, 14, 16, 17, 19]
    assert told[3].startswith("column 'size': 'warm' (text), expected a number")
    assert "column 'count': 1.5" in told[4]
    assert "column 'member': 'yes'" in told[4]
    assert "'nan' (text), expected a number" in told[5]
    assert "'1_0' (text)" in told[6]
    assert "'TRUE' (text)" in told[7]
    assert told[11] == "has 3 fields where the header has 4"
    assert told[12] == "has 5 fields where the header has 4"
    assert "column 'count'" in told[13]
    assert "a finite number" in told[14]
    assert told[16] == "holds a carriage return that ends no line"
    assert "column 'count'" in told[17]
    assert told[19] == "has a quote within a quoted field that is not doubled"
    assert [each["row"] for each in found][:2] == [2, 3]
    assert found[1]["count"] == "1.5"
    assert found[6]["member"] == "true,5"


def test_mended_rejects_can_be_read_again(mixed, bad, tmp_path):
    nbpipe.predict_file(mixed, bad, tmp_path / "out.csv", rejects=tmp_path / "bad.csv")
    found = pd.read_csv(tmp_path / "bad.csv", dtype=str, keep_default_na=False)
    found["size"], found["count"], found["code"], found["member"] = "0.5", "1", "x", "true"
    found.to_csv(tmp_path / "mended.csv", index=False)
    done = nbpipe.predict_file(mixed, tmp_path / "mended.csv", tmp_path / "rest.csv", keep=["line"])
    assert (done.rows, done.rejected) == (12, 0)


def test_without_rejects_the_first_bad_rows_are_told_and_nothing_is_written(mixed, bad, tmp_path):
    done = run(mixed.bundle.path, "--input", bad, "--output", tmp_path / "out.csv")
    assert done.returncode == 2
    text = done.stderr.decode()
    assert "row 2 (line 3): column 'size': 'warm' (text), expected a number" in text
    assert "and 2 more" in text
    assert "rejects" in text
    assert places(tmp_path) == ["in.csv"]


@pytest.mark.parametrize(("most", "code"), [("12", 1), ("11", 2)])
def test_too_many_rejects_leave_no_output_but_tell_why(mixed, bad, tmp_path, most, code):
    aside = ["--rejects", tmp_path / "bad.csv", "--max-rejects", most]
    done = run(mixed.bundle.path, "--input", bad, "--output", tmp_path / "out.csv", *aside)
    assert done.returncode == code
    left = ["bad.csv", "in.csv"]
    assert places(tmp_path) == (left if code == 2 else [*left, "out.csv"])


def test_missing_values_are_empty_or_what_is_said(late, flights, tmp_path):
    rows = flights.head(20).assign(temp=50.0, wind_gust=np.nan)
    rows.to_csv(tmp_path / "in.csv", index=False, na_rep="NA")
    with pytest.raises(SchemaError, match=r"'NA' \(text\), expected a number"):
        nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv", na_values=["NA"])
    found = pd.read_csv(tmp_path / "out.csv").probability_1
    np.testing.assert_allclose(found, expected(late, rows)[:, 1], rtol=1e-12)


def test_columns_are_refused_all_at_once_before_any_row(late, tmp_path):
    (tmp_path / "in.csv").write_text("Temp,distance,distance,origin,wind_gust\n")
    done = run(
        late.bundle.path,
        "--input",
        tmp_path / "in.csv",
        "--output",
        tmp_path / "o.csv",
        "--keep",
        "id",
    )
    text = done.stderr.decode()
    assert done.returncode == 2
    for each in (
        "more than one column named 'distance'",
        "missing column 'carrier'",
        "missing column 'id'",
    ):
        assert each in text
    assert "missing column 'temp' (Did you mean 'Temp'?)" in text


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.removesuffix(b"\n"),
        lambda data: data.replace(b"\n", b"\n\n"),
        lambda data: b"\n".join(
            b",".join(b'"' + cell + b'"' for cell in line.split(b",")) for line in data.splitlines()
        ),
    ],
    ids=["a byte order mark", "CRLF", "no last line end", "blank lines", "all quoted"],
)
def test_dialects_of_csv_are_one(late, flights, tmp_path, change):
    rows = flights.head(40).assign(temp=50.0)
    (tmp_path / "in.csv").write_bytes(change(rows.to_csv(index=False).encode()))
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv").probability_1
    np.testing.assert_allclose(found, expected(late, rows)[:, 1], rtol=1e-12)


def test_kept_cells_are_copied_as_they_are(late, flights, tmp_path):
    rows = flights.head(5).assign(temp=50.0)
    rows["note"] = ["naïve 東京", 'a "b"', "x,\r\ny", "NA", "007"]
    rows.to_csv(tmp_path / "in.csv", index=False)
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv", keep=["note", "temp"])
    with (tmp_path / "out.csv").open(newline="") as file:
        found = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert found.note.tolist() == rows.note.tolist()
    assert found.temp.tolist() == ["50.0"] * 5


GOOD = b"temp,distance,wind_gust,carrier,origin\n50,1,2,AA,JFK\n50,1,2,AA,JFK\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (GOOD.replace(b",", b";"), "separated by semicolons, not commas"),
        (GOOD.replace(b",", b"\t"), "separated by tabs, not commas"),
        (GOOD.replace(b"\n", b"\r"), "The header of .* holds a carriage return"),
        (b"", "is empty: there is not even a header"),
        ("temp,caf\u00e9\n1,2\n".encode("latin-1"), "Line 1 of .* is not UTF-8 .byte 0xe9."),
        ("HEADER\n50,1,2,AA,JFK\n50,1,2,\u00e9,JFK\n".encode("latin-1"), "Line 3 .* is not UTF-8"),
        (b'HEADER\n50,1,2,AA,JFK\n50,1,2,"AA,JFK\n', "Line 3 .* opens a quote that is never"),
        (gzip.compress(GOOD * 9000)[:-20], "cannot be read"),
        ("HEADER\n".encode("utf-16"), "Line 1 of .* is not UTF-8"),
        (b'HEADER\n50,1,2,AA,JFK\n"' + b"x" * 70_000_000, "is longer than 64 MB"),
    ],
    ids=[
        "semicolons",
        "tabs",
        "old line ends",
        "empty",
        "latin header",
        "latin row",
        "open quote",
        "cut gzip",
        "utf-16",
        "endless field",
    ],
)
def test_what_is_no_csv_is_refused_and_leaves_nothing(late, tmp_path, data, told):
    header = b"temp,distance,wind_gust,carrier,origin"
    (tmp_path / "in.csv").write_bytes(data.replace(b"HEADER", header))
    with pytest.raises(DataError, match=told):
        nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    assert places(tmp_path) == ["in.csv"]


def test_a_header_alone_gives_a_header_alone(late, tmp_path):
    (tmp_path / "in.csv").write_text("temp,distance,wind_gust,carrier,origin\n")
    done = nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    assert done.rows == 0
    assert (tmp_path / "out.csv").read_text() == "row,prediction,probability_0,probability_1\n"


@pytest.mark.slow
def test_a_huge_field_is_read(late, flights, tmp_path):
    rows = flights.head(3).assign(temp=50.0, note="x" * 6_000_000)
    rows.to_csv(tmp_path / "in.csv", index=False)
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv").probability_1
    np.testing.assert_allclose(found, expected(late, rows)[:, 1], rtol=1e-12)


def test_json_lines_that_are_no_objects_are_rejects(mixed, tmp_path):
    good = {"size": 0.5, "count": 1, "code": "x", "member": True}
    lines = [json.dumps(good), "{", "[1]", "", json.dumps(good | {"size": "0.5"}), "1,2"]
    lines += [json.dumps({k: v for k, v in good.items() if k != "code"}), "[" * 100_000]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    done = nbpipe.predict_file(
        mixed, tmp_path / "in.jsonl", tmp_path / "out.jsonl", rejects=tmp_path / "bad.jsonl"
    )
    assert (done.rows, done.rejected) == (7, 6)
    found = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert [each["line"] for each in found] == [2, 3, 5, 6, 7, 8]
    assert found[0]["reasons"].startswith("is no JSON object: ")
    assert found[1]["text"] == "[1]"
    assert found[2]["reasons"].startswith("column 'size': '0.5' (text), expected a number")
    assert found[4]["reasons"] == "missing column 'code'"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"size": 1, "count": 1, "code": "x", "member": true, "size": 2}', "'size' stands twice"),
        ('{"size": 1, "count": 1, "code": "\\ud800", "member": true}', "surrogates not allowed"),
    ],
)
def test_json_that_says_two_things_or_no_text_is_rejected(mixed, tmp_path, line, told):
    (tmp_path / "in.jsonl").write_text(line)
    with pytest.raises(SchemaError, match=told):
        nbpipe.predict_file(mixed, tmp_path / "in.jsonl", tmp_path / "out.csv", keep=["code"])


def test_a_column_that_only_the_last_rows_lack_makes_rejects_of_these(mixed, tmp_path):
    row = {"size": 0.5, "count": 1, "code": "x", "member": True}
    lines = [json.dumps(row)] * 2**15 + ['{"size": 0.5, "count": 1, "code": "x"}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    files = tmp_path / "in.jsonl", tmp_path / "out.csv"
    done = nbpipe.predict_file(mixed, *files, rejects=tmp_path / "bad.csv")
    assert (done.rows, done.rejected) == (2**15 + 1, 1)
    assert "missing column 'member'" in (tmp_path / "bad.csv").read_text()


def test_an_output_that_is_no_file_is_not_replaced(late, flights, tmp_path):
    flights.head(3).assign(temp=50.0).to_csv(tmp_path / "in.csv", index=False)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for target in ("pipe", "folder"):
        options = {"output_format": "csv", "overwrite": True}
        with pytest.raises(UsageError, match="which is no file"):
            nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / target, **options)
    assert places(tmp_path) == ["folder", "in.csv", "pipe"]


def test_decimals_of_parquet_are_numbers(late, flights, tmp_path):
    rows = flights.head(9).assign(temp=50.0)
    table = pa.Table.from_pandas(rows[NUMBERS + WORDS])
    exact = table["wind_gust"].cast(pa.decimal128(20, 6), safe=False)
    at = table.column_names.index("wind_gust")
    pq.write_table(table.set_column(at, "wind_gust", exact), tmp_path / "in.parquet")
    nbpipe.predict_file(late, tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = pd.read_parquet(tmp_path / "out.parquet").probability_1
    np.testing.assert_allclose(found, expected(late, rows)[:, 1], rtol=1e-6)


def test_pipes_are_read_and_written(late, flights):
    data = flights.head(30).assign(temp=50.0).to_csv(index=False).encode()
    pipe = ["--input", "-", "--input-format", "csv", "--output", "-", "--output-format", "jsonl"]
    plain = run(late.bundle.path, *pipe, input=data)
    assert plain.returncode == 0
    assert len(plain.stdout.splitlines()) == 30
    assert run(late.bundle.path, *pipe, input=gzip.compress(data)).stdout == plain.stdout


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error(late, flights, tmp_path):
    rows = pd.concat([flights.assign(temp=50.0)] * 40)
    rows.to_csv(tmp_path / "in.csv", index=False)
    pipe = "--input in.csv --output - --output-format csv | head -2"
    command = f"{COMMAND} predict {late.bundle.path} {pipe}"
    done = subprocess.run(command, shell=True, capture_output=True, cwd=tmp_path, check=False)
    assert done.stdout.startswith(b"row,prediction")
    assert done.stderr == b""
    assert places(tmp_path) == ["in.csv"]


def test_one_file_is_not_read_and_written(late, flights, tmp_path):
    flights.head(3).to_csv(tmp_path / "in.csv", index=False)
    before = (tmp_path / "in.csv").read_bytes()
    (tmp_path / "link.csv").symlink_to("in.csv")
    for target in ("in.csv", "link.csv"):
        with pytest.raises(UsageError, match="are one file"):
            nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / target, overwrite=True)
    assert (tmp_path / "in.csv").read_bytes() == before


def test_an_output_is_replaced_only_if_asked_for(late, flights, tmp_path):
    flights.head(3).assign(temp=50.0).to_csv(tmp_path / "in.csv", index=False)
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "mine"
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "out.csv", overwrite=True)
    assert (tmp_path / "out.csv").read_text().startswith("row")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"output": "out.xls"}, "no kind of file.*or say it: output_format is"),
        ({"output_format": "excel"}, "'excel'"),
        ({"output": "gone/out.csv"}, "no folder"),
        ({"rejects": "-"}, r"no kind of file.*or \.parquet\.$"),
        ({"keep": "id"}, "lists of texts"),
        ({"keep": ["row"]}, "'row' of its own"),
        ({"max_rejects": "many"}, "max_rejects"),
        ({"output": "-", "output_format": "parquet"}, "a file of its own"),
        ({"output": "-", "output_format": "csv", "resume": True}, "cannot be resumed"),
    ],
)
def test_what_makes_no_sense_is_refused(late, flights, tmp_path, options, told):
    flights.head(3).assign(temp=50.0, row=1).to_csv(tmp_path / "in.csv", index=False)
    with contextlib.chdir(tmp_path), pytest.raises(UsageError, match=told):
        nbpipe.predict_file(late, "in.csv", **{"output": "out.csv", **options})
    assert places(tmp_path) == ["in.csv"]


@pytest.mark.slow
def test_a_full_disk_is_told_and_gone_on_with(late, flights, tmp_path):
    """The limit on the size of files stands in for a disk that has room again later."""
    rows = pd.concat([flights.assign(temp=50.0)] * 60)
    rows.to_csv(tmp_path / "in.csv", index=False)
    command = f"{COMMAND} predict {late.bundle.path} --input in.csv --output out.csv --resume"
    full = {"shell": True, "capture_output": True, "cwd": tmp_path}
    done = subprocess.run(f"trap '' XFSZ; ulimit -f 2500; {command}", check=False, **full)
    assert done.returncode == 2
    assert b"cannot be written: File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()
    assert subprocess.run(command, check=False, **full).returncode == 0
    nbpipe.predict_file(late, tmp_path / "in.csv", tmp_path / "whole.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert places(tmp_path) == ["in.csv", "out.csv", "whole.csv"]


@pytest.mark.slow
def test_one_large_row_group_is_read_in_parts(late, flights, tmp_path):
    rows = pd.concat([flights.assign(temp=50.0)] * 60, ignore_index=True)
    pq.write_table(pa.Table.from_pandas(rows), tmp_path / "in.parquet", row_group_size=len(rows))
    nbpipe.predict_file(late, tmp_path / "in.parquet", tmp_path / "out.parquet", keep=["flight"])
    found = pq.read_table(tmp_path / "out.parquet")
    assert found["flight"].to_pylist() == rows.flight.tolist()
    assert found["row"].to_pylist() == list(range(1, len(rows) + 1))
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups > 1


def test_the_help_tells_the_exit_codes():
    told = run("--help", env={**os.environ, "COLUMNS": "100"}).stdout.decode()
    assert "Exits with 0 if every row was predicted, with 1 if some were rejected, with 2" in told


@pytest.mark.slow
def test_the_commands_of_the_page_do_what_it_says(late, flights, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "batch.md").read_text()
    commands = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    rows = flights.head(100).assign(temp=50.0)
    rows.to_csv(tmp_path / "flights.csv", index=False)
    rows.to_csv(tmp_path / "flights.csv.gz", index=False)
    rows.assign(temp=["warm", *["50"] * 99]).to_csv(tmp_path / "mixed.csv", index=False)
    shutil.copytree(late.bundle.path, tmp_path / "models" / "late" / "1.0.0")
    environment = {**os.environ, "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"}
    codes = [
        subprocess.run(each, shell=True, cwd=tmp_path, env=environment, check=False).returncode
        for each in commands
    ]
    assert codes == [0, 1, 0]
    assert len(pd.read_csv(tmp_path / "bad.csv")) == 1
    assert (tmp_path / "again.csv").exists()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_input(late, flights, tmp_path):
    """50 MB and 200 MB through a pipe, made on the way, peak within 30 MB of each other."""
    rows = flights.head(1000).assign(temp=50.0, note="x" * 1000)
    header, _, block = rows.to_csv(index=False).encode().partition(b"\n")
    code = (
        "import nbpipe, pathlib, re, sys\n"
        "nbpipe.predict_file(*sys.argv[1:], input_format='csv')\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', status)[1])\n"
    )
    peaks = []
    for size in (50, 200):
        arguments = [late.bundle.path, "-", tmp_path / f"{size}.csv"]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        process.stdin.write(header + b"\n")
        for _ in range(int(size * 1e6 / len(block))):
            process.stdin.write(block)
        peaks.append(int(process.communicate()[0]) / 1024)
    assert max(peaks) < 500
    assert peaks[1] - peaks[0] < 30, peaks


def test_with_no_pickle_a_model_that_is_one_is_refused(flights, tmp_path):
    X = flights[["distance"]]
    model = nbpipe.export(KNeighborsRegressor().fit(X, X.distance), tmp_path / "near", X=X)
    X.to_csv(tmp_path / "in.csv", index=False)
    asked = (model.path, "--input", tmp_path / "in.csv", "--output", tmp_path / "out.csv")
    done = run(*asked, "--no-pickle")
    assert done.returncode == 2
    assert b"is a pickle" in done.stderr
    assert places(tmp_path) == ["in.csv", "near"]
    assert run(*asked).returncode == 0
