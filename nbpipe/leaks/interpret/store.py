"""Assigning: to names, tuples of names, attributes, columns and keys."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret.sides import side_of
from nbpipe.leaks.rows import Atom, pick, source
from nbpipe.leaks.values import Const, Data, Instance, Map, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine


_TEST, _VAL = ("part", "test"), ("part", "val")


def assign(m: Machine, target: ast.expr, value: Any, node: ast.AST) -> None:
    """Assign a value to whatever stands to the left of ``=``."""
    if isinstance(target, ast.Name):
        m.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(m, target.elts, value, node)
    elif isinstance(target, ast.Starred):
        assign(m, target.value, value, node)
    elif isinstance(target, ast.Attribute):
        _set_attribute(m, target, value)
    elif isinstance(target, ast.Subscript):
        _set_item(m, target, value)


def _named(name: str, value: Any) -> Any:
    """Return a part of a split as what it is called: the second may be for validation."""
    if not isinstance(value, Data) or not value.rows or side_of(name) != "val":
        return value
    return value._replace(rows=frozenset(_validating(atom) for atom in value.rows))


def _validating(atom: Atom) -> Atom:
    picks = ((key, _VAL if side == _TEST else side) for key, side in atom.picks)
    return Atom(atom.source, frozenset(picks))


def forget(m: Machine, target: ast.expr) -> None:
    """Delete a name; a deleted column is dropped."""
    if isinstance(target, ast.Name):
        m.frames[-1].names.pop(target.id, None)
    elif isinstance(target, ast.Subscript):
        old = m.evaluate(target.value)
        key = m.evaluate(target.slice)
        if isinstance(old, Data) and isinstance(key, Const) and isinstance(key.value, str):
            m.change(old, old.leaving(frozenset({key.value})))


def _unpack(m: Machine, targets: list[ast.expr], value: Any, node: ast.AST) -> None:
    value = m.see(value)
    starred = any(isinstance(target, ast.Starred) for target in targets)
    if isinstance(value, Seq) and len(value.items) == len(targets) and not starred:
        for target, item in zip(targets, value.items, strict=True):
            assign(m, target, _named(_last_name(target), m.see(item)), node)
        return
    sides = [side_of(_last_name(target)) for target in targets]
    if isinstance(value, Data) and len({side for side in sides if side}) > 1:
        _named_split(m, targets, sides, value, node)
        return
    parts = m.elements(value)
    for number, target in enumerate(targets):
        if parts is not None and number < len(parts) and not starred:
            assign(m, target, parts[number], node)
        elif isinstance(target, ast.Tuple | ast.List):
            _unpack(m, target.elts, value, node)
        else:
            assign(m, target, m.mix([value])._replace(oid=0, column=""), node)


def _named_split(
    m: Machine, targets: list[ast.expr], sides: list[str], value: Data, node: ast.AST
) -> None:
    """Believe the names where an unknown function gives training and test rows back."""
    rows = value.rows or source(("call", m.cell, node.lineno, node.col_offset))  # type: ignore[attr-defined]
    key = ("named", m.cell, node.lineno, node.col_offset)  # type: ignore[attr-defined]
    for target, side in zip(targets, sides, strict=True):
        part = value._replace(oid=0, rows=rows)
        if side:
            part = part._replace(rows=pick(rows, frozenset({(key, ("part", side))})))
        if isinstance(target, ast.Tuple | ast.List):
            for inner in target.elts:
                assign(m, inner, part, node)
        else:
            assign(m, target, part, node)


def _last_name(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Tuple | ast.List):
        return _last_name(target.elts[0]) if target.elts else ""
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return ""


def _set_attribute(m: Machine, target: ast.Attribute, value: Any) -> None:
    owner = m.evaluate(target.value)
    if isinstance(owner, Instance):
        m.heap[owner.oid] = {**m.heap[owner.oid], target.attr: m.identified(value)}
    elif isinstance(owner, Data):
        if target.attr in {"columns", "index", "name", "shape"}:
            return
        _put(m, target.value, owner, Const(target.attr), value)


def _set_item(m: Machine, target: ast.Subscript, value: Any) -> None:
    owner = m.evaluate(target.value)
    key = m.evaluate(target.slice)
    if isinstance(owner, Map):
        # an unknown key (a loop's name) keeps all values that it ever had
        items = [*owner.items, (key.value if isinstance(key, Const) else key, m.identified(value))]
        m.change(owner, Map(tuple(items[-64:])))
    elif isinstance(owner, Seq):
        m.change(owner, m.mix([owner, value]) if m.data_in(owner) else Seq((*owner.items, value)))
    elif isinstance(owner, Instance):
        fields = m.heap[owner.oid]
        name = key.value if isinstance(key, Const) else "[]"
        m.heap[owner.oid] = {**fields, name: m.identified(value)}
    elif isinstance(owner, Data):
        _put(m, target.value, owner, key, value)


def _put(m: Machine, place: ast.expr, owner: Data, key: Any, value: Any) -> None:
    """Set a column, or values, of a frame or array."""
    if isinstance(value, Model | Instance) or not (owner.rows or m.data_in(value)):
        return
    changed = with_column(m, owner, key, m.mix([value]))
    # what is changed is the nearest thing that has a name: `frame` in `frame["a"].loc[rows] = 0`
    whole = m.evaluate(place)
    while isinstance(place, ast.Subscript | ast.Attribute) and not getattr(whole, "oid", 0):
        place = place.value
        whole = m.evaluate(place)
    if isinstance(whole, Data) and whole.oid:
        m.change(whole, changed._replace(column=whole.column))
    elif isinstance(place, ast.Name) and isinstance(whole, Data):
        m.bind(place.id, changed)


def with_column(m: Machine, owner: Data, key: Any, given: Data) -> Data:
    """Return a frame or array with what is put into it."""
    if not owner.rows:
        return given._replace(oid=0, column="")
    names = _columns(key)
    mixed = m.mix([owner, given])
    changed = owner.like(mixed)._replace(
        form="" if owner.form == "loc" else owner.form,
        without=owner.without - names,
        only=None if owner.only is None else owner.only | names,
        made=owner.made | {pair for name in names for pair in _sources(name, given)},
        picks=owner.picks,
        scores=owner.scores,
    )
    if names:  # what is in a column stays there, and goes when the column is dropped
        over = frozenset() if _some_rows(key) else names
        kept = frozenset(pair for pair in owner.inside if pair[0] not in over)
        entered = (given.taint | given.stat) - owner.learned
        new = frozenset((name, number) for name in names for number in entered)
        told = frozenset(pair for pair in owner.foretold if pair[0] not in over)
        told |= {(name, number) for name in names for number in given.fits}
        changed = changed._replace(
            learned=owner.learned, inside=kept | new, fits=owner.fits, foretold=told
        )
    elif given.rows and given.fits and not given.stat:
        # predictions of one fold are put into their rows, and are those rows' own
        changed = changed._replace(rows=owner.rows | given.rows if owner.fits else given.rows)
    return changed


def _some_rows(key: Any) -> bool:
    """Say whether ``.loc[rows, columns]`` is set and the other rows stay what they were."""
    return isinstance(key, Seq) and len(key.items) == len(("rows", "columns")) and not _texts(key)


def _columns(key: Any) -> frozenset[str]:
    """Return the columns of ``frame[...]`` or ``frame.loc[rows, ...]`` where they are literal."""
    if _some_rows(key):
        key = key.items[1]
    return _texts(key if isinstance(key, Seq) else Seq((key,)))


def _texts(names: Seq) -> frozenset[str]:
    texts = [item.value for item in names.items if isinstance(item, Const)]
    known = len(texts) == len(names.items) and all(isinstance(text, str) for text in texts)
    return frozenset(texts) if known else frozenset()


def _sources(name: str, given: Data) -> set[tuple[str, str]]:
    """Return which columns a new one was computed from."""
    sources = {made for _, made in given.made} | {given.column} - {""}
    return {(name, each) for each in sources if each != name}
