"""Python's own functions, as far as they hand rows and models on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.values import UNKNOWN, Const, Data, Function, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine


def _elements(m: Machine, value: Any) -> list[Any] | None:
    from nbpipe.leaks.interpret.expressions import elements  # noqa: PLC0415 - they need each other

    return elements(m, value)


def _zip(m: Machine, node: ast.Call, _: Ref, args: list[Any], __: dict[str, Any]) -> Any:
    known = [_elements(m, arg) for arg in args]
    if known and all(each is not None for each in known):
        rounds = zip(*(each for each in known if each is not None), strict=False)
        return Seq(tuple(Seq(tuple(one)) for one in rounds))
    lengths = [len(each) for each in known if each is not None]
    if lengths:  # a known list beside an unknown one, such as axes of a figure
        columns = [each or [m.mix([arg])] * min(lengths) for each, arg in zip(known, args, strict=True)]
        return Seq(tuple(Seq(tuple(one)) for one in zip(*columns, strict=False)))
    return _tuples(m, args)


def _tuples(m: Machine, values: list[Any]) -> Data:
    """Return what gives tuples of what is in each value; their rows go together."""
    return m.mix(values)._replace(picks=frozenset())


def _enumerate(m: Machine, node: ast.Call, _: Ref, args: list[Any], __: dict[str, Any]) -> Any:
    known = _elements(m, args[0]) if args else None
    if known is not None:
        return Seq(tuple(Seq((Const(i), value)) for i, value in enumerate(known)))
    if args and isinstance(args[0], Data):
        return args[0]._replace(form="folds" if args[0].form == "folds" else args[0].form, supervised=True)
    return UNKNOWN


def _range(m: Machine, node: ast.Call, _: Ref, args: list[Any], __: dict[str, Any]) -> Any:
    return Data(form="order", column=f"{m.cell}:{node.lineno}:{node.col_offset}", varies=m.mix(args).varies)


def _list(m: Machine, node: ast.Call, _: Ref, args: list[Any], __: dict[str, Any]) -> Any:
    if not args:
        return Seq(())
    value = m.see(args[0])
    if isinstance(value, Map):
        return Seq(tuple(_elements(m, value) or ()))
    return value._replace(oid=0) if isinstance(value, Data | Seq) else value


def _dict(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    items: list[tuple[Any, Any]] = []
    for arg in args:
        value = m.see(arg)
        if isinstance(value, Map):
            items.extend(value.items)
        elif isinstance(value, Seq):
            pairs = [m.see(item) for item in value.items]
            items.extend(
                (p.items[0].value if isinstance(p.items[0], Const) else p.items[0], p.items[1])
                for p in pairs
                if isinstance(p, Seq) and len(p.items) == 2  # noqa: PLR2004 - a key and a value
            )
        elif isinstance(value, Data) and value.stat:
            return value._replace(oid=0)
    return Map((*items, *((name, m.identified(value)) for name, value in kwargs.items())))


def _mapped(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from nbpipe.leaks.interpret.calls import apply  # noqa: PLC0415 - they need each other

    function, *values = args or [UNKNOWN]
    known = _elements(m, values[0]) if values else None
    if isinstance(function, Function | Ref) and known is not None:
        return Seq(tuple(apply(m, node, function, [value], {}) for value in known))
    if isinstance(function, Function) and values:
        element = m.mix(values[:1])._replace(form="row", oid=0)
        result = apply(m, node, function, [element], {})
        return m.mix([*values, result])._replace(form="")
    return m.mix(values)


def _through(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    value = m.see(args[0]) if args else UNKNOWN
    if isinstance(value, Data | Seq | Map):
        return value._replace(oid=0)
    return value


def _chosen(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the best of several: ``max(scores, key=...)``."""
    known = _elements(m, args[0]) if len(args) == 1 else args
    models = [value for value in known or () if isinstance(value, Model)]
    return models[-1] if models else m.mix(args)


def _number(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return an unknown number that is told from others."""
    data = m.mix(args)
    kept = Data(fits=data.fits, scores=data.scores, varies=data.varies)
    if data.stat and not data.fits:
        kept = data
    return kept._replace(oid=m.number())


def _next(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from nbpipe.leaks.interpret.select import fold  # noqa: PLC0415 - they need each other

    value = m.see(args[0]) if args else UNKNOWN
    if isinstance(value, Data) and value.form == "folds":
        m.loop_count += 1
        return fold(m, value._replace(only=frozenset({"once"})), m.loop_count, node)
    known = _elements(m, value)
    return known[0] if known else value


def _getattr(m: Machine, node: ast.Call, _: Ref, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from nbpipe.leaks.interpret.select import attribute  # noqa: PLC0415 - they need each other

    if len(args) > 1 and isinstance(args[1], Const) and isinstance(args[1].value, str):
        return attribute(m, ast.Attribute(node.args[0], args[1].value, ast.Load()), args[0], args[1].value)
    return UNKNOWN


FUNCTIONS: dict[str, Any] = {
    "zip": _zip,
    "enumerate": _enumerate,
    "range": _range,
    "arange": _range,
    "xrange": _range,
    "list": _list,
    "tuple": _list,
    "dict": _dict,
    "OrderedDict": _dict,
    "map": _mapped,
    **dict.fromkeys(("sorted", "reversed", "set", "iter", "tqdm", "trange", "tqdm_notebook", "progress_bar", "track", "squeeze", "ravel", "next_batch"), _through),
    "max": _chosen,
    "min": _chosen,
    **dict.fromkeys(("int", "round", "float", "abs", "floor", "ceil"), _number),
    "next": _next,
    "getattr": _getattr,
}
