"""Predicting for the rows of a file: what is asked for, and what it is done with."""

from __future__ import annotations

import hashlib
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbpipe
from nbpipe.bundle.loading import load
from nbpipe.bundle.model import Model
from nbpipe.errors import UsageError, brief
from nbpipe.serving.batch.chunk import Wanted
from nbpipe.serving.batch.csv_input import CsvInput
from nbpipe.serving.batch.forms import form
from nbpipe.serving.batch.jsonl_input import JsonlInput
from nbpipe.serving.batch.lines import Lines
from nbpipe.serving.batch.parquet_input import ParquetInput
from nbpipe.serving.batch.rejects import columns_of_rejects, refuse_own
from nbpipe.serving.batch.run import Predicted, Run
from nbpipe.serving.batch.unfinished import Part, Stream
from nbpipe.serving.batch.writing import writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from nbpipe.serving.batch.chunk import Input

_HEAD = 2**20  # bytes that an input is known by, beside its size and time


def predict_file(
    model: Model | str | PathLike[str],
    input: str | PathLike[str],  # noqa: A002 - what it is
    output: str | PathLike[str],
    *,
    keep: Sequence[str] = (),
    proba: bool = True,
    rejects: str | PathLike[str] | None = None,
    max_rejects: int | None = None,
    na_values: Sequence[str] = (),
    input_format: str | None = None,
    output_format: str | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: bool | None = None,
) -> Predicted:
    """Predict for every row of a file of any size, in bounded memory.

    The input may have more columns than the model reads, in any order; they are not read. A file
    of CSV is UTF-8 with a header; its cells are what the schema says of their column, an empty one
    is missing, and true, false, 1 and 0 are booleans. The output has the number of each row,
    from 1, the columns to `keep`, the prediction, and for a classifier the probability of each
    class. It is there completely or not at all.

    Parameters
    ----------
    model : Model or path-like
        As loaded, or where to load it from; what is done about values that training did not
        have is the model's policy.
    input, output : path-like
        ``.csv``, ``.jsonl`` (or ``.ndjson``; each also ``.gz``) or ``.parquet``; ``"-"`` is
        standard input or output.
    keep : sequence of str
        Columns of the input that are copied to the output, so that the two can be joined.
    proba : bool
        Whether to give probabilities where the model has them.
    rejects : path-like, optional
        Where bad rows go, with their reasons and as they were given. Without it, the first bad
        rows are an error.
    max_rejects : int, optional
        If there are more bad rows, there is no output.
    na_values : sequence of str
        Cells of CSV that are missing values, as empty ones are: ``["NA"]``.
    input_format, output_format : {"csv", "jsonl", "parquet"}, optional
        By default what the suffix says.
    overwrite : bool
        Whether output and rejects may replace files.
    resume : bool
        Go on with what a run that was killed has left, if input, model and options are the same;
        the output is that of a run never stopped. From or to a pipe nothing can be resumed.
    progress : bool, optional
        Whether to show a bar; by default in a terminal.

    Returns
    -------
    Predicted

    Raises
    ------
    SchemaError
        Columns are missing, or rows are bad and there are no `rejects`, or too many.
    DataError
        The input cannot be read.
    OutputError
        The output cannot be written.
    UsageError, MissingExtraError, and what `nbpipe.load` raises
    """
    model = model if isinstance(model, Model) else load(model)
    if isinstance(keep, str) or isinstance(na_values, str):
        raise UsageError('keep and na_values are lists of texts, such as ["id"].')
    if not isinstance(max_rejects, int | None):
        raise UsageError(f"max_rejects is a number such as 100, not {brief(max_rejects)}.")
    places = {"input": str(input), "output": str(output)}
    if rejects is not None:
        places["rejects"] = str(rejects)
    given = {"input": input_format, "output": output_format, "rejects": None}
    forms = {each: form(path, given[each], each) for each, path in places.items()}
    _check(places)
    wanted = Wanted(model.schema, tuple(keep), tuple(na_values))
    with closing(_opened(places["input"], forms["input"].kind, wanted)) as reader:
        parts: list[Part | Stream] = []
        tables = {"output": _columns(model, reader, wanted, proba=proba)}
        tables |= {"rejects": columns_of_rejects(reader.names)}
        if rejects is not None:
            refuse_own(wanted.names)
        for each in list(places)[1:]:
            write, place = writer(forms[each], tables[each]), places[each]
            parts.append(Stream(write) if place == "-" else Part(Path(place), write))
        options = [wanted.keep, wanted.na_values, proba, forms, max_rejects, dict(model.policy)]
        identity = None
        if "-" not in places.values() and Path(places["input"]).is_file():
            identity = {"the options": repr(options), **_identity(model, Path(places["input"]))}
        elif resume:
            raise UsageError("A run from or to a pipe cannot be resumed: name both files.")
        most = float("inf") if max_rejects is None else max_rejects
        run = Run(model, reader, parts, identity, list(tables["rejects"]), most=most, proba=proba)
        return run.go(resume=resume, overwrite=overwrite, progress=progress)


def _check(places: Mapping[str, str]) -> None:
    """Refuse to write one file twice, or over the one that is read."""
    for each, stream in (("input", sys.stdin), ("output", sys.stdout)):
        if places[each] == "-" and stream is None:
            raise UsageError(f"Standard {each} is closed.")
    if places.get("rejects") == "-":
        raise UsageError("Rejects are written to a file, not to -.")
    known: dict[Path, str] = {}
    for each, place in places.items():
        if place != "-":
            real = Path(place).resolve()
            if real in known:
                raise UsageError(f"{known[real]} and {each} are one file, {place}.")
            known[real] = each
    for each in list(places)[1:]:
        path = Path(places[each])
        if not path.parent.is_dir():
            raise UsageError(f"{each} goes to {path.parent}, which is no folder.")
        if path.exists() and not path.is_file():  # a file would be put in the place of a device
            raise UsageError(f"{each} goes to {path}, which is no file.")


def _opened(path: str, kind: str, wanted: Wanted) -> Input:
    if kind == "parquet":
        return ParquetInput(path, wanted)
    return (CsvInput if kind == "csv" else JsonlInput)(Lines(path), wanted)


def _columns(model: Model, reader: Input, wanted: Wanted, *, proba: bool) -> dict[str, Any]:
    """Return names and types of the output's columns.

    Raises
    ------
    UsageError
        One that is to be kept has the name of another.
    """
    classes = model.manifest.target.classes
    predicted: dict[str, Any] = {"prediction": type(classes[0]) if classes else float}
    if classes and proba and model.has_proba:
        predicted |= {f"probability_{each}": float for each in classes}
    own = {"row": int, **predicted}
    taken = [name for name in wanted.keep if name in own]
    if taken:
        raise UsageError(f"The output has a column {taken[0]!r} of its own, so none can be kept.")
    kept = {name: reader.types.get(name, str) for name in wanted.keep}
    return {"row": int, **kept, **predicted}


def _identity(model: Model, path: Path) -> dict[str, Any]:
    """Return what a run depends on, beside its options."""
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(_HEAD)).hexdigest()
    facts = path.stat()
    manifest = hashlib.sha256(model.manifest.to_json().encode()).hexdigest()
    return {
        "the input": [facts.st_size, facts.st_mtime_ns, head],
        "the model": [model.name, model.version, manifest],
        "nbpipe": nbpipe.__version__,
    }
