"""Assigning: to names, tuples of names, attributes, columns and keys."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import expressions
from nbpipe.leaks.rows import pick, source
from nbpipe.leaks.values import UNKNOWN, Const, Data, Instance, Map, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_SIDES = {
    "train": "train", "tr": "train", "trn": "train", "training": "train",
    "test": "test", "te": "test", "tst": "test", "ts": "test", "testing": "test",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "vali": "val", "va": "val",
    "holdout": "test", "eval": "val", "oot": "test", "unseen": "test",
}  # fmt: skip


def side_of(name: str) -> str:
    """Return the side of a split that a name speaks of, or an empty string: ``X_train``, ``testY``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    found = [_SIDES[word.lower()] for word in words if word.lower() in _SIDES]
    return found[-1] if found else ""


def assign(m: Machine, target: ast.expr, value: Any, node: ast.AST) -> None:
    """Assign a value to whatever stands to the left of ``=``."""
    if isinstance(target, ast.Name):
        m.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(m, target.elts, value, node)
    elif isinstance(target, ast.Starred):
        assign(m, target.value, value, node)
    elif isinstance(target, ast.Attribute):
        _set_attribute(m, target, value, node)
    elif isinstance(target, ast.Subscript):
        _set_item(m, target, value, node)


def forget(m: Machine, target: ast.expr) -> None:
    """Delete a name; a deleted column is dropped."""
    if isinstance(target, ast.Name):
        m.frames[-1].names.pop(target.id, None)
    elif isinstance(target, ast.Subscript):
        old = expressions.evaluate(m, target.value)
        key = expressions.evaluate(m, target.slice)
        if isinstance(old, Data) and isinstance(key, Const) and isinstance(key.value, str):
            m.change(old, old.leaving(frozenset({key.value})))


def _unpack(m: Machine, targets: list[ast.expr], value: Any, node: ast.AST) -> None:
    value = m.see(value)
    starred = any(isinstance(target, ast.Starred) for target in targets)
    if isinstance(value, Seq) and len(value.items) == len(targets) and not starred:
        for target, item in zip(targets, value.items, strict=True):
            assign(m, target, m.see(item), node)
        return
    sides = [side_of(_last_name(target)) for target in targets]
    if isinstance(value, Data) and len({side for side in sides if side}) > 1:
        _named_split(m, targets, sides, value, node)
        return
    parts = expressions.elements(m, value) if isinstance(value, Seq | Map) else None
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


def _set_attribute(m: Machine, target: ast.Attribute, value: Any, node: ast.AST) -> None:
    owner = expressions.evaluate(m, target.value)
    if isinstance(owner, Instance):
        m.heap[owner.oid] = {**m.heap[owner.oid], target.attr: m.identified(value)}
    elif isinstance(owner, Data):
        if target.attr in {"columns", "index", "name", "shape"}:
            return
        _put(m, target.value, owner, Const(target.attr), value, node)


def _set_item(m: Machine, target: ast.Subscript, value: Any, node: ast.AST) -> None:
    owner = expressions.evaluate(m, target.value)
    key = expressions.evaluate(m, target.slice)
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
        _put(m, target.value, owner, key, value, node)


def _put(m: Machine, place: ast.expr, owner: Data, key: Any, value: Any, node: ast.AST) -> None:
    """Set a column, or values, of a frame or array."""
    if isinstance(value, Model | Instance) or (not owner.rows and not m.data_in(value)):
        return
    name = _column(key)
    given = m.mix([value])
    mixed = m.mix([owner, given], node) if owner.rows else given._replace(oid=0)
    changed = mixed._replace(
        form=owner.form if owner.form != "loc" else "",
        column=owner.column,
        without=owner.without - {name},
        only=owner.only if owner.only is None or not name else owner.only | {name},
        made=owner.made | _sources(name, given),
        fits=owner.fits | given.fits,
        picks=owner.picks,
        scores=owner.scores,
        varies=owner.varies | given.varies,
    )
    names = {name} if name else _column_list(key)
    if names and owner.rows:  # what is in a new column stays there, and goes when it is dropped
        kept = frozenset(pair for pair in owner.inside if pair[0] not in names or given.taint)
        entered = given.taint | given.stat if not given.stat else given.taint | given.stat
        new = frozenset((each, number) for each in names for number in entered - owner.learned)
        changed = changed._replace(learned=owner.learned, inside=kept | new)
    if owner.rows and given.rows and not given.stat and given.fits:
        # predictions of one fold put into their rows: they are those rows' own
        changed = changed._replace(rows=given.rows if not owner.fits else owner.rows | given.rows)
    if isinstance(place, ast.Attribute) and place.attr in {"loc", "iloc", "ix", "iat", "at", "values"}:
        place = place.value
    root = place
    while isinstance(root, ast.Subscript | ast.Attribute) and not isinstance(
        expressions.evaluate(m, root), Instance
    ):
        held = expressions.evaluate(m, root)
        if isinstance(held, Data) and held.oid and isinstance(root, ast.Attribute):
            break
        root = root.value
    whole = expressions.evaluate(m, root)
    if isinstance(whole, Data) and whole.oid:
        m.change(whole, changed._replace(column=whole.column))
    elif isinstance(root, ast.Name) and not isinstance(whole, Instance | Map | Seq):
        m.bind(root.id, changed)


def _column(key: Any) -> str:
    if isinstance(key, Const):
        return key.value if isinstance(key.value, str) else ""
    if isinstance(key, Seq) and len(key.items) == 2:  # noqa: PLR2004 - .loc[rows, column]
        return _column(key.items[1])
    return ""


def _column_list(key: Any) -> set[str]:
    """Return the columns of ``frame[[...]]`` or ``frame.loc[rows, [...]]``."""
    if isinstance(key, Seq) and len(key.items) == 2 and isinstance(key.items[1], Seq):  # noqa: PLR2004 - rows, columns
        key = key.items[1]
    items = key.items if isinstance(key, Seq) else ()
    names = {item.value for item in items if isinstance(item, Const) and isinstance(item.value, str)}
    return names if len(names) == len(items) else set()


def _sources(name: str, given: Data) -> frozenset[tuple[str, str]]:
    """Return which columns a new one was computed from."""
    if not name:
        return frozenset()
    from_ = {made for _, made in given.made} | ({given.column} if given.column else set())
    return frozenset((name, each) for each in from_ if each != name)


__all__ = ["UNKNOWN", "assign", "forget", "side_of"]
