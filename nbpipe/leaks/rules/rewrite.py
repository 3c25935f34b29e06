"""The lines to write instead: split first, learn on the training part, apply to both."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbpipe.leaks.facts import Fit
from nbpipe.leaks.rules import names, parts, words
from nbpipe.leaks.rules.names import receiver, statement, swapped, targets, text

if TYPE_CHECKING:
    from nbpipe.leaks.rules.parts import Parts
    from nbpipe.leaks.search.early import Path
    from nbpipe.leaks.view import View

# The estimator that does what a function does to all rows at once.
ESTIMATORS = {
    "scale": "StandardScaler()",
    "zscore": "StandardScaler()",
    "minmax_scale": "MinMaxScaler()",
    "maxabs_scale": "MaxAbsScaler()",
    "robust_scale": "RobustScaler()",
    "power_transform": "PowerTransformer()",
    "yeojohnson": "PowerTransformer()",
    "boxcox": 'PowerTransformer(method="box-cox")',
    "quantile_transform": "QuantileTransformer()",
}
NAMES = {
    "scale": "scaler",
    "impute": "imputer",
    "reduce": "reducer",
    "select": "selector",
    "text": "vectorizer",
    "bins": "binner",
    "target": "encoder",
    "count": "encoder",
    "encode": "encoder",
    "cluster": "clusters",
}
_ON_BOTH = {"fit_predict": "predict"}
_ON_TRAIN_ONLY = frozenset(
    {"TSNE", "MDS", "DBSCAN", "SpectralEmbedding", "AgglomerativeClustering"}
)


def name_of(fit: Fit) -> str:
    """Return what to call an estimator: the user's name, or what it does."""
    owner = receiver(fit)
    if fit.oid and isinstance(owner, ast.Name):
        return owner.id
    return "pca" if fit.label == "PCA" else NAMES.get(fit.kind, "model")


def learned_on_train(view: View, path: Path) -> str:
    """Return the lines that split first and learn from the training part only; empty if unknown."""
    fit = path.fit
    from_ = words.source(fit)
    start = names.root(from_, names.imported(view))
    found = parts.parts(view, path.score, start)
    stated = statement(view, fit)
    if found is None or from_ is None or stated is None or _elsewhere(view, path, found):
        return ""
    if fit.kind == "encode" and not fit.oid:
        return ""  # dummies have no training part to remember: a Pipeline has
    if path.how == "before" and path.score.windows:
        return learned_on_first(fit, stated)
    if fit.oid:
        lines = _estimator(view, path, found, from_, stated, start)
    elif fit.label in ESTIMATORS:
        lines = _function(view, path, found, from_, stated, start)
    elif fit.kind == "bins":
        lines = _bins(found, from_, stated, start)
    else:
        lines = _summary(view, path, found, stated, start)
    return "\n".join(line for line in lines if line)


def learned_on_first(fit: Fit, stated: ast.stmt | None) -> str:
    """Return lines that learn from the first part of ordered rows, for splits without a name."""
    from_ = words.source(fit)
    if from_ is None or stated is None or not isinstance(fit.node, ast.Call):
        return ""
    if "groupby" in text(from_):
        return ""  # groups cannot be cut
    lines = [] if isinstance(from_, ast.Name) else [f"series = {text(from_)}"]
    rows = text(from_) if isinstance(from_, ast.Name) else "series"
    part = f"{rows}[:int(len({rows}) * 0.8)]"
    attr = fit.node.func.attr if isinstance(fit.node.func, ast.Attribute) else ""
    if fit.oid and attr == "fit_transform":
        owner = receiver(fit)
        known = isinstance(owner, ast.Name)
        fitted = f"{text(owner)}.fit({part})"
        lines += [fitted if known else f"{name_of(fit)} = {fitted}"]
        after = {id(fit.node): f"{name_of(fit)}.transform({rows})"}
        return "\n".join([*lines, text(swapped(stated, nodes=after))])
    learned = text(swapped(fit.node, nodes={id(from_): part}))
    return "\n".join([*lines, text(swapped(stated, nodes={id(fit.node): learned}))])


def _elsewhere(view: View, path: Path, found: Parts) -> bool:
    """Say whether the fit stands in a function that does not know the split's variables."""
    inside = names.function(view, path.fit)
    other = found.split or path.score
    return inside is not None and names.function(view, other) is not inside


def _sides(found: Parts, start: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what variables become on the training and on the test side."""
    train, test = found.names("train"), found.names("test")
    if start and start not in train:
        train[start], test[start] = found.features.train, found.features.test
    return train, test


def _estimator(
    view: View, path: Path, found: Parts, from_: ast.expr, stated: ast.stmt, start: str
) -> list[str]:
    """Rewrite ``X_scaled = scaler.fit_transform(X)``."""
    fit, node = path.fit, path.fit.node
    assert isinstance(node, ast.Call)
    owner = receiver(fit)
    made = names.maker(view, fit, owner)
    name = name_of(fit)
    lines, itself = [], False
    if path.how == "before":
        line, itself = _split(view, found, fit, from_, stated, start)
        lines = [line]
    if made is not None and not isinstance(owner, ast.Name):
        lines += [f"{name} = {text(made)}"]
    train, test = (
        getattr(found.features, side) if itself else _part(found, from_, start, side)
        for side in ("train", "test")
    )
    attr = node.func.attr if isinstance(node.func, ast.Attribute) else "fit"
    if fit.label in _ON_TRAIN_ONLY:
        return [*lines, f"{train} = {name}.{attr}({train})"]
    sides, _ = _sides(found, start)
    more = [text(swapped(each, sides)) for each in node.args[1:]]
    more += [
        f"{each.arg}={text(swapped(each.value, sides))}"
        for each in node.keywords
        if each.arg not in {"X", "x"}
    ]
    given = ", ".join([train, *more])
    after = _ON_BOTH.get(attr, "transform")
    if attr in {"fit_transform", "fit_predict"}:
        return [*lines, f"{train} = {name}.{attr}({given})", f"{test} = {name}.{after}({test})"]
    lines += [f"{name}.{attr}({given})"]
    if fit.kind in {"model", "search"}:
        return lines
    if attr == "fit_on_texts":
        after = "texts_to_sequences"
    if path.how == "test":
        return [*lines, f"{test} = {name}.{after}({test})"]
    return [*lines, f"{train}, {test} = {name}.{after}({train}), {name}.{after}({test})"]


def _part(found: Parts, from_: ast.expr, start: str, side: str) -> str:
    """Return one side of what a fit learned from: of its columns, where it took some."""
    part: str = getattr(found.features, side)
    inner = from_
    while isinstance(inner, ast.Attribute) and inner.attr in {"values", "astype", "T"}:
        inner = inner.value
    column = isinstance(inner, ast.Subscript) and not isinstance(inner.slice, ast.Slice)
    if column and start and found.features.whole != text(from_):
        return text(swapped(inner, {start: part}))
    return part


def _split(
    view: View, found: Parts, fit: Fit, from_: ast.expr, stated: ast.stmt, start: str
) -> tuple[str, bool]:
    """Return the split of what was there before the fit, and whether that is what was fitted on."""
    made = [text(each) for each in targets(stated)]
    whole = found.features.whole
    named = isinstance(from_, ast.Name) or names.simple(from_)
    itself = named and whole != start and (whole in made or fit.kind == "text")
    return parts.split_line(view, found, text(from_) if itself else ""), itself or whole == text(
        from_
    )


def _function(
    view: View, path: Path, found: Parts, from_: ast.expr, stated: ast.stmt, start: str
) -> list[str]:
    """Rewrite ``X = scale(X)``, which has no training part to remember."""
    train, test = (_part(found, from_, start, side) for side in ("train", "test"))
    name = NAMES[path.fit.kind]
    split = _split(view, found, path.fit, from_, stated, start)[0] if path.how == "before" else ""
    return [
        split,
        f"{name} = {ESTIMATORS[path.fit.label]}",
        f"{train} = {name}.fit_transform({train})",
        f"{test} = {name}.transform({test})",
    ]


def _bins(found: Parts, from_: ast.expr, stated: ast.stmt, start: str) -> list[str]:
    """Rewrite ``X["band"] = pd.qcut(X["fare"], 4)``: the training part says where bins end."""
    train, test = _sides(found, start)
    call = next(
        (n for n in ast.walk(stated) if isinstance(n, ast.Call) and text(n.func).endswith("cut")),
        None,
    )
    if call is None or not isinstance(stated, ast.Assign):
        return []
    library = text(call.func.value) + "." if isinstance(call.func, ast.Attribute) else ""
    bins = text(call.args[1]) if len(call.args) > 1 else "4"
    learn = f"_, edges = {text(call.func)}({text(swapped(from_, train))}, {bins}, retbins=True)"
    labels = [f"{k.arg}={text(k.value)}" for k in call.keywords if k.arg == "labels"]
    lines = [learn]
    for side in (train, test):
        given = ", ".join([text(swapped(from_, side)), "edges", *labels, "include_lowest=True"])
        lines.append(text(swapped(stated, side, {id(call): f"{library}cut({given})"})))
    return lines


def _summary(view: View, path: Path, found: Parts, stated: ast.stmt, start: str) -> list[str]:
    """Rewrite ``X["age"] = X["age"].fillna(X["age"].mean())``: the number is the training part's."""
    train, test = _sides(found, start)
    split = [parts.split_line(view, found)] if path.how == "before" else []
    if path.how == "test":
        train, test = {}, {start: found.features.test}
        train[start] = found.features.train
    if path.fit.label == "groupby.transform":
        lines = _group_means(path, stated, train, test)
        return [*split, *lines] if lines else []
    if isinstance(stated, ast.Assign) and stated.value is path.fit.node:
        made = text(swapped(stated, train))
        return [*split, made, *_uses(view, path.fit, stated, train, test)]
    if not isinstance(stated, ast.Assign | ast.Expr):
        return [*split, text(swapped(path.fit.node, train))]
    learned = {fact.number: fact for fact in view.facts if isinstance(fact, Fit)}
    hoisted: dict[int, str] = {}
    lines = []
    for fact in learned.values():
        here = any(fact.node is part for part in ast.walk(stated))
        if here and not fact.oid and id(fact.node) not in hoisted:
            name = _called(fact)
            hoisted[id(fact.node)] = name
            lines.append(f"{name} = {text(swapped(fact.node, train))}")
    if path.how == "test":
        return [*lines, text(swapped(stated, nodes=hoisted))]
    return [*split, *lines, *(text(swapped(stated, side, hoisted)) for side in (train, test))]


def _called(fit: Fit) -> str:
    """Return a name for a number that was learned: ``age_mean``."""
    column = fit.data.column if fit.data else ""
    label = re.sub(r"\W+", "_", fit.label.rpartition(".")[2]).strip("_")
    words_ = re.sub(r"\W+", "_", column).strip("_").lower()
    return f"{words_}_{label}" if words_ and not words_[0].isdigit() else f"train_{label}"


def _uses(
    view: View, fit: Fit, stated: ast.Assign, train: dict[str, str], test: dict[str, str]
) -> list[str]:
    """Return the first statement that uses what was learned, for both sides."""
    made = {text(each) for each in targets(stated)}
    body = names.cell_of(view, fit).tree.body
    after = body[body.index(stated) + 1 :] if stated in body else []
    for each in after:
        loads = {part.id for part in ast.walk(each) if isinstance(part, ast.Name)}
        if isinstance(each, ast.Assign) and loads & made and loads & set(train):
            return [text(swapped(each, train)), text(swapped(each, test))]
    return []


def _group_means(
    path: Path, stated: ast.stmt, train: dict[str, str], test: dict[str, str]
) -> list[str]:
    """Rewrite ``df["m"] = df.groupby("c")["v"].transform("mean")``: a table, looked up on both sides."""
    fit, node = path.fit, path.fit.node
    grouped = receiver(fit)
    call = grouped.value if isinstance(grouped, ast.Subscript) else grouped
    key = names.argument(call, 0, "by") if call is not None else None
    how = names.argument(node, 0, "func")
    frame = (
        call.func.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        else None
    )
    if not isinstance(key, ast.Constant) or not isinstance(how, ast.Constant) or frame is None:
        return []
    if path.score.target in {key.value, fit.data.column if fit.data else ""} - {""}:
        return []  # the target is not among the features to look it up in
    table = f"{re.sub(chr(92) + 'W+', '_', str(key.value)).lower()}_{how.value}"
    lines = [f"{table} = {text(swapped(grouped, train))}.{how.value}()"]
    for side in (train, test):
        looked = f"{text(swapped(frame, side))}[{key.value!r}].map({table})"
        lines.append(text(swapped(stated, side, {id(node): looked})))
    return lines
