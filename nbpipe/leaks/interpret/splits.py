"""Functions that divide rows, or put them into another order."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Copies
from nbpipe.leaks.rows import pick, source
from nbpipe.leaks.values import UNKNOWN, Const, Data, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine


def train_test(
    m: Machine, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Seq:
    """Return the parts of each array; the same rows split with the same seed give the same parts."""
    arrays = [m.mix([arg]) for arg in args if not isinstance(arg, Const | Model)]
    if name == "random_split":
        arrays = arrays[:1]
    arrays = [data.as_rows() for data in arrays] or [m.mix(kwargs.values())]
    rows = next((data.rows for data in arrays if data.rows), frozenset())
    if not rows:
        rows = source(("split", m.cell, node.lineno, node.col_offset))
    key = _key(m, node, rows, kwargs)
    shuffled = kwargs.get("shuffle") != Const(value=False) and not name.startswith("temporal")
    m.split(node, name, rows, key, shuffled=shuffled)
    sides: tuple[str, ...] = ("train", "test")
    lengths = args[1] if name == "random_split" and len(args) > 1 else None
    if (isinstance(lengths, Seq) and len(lengths.items) == 3) or "val" in name.replace("valid", ""):  # noqa: PLR2004
        sides = ("train", "val", "test")
    parts: list[Any] = []
    for data in arrays:
        whole = data.rows or rows
        for side in sides:
            picks = frozenset({(key, ("part", side))})
            if data.form == "order":  # positions
                parts.append(m.identified(Data(form="index", picks=picks)))
                continue
            form = data.form if data.form == "index" else ""
            parts.append(m.identified(data._replace(oid=0, rows=pick(whole, picks), form=form)))
    return Seq(tuple(parts))


def _key(m: Machine, node: ast.Call, rows: Any, kwargs: dict[str, Any]) -> tuple[Any, ...]:
    seed, size = kwargs.get("random_state"), kwargs.get("test_size", kwargs.get("train_size"))
    ordered = kwargs.get("shuffle") == Const(value=False)
    size = size if isinstance(size, Const) else None
    if (isinstance(seed, Const) and isinstance(seed.value, int)) or ordered:
        return ("split", rows, seed, size)
    if isinstance(seed, Data) and seed.oid and not seed.varies:
        return ("split", rows, seed.oid, size)
    return ("split", m.cell, node.lineno, node.col_offset, len(m.facts))


def _parts(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``np.split(rows, [a, b])``."""
    data = m.mix(args[:1])
    where = args[1] if len(args) > 1 else kwargs.get("indices_or_sections")
    if ref.last == "split" and ref.name.startswith(("re.", "os.", "tf.", "shlex.")):
        return UNKNOWN
    if not isinstance(where, Seq) or not (data.rows or data.form == "order"):
        return data
    key = ("cut", m.cell, node.lineno, node.col_offset)
    if not data.rows:
        return Seq(
            tuple(
                m.identified(Data(form="index", picks=frozenset({(key, ("part", i))})))
                for i in range(len(where.items) + 1)
            )
        )
    m.split(node, ref.last, data.rows, key, shuffled=False)
    return Seq(
        tuple(
            m.identified(data._replace(oid=0, rows=pick(data.rows, frozenset({(key, ("part", i))}))))
            for i in range(len(where.items) + 1)
        )
    )


def _shuffled(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return rows or positions in a random order."""
    arrays = [arg for arg in args if isinstance(arg, Data)]
    if len(arrays) > 1:
        return Seq(tuple(m.identified(data._replace(oid=0)) for data in arrays))
    if arrays and arrays[0].rows and arrays[0].form != "order":
        return arrays[0]._replace(oid=0)
    order = f"{m.cell}:{node.lineno}:{node.col_offset}"
    if arrays and arrays[0].form == "order":
        return arrays[0]
    side = frozenset()
    if ref.last in {"sample", "choice"}:
        side = frozenset({(("order", order), ("part", "chosen"))})
    return Data(form="order", column=order, picks=side)


def _resampled(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``sklearn.utils.resample``: with replacement unless told otherwise."""
    arrays = [m.mix([arg]) for arg in args if not isinstance(arg, Const)]
    if kwargs.get("replace") != Const(value=False):
        rows = next((data.rows for data in arrays if data.rows), frozenset())
        copies = frozenset({m.record(Copies, node, rows=rows, how="resample")})
        arrays = [data._replace(copies=data.copies | copies) for data in arrays]
    parts = [m.identified(data._replace(oid=0)) for data in arrays]
    return parts[0] if len(parts) == 1 else Seq(tuple(parts))


def _repeated(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``np.repeat(rows, n, axis=0)``."""
    data = m.mix(args[:1])
    if not data.rows or kwargs.get("axis") not in {Const(0), None}:
        return data
    copies = frozenset({m.record(Copies, node, rows=data.rows, how=ref.last)})
    return data._replace(oid=0, copies=data.copies | copies)


def _datasets(m: Machine, node: ast.Call, ref: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``mnist.load_data()``: both parts as they are distributed."""
    if "dataset" not in ref.name and "keras" not in ref.name and ref.name.count(".") < 1:
        return Data(rows=source(("call", ast.unparse(node))))
    rows = source(("dataset", ref.name))
    parts = []
    for side in ("train", "test"):
        chosen = pick(rows, frozenset({("dataset", ("part", side))}))
        parts.append(Seq((m.identified(Data(rows=chosen)), m.identified(Data(rows=chosen)))))
    return Seq(tuple(parts))


FUNCTIONS: dict[str, Any] = {
    "split": _parts,
    "array_split": _parts,
    "vsplit": _parts,
    "shuffle": _shuffled,
    "permutation": _shuffled,
    "sample": _shuffled,
    "choice": _shuffled,
    "randperm": _shuffled,
    "resample": _resampled,
    "repeat": _repeated,
    "tile": _repeated,
    "load_data": _datasets,
}
__all__ = ["FUNCTIONS", "Map", "train_test"]
