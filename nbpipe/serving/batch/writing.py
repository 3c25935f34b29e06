"""Tables as bytes that can be appended one after the other, and what makes a file of them."""

from __future__ import annotations

import csv
import gzip
import json
import os
from typing import TYPE_CHECKING, Any, Protocol

from nbpipe.serving.batch.parquet_input import pyarrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from nbpipe.serving.batch.forms import Form


class Writer(Protocol):
    """What one kind of file is written with; `columns` are in the order of the names."""

    def head(self) -> bytes:
        """Return what a file begins with."""

    def body(self, columns: Sequence[Sequence[Any]]) -> bytes:
        """Return some rows."""

    def finish(self, partial: Path, place: Path) -> None:
        """Put the file that all these bytes are in its place."""


def writer(form: Form, types: Mapping[str, Any]) -> Writer:
    """Return what writes columns of these names and types: Python's, or Arrow's from Parquet."""
    if form.kind == "parquet":
        return _Parquet(types)
    plain = _Csv(types) if form.kind == "csv" else _Jsonl(types)
    return _Packed(plain) if form.packed else plain


class _Csv:
    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)

    def head(self) -> bytes:
        return self.body([[name] for name in self._names])

    def body(self, columns: Sequence[Sequence[Any]]) -> bytes:
        lines = _Lines()
        csv.writer(lines, lineterminator="\r\n").writerows(zip(*columns, strict=True))
        return "".join(lines).encode()

    def finish(self, partial: Path, place: Path) -> None:
        os.replace(partial, place)  # noqa: PTH105 - as every rename here


class _Lines(list[str]):
    """Ends lines as here, after the writer has put quotes around what ends them anywhere."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


class _Jsonl(_Csv):
    def head(self) -> bytes:
        return b""

    def body(self, columns: Sequence[Sequence[Any]]) -> bytes:
        rows = zip(*columns, strict=True)
        lines = [_json(dict(zip(self._names, row, strict=True))) + "\n" for row in rows]
        return "".join(lines).encode()


class _Packed:
    """Each part is a member of its own, which together are one .gz file."""

    def __init__(self, plain: _Csv) -> None:
        self._plain = plain
        self.finish = plain.finish

    def head(self) -> bytes:
        return self._pack(self._plain.head())

    def body(self, columns: Sequence[Sequence[Any]]) -> bytes:
        return self._pack(self._plain.body(columns))

    @staticmethod
    def _pack(data: bytes) -> bytes:
        return gzip.compress(data, 6, mtime=0) if data else b""


class _Parquet:
    """Parquet cannot be appended to: until the end, the rows are a stream of Arrow's."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._arrow = arrow = pyarrow()
        plain = {int: "int64", float: "float64", bool: "bool", str: "string"}
        self._kinds = list(types.values())
        self._schema = arrow.schema([(n, plain.get(kind, kind)) for n, kind in types.items()])

    def head(self) -> bytes:
        return bytes(self._schema.serialize())

    def body(self, columns: Sequence[Sequence[Any]]) -> bytes:
        arrays = [
            self._arrow.array([_text(x) for x in values] if kind is str else values, each.type)
            for values, kind, each in zip(columns, self._kinds, self._schema, strict=True)
        ]
        return bytes(self._arrow.record_batch(arrays, schema=self._schema).serialize())

    def finish(self, partial: Path, place: Path) -> None:
        made = partial.with_name(f"{partial.name}-made")
        pa = self._arrow
        with (
            pa.ipc.open_stream(pa.OSFile(str(partial))) as stream,
            pa.parquet.ParquetWriter(made, self._schema) as file,
        ):
            for batch in stream:
                file.write_batch(batch)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(made, place)  # noqa: PTH105
        partial.unlink()


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _json(value)


def _json(value: Any) -> str:
    """Return a value as JSON, which knows neither NaN nor infinities: they are null."""
    try:
        return _STRICT.encode(value)
    except ValueError:
        plain = json.loads(json.dumps(value, default=str), parse_constant=lambda _: None)
        return _STRICT.encode(plain)


_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str)
