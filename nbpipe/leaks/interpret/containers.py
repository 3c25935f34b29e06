"""Methods of lists, dicts and strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.values import UNKNOWN, Const, Data, Instance, Map, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_LONGEST = 64  # elements that are told apart
_ADDS = frozenset({"append", "add", "insert", "appendleft", "extend"})
_NO_ELEMENTS = frozenset({"index", "count", "remove", "clear"})


def of_list(m: Machine, call: Call, owner: Seq) -> Any:
    """Call a method of a list."""
    if call.last in _ADDS and call.args:
        _append(m, owner, call.args[-1], extend=call.last == "extend")
        return Const(None)
    if call.last == "remove" and any(each.stat for each in m.deciding):
        m.change(owner, m.mix([owner, *m.deciding]))
        return Const(None)
    if call.last in {"copy", "tolist", "sort", "reverse"}:
        return owner._replace(oid=0)
    if call.last == "pop":
        return m.see(owner.items[-1]) if owner.items else UNKNOWN
    return UNKNOWN if call.last in _NO_ELEMENTS else m.mix([owner, *call.args])


def _append(m: Machine, owner: Seq, item: Any, *, extend: bool) -> None:
    """Append to a list: rows become one set of rows, models are kept apart."""
    of_rows = any(part.rows for part in m.data_in(item))
    if any(each.stat for each in m.deciding) and not of_rows:
        m.change(owner, m.mix([owner, *m.deciding]))  # columns that something computed chose
        return
    if extend and isinstance(item, Seq):
        m.change(owner, Seq((*owner.items, *item.items)[:_LONGEST]))
        return
    data = m.data_in(item)
    apart = _holds_models(item) or (isinstance(item, Seq | Map) and not (data and m.loops))
    apart = apart or not (data or m.loop_data)
    if apart or (any(part.rows for part in data) and not m.loops and not extend):
        m.change(owner, Seq((*owner.items, item)[:_LONGEST]))
        return
    # what is appended in a loop over predictions depends on them, even if it is a literal
    around = [part for part in m.loop_data[-1:] if part.fits and not data]
    held = [*data, *m.data_in(owner)]
    rows = frozenset().union(*(part.rows for part in held))
    mixed = m.mix([*held, *around])
    m.change(owner, mixed._replace(form="", rows=rows or mixed.rows, picks=frozenset()))


def _holds_models(item: Any) -> bool:
    if isinstance(item, Seq | Map):
        parts = item.items if isinstance(item, Seq) else [value for _, value in item.items]
        return any(isinstance(part, Model | Instance) for part in parts)
    return isinstance(item, Model | Instance)


def of_dict(m: Machine, call: Call, owner: Map) -> Any:
    """Call a method of a dict."""
    pairs = [(_name(key), m.see(value)) for key, value in owner.items]
    match call.last:
        case "items":
            return Seq(tuple(Seq(pair) for pair in pairs))
        case "values":
            return Seq(tuple(value for _, value in pairs))
        case "keys":
            return Seq(tuple(key for key, _ in pairs))
        case "get" | "pop" | "setdefault":
            found = owner.get(call.literal(0))
            return (call.argument(1) or UNKNOWN) if found is None else m.see(found)
        case "update":
            more = [pair for value in call.args if isinstance(value, Map) for pair in value.items]
            m.change(owner, Map((*owner.items, *more, *call.kwargs.items())))
            return Const(None)
        case "copy":
            return owner._replace(oid=0)
    return UNKNOWN


def _name(key: Any) -> Any:
    return UNKNOWN if isinstance(key, Data) else Const(key)


def of_text(m: Machine, call: Call, owner: Const) -> Any:
    """Call a method of a literal: ``"a b c".split()`` is a list of columns."""
    if call.last in {"join", "format"}:
        return m.mix(call.args)
    literals = [value.value for value in call.args if isinstance(value, Const)]
    if call.last != "split" or not isinstance(owner.value, str) or len(literals) != len(call.args):
        return UNKNOWN
    try:
        return Seq(tuple(Const(part) for part in owner.value.split(*literals)))
    except (TypeError, ValueError):
        return UNKNOWN
