"""Methods of lists, dicts and strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.values import UNKNOWN, Const, Data, Instance, Map, Model, Seq

if TYPE_CHECKING:
    import ast

    from nbpipe.leaks.interpret.machine import Machine


def call(
    m: Machine, node: ast.Call, owner: Seq | Map, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a method of a list or dict."""
    if isinstance(owner, Map):
        return _of_map(m, owner, name, args, kwargs)
    if name in {"append", "add", "insert", "appendleft", "extend"} and args:
        _append(m, owner, args[-1], extend=name == "extend")
        return Const(None)
    if name in {"copy", "tolist", "sort", "reverse"}:
        return owner._replace(oid=0)
    if name == "pop":
        return m.see(owner.items[-1]) if owner.items else UNKNOWN
    return m.mix([owner, *args]) if name not in {"index", "count", "remove", "clear"} else UNKNOWN


def _append(m: Machine, owner: Seq, item: Any, *, extend: bool) -> None:
    """Lists of rows become one set of rows; lists of models keep each."""
    data = m.data_in(item)
    packed = isinstance(item, Seq | Map) and not isinstance(item, Data)
    if extend and isinstance(item, Seq):
        new: Any = Seq((*owner.items, *item.items)[:64])
    elif isinstance(item, Model | Instance) or (packed and not data) or (packed and not m.loops):
        new = Seq((*owner.items, item)[:64])
    elif packed and any(isinstance(part, Model | Instance) for part in _parts(item)):
        new = Seq((*owner.items, item)[:64])
    elif data or m.loop_data:
        # what is appended in a loop over rows depends on these rows, even if it is a literal
        around = [each for each in m.loop_data[-1:] if each.fits] if not data else []
        held = m.data_in(owner)
        if data and any(each.rows for each in data) and not m.loops and not extend:
            new = Seq((*owner.items, item)[:64])
        else:
            mixed = m.mix([*data, *held, *around])
            rows = frozenset().union(*(each.rows for each in [*held, *data]))
            new = mixed._replace(form="", rows=rows or mixed.rows, oid=0, picks=frozenset())
    else:
        new = Seq((*owner.items, item)[:64])
    m.change(owner, new)


def _parts(item: Seq | Map) -> tuple[Any, ...]:
    return item.items if isinstance(item, Seq) else tuple(value for _, value in item.items)


def _of_map(m: Machine, owner: Map, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if name == "items":
        pairs = (
            Seq((Const(key) if not isinstance(key, tuple) else UNKNOWN, m.see(value)))
            for key, value in owner.items
        )
        return Seq(tuple(pairs))
    if name == "values":
        return Seq(tuple(m.see(value) for _, value in owner.items))
    if name == "keys":
        return Seq(tuple(Const(k) if not isinstance(k, tuple) else UNKNOWN for k, _ in owner.items))
    if name in {"get", "pop", "setdefault"} and args:
        found = owner.get(args[0].value) if isinstance(args[0], Const) else None
        if found is not None:
            return m.see(found)
        return args[1] if len(args) > 1 else UNKNOWN
    if name == "update":
        more = [part for arg in args if isinstance(arg, Map) for part in arg.items]
        m.change(owner, Map((*owner.items, *more, *kwargs.items())))
        return Const(None)
    if name == "copy":
        return owner._replace(oid=0)
    return UNKNOWN


def text(m: Machine, owner: Const, name: str, args: list[Any]) -> Any:
    """Call a method of a literal: ``"a b c".split()`` is a list of columns."""
    if name in {"join", "format"}:
        return m.mix(args)
    if name == "split" and isinstance(owner.value, str) and all(isinstance(a, Const) for a in args):
        try:
            return Seq(tuple(Const(part) for part in owner.value.split(*(a.value for a in args))))
        except (TypeError, ValueError):
            return UNKNOWN
    return UNKNOWN
