"""Functions and classes that nobody calls here are walked with what their names promise."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import calls
from nbpipe.leaks.interpret.call import Call
from nbpipe.leaks.interpret.sides import side_of
from nbpipe.leaks.rows import pick, source
from nbpipe.leaks.values import UNKNOWN, Class, Data, Estimator, Function

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_ROWS = (
    "x",
    "y",
    "df",
    "data",
    "train",
    "test",
    "val",
    "feature",
    "target",
    "label",
    "text",
    "frame",
    "corpus",
    "doc",
    "series",
    "table",
    "rows",
    "samples",
    "dataset",
    "self",
)
_MODELS = ("model", "clf", "classifier", "estimator", "regressor", "learner", "pipeline", "pipe")
_TELLING = frozenset(
    {
        "fit",
        "fit_transform",
        "fit_resample",
        "train_test_split",
        "cross_val_score",
        "cross_validate",
        "fit_sample",
        "score",
    }
)


def walk_alone(m: Machine) -> None:
    """Walk what was defined and never called."""
    for made in m.definitions:
        if made.node in m.called or not _tells(made.node) or _tests(made):
            continue
        m.steps = 0
        m.cell = made.cell
        if isinstance(made, Function):
            m.enter(made, [], _parameters(m, made.node))
        elif isinstance(made, Class):
            _use(m, made)


def _tests(made: Any) -> bool:
    """Say whether this tests code: its scores are asserted, and claim nothing."""
    bases = (getattr(base, "last", "") for base in getattr(made, "bases", ()))
    return made.node.name.lower().startswith("test") or "TestCase" in bases


def _use(m: Machine, made: Class) -> None:
    """Make an object and call its methods as they stand."""
    start = made.methods.get("__init__")
    given = _parameters(m, start.node) if isinstance(start, Function) else {}
    node = ast.copy_location(ast.Call(ast.Name(made.node.name), [], []), made.node)
    instance = calls.create(m, made, Call(node, made.node.name, [], given))
    for name, method in made.methods.items():
        if (
            isinstance(method, Function)
            and not name.startswith("__")
            and method.node not in m.called
        ):
            m.enter(method._replace(owner=instance), [], _parameters(m, method.node))


@lru_cache(2_048)
def _tells(node: ast.AST) -> bool:
    """Say whether anything is fitted or judged in there."""
    return any(
        (isinstance(each, ast.Attribute) and each.attr in _TELLING)
        or (isinstance(each, ast.Name) and each.id in _TELLING)
        for each in ast.walk(node)
    )


def _parameters(m: Machine, node: Any) -> dict[str, Any]:
    """Return what a function's parameters probably are: parts of the same rows."""
    rows = source(("parameters", m.cell, node.lineno))
    values: dict[str, Any] = {}
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    defaults = len(node.args.defaults)
    for argument in arguments[: len(arguments) - defaults or None]:
        name = argument.arg
        if name in {"self", "cls"}:
            continue
        low = name.lower()
        if any(word in low for word in _MODELS):
            values[name] = m.new_estimator(Estimator(name, "model", name))
        elif low.startswith(_ROWS) or side_of(name):
            side = side_of(name)
            key = ("named", m.cell, node.lineno)
            chosen = pick(rows, frozenset({(key, ("part", side))})) if side else rows
            values[name] = Data(rows=chosen, oid=m.number())
        else:
            values[name] = UNKNOWN._replace(oid=m.number())
    return values
