"""``owner[...]``: which rows and columns it takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Windows
from nbpipe.leaks.interpret.mixing import joined
from nbpipe.leaks.interpret.sides import side_of
from nbpipe.leaks.rows import Pick, pick
from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Instance, Map, Model, Ref, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine


def subscript(m: Machine, node: ast.Subscript, owner: Any) -> Any:
    """Return ``owner[...]``."""
    owner = m.see(owner)
    if isinstance(owner, Seq | Map | Instance):
        return _of_container(m, node, owner)
    if isinstance(owner, Model):
        return _step(m, node, owner)
    if isinstance(owner, Ref):  # np.r_[...], np.c_[...]
        return m.mix([m.evaluate(node.slice)])
    if not isinstance(owner, Data):
        m.evaluate(node.slice)
        return UNKNOWN
    if owner.form == "groups":
        return _of_groups(m.evaluate(node.slice), owner)
    if isinstance(node.slice, ast.Tuple) and node.slice.elts:
        first, *others = node.slice.elts
        taken = _rows(m, node, owner, first)
        return _columns(m, taken, others[0]) if others else taken
    return _rows(m, node, owner, node.slice)


def _step(m: Machine, node: ast.Subscript, owner: Model) -> Model:
    """Return a step of a pipeline, which stands for its fits where it is not told apart."""
    key, steps = m.evaluate(node.slice), m.estimator(owner).steps
    index = key.value if isinstance(key, Const) else None
    if isinstance(index, int) and -len(steps) <= index < len(steps):
        return steps[index]  # type: ignore[no-any-return]
    return owner


def _of_groups(key: Any, owner: Data) -> Data:
    if name := _text(key):
        return owner.taking_one(name)._replace(form="groups")
    return owner.taking(names) if (names := _names(key)) is not None else owner


def _of_container(m: Machine, node: ast.Subscript, owner: Seq | Map | Instance) -> Any:
    if isinstance(node.slice, ast.Slice):
        return _part_of_list(m, node.slice, owner)
    key = m.evaluate(node.slice)
    name = key.value if isinstance(key, Const) else None
    if isinstance(owner, Instance):
        return m.see(m.heap[owner.oid].get("[]" if name is None else name, UNKNOWN))
    if isinstance(owner, Map):
        found = owner.get(key if name is None else name)
        if found is not None:
            return m.see(found)
        items = tuple(value for _, value in owner.items)
    else:
        items = owner.items
        if isinstance(name, int):
            return m.see(items[name]) if -len(items) <= name < len(items) else UNKNOWN
    result: Any = None
    for item in items:  # any of them
        result = joined(m.see(item), result)
    return UNKNOWN if result is None else result


def _part_of_list(m: Machine, key: ast.Slice, owner: Any) -> Any:
    bounds = [_bound(m, each)[0] for each in (key.lower, key.upper)]
    if isinstance(owner, Seq) and all(each is None or isinstance(each, int) for each in bounds):
        return Seq(owner.items[bounds[0] : bounds[1]])
    return owner


def _text(key: Any) -> str:
    return key.value if isinstance(key, Const) and isinstance(key.value, str) else ""


def _names(key: Any) -> frozenset[str] | None:
    """Return the column names of a literal list."""
    if isinstance(key, Seq) and key.items and all(_text(item) for item in key.items):
        return frozenset(_text(item) for item in key.items)
    return None


def _rows(m: Machine, node: ast.Subscript, owner: Data, key: ast.expr) -> Data:
    """Return the part of `owner` that the first subscript takes."""
    plain = owner._replace(oid=0, form="" if owner.form == "loc" else owner.form)
    if isinstance(key, ast.Slice):
        return _sliced(m, node, plain, key)
    value = m.evaluate(key)
    if name := _text(value):
        return from_archive(owner, name) if owner.form == "archive" else plain.taking_one(name)
    if (names := _names(value)) is not None:
        return plain.taking(names)
    if not isinstance(value, Data):
        held = m.mix([value])
        return chosen_by(plain, held) if held.stat or held.learned else plain
    if value.form == "columns" or plain.form == "columns":
        return chosen_by(plain.leaving(value.without), value)
    if value.picks and not (value.stat and value.form == "index"):
        return _picked(plain, value)
    if value.rows and flag(value):
        return _picked(plain, value._replace(picks=flag(value)))
    if value.form == "index" and value.rows and not value.stat:  # frame.loc[part.index]
        rows = pick(plain.rows, picks_of(value) - picks_of(plain))
        return plain._replace(rows=rows, copies=plain.copies | value.copies)
    if value.stat:
        return chosen_by(plain, value)
    return plain if value.form in {"mask", "index", "order"} else chosen_by(plain, value)


def _picked(plain: Data, value: Data) -> Data:
    """Return the rows that a mask or positions pick; of positions, positions."""
    picks = plain.picks | value.picks if plain.form == "order" else plain.picks
    varies = plain.varies | (value.varies if value.form == "row" else NONE)
    return plain._replace(rows=pick(plain.rows, value.picks), picks=picks, varies=varies)


def flag(value: Data) -> frozenset[Pick]:
    """Return the rows that a column of true and false takes."""
    if not value.column or value.stat or value.form:
        return frozenset()
    return frozenset({(("column", value.column), ("cmp", "==", True))})


def picks_of(data: Data) -> frozenset[Pick]:
    """Return all sides that any of the rows lie on."""
    return frozenset().union(*(atom.picks for atom in data.rows))


def chosen_by(plain: Data, value: Data) -> Data:
    """Return columns that were chosen by something computed from rows."""
    learned = value.stat | (NONE if value.rows else value.learned)
    varies = plain.varies | value.varies
    return plain._replace(learned=plain.learned | learned, varies=varies, column="")


def _sliced(m: Machine, node: ast.Subscript, owner: Data, key: ast.Slice) -> Data:
    low, low_moves = _bound(m, key.lower)
    high, high_moves = _bound(m, key.upper)
    low = None if low == 0 else low
    if low is None and high is None:
        return owner
    owner = owner.as_rows()
    if low_moves and high_moves and owner.rows and owner.form != "row":
        how = "windows over neighbouring rows"
        windows = m.mark(Windows, node, owner.rows, how)
        owner = owner._replace(windows=owner.windows | windows)
        if _overlaps_the_next(key):
            return owner
    side = ("range", low, high)
    if owner.form == "order":
        return owner._replace(picks=owner.picks | {(("order", owner.column), side)})
    return owner._replace(rows=pick(owner.rows, frozenset({("rows", side)})))


def _overlaps_the_next(key: ast.Slice) -> bool:
    """Say whether a slice is ``i - n:i`` or ``i:i + n``: each round takes most of it again."""
    bounds = [each for each in (key.lower, key.upper) if each is not None]
    texts = [ast.unparse(each) for each in bounds]
    steps = [each for each in bounds if isinstance(each, ast.BinOp)]
    return any(
        isinstance(each.op, ast.Add | ast.Sub) and ast.unparse(each.left) in texts for each in steps
    )


def _bound(m: Machine, node: ast.expr | None) -> tuple[Any, bool]:
    """Return a slice's bound, or a text that stands for it, and whether a loop moves it."""
    if node is None:
        return None, False
    value = m.evaluate(node)
    if isinstance(value, Const):
        return (value.value if isinstance(value.value, int | str) else None), False
    if isinstance(value, Data) and value.oid and isinstance(node, ast.Name):
        return f"#{value.oid}", bool(value.varies)
    return ast.unparse(node), isinstance(value, Data) and bool(value.varies)


def _columns(m: Machine, taken: Data, key: ast.expr) -> Data:
    if isinstance(key, ast.Slice):
        bounds = [m.evaluate(each) for each in (key.lower, key.upper) if each]
        moved = m.mix(bounds).varies
        return taken._replace(varies=taken.varies | moved)
    value = m.evaluate(key)
    if name := _text(value):
        return taken.taking_one(name)
    if isinstance(value, Const) and isinstance(value.value, int):
        return taken._replace(column=f"#{value.value}")
    if (names := _names(value)) is not None:
        return taken.taking(names)
    if isinstance(value, Data) and value.form == "columns":
        return taken.leaving(value.without)
    held = m.mix([value])
    return chosen_by(taken, held) if held.stat or held.learned or held.varies else taken


def from_archive(owner: Data, name: str) -> Data:
    """Take a named array out of a file that holds several: its name may tell the side."""
    rows = owner.rows
    if side := side_of(name):
        rows = pick(rows, frozenset({("archive", ("part", side))}))
    return owner._replace(oid=0, rows=rows, form="", column="")


def fold(m: Machine, folds: Data, number: int, node: ast.AST) -> Seq:
    """Return the two lists of positions that a splitter gives in every round."""
    key = ("once" if folds.only else "fold", number)
    shuffled = "shuffled" in folds.without
    m.split(node, folds.column, folds.rows, key, shuffled=shuffled)
    train, test = (
        Data(form="index", picks=frozenset({(key, ("part", side))}), varies=frozenset({number}))
        for side in ("train", "test")
    )
    pair = Seq((train, test))
    return Seq((UNKNOWN, pair)) if folds.counted else pair
