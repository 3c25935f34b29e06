"""Python's own functions, as far as they hand rows and models on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Choice
from nbpipe.leaks.interpret import attributes, groups
from nbpipe.leaks.interpret.subscripts import fold
from nbpipe.leaks.values import UNKNOWN, Const, Data, Function, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_THROUGH = (
    "sorted", "reversed", "iter", "tqdm", "trange", "tqdm_notebook", "progress_bar",
    "track", "squeeze", "ravel",
)  # fmt: skip
_PAIR = 2


def _zip(m: Machine, call: Call) -> Any:
    known = [m.elements(value) for value in call.args]
    lengths = [len(each) for each in known if each is not None]
    if not lengths:
        return m.mix(call.args)._replace(picks=frozenset())
    # a known list may stand beside an unknown one, such as the axes of a figure
    columns = [
        [m.mix([value])] * min(lengths) if each is None else each
        for each, value in zip(known, call.args, strict=True)
    ]
    return Seq(tuple(Seq(tuple(one)) for one in zip(*columns, strict=False)))


def _enumerate(m: Machine, call: Call) -> Any:
    value = call.argument(0)
    known = m.elements(value)
    if known is not None:
        return Seq(tuple(Seq((Const(number), each)) for number, each in enumerate(known)))
    return value._replace(counted=True) if isinstance(value, Data) else UNKNOWN


def _range(m: Machine, call: Call) -> Data:
    place = f"{m.cell}:{call.node.lineno}:{call.node.col_offset}"
    return Data(form="order", column=place, varies=m.mix(call.args).varies)


def _list(m: Machine, call: Call) -> Any:
    if not call.args:
        return Seq(())
    value = m.see(call.args[0])
    if isinstance(value, Map):
        return Seq(tuple(m.elements(value) or ()))
    return value._replace(oid=0) if isinstance(value, Data | Seq) else value


def _dict(m: Machine, call: Call) -> Any:
    items: list[tuple[Any, Any]] = []
    for value in map(m.see, call.args):
        if isinstance(value, Map):
            items.extend(value.items)
        elif isinstance(value, Seq):
            pairs = [m.see(item) for item in value.items]
            pairs = [p for p in pairs if isinstance(p, Seq) and len(p.items) == _PAIR]
            items.extend((_key(key), each) for key, each in (pair.items for pair in pairs))
        elif isinstance(value, Data) and value.stat:
            return value._replace(oid=0)
    named = ((name, m.identified(value)) for name, value in call.kwargs.items())
    return Map((*items, *named))


def _key(value: Any) -> Any:
    return value.value if isinstance(value, Const) else value


def _mapped(m: Machine, call: Call) -> Any:
    function, *values = call.args or [UNKNOWN]
    known = m.elements(values[0]) if values else None
    if isinstance(function, Function | Ref) and known is not None:
        return Seq(tuple(m.apply(call.with_args(each), function) for each in known))
    if isinstance(function, Function) and values:
        element = m.mix(values[:1])._replace(form="row", oid=0)
        return m.mix([*values, m.apply(call.with_args(element), function)])._replace(form="")
    return m.mix(values)


def _through(m: Machine, call: Call) -> Any:
    value = m.see(call.argument(0))
    return value._replace(oid=0) if isinstance(value, Data | Seq | Map) else value


def _chosen(m: Machine, call: Call) -> Any:
    """Return the best of several: ``max(models, key=...)``."""
    value = call.argument(0)
    if isinstance(value, Data) and value.rows and len(call.args) == 1:
        return groups.summary(m, call.with_args(**call.kwargs), value)
    known = m.elements(value) if len(call.args) == 1 else call.args
    judge = call.kwargs.get("key")
    if isinstance(judge, Function):
        for tried in m.data_in(m.try_out(judge)):
            if tried.scores:
                m.record(Choice, call.node, scores=tried.scores, repeated=True)
    models = [value for value in known or () if isinstance(value, Model)]
    return models[-1] if models else m.mix(call.args)


def _number(m: Machine, call: Call) -> Data:
    """Return an unknown number that is told from others."""
    data = m.mix(call.args)
    if not data.stat or data.fits:
        data = Data(fits=data.fits, scores=data.scores, varies=data.varies)
    return data._replace(oid=m.number())


def _next(m: Machine, call: Call) -> Any:
    value = m.see(call.argument(0))
    if isinstance(value, Data) and value.form == "folds":
        m.loop_count += 1
        return fold(m, value._replace(only=frozenset({"once"})), m.loop_count, call.node)
    known = m.elements(value)
    return known[0] if known else value


def _getattr(m: Machine, call: Call) -> Any:
    name = call.literal(1)
    if not isinstance(name, str):
        return UNKNOWN
    return attributes.attribute(m, call.args[0], name)


FUNCTIONS: dict[str, Any] = {
    "zip": _zip,
    "enumerate": _enumerate,
    **dict.fromkeys(("range", "arange", "xrange"), _range),
    **dict.fromkeys(("list", "tuple", "set", "frozenset"), _list),
    **dict.fromkeys(("dict", "OrderedDict"), _dict),
    "map": _mapped,
    **dict.fromkeys(_THROUGH, _through),
    **dict.fromkeys(("max", "min"), _chosen),
    **dict.fromkeys(("int", "round", "float", "abs", "floor", "ceil"), _number),
    **dict.fromkeys(("any", "all"), lambda m, call: m.mix(call.args)),
    "next": _next,
    "getattr": _getattr,
}
