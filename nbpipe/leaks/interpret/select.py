"""Attributes and subscripts: which rows and columns they take."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Windows
from nbpipe.leaks.interpret import expressions
from nbpipe.leaks.knowledge.frames import HARMLESS
from nbpipe.leaks.rows import Pick, pick, source
from nbpipe.leaks.values import (
    NO_PICKS,
    NONE,
    UNKNOWN,
    Class,
    Const,
    Data,
    Instance,
    Map,
    Method,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_LOCATORS = frozenset({"loc", "iloc", "ix", "at", "iat"})
_SAME = frozenset({"values", "T", "str", "dt", "cat", "array", "flat", "real", "A", "data", "vb"})
_WHOLE_MODELS = frozenset(
    """best_estimator_ named_steps steps estimator model regressor_ estimator_ base_estimator final_estimator
    named_transformers_ transformers_ estimators_""".split()
)
# What a fit found out about features: choosing columns by it is choosing by the fit's rows.
_LEARNED = frozenset(
    """feature_importances_ coef_ scores_ pvalues_ ranking_ support_ labels_ mean_ scale_ var_ data_min_
    data_max_ components_ statistics_ word_index vocabulary_ embedding_ pvalues params cluster_centers_""".split()
)


def attribute(m: Machine, node: ast.Attribute, owner: Any, name: str) -> Any:
    """Return ``owner.name``."""
    if isinstance(owner, Ref):
        return Ref(f"{owner.name}.{name}")
    if isinstance(owner, Data):
        return _data_attribute(owner, name)
    if isinstance(owner, Model):
        return _model_attribute(m, owner, name)
    if isinstance(owner, Instance):
        fields = m.heap[owner.oid]
        if name in fields:
            return m.see(fields[name])
        found = owner.cls.methods.get(name)
        if found is not None:
            if _marked(found, {"property", "cached_property"}):
                return expressions.calls.enter(m, found._replace(owner=owner), [], {}, node)
            return found._replace(owner=owner) if hasattr(found, "owner") else found
        return Method(owner, name)
    if isinstance(owner, Class):
        found = m.see(owner.methods.get(name, UNKNOWN))
        return found._replace(owner=owner) if _marked(found, {"classmethod"}) else found
    return Method(owner, name)


def _marked(value: Any, names: set[str]) -> bool:
    """Say whether a local function is decorated so."""
    marks = getattr(getattr(value, "node", None), "decorator_list", ())
    return any(isinstance(mark, ast.Name) and mark.id in names for mark in marks)


def _data_attribute(owner: Data, name: str) -> Any:
    if name in _LOCATORS:
        return owner._replace(form="loc")
    if name == "index":
        return owner._replace(form="index", oid=0)
    if name == "columns":
        return Data(form="columns", varies=owner.varies)
    if name in HARMLESS:
        return UNKNOWN._replace(varies=owner.varies)
    if name in _SAME:
        return owner._replace(oid=0)
    if owner.form == "archive":
        return _from_archive(owner, name)
    if owner.rows and not owner.column:
        return owner.taking_one(name)
    return owner._replace(oid=0)


def _model_attribute(m: Machine, owner: Model, name: str) -> Any:
    state = m.estimator(owner)
    if name in _WHOLE_MODELS:
        return owner
    if name in _LEARNED:
        rows = m.facts[min(state.fits)].rows if state.fits else frozenset()
        if name == "labels_":
            return Data(rows=rows, learned=state.fits)
        return Data(rows=rows, stat=state.fits)
    if name in {"best_score_", "best_params_", "cv_results_", "oob_score_", "history"}:
        return UNKNOWN
    for key, value in state.params:
        if key == name:
            return m.see(value)
    return Method(owner, name)


def subscript(m: Machine, node: ast.Subscript, owner: Any) -> Any:
    """Return ``owner[...]``."""
    owner = m.see(owner)
    if isinstance(owner, Seq | Map | Instance):
        return _of_container(m, node, owner)
    if isinstance(owner, Model):
        key = expressions.evaluate(m, node.slice)
        steps = m.estimator(owner).steps
        if isinstance(key, Const) and isinstance(key.value, int) and -len(steps) <= key.value < len(steps):
            return steps[key.value]
        return owner
    if isinstance(owner, Ref):  # np.r_[...], np.c_[...]
        return m.mix([expressions.evaluate(m, node.slice)])
    if not isinstance(owner, Data):
        expressions.evaluate(m, node.slice)
        return UNKNOWN
    if owner.form == "groups":
        key = expressions.evaluate(m, node.slice)
        if name := _text(key):
            return owner.taking_one(name)._replace(form="groups")
        return owner.taking(names) if (names := _names(key)) is not None else owner
    if isinstance(node.slice, ast.Tuple) and node.slice.elts:
        first, *others = node.slice.elts
        taken = _rows(m, node, owner, first)
        return _columns(m, taken, others[0]) if others else taken
    return _rows(m, node, owner, node.slice)


def _of_container(m: Machine, node: ast.Subscript, owner: Seq | Map | Instance) -> Any:
    if isinstance(node.slice, ast.Slice):
        if isinstance(owner, Seq):
            low, high = (_bound(m, each)[0] for each in (node.slice.lower, node.slice.upper))
            if all(each is None or isinstance(each, int) for each in (low, high)):
                return Seq(owner.items[low:high])
        return owner
    key = expressions.evaluate(m, node.slice)
    if isinstance(owner, Instance):
        fields = m.heap[owner.oid]
        return m.see(fields.get(key.value if isinstance(key, Const) else "[]", UNKNOWN))
    if isinstance(owner, Map):
        found = owner.get(key.value if isinstance(key, Const) else key)
        if found is not None:
            return m.see(found)
        items = tuple(value for _, value in owner.items)
    else:
        items = owner.items
        if isinstance(key, Const) and isinstance(key.value, int):
            if -len(items) <= key.value < len(items):
                return m.see(items[key.value])
            return UNKNOWN
    result: Any = None
    for item in items:
        result = expressions.joined(m.see(item), result)
    return UNKNOWN if result is None else result


def _text(key: Any) -> str:
    return key.value if isinstance(key, Const) and isinstance(key.value, str) else ""


def _names(key: Any) -> frozenset[str] | None:
    """Return the column names of a literal list."""
    if isinstance(key, Seq) and key.items and all(_text(item) for item in key.items):
        return frozenset(_text(item) for item in key.items)
    return None


def _rows(m: Machine, node: ast.Subscript, owner: Data, key: ast.expr) -> Data:
    """Return the part of `owner` that the first subscript takes."""
    plain = owner._replace(oid=0, form="" if owner.form in {"loc", "index"} else owner.form)
    if isinstance(key, ast.Slice):
        return _sliced(m, node, plain, key)
    value = expressions.evaluate(m, key)
    if name := _text(value):
        if owner.form == "archive":
            return _from_archive(owner, name)
        return plain.taking_one(name)
    if (names := _names(value)) is not None:
        return plain.taking(names)
    if not isinstance(value, Data):
        held = m.mix([value])
        return _chosen_by(plain, held) if held.stat or held.learned else plain
    if value.form == "columns":
        return _chosen_by(plain.leaving(value.without), value)
    if value.picks:
        return plain._replace(
            rows=pick(plain.rows, value.picks),
            picks=plain.picks | value.picks if plain.form == "order" else plain.picks,
            varies=plain.varies | (value.varies if value.form == "row" else NONE),
        )
    if value.form == "index" and value.rows:  # frame.loc[part.index]
        return plain._replace(rows=pick(plain.rows, picks_of(value) - picks_of(plain)))
    if value.form in {"mask", "index", "order"}:
        return plain
    return _chosen_by(plain, value)


def picks_of(data: Data) -> frozenset[Pick]:
    """Return all sides that any of the rows lie on."""
    return frozenset().union(*(atom.picks for atom in data.rows))


def _chosen_by(plain: Data, value: Data) -> Data:
    """Return columns that were chosen by something computed from rows."""
    return plain._replace(
        learned=plain.learned | value.stat | (NONE if value.rows else value.learned),
        varies=plain.varies | value.varies,
        column="",
    )


def _sliced(m: Machine, node: ast.Subscript, owner: Data, key: ast.Slice) -> Data:
    low, low_varies = _bound(m, key.lower)
    high, high_varies = _bound(m, key.upper)
    if low in {None, 0} and high is None:
        return owner
    owner = owner.as_rows()
    windows = owner.windows
    if low_varies and high_varies and owner.rows and owner.form != "row":
        windows |= {m.record(Windows, node, rows=owner.rows, how="windows over neighbouring rows")}
        if _is_step(key):
            return owner._replace(windows=windows)
    side = ("range", None if low == 0 else low, high)
    if owner.form == "order":
        return owner._replace(picks=owner.picks | {(("order", owner.column), side)})
    picks: frozenset[Pick] = frozenset({("rows", side)})
    return owner._replace(rows=pick(owner.rows, picks), windows=windows)


def _is_step(key: ast.Slice) -> bool:
    """Say whether a slice is ``i - n:i`` or ``i:i + n``: the loop walks on by less than it takes."""
    bounds = [key.lower, key.upper]
    names = [ast.unparse(each) for each in bounds if each is not None]
    return any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add | ast.Sub) and other in names
        for each in bounds
        if each is not None
        for other in [ast.unparse(each.left) if isinstance(each, ast.BinOp) else ""]
    )


def _bound(m: Machine, node: ast.expr | None) -> tuple[Any, bool]:
    """Return a slice's bound, a number or a text that stands for it, and whether a loop moves it."""
    if node is None:
        return None, False
    value = expressions.evaluate(m, node)
    if isinstance(value, Const):
        literal = value.value
        return (literal if isinstance(literal, int | str) else None), False
    if isinstance(value, Data):
        symbol = f"#{value.oid}" if value.oid and isinstance(node, ast.Name) else ast.unparse(node)
        return symbol, bool(value.varies)
    return ast.unparse(node), False


def _columns(m: Machine, taken: Data, key: ast.expr) -> Data:
    if isinstance(key, ast.Slice):
        for bound in (key.lower, key.upper):
            if bound is not None:
                value = expressions.evaluate(m, bound)
                if isinstance(value, Data) and value.varies:
                    taken = taken._replace(varies=taken.varies | value.varies)
        return taken
    value = expressions.evaluate(m, key)
    if name := _text(value):
        return taken.taking_one(name)
    if isinstance(value, Const) and isinstance(value.value, int):
        return taken._replace(column=f"#{value.value}")
    if (names := _names(value)) is not None:
        return taken.taking(names)
    held = m.mix([value])
    if held.stat or held.learned or held.varies:
        return _chosen_by(taken, held)
    return taken


def _from_archive(owner: Data, name: str) -> Data:
    """Take a named array out of a file that holds several: its name may tell the side."""
    from nbpipe.leaks.interpret.store import side_of  # noqa: PLC0415 - they need each other

    rows = owner.rows
    if side := side_of(name):
        rows = pick(rows, frozenset({("archive", ("part", side))}))
    return owner._replace(oid=0, rows=rows, form="", column="")


def fold(m: Machine, folds: Data, number: int, node: ast.AST) -> Seq:
    """Return the two lists of positions that a splitter gives in every round."""
    key = ("once" if folds.only else "fold", number)
    sides = ("train", "test")
    shuffled = "shuffled" in folds.without
    m.split(node, folds.column, folds.rows, key, shuffled=shuffled)
    parts = tuple(
        Data(form="index", picks=frozenset({(key, ("part", side))}), varies=frozenset({number}))
        for side in sides
    )
    pair = Seq(parts)
    return Seq((Const(None), pair)) if folds.supervised else pair  # `supervised`: enumerated


__all__ = ["NO_PICKS", "attribute", "fold", "source", "subscript"]
