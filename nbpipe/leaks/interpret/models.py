"""Making estimators, and finding them in whatever holds them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret.mixing import union
from nbpipe.leaks.knowledge.estimators import DATA_FIRST, KERAS, KINDS, SPLITTERS, kind_of
from nbpipe.leaks.values import NONE, Const, Estimator, Ids, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.interpret.machine import Machine

_GRAVITY = ("stateless", "note", "review", "error")


def make(m: Machine, call: Call, cls: str) -> Model:
    """Make an estimator."""
    steps = tuple(model for value in call.given for model in models_in(m, value))
    data = m.mix(call.given)
    state = Estimator(
        cls,
        _kind(m, cls, steps),
        _setting(m, call, cls, steps),
        data=data if cls in DATA_FIRST or data.rows else None,
        steps=steps,
        varies=data.varies | union(m.estimator(step).varies for step in steps),
        params=tuple(call.kwargs.items()),
        first=call.argument(0),
        learned=data.taint | adapted(m, steps) if cls in KERAS else NONE,
        shuffles=_shuffles(cls, call),
    )
    return m.new_estimator(state)


def _shuffles(cls: str, call: Call) -> bool:
    """Say whether a splitter deals rows out at random."""
    always = SPLITTERS.get(cls, False)
    return call.says("shuffle") if always is None else always


def adapted(m: Machine, layers: Iterable[Model]) -> Ids:
    """Return what layers learned before they became part of a network."""
    states = (m.estimator(layer) for layer in layers)
    return union(state.fits for state in states if state.kind in KINDS)


def copy(m: Machine, model: Model, *, fitted: bool) -> Model:
    """Return another estimator of the same setting."""
    state = m.estimator(model)
    return m.new_estimator(state if fitted else state._replace(fits=NONE))


def models_in(m: Machine, value: Any) -> list[Model]:
    """Return the estimators that a value holds, however it is packed."""
    value = m.see(value)
    if isinstance(value, Model):
        return [value]
    if isinstance(value, Seq):
        return [model for item in value.items for model in models_in(m, item)]
    if isinstance(value, Map):
        return [model for _, item in value.items for model in models_in(m, item)]
    if isinstance(value, Ref) and value.last[:1].isupper() and kind_of(value.last) != "model":
        return [m.new_estimator(Estimator(value.last, kind_of(value.last), value.last))]
    return []


def _kind(m: Machine, cls: str, steps: tuple[Model, ...]) -> str:
    """Return what an estimator learns; of several steps, the gravest."""
    kind = kind_of(cls)
    if kind != "composite":
        return kind
    kinds = [m.estimator(step).kind for step in steps]
    if not kinds or any(each in {"model", "search"} for each in kinds):
        return "model"
    return max(kinds, key=lambda each: _GRAVITY.index(KINDS.get(each, "stateless")))


def _setting(m: Machine, call: Call, cls: str, steps: tuple[Model, ...]) -> str:
    """Return what tells two settings apart: the source, and what its names stand for."""
    if cls in KERAS:  # a network's layers are added later
        return f"{cls}#{m.number()}"
    literals = [each.value for each in call.given if isinstance(each, Const)]
    return f"{ast.unparse(call.node)} {literals} {[m.estimator(step).setting for step in steps]}"
