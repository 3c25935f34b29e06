"""Changes to a spec, each a function from one spec to the next; nothing is built here."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from nbpipe.errors import UsageError
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.layout import quoted
from nbpipe.pipeline.parse import ENDINGS, parse
from nbpipe.pipeline.spec import Expression, Part, Route, Spec, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PASSTHROUGH = Expression.read("passthrough")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an estimator stands: in which part, and which of a route's chain it is.

    Attributes
    ----------
    part : int
    link : int or None
        None for the estimator of a step.
    """

    part: int
    link: int | None = None


def places(spec: Spec) -> Iterator[Place]:
    """Go through the estimators in the order of the text."""
    for number, part in enumerate(spec.parts):
        if isinstance(part, Step):
            yield Place(number)
        else:
            yield from (Place(number, link) for link in range(len(part.chain)))


def estimator_at(spec: Spec, place: Place) -> Expression:
    """Return the estimator at a place."""
    part = spec.parts[place.part]
    return part.estimator if isinstance(part, Step) else part.chain[place.link or 0]


def first_routes(spec: Spec) -> range:
    """Return the numbers of the first neighbouring routes, which take the columns of X."""
    routes = [number for number, part in enumerate(spec.parts) if isinstance(part, Route)]
    end = next((number for number in routes if number + 1 not in routes), -1)
    return range(routes[0] if routes else 0, end + 1)


def replace_estimator(spec: Spec, place: Place, text: str) -> Spec:
    """Put another estimator in the place of one."""
    return _with_chain(spec, place, [Expression.read(text)], 1)


def add_step(spec: Spec, after: Place, text: str) -> tuple[Spec, Place]:
    """Add an estimator after another, in its route or as a step; say where it stands now."""
    if after.link is None:
        step = Step(Expression.read(text))
        return _with_parts(spec, after.part + 1, 0, [step]), Place(after.part + 1)
    if estimator_at(spec, after).text in ENDINGS:  # these stand alone
        return replace_estimator(spec, after, text), after
    below = replace(after, link=after.link + 1)
    return _with_chain(spec, below, [Expression.read(text)], 0), below


def remove_step(spec: Spec, place: Place) -> Spec:
    """Take an estimator away; a route that has no other keeps its columns as they are."""
    if place.link is None:
        return _with_parts(spec, place.part, 1, [])
    route = _route(spec, place.part)
    return _with_chain(spec, place, [PASSTHROUGH] if len(route.chain) == 1 else [], 1)


def move_step(spec: Spec, place: Place, by: int) -> tuple[Spec, Place]:
    """Move an estimator one place up (-1) or down (1), within its route or among the steps.

    A step passes neighbouring routes as the one ``ColumnTransformer`` that they are.

    Returns
    -------
    spec : Spec
        The same where there is nothing to pass.
    place : Place
        Where the estimator stands now.
    """
    if place.link is not None:
        links = list(_route(spec, place.part).chain)
        to = place.link + by
        if not 0 <= to < len(links):
            return spec, place
        links[place.link], links[to] = links[to], links[place.link]
        return _with_part(spec, place.part, chain=tuple(links)), replace(place, link=to)
    blocks = _blocks(spec)
    at = next(n for n, block in enumerate(blocks) if place.part in block)
    if not 0 <= at + by < len(blocks):
        return spec, place
    blocks[at], blocks[at + by] = blocks[at + by], blocks[at]
    order = [number for block in blocks for number in block]
    return Spec(tuple(spec.parts[n] for n in order)), Place(order.index(place.part))


def _blocks(spec: Spec) -> list[list[int]]:
    """Group the numbers of the parts: neighbouring routes together, each step alone."""
    kinds = [-1 if isinstance(part, Route) else n for n, part in enumerate(spec.parts)]
    return [list(group) for _, group in groupby(range(len(kinds)), kinds.__getitem__)]


def move_columns(
    spec: Spec, names: Iterable[str], to: int | None, taken: Mapping[int, Sequence[str]]
) -> Spec:
    """Move columns into a route, out of all others among the first routes.

    Parameters
    ----------
    spec : Spec
    names : iterable of str
    to : int or None
        The route's number; ``len(spec.parts)`` makes a new one, which passes its columns through;
        None leaves the columns out.
    taken : mapping of int to sequence of str
        The columns that each of the first routes takes now, but for the route of the `rest`.

    Returns
    -------
    Spec
        A route that has lost its last column is gone. Routes that nothing was moved from or to
        stay as they were written.
    """
    moved = list(dict.fromkeys(names))
    kept: list[Part] = []
    for number, part in enumerate(spec.parts):
        before = list(taken.get(number, ()))
        after = [name for name in before if name not in moved or number == to]
        after += [name for name in moved if number == to and name not in before]
        if number not in taken or after == before:
            kept.append(part)
        elif after:
            kept.append(replace(_route(spec, number), columns=_listed(after)))
    if to == len(spec.parts) and moved:
        last = first_routes(Spec(tuple(kept)))
        kept.insert(last.stop, Route(_listed(moved), (PASSTHROUGH,)))
    return _checked(Spec(tuple(kept)))


def _listed(names: Sequence[str]) -> Expression:
    return Expression.read(f"[{', '.join(map(quoted, names))}]")


def arguments(estimator: Expression, order: Sequence[str]) -> dict[str, str]:
    """Return the arguments of an estimator's call by the parameter that each is for.

    Parameters
    ----------
    estimator : Expression
        A call, perhaps with methods behind it: ``PCA(2).set_output(transform="pandas")``.
    order : sequence of str
        The names of the parameters, by which the arguments without a name are told.
    """
    call = _constructor(estimator.node)
    if call is None:
        return {}
    pairs = [*zip(order, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]
    return {name: Expression.of(value).text for name, value in pairs if name}


def callee(estimator: Expression) -> str | None:
    """Return what an estimator's call calls, or None where it is no call."""
    call = _constructor(estimator.node)
    return None if call is None else Expression.of(call.func).text


def set_parameter(
    spec: Spec, place: Place, name: str, text: str | None, order: Sequence[str]
) -> Spec:
    """Give a parameter another value.

    Parameters
    ----------
    text : str or None
        An expression; None leaves the parameter at its default.
    order : sequence of str
        The names of the parameters; arguments without a name get theirs.

    Raises
    ------
    UsageError
        Where the estimator is no call whose arguments are known, as a variable's name.
    SpecError
        Where `text` is no expression that a build cell takes.
    """
    value = None if text is None else Expression.read(text).node
    # A fresh tree: what is changed here must not change the spec that it came from.
    node = ast.parse(estimator_at(spec, place).text, mode="eval").body
    call = _constructor(node)
    if call is None or any(isinstance(each, ast.Starred) for each in call.args):
        raise UsageError("Its arguments are not written here: change it in the text.")
    named = [ast.keyword(*pair) for pair in zip(order, call.args, strict=False)]
    keywords = [*named, *call.keywords]
    at = next((n for n, each in enumerate(keywords) if each.arg == name), len(keywords))
    keywords[at : at + 1] = [] if value is None else [ast.keyword(name, value)]
    call.args, call.keywords = [], keywords
    return _with_chain(spec, place, [Expression.of(node)], 1)


def _constructor(node: ast.expr) -> ast.Call | None:
    while isinstance(node, ast.Call):
        if not (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)):
            return node
        node = node.func.value
    return None


def _route(spec: Spec, number: int) -> Route:
    part = spec.parts[number]
    assert isinstance(part, Route)
    return part


def _with_chain(spec: Spec, place: Place, new: list[Expression], replaced: int) -> Spec:
    if place.link is None:
        return _with_part(spec, place.part, estimator=new[0])
    links = list(_route(spec, place.part).chain)
    links[place.link : place.link + replaced] = new
    return _with_part(spec, place.part, chain=tuple(links))


def _with_part(spec: Spec, number: int, **changes: object) -> Spec:
    return _with_parts(spec, number, 1, [replace(spec.parts[number], **changes)])  # type: ignore[arg-type]


def _with_parts(spec: Spec, start: int, replaced: int, new: list[Part]) -> Spec:
    parts = list(spec.parts)
    parts[start : start + replaced] = new
    return _checked(Spec(tuple(parts)))


def _checked(spec: Spec) -> Spec:
    """Refuse what the cell language does not say; what it says, a cell can hold."""
    if not spec.parts:
        raise UsageError("A pipeline has at least one step: this is the last.")
    return parse(format_spec(spec))
