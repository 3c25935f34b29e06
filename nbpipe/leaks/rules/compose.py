"""The Pipeline to write instead: a build cell in a notebook, a ``Pipeline`` in a script."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbpipe.leaks.knowledge.estimators import DATA_FIRST, KERAS, kind_of
from nbpipe.leaks.rules import names, parts, usage, words
from nbpipe.leaks.rules.imports import NEXT_CELL
from nbpipe.leaks.rules.names import argument, receiver, statement, text
from nbpipe.leaks.rules.rewrite import ESTIMATORS, NAMES, name_of
from nbpipe.leaks.rules.usage import NAME
from nbpipe.leaks.search.early import paths

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fit, Score
    from nbpipe.leaks.view import View

_FOLDS = (
    "cross_val_score",
    "cross_validate",
    "cross_val_predict",
    "fit_resample",
    "learning_curve",
)
_BY_LABEL = {
    "mean": "SimpleImputer(strategy='mean')",
    "median": "SimpleImputer(strategy='median')",
    "mode": "SimpleImputer(strategy='most_frequent')",
    "min": "MinMaxScaler()",
    "max": "MinMaxScaler()",
    "qcut": "KBinsDiscretizer(strategy='quantile')",
    "cut": "KBinsDiscretizer(strategy='uniform')",
}
_BY_KIND = {
    "scale": "StandardScaler()",
    "impute": "SimpleImputer()",
    "clip": "RobustScaler()",
    "bins": "KBinsDiscretizer()",
    "group": "TargetEncoder()",
    "target": "TargetEncoder()",
    "count": "TargetEncoder()",
    "select": "SelectKBest()",
    "encode": "OneHotEncoder(handle_unknown='ignore')",
}
_SELECTED = {"categorical": "make_column_selector(dtype_exclude='number')"}
# What LabelEncoder, which is for targets, is used for on features.
_ORDINAL = "OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)"
_BY_COLUMN = re.compile("(?i)column_?transformer")
_COLUMNS = re.compile("(?i)col|feat|num|cat|var|attr")
Step = tuple[str, str, str]  # its name, what makes it, and the columns that it is for, if any


def pipeline(view: View, score: Score, fit: Fit) -> str:
    """Return the Pipeline of what was fitted too early and the judged model; empty if unknown."""
    model = _model(view, score)
    if not model:
        return ""
    fits = [path.fit for path in paths(view) if path.score is score]
    fits = [each for each in fits if each.kind not in {"threshold", "filter"}]
    found = [_step(view, each) for each in (fits if fit in fits else [fit])]
    steps = _merged([step for step in found if step is not None])
    own = _taken_apart(model)
    if not steps or not own:
        return ""
    keys = [key for _, made, chosen in steps if made == "TargetEncoder()" for key in _keys(chosen)]
    used = usage.lines(view, score, fit if fit in fits or not fits else fits[0], keys)
    steps = [step for step in steps if step[1] not in model]  # those that its Pipeline has not
    if not steps:
        return used
    routed = [(made, chosen) for _, made, chosen in steps if chosen]
    if routed and _BY_COLUMN.search(model):  # it takes columns by names, which others would lose
        told = ", ".join(f"{made} for {chosen}" for made, chosen in routed)
        return f"{NAME} = {model}  # and add to its columns: {told}\n{used}".strip()
    taken = {name for name, _, _ in own}
    steps = [
        (f"first_{each[0]}" if each[0] in taken else each[0], each[1], each[2]) for each in steps
    ]
    every = [*steps, *own]
    if names.cell_of(view, score).number:
        made, apart = _build_cell(every), NEXT_CELL
    else:
        made, apart = _call(every), "\n\n"
    return f"{made}{apart}{used}" if used else made


def _keys(chosen: str) -> list[str]:
    """Return the columns of a literal list."""
    return list(ast.literal_eval(chosen)) if chosen.startswith("[") else []


def _taken_apart(model: str) -> list[Step]:
    """Return the model as a step, or the steps of its Pipeline; empty if they are not listed."""
    made = ast.parse(model, mode="eval").body
    if not usage.is_pipeline(made):
        return [("model", model, "")]
    assert isinstance(made, ast.Call)
    if text(made.func).endswith("make_pipeline"):
        named = [
            (text(each).partition("(")[0].rpartition(".")[2].lower(), each) for each in made.args
        ]
    else:
        listed = argument(made, 0, "steps")
        pairs = listed.elts if isinstance(listed, ast.List) else []
        named = [
            (str(each.elts[0].value), each.elts[1])
            for each in pairs
            if isinstance(each, ast.Tuple) and isinstance(each.elts[0], ast.Constant)
        ]
        if len(named) < len(pairs):
            return []
    return [(name, text(each), "") for name, each in named]


def _merged(steps: list[Step]) -> list[Step]:
    """Return steps of different names; what is done to several columns is done in one."""
    columns: dict[str, list[str]] = {}
    for _, made, chosen in steps:
        known = columns.setdefault(made, [])
        known += [chosen] if chosen not in known else []
    merged: list[Step] = []
    for made, lists in columns.items():
        name = next(each for each, other, _ in steps if other == made)
        taken = [each for each, _, _ in merged]
        number = sum(each.rstrip("_0123456789") == name for each in taken)
        chosen = lists[0]
        if len(lists) > 1:
            listed = [each for each in lists if each.startswith("[")]
            items = [item for each in listed for item in ast.literal_eval(each)]
            chosen = repr(list(dict.fromkeys(items))) if listed else ""
        merged.append((f"{name}_{number + 1}" if number else name, made, chosen))
    return merged


def _step(view: View, fit: Fit) -> Step | None:
    """Return the step that does inside the Pipeline what a fit did outside."""
    if not fit.oid:
        made = ESTIMATORS.get(fit.label) or _default(view, fit)
        kind = kind_of(made.partition("(")[0])
        return (NAMES.get(kind, kind), made, _columns(view, fit)) if made else None
    maker = names.maker(view, fit, receiver(fit))
    if maker is None or any(isinstance(each, ast.Lambda) for each in ast.walk(maker)):
        return None
    if fit.kind == "model":
        return "selector", f"SelectFromModel({text(maker)})", ""
    made = _ORDINAL if fit.label == "LabelEncoder" else text(maker)
    return name_of(fit), made, _columns(view, fit)


def _default(view: View, fit: Fit) -> str:
    """Return the transformer that learns what a plain function learned."""
    label = fit.label.rpartition(".")[2]
    filled = "fillna" in text(statement(view, fit))
    if fit.kind == "group" and not filled:
        return _BY_KIND["group"]
    if label == "mean" and not filled:
        return "StandardScaler()"
    if filled and fit.kind == "group":
        return "SimpleImputer()"
    return _BY_LABEL.get(label) or _BY_KIND.get(fit.kind, "")


def _columns(view: View, fit: Fit) -> str:
    """Return the columns that a fit is for, where they are listed."""
    from_ = words.source(fit)
    if fit.kind == "encode" and not fit.oid:
        listed = argument(fit.node, 9, "columns")
        return text(listed) if isinstance(listed, ast.List | ast.Name) else "categorical"
    filled = "fillna" in text(statement(view, fit))
    if fit.kind in {"group", "target", "count"} and not fit.oid and not filled:
        grouped = [each for each in ast.walk(fit.node) if isinstance(each, ast.Call)]
        keys = [argument(each, 0) for each in grouped if text(each.func).endswith("groupby")]
        return _listed(keys[0]) if keys else ""
    if not isinstance(from_, ast.Subscript):
        return ""
    return text(from_.slice) if fit.kind == "text" else _listed(from_.slice)


def _listed(key: ast.expr | None) -> str:
    """Return columns as a build cell lists them: a list, or a variable that holds one."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return f"[{text(key)}]"
    if isinstance(key, ast.List) and all(isinstance(each, ast.Constant) for each in key.elts):
        return text(key)
    return key.id if isinstance(key, ast.Name) and _COLUMNS.search(key.id) else ""


def _model(view: View, score: Score) -> str:
    """Return what makes the judged model, if it can stand in a Pipeline."""
    found = parts.model(view, score)
    fits = view.fits(score)
    if any(fit.label in KERAS | DATA_FIRST or _trained_otherwise(fit) for fit in fits):
        return ""
    if score.search and fits:
        search = names.maker(view, fits[-1], found)
        found = argument(search, 0, "estimator") if search is not None else None
    made = names.maker(view, score, found)
    if made is not None and not any(isinstance(each, ast.Lambda) for each in ast.walk(made)):
        return text(made)
    return found.id if isinstance(found, ast.Name) else ""


def _trained_otherwise(fit: Fit) -> bool:
    """Say whether a model is not fitted by ``fit``: by a loop, by ``lgb.train``."""
    node = fit.node
    if not isinstance(node, ast.Call):
        return True
    return text(node.func).rpartition(".")[2] not in {"fit", *_FOLDS}


def _build_cell(steps: list[Step]) -> str:
    """Write ``%%nbpipe build``."""
    lines = [f"%%nbpipe build {NAME}"]
    routes = [step for step in steps if step[2]]
    lines += [f"{name} = {columns} >> {made}" for name, made, columns in routes]
    lines += ["rest >> passthrough"] if routes else []
    lines += [f"{name} = {made}" for name, made, columns in steps if not columns]
    return "\n".join(lines)


def _call(steps: list[Step]) -> str:
    """Write ``pipeline = Pipeline([...])``."""
    routes = [
        f"({made}, {_SELECTED.get(columns, columns)})" for _, made, columns in steps if columns
    ]
    listed = [(name, made) for name, made, columns in steps if not columns]
    if routes:
        given = ", ".join(routes)
        first = "first_columns" if "columns" in dict(listed) else "columns"
        listed.insert(0, (first, f"make_column_transformer({given}, remainder='passthrough')"))
    named = ", ".join(f"({name!r}, {made})" for name, made in listed)
    return f"{NAME} = Pipeline([{named}])"
