"""The lines to write where numbers of all rows entered them: means, bins, tables by group."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.rules import columns, names, parts
from nbpipe.leaks.rules.names import argument, receiver, swapped, targets, text
from nbpipe.leaks.rules.parts import Part, Parts

if TYPE_CHECKING:
    from nbpipe.leaks.rules.rewrite import Early

_NOT_WORD = re.compile(r"\W+")


def lines(case: Early) -> list[str]:
    """Return the statement with the training part's number, for both sides."""
    if case.path.how == "before" and len(_made(case.stated) - {case.start}) > 1:
        if case.found.split is None:
            return []  # rows are cut out of what this very statement makes
        case, after = _of_both(case)
    else:
        case, after = _of_frame(case)
    written = _bins(case) if case.fit.kind == "bins" else _numbers(case)
    return [*written, *after] if written else []


def _made(stated: ast.stmt) -> set[str]:
    return {text(each) for each in targets(stated)}


def _of_both(case: Early) -> tuple[Early, list[str]]:
    """Divide the frame itself where one statement takes features and target from it."""
    found = case.found
    frame = Parts(Part(case.start, "train", "test"), (found.features, *found.others), found.split)
    line = f"train, test = {parts.split_call(found.split, case.start)}"
    return replace(case, found=frame, line=line), []


def _of_frame(case: Early) -> tuple[Early, list[str]]:
    """Divide the frame itself where the features that are divided lack the column concerned."""
    found, split = case.found, case.found.split
    whole = found.features.whole
    changed = any(text(each).startswith(f"{case.start}[") for each in targets(case.stated))
    if case.path.how != "before" or split is None or not whole.isidentifier() or not changed:
        return case, []
    if whole == case.start or not isinstance(split.node, ast.Call):
        return case, []
    given = columns.of(case.view, split.node.args[0], split.cell, split.node.lineno)
    if given is not None and given.listed is None:
        return case, []
    known = (
        names.definition(case.view, part.whole, split) for part in (found.features, *found.others)
    )
    made = list(dict.fromkeys(each for each in known if each is not None))
    if not made or names.root(made[0].value, names.imported(case.view)) != case.start:
        return case, []
    sides = ("train", "test")
    after = [
        text(swapped(each, {**found.names(side), case.start: side}))
        for side in sides
        for each in made
    ]
    frame = Parts(Part(case.start, *sides), (), split)
    line = f"train, test = {parts.split_call(split, case.start)}"
    return replace(case, found=frame, line=line), after


def _numbers(case: Early) -> list[str]:
    """Rewrite what takes a number of all rows."""
    split = case.line
    if case.path.how == "before" and not split:
        split = parts.split_line(case.view, case.found)
    target, whole = case.path.score.target, case.found.features.whole
    if (
        case.fit.kind == "group"
        and target
        and whole != case.start
        and repr(target) in text(case.rows)
    ):
        return []  # the features lack the target that the table is of
    train, test = case.variables("train"), case.variables("test")
    if case.fit.label == "groupby.transform":
        looked_up = _looked_up(case, train, test)
        return [split, *looked_up] if looked_up else []
    if case.path.how == "test":  # what is named is the test part already
        train, test = {case.start: case.found.features.train}, {}
    if isinstance(case.stated, ast.Assign) and case.stated.value is case.fit.node:
        return [split, text(swapped(case.stated, train)), *_uses(case, train, test)]
    if not isinstance(case.stated, ast.Assign | ast.Expr):
        return [split, text(swapped(case.fit.node, train))]
    hoisted, learned = _hoisted(case, train)
    sides = (train, test) if case.path.how == "before" else (test,)
    stated = _assigning(case.stated)
    return [split, *learned, *(text(swapped(stated, side, hoisted)) for side in sides)]


def _assigning(stated: ast.stmt) -> ast.stmt:
    """Return ``df["age"].fillna(0, inplace=True)``, which new pandas ignores, as an assignment."""
    call = stated.value if isinstance(stated, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return stated
    options = [each for each in call.keywords if each.arg != "inplace"]
    if len(options) == len(call.keywords) or not isinstance(call.func.value, ast.Subscript):
        return stated
    value = ast.Call(call.func, call.args, options)
    return ast.copy_location(ast.Assign([call.func.value], value), stated)


def _hoisted(case: Early, train: dict[str, str]) -> tuple[dict[int, str], list[str]]:
    """Give each number that a statement learns a name and a line of its own."""
    within = {id(node) for node in ast.walk(case.stated)}
    hoisted: dict[int, str] = {}
    learned = []
    for fact in case.view.facts:
        key = id(fact.node)
        if isinstance(fact, Fit) and not fact.oid and key in within and key not in hoisted:
            hoisted[key] = _called(fact)
            learned.append(f"{hoisted[key]} = {text(swapped(fact.node, train))}")
    return hoisted, learned


def _called(fit: Fit) -> str:
    """Return a name for a number that was learned: ``age_mean``."""
    column = _word(fit.data.column if fit.data else "").lower()
    label = _word(fit.label.rpartition(".")[2])
    return f"{column}_{label}" if column and not column[0].isdigit() else f"train_{label}"


def _word(name: str) -> str:
    return _NOT_WORD.sub("_", name).strip("_")


def _uses(case: Early, train: dict[str, str], test: dict[str, str]) -> list[str]:
    """Return the first statement that uses what was learned, for both sides."""
    used = names.following(case.view, case.fit, case.stated)
    loads = {part.id for part in ast.walk(used) if isinstance(part, ast.Name)} if used else set()
    if not loads & set(train):
        return []
    return [text(swapped(used, side)) for side in ((train, test) if test else ({},))]


def _bins(case: Early) -> list[str]:
    """Rewrite ``X["band"] = pd.qcut(X["fare"], 4)``: the training part says where bins end."""
    calls = (each for each in ast.walk(case.stated) if isinstance(each, ast.Call))
    call = next((each for each in calls if text(each.func).endswith("cut")), None)
    if call is None or not isinstance(case.stated, ast.Assign):
        return []
    train, test = case.variables("train"), case.variables("test")
    library = text(call.func.value) + "." if isinstance(call.func, ast.Attribute) else ""
    given = [text(swapped(case.rows, train)), text(argument(call, 1, "q", "bins")), "retbins=True"]
    labels = [f"labels={text(each.value)}" for each in call.keywords if each.arg == "labels"]
    written = [case.split, f"_, edges = {text(call.func)}({', '.join(given)})"]
    for side in (train, test):
        cut = ", ".join([text(swapped(case.rows, side)), "edges", *labels, "include_lowest=True"])
        written.append(text(swapped(case.stated, side, {id(call): f"{library}cut({cut})"})))
    return written


def _looked_up(case: Early, train: dict[str, str], test: dict[str, str]) -> list[str]:
    """Rewrite ``df.groupby("c")["v"].transform("mean")``: a table, looked up on both sides."""
    grouped = receiver(case.fit)
    call = grouped.value if isinstance(grouped, ast.Subscript) else grouped
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return []
    key, how = argument(call, 0, "by"), argument(case.fit.node, 0, "func")
    if not isinstance(key, ast.Constant) or not isinstance(how, ast.Constant):
        return []
    column = case.fit.data.column if case.fit.data else ""
    if case.path.score.target in {key.value, column} - {""}:
        return []  # the target is not among the features to look it up in
    table = f"{_word(str(key.value)).lower()}_{_word(str(how.value))}"
    written = [f"{table} = {text(swapped(grouped, train))}.{how.value!s}()"]
    for side in (train, test):
        looked = f"{text(swapped(call.func.value, side))}[{key.value!r}].map({table})"
        written.append(text(swapped(case.stated, side, {id(case.fit.node): looked})))
    return written
