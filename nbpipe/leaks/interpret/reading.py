"""Files: what is read is a source of rows, and what was written is read again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Save
from nbpipe.leaks.interpret.call import first
from nbpipe.leaks.interpret.models import models_in
from nbpipe.leaks.knowledge.functions import ARCHIVES, READERS
from nbpipe.leaks.rows import source
from nbpipe.leaks.values import UNKNOWN, Const, Data, Method

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine


def read(m: Machine, call: Call) -> Any:
    """Read rows: the same file read again gives the same rows."""
    path = call.literal(0, "filepath_or_buffer", "path", "io")
    stored = m.heap.get(f"<file {path}>")
    if path is not None and stored is not None:
        return m.see(stored)
    if isinstance(path, str) and call.last in READERS:
        return Data(rows=source(("file", path)))
    # the same line reads another file where its path is a parameter
    unknown = first(call, "filepath_or_buffer", "path", "io")
    return Data(rows=source(("read", ast.unparse(call.node), _identity(unknown))))


def _identity(path: Any) -> object:
    return path.oid if isinstance(path, Data) else path if isinstance(path, Method) else None


def store(m: Machine, call: Call, value: Any, position: int) -> None:
    """Remember what was written to a file."""
    if position < len(call.node.args) and position < len(call.args):
        m.heap[_file(call, position)] = m.identified(value)


def _file(call: Call, position: int) -> str:
    """Return what stands for a file among the objects."""
    path = call.args[position]
    if isinstance(path, Data) and path.form == "file":
        return path.column
    name = path.value if isinstance(path, Const) else ast.unparse(call.node.args[position])
    return f"<file {name}>"


def _dumped(m: Machine, call: Call) -> Data:
    value = call.argument(0)
    for position in range(1, len(call.args)):
        store(m, call, value, position)
    for model in models_in(m, value):
        fitted = bool(m.estimator(model).fits)
        m.record(Save, call.node, how=call.name, oid=model.oid, fitted=fitted)
    return UNKNOWN


def _loaded(m: Machine, call: Call) -> Any:
    if call.args and call.node.args:
        stored = m.heap.get(_file(call, 0))
        if stored is not None:
            return m.see(stored)
    return Data(rows=source(("file", ast.unparse(call.node))), form="archive")


def _opened(_m: Machine, call: Call) -> Data:
    if not call.args or not call.node.args:
        return UNKNOWN
    name = _file(call, 0)
    return Data(rows=source(("file", name)), form="file", column=name)


FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(ARCHIVES, _loaded),
    **dict.fromkeys(
        ("dump", "dumps", "save", "savez", "savez_compressed", "save_model", "log_model"), _dumped
    ),
    "load_dataset": _loaded,
    "open": _opened,
}
