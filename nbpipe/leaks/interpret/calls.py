"""Calls: to local functions and classes, which are walked, and to everything else, which is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import containers, estimators, expressions, frames, library
from nbpipe.leaks.interpret.machine import BUDGET, Frame, joined
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

Arguments = list[Any]
Keywords = dict[str, Any]
DEEPEST = 8  # calls within calls that are followed


def call(m: Machine, node: ast.Call) -> Any:
    """Return the value of a call."""
    if isinstance(node.func, ast.Attribute):
        owner = expressions.evaluate(m, node.func.value)
        function = None
        if isinstance(owner, Instance | Class | Ref):
            function = expressions.select.attribute(m, node.func, owner, node.func.attr)
        args, kwargs = _arguments(m, node)
        if function is None:
            return method(m, node, owner, node.func.attr, args, kwargs)
    else:
        function = expressions.evaluate(m, node.func)
        args, kwargs = _arguments(m, node)
    return apply(m, node, function, args, kwargs)


def apply(m: Machine, node: ast.Call, function: Any, args: Arguments, kwargs: Keywords) -> Any:
    """Call whatever a name stood for."""
    if isinstance(function, Function):
        return enter(m, function, args, kwargs, node)
    if isinstance(function, Class):
        return create(m, function, args, kwargs, node)
    if isinstance(function, Ref):
        return library.call(m, node, function, args, kwargs)
    if isinstance(function, Method):
        return method(m, node, function.owner, function.name, args, kwargs)
    if isinstance(function, Instance):
        inner = function.cls.methods.get("__call__") or function.cls.methods.get("forward")
        if isinstance(inner, Function):
            if any(isinstance(base, Ref) and base.last in {"Module", "Model"} for base in function.cls.bases):
                return estimators.network(m, node, function, args)
            return enter(m, inner._replace(owner=function), args, kwargs, node)
    if isinstance(function, Model):  # a network called like a function
        return estimators.called(m, node, function, args, kwargs)
    return library.unknown(m, node, args, kwargs)


def method(
    m: Machine, node: ast.Call, owner: Any, name: str, args: Arguments, kwargs: Keywords
) -> Any:
    """Call a method."""
    if isinstance(owner, Method):  # an attribute of something unknown: `pd.Series.str` and the like
        owner = owner.owner
    if isinstance(owner, Model):
        return estimators.call(m, node, owner, name, args, kwargs)
    if isinstance(owner, Data):
        return frames.call(m, node, owner, name, args, kwargs)
    if isinstance(owner, Seq | Map):
        return containers.call(m, node, owner, name, args, kwargs)
    if isinstance(owner, Instance):
        return _inherited(m, node, owner, name, args, kwargs)
    if isinstance(owner, Const):
        return containers.text(m, owner, name, args)
    return library.unknown(m, node, args, kwargs)


def _inherited(
    m: Machine, node: ast.Call, owner: Instance, name: str, args: Arguments, kwargs: Keywords
) -> Any:
    """Call a method that a local class has from a library."""
    methods = owner.cls.methods
    if name in estimators.RESTORES and estimators.LAST_NETWORK in m.heap:
        fits = m.heap[estimators.LAST_NETWORK].fits
        m.heap[owner.oid] = {"<fits>": fits, **m.heap[owner.oid]}
        return owner
    if name in {"to", "cuda", "eval", "train", "double", "half", "cpu"}:
        return owner
    if name == "fit_transform" and "transform" in methods:
        if "fit" in methods:
            enter(m, methods["fit"]._replace(owner=owner), args, kwargs, node)
        return enter(m, methods["transform"]._replace(owner=owner), args[:1], {}, node)
    for base in owner.cls.bases:
        if isinstance(base, Class) and isinstance(base.methods.get(name), Function):
            return enter(m, base.methods[name]._replace(owner=owner), args, kwargs, node)
    return library.unknown(m, node, args, kwargs)


def _arguments(m: Machine, node: ast.Call) -> tuple[Arguments, Keywords]:
    args: Arguments = []
    for part in node.args:
        if isinstance(part, ast.Starred):
            value = expressions.evaluate(m, part.value)
            known = expressions.elements(m, value)
            args.extend(known if known is not None else [value])
        else:
            args.append(expressions.evaluate(m, part))
    kwargs: Keywords = {}
    for keyword in node.keywords:
        value = expressions.evaluate(m, keyword.value)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, Map):
            kwargs.update({k: m.see(v) for k, v in value.items if isinstance(k, str)})
        elif m.data_in(value):
            kwargs["**"] = value
    return args, kwargs


def enter(
    m: Machine, function: Function, args: Arguments, kwargs: Keywords, node: ast.AST
) -> Any:
    """Walk a local function with these arguments and return what it returns."""
    code = function.node
    m.called.add(code)
    if len(m.active) >= DEEPEST or code in m.active or m.steps > BUDGET:
        return m.mix([*args, *kwargs.values()])
    names = _bound(m, function, args, kwargs)
    m.active.append(code)
    m.frames.append(Frame(names, function.around))
    outer, m.cell = m.cell, function.cell
    try:
        if isinstance(code, ast.Lambda):
            return expressions.evaluate(m, code.body)
        from nbpipe.leaks.interpret.statements import walk  # noqa: PLC0415 - they need each other

        walk(m, code.body)
        if m.frames[-1].yielded:
            return Seq(tuple(m.frames[-1].yielded))
        result: Any = None
        for value in m.frames[-1].returned:
            result = joined(result, m.see(value)) if result is not None else m.see(value)
        return Const(None) if result is None else result
    finally:
        m.cell = outer
        m.frames.pop()
        m.active.pop()


def _bound(
    m: Machine, function: Function, args: Arguments, kwargs: Keywords
) -> dict[str, Any]:
    """Return a function's parameters with their values."""
    parameters = function.node.args
    names = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    marks = getattr(function.node, "decorator_list", ())
    static = any(isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in marks)
    given = list(function.bound) + args
    if function.owner is not None and not static:
        given = [function.owner, *given]
    bound: dict[str, Any] = {}
    defaults = dict(zip(reversed(names), reversed(parameters.defaults), strict=False))
    for keyword, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        names.append(keyword.arg)
        if default is not None:
            defaults[keyword.arg] = default
    positional = len(names) - len(parameters.kwonlyargs)
    for name, value in zip(names[:positional], given, strict=False):
        bound[name] = m.identified(value)
    for name in names:
        if name in kwargs:
            bound[name] = m.identified(kwargs[name])
        elif name not in bound:
            known = defaults.get(name)
            bound[name] = UNKNOWN if known is None else expressions.evaluate(m, known)
    if parameters.vararg:
        bound[parameters.vararg.arg] = Seq(tuple(m.identified(v) for v in given[positional:]))
    if parameters.kwarg:
        rest = ((k, m.identified(v)) for k, v in kwargs.items() if k not in names)
        bound[parameters.kwarg.arg] = Map(tuple(rest))
    return bound


def create(m: Machine, cls: Class, args: Arguments, kwargs: Keywords, node: ast.AST) -> Instance:
    """Make an object of a local class."""
    m.called.add(cls.node)
    methods = dict(cls.methods)
    bases = list(cls.bases)
    while bases:
        base = bases.pop(0)
        if isinstance(base, Class):
            methods = {**base.methods, **methods}
            bases.extend(base.bases)
    instance = Instance(m.number(), cls._replace(methods=methods))
    m.heap[instance.oid] = {}
    start = methods.get("__init__")
    if isinstance(start, Function):
        enter(m, start._replace(owner=instance), args, kwargs, node)
    else:  # a dataclass or named tuple
        fields = [name for name, value in methods.items() if not isinstance(value, Function)]
        given = {**dict(zip(fields, args, strict=False)), **kwargs}
        m.heap[instance.oid] = {name: m.identified(value) for name, value in given.items()}
        after = methods.get("__post_init__")
        if isinstance(after, Function):
            enter(m, after._replace(owner=instance), [], {}, node)
    return instance


__all__ = ["Data", "apply", "call", "create", "enter", "method"]
