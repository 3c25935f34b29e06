"""What files and shells hold that nobody expects: it is read, or refused in a sentence."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.cli.main import main
from nbpipe.errors import DataError, UsageError
from nbpipe.serving.batch import csv_input
from nbpipe.serving.batch import lines as reading

COMMAND = Path(sys.executable).with_name("nbpipe")
ROWS = pd.DataFrame({"line": [1.0, 2.0, 3.0], "size": [0.5, 0.25, 1.0]})


def export(folder, columns):
    X = ROWS.set_axis(columns, axis=1)
    nbpipe.export(LinearRegression().fit(X, [1, 2, 3]), folder, X=X)
    return nbpipe.load(folder, policy={"range": "ignore"})


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return export(tmp_path_factory.mktemp("models") / "small", ["a", "b"])


def test_a_line_without_quotes_that_has_no_end_is_not_cut_in_two(model, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 1000)
    monkeypatch.setattr(csv_input, "BLOCK", 500)
    (tmp_path / "in.csv").write_text("a,b,note\n1,2," + "x" * 2000 + "\n1,2,y\n")
    with pytest.raises(DataError, match=r"Line 2 of .* is longer than"):
        nbpipe.predict_file(
            model, tmp_path / "in.csv", tmp_path / "out.csv", rejects=tmp_path / "bad.csv"
        )


def test_a_carriage_return_within_a_cell_is_quoted(model, tmp_path):
    (tmp_path / "in.csv").write_bytes(b'a,b,note\n1,2,"x\ry"\n?,2,"x\ry"\n')
    nbpipe.predict_file(
        model,
        tmp_path / "in.csv",
        tmp_path / "out.csv",
        keep=["note"],
        rejects=tmp_path / "bad.csv",
    )
    for name in ("out.csv", "bad.csv"):
        with (tmp_path / name).open(newline="") as file:
            assert [row["note"] for row in csv.DictReader(file)] == ["x\ry"]


def test_rejects_replace_no_column_that_is_read(tmp_path):
    other = export(tmp_path / "other", ["line", "size"])
    ROWS.to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(UsageError, match="rejects have a column 'line' of their own"):
        nbpipe.predict_file(
            other, tmp_path / "in.csv", tmp_path / "out.csv", rejects=tmp_path / "bad.csv"
        )
    assert nbpipe.predict_file(other, tmp_path / "in.csv", tmp_path / "out.csv").rows == 3


def parquet(path, **columns):
    pq.write_table(pa.table({"a": [1.0] * 3, "b": [2.0] * 3, **columns}), path)
    return path


def test_categories_are_kept_in_parquet_as_their_values(model, tmp_path):
    note = pa.array(["x", None, "x"]).dictionary_encode()
    source = parquet(tmp_path / "in.parquet", note=note)
    nbpipe.predict_file(model, source, tmp_path / "out.parquet", keep=["note"])
    assert pq.read_table(tmp_path / "out.parquet")["note"].to_pylist() == ["x", None, "x"]


def test_what_is_no_number_is_null_in_json(model, tmp_path):
    nan, inf = float("nan"), float("inf")
    source = parquet(tmp_path / "in.parquet", note=[nan, inf, 1.0], deep=[[nan], [2.0], []])
    nbpipe.predict_file(model, source, tmp_path / "out.jsonl", keep=["note", "deep"])

    def refused(constant):
        raise AssertionError(constant)

    text = (tmp_path / "out.jsonl").read_text()
    found = [json.loads(line, parse_constant=refused) for line in text.splitlines()]
    assert [(row["note"], row["deep"]) for row in found] == [
        (None, [None]),
        (None, [2.0]),
        (1.0, []),
    ]


def test_a_damaged_parquet_is_told_in_a_sentence(model, tmp_path):
    """Each byte of it, spoilt: it is read or refused."""
    pq.write_table(
        pa.table({"a": [1.0] * 3, "b": [2.0] * 3, "note": ["x", "y", "z"]}),
        tmp_path / "in.parquet",
        compression="none",
        use_dictionary=False,
    )
    data = (tmp_path / "in.parquet").read_bytes()
    refused = 0
    for at in range(0, len(data), 3):
        (tmp_path / "bad.parquet").write_bytes(data[:at] + b"\xff" + data[at + 1 :])
        try:
            nbpipe.predict_file(
                model,
                tmp_path / "bad.parquet",
                tmp_path / "out.csv",
                keep=["note"],
                rejects=tmp_path / "bad.csv",
                overwrite=True,
            )
        except DataError as error:
            assert "bad.parquet" in str(error)  # noqa: PT017 - most bytes are just other numbers
            refused += 1
    assert refused


@pytest.mark.parametrize(
    ("shell", "code", "told"),
    [
        ("--input - --input-format csv --output o.csv <&- 2>said", 2, "Standard input is closed"),
        ("--input i.csv --output - --output-format csv >&- 2>said", 2, "Standard output is closed"),
        ("--input i.csv --output o.csv >said 2>&-", 0, ""),
    ],
)
def test_a_stream_that_is_closed_is_no_failure_of_ours(model, tmp_path, shell, code, told):
    (tmp_path / "i.csv").write_text("a,b\n1,2\n")
    command = f"'{COMMAND}' predict '{model.bundle.path}' {shell}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False)
    assert done.returncode == code
    said = (tmp_path / "said").read_text()
    assert told in said
    assert "Traceback" not in said
    assert bool(said) == bool(told)


def test_a_key_of_no_name_is_not_no_key(model, tmp_path, capsys):
    """As a shell gives it where a variable is not set: nothing is predicted unverified."""
    (tmp_path / "in.csv").write_text("a,b\n1,2\n")
    arguments = ["--input", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv")]
    assert main(["predict", str(model.bundle.path), "--trusted-key", "", *arguments]) == 2
    assert "key" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
