"""Calls: local functions and classes are walked, everything else is looked up."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import attributes, containers, estimators, frames, library
from nbpipe.leaks.interpret.call import Call
from nbpipe.leaks.interpret.fitting import LAST_NETWORK
from nbpipe.leaks.interpret.machine import BUDGET, Frame
from nbpipe.leaks.interpret.mixing import joined
from nbpipe.leaks.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Function,
    Instance,
    Map,
    Method,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_DEEPEST = 8  # calls within calls that are followed


def evaluate(m: Machine, node: ast.Call) -> Any:
    """Return the value of a call."""
    if isinstance(node.func, ast.Attribute):
        owner, name = m.evaluate(node.func.value), node.func.attr
        if not isinstance(owner, Instance | Class | Ref):
            return method(m, _call(m, node, name), owner)
        function = attributes.attribute(m, owner, name)
    else:
        function = m.evaluate(node.func)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
    return apply(m, _call(m, node, name), function)


def _call(m: Machine, node: ast.Call, name: str) -> Call:
    args: list[Any] = []
    for part in node.args:
        value = m.evaluate(part.value if isinstance(part, ast.Starred) else part)
        known = m.elements(value) if isinstance(part, ast.Starred) else None
        args.extend([value] if known is None else known)
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = m.evaluate(keyword.value)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, Map):
            kwargs.update({key: m.see(each) for key, each in value.items if isinstance(key, str)})
        elif m.data_in(value):
            kwargs["**"] = value
    return Call(node, name, args, kwargs)


def apply(m: Machine, call: Call, function: Any) -> Any:
    """Call whatever a name stood for."""
    if isinstance(function, Function):
        return enter(m, function, call.args, call.kwargs)
    if isinstance(function, Class):
        return create(m, function, call)
    if isinstance(function, Ref):
        return library.call(m, call._replace(name=function.name))
    if isinstance(function, Method):
        return method(m, call._replace(name=function.name), function.owner)
    if isinstance(function, Model):  # a network called like a function
        return estimators.called(m, call, function)
    if isinstance(function, Instance):
        return _called(m, call, function)
    return library.unknown(m, call)


def _called(m: Machine, call: Call, owner: Instance) -> Any:
    """Call an object of a local class."""
    methods = owner.cls.methods
    inner = methods.get("__call__") or methods.get("forward") or methods.get("call")
    if not isinstance(inner, Function):
        return library.unknown(m, call)
    if any(isinstance(base, Ref) and base.last in {"Module", "Model"} for base in owner.cls.bases):
        return estimators.network(m, call, owner)
    return enter(m, inner._replace(owner=owner), call.args, call.kwargs)


def method(m: Machine, call: Call, owner: Any) -> Any:
    """Call a method."""
    if isinstance(owner, Method):  # an attribute of something unknown
        owner = owner.owner
    for kind, how in _METHODS_OF:
        if isinstance(owner, kind):
            return how(m, call, owner)
    return library.unknown(m, call)


def _inherited(m: Machine, call: Call, owner: Instance) -> Any:
    """Call a method that a local class has from a library."""
    methods = owner.cls.methods
    if call.last in estimators.RESTORES:
        kept = m.heap.get(LAST_NETWORK, UNKNOWN).fits
        m.heap[owner.oid] = {LAST_NETWORK: kept, **m.heap[owner.oid]}
        return owner
    if call.last in estimators.ITSELF:
        return owner
    if call.last == "fit_transform" and "transform" in methods:
        if "fit" in methods:
            enter(m, methods["fit"]._replace(owner=owner), call.args, call.kwargs)
        return enter(m, methods["transform"]._replace(owner=owner), call.args[:1], {})
    return library.unknown(m, call)


_METHODS_OF: tuple[tuple[type, Any], ...] = (
    (Model, estimators.call),
    (Data, frames.call),
    (Seq, containers.of_list),
    (Map, containers.of_dict),
    (Instance, _inherited),
    (Const, containers.of_text),
)


def enter(m: Machine, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Walk a local function with these arguments and return what it returns."""
    code = function.node
    m.called.add(code)
    if len(m.active) >= _DEEPEST or code in m.active or m.steps > BUDGET:
        return m.mix([*args, *kwargs.values()])
    frame = Frame(_parameters(m, function, args, kwargs), function.around)
    m.active.append(code)
    m.frames.append(frame)
    outer, m.cell = m.cell, function.cell
    try:
        if isinstance(code, ast.Lambda):
            return m.evaluate(code.body)
        m.walk(code.body)
    finally:
        m.cell = outer
        m.frames.pop()
        m.active.pop()
    if frame.yielded:
        return Seq(tuple(frame.yielded))
    result: Any = None
    for value in frame.returned:
        result = joined(result, m.see(value))
    return Const(None) if result is None else result


def _parameters(
    m: Machine, function: Function, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return a function's parameters with their values."""
    taken = function.node.args
    positional = [each.arg for each in (*taken.posonlyargs, *taken.args)]
    named = [*positional, *(each.arg for each in taken.kwonlyargs)]
    given = [*function.bound, *args]
    if function.owner is not None and not attributes.marked(function, {"staticmethod"}):
        given = [function.owner, *given]
    bound = dict(zip(positional, given, strict=False))
    bound |= {name: kwargs[name] for name in named if name in kwargs}
    defaults = dict(zip(reversed(positional), reversed(taken.defaults), strict=False))
    defaults |= {
        each.arg: default
        for each, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
        if default is not None
    }
    for name in named:
        if name not in bound:
            default = defaults.get(name)
            bound[name] = UNKNOWN if default is None else m.evaluate(default)
    if taken.vararg:
        rest = tuple(m.identified(value) for value in given[len(positional) :])
        bound[taken.vararg.arg] = Seq(rest)
    if taken.kwarg:
        others = ((k, m.identified(v)) for k, v in kwargs.items() if k not in named)
        bound[taken.kwarg.arg] = Map(tuple(others))
    return {name: m.identified(value) for name, value in bound.items()}


def create(m: Machine, cls: Class, call: Call) -> Instance:
    """Make an object of a local class."""
    m.called.add(cls.node)
    methods = _methods(cls)
    instance = Instance(m.number(), cls._replace(methods=methods))
    m.heap[instance.oid] = {}
    start = methods.get("__init__")
    if not isinstance(start, Function):  # a dataclass or named tuple
        fields = [name for name, value in methods.items() if not isinstance(value, Function)]
        given = {**dict(zip(fields, call.args, strict=False)), **call.kwargs}
        m.heap[instance.oid] = {name: m.identified(value) for name, value in given.items()}
        start, call = methods.get("__post_init__"), call.with_args()
    if isinstance(start, Function):
        enter(m, start._replace(owner=instance), call.args, call.kwargs)
    return instance


def _methods(cls: Class) -> dict[str, Any]:
    """Return a class's methods and fields, with those of its local bases."""
    inherited: dict[str, Any] = {}
    for base in reversed(cls.bases):
        if isinstance(base, Class):
            inherited |= _methods(base)
    return inherited | cls.methods
