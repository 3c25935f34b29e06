"""The lines to write instead: split first, learn on the training part, apply to both."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import names, parts, words
from nbpipe.leaks.rules.names import receiver, statement, swapped, targets, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fit
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
    "boxcox": "PowerTransformer(method='box-cox')",
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
_APPLIED_BY = {"fit_predict": "predict", "fit_on_texts": "texts_to_sequences"}
_NEVER_APPLIED = frozenset(
    {"TSNE", "MDS", "DBSCAN", "SpectralEmbedding", "AgglomerativeClustering"}
)


def name_of(fit: Fit) -> str:
    """Return what to call an estimator: the user's name, or what it does."""
    owner = receiver(fit)
    if fit.oid and isinstance(owner, ast.Name):
        return owner.id
    return "pca" if fit.label == "PCA" else NAMES.get(fit.kind, "model")


@dataclass(frozen=True)
class Early:
    """A fit that came too early, and what the user calls the two sides."""

    view: View
    path: Path
    found: Parts
    rows: ast.expr  # what was learned from
    stated: ast.stmt  # the statement that learns
    start: str  # the variable that `rows` start from
    line: str = ""  # the split, where it is another than the user's

    @property
    def fit(self) -> Fit:
        """The fit."""
        return self.path.fit

    @cached_property
    def itself(self) -> bool:
        """Whether what was learned from can be divided itself, in place of what came of it."""
        made = [text(each) for each in targets(self.stated)]
        whole = self.found.features.whole
        if self.path.how != "before" or not names.simple(self.rows) or whole == self.start:
            return False
        return whole in made or self.fit.kind == "text"

    @property
    def split(self) -> str:
        """The split, of what was there before the fit; empty where it stays as it is."""
        if self.path.how != "before" or self.line:
            return self.line
        return parts.split_line(self.view, self.found, text(self.rows) if self.itself else "")

    def side(self, side: str) -> str:
        """Return one side of what was learned from: of its columns, where it took some."""
        part: str = getattr(self.found.features, side)
        inner = self.rows
        while isinstance(inner, ast.Attribute) and inner.attr in {"values", "T"}:
            inner = inner.value
        column = isinstance(inner, ast.Subscript) and not isinstance(inner.slice, ast.Slice)
        whole = self.itself or self.found.features.whole == text(self.rows)
        if column and self.start and not whole:
            return text(swapped(inner, {self.start: part}))
        return part

    def variables(self, side: str) -> dict[str, str]:
        """Return what each variable becomes on one side."""
        known = self.found.names(side)
        if self.start and self.start not in known:
            known[self.start] = getattr(self.found.features, side)
        return known


def early(view: View, path: Path) -> Early | None:
    """Return what can be rewritten, or None where the sides have no names at the fit."""
    rows, stated = words.source(path.fit), statement(view, path.fit)
    start = names.root(rows, names.imported(view))
    found = parts.parts(view, path.score, start)
    if found is None or rows is None or stated is None:
        return None
    inside = names.function(view, path.fit)  # a function knows nothing of the split's variables
    if inside is not None and names.function(view, found.split or path.score) is not inside:
        return None
    return Early(view, path, found, rows, stated, start)


def learned_on_train(view: View, path: Path) -> str:
    """Return the lines that split first and learn from the training part only; empty if unknown."""
    from nbpipe.leaks.rules import summaries  # noqa: PLC0415 - they need each other

    case, fit = early(view, path), path.fit
    if case is None or (fit.kind == "encode" and not fit.oid):
        return ""  # dummies have no training part to remember: a Pipeline has
    if path.how == "before" and path.score.windows:
        return learned_on_first(fit, case.stated)
    if fit.oid:
        lines = _estimator(case)
    elif fit.label in ESTIMATORS:
        lines = _function(case)
    else:
        lines = summaries.lines(case)
    return "\n".join(line for line in lines if line)


def learned_on_first(fit: Fit, stated: ast.stmt | None) -> str:
    """Return lines that learn from the first part of ordered rows, for splits without a name."""
    rows = words.source(fit)
    if rows is None or stated is None or not isinstance(fit.node, ast.Call):
        return ""
    if "groupby" in text(rows):
        return ""  # groups cannot be cut
    named = isinstance(rows, ast.Name)
    lines, name = ([], text(rows)) if named else ([f"series = {text(rows)}"], "series")
    part = f"{name}[:int(len({name}) * 0.8)]"
    owner, called = receiver(fit), text(fit.node.func).rpartition(".")[2]
    if fit.oid and called == "fit_transform":
        fitted = f"{text(owner)}.fit({part})"
        lines += [fitted if isinstance(owner, ast.Name) else f"{name_of(fit)} = {fitted}"]
        after = {id(fit.node): f"{name_of(fit)}.transform({name})"}
    else:
        after = {id(fit.node): text(swapped(fit.node, nodes={id(rows): part}))}
    return "\n".join([*lines, text(swapped(stated, nodes=after))])


def _estimator(case: Early) -> list[str]:
    """Rewrite ``X_scaled = scaler.fit_transform(X)``."""
    fit, node = case.fit, case.fit.node
    assert isinstance(node, ast.Call)
    owner, name = receiver(fit), name_of(fit)
    made = names.maker(case.view, fit, owner)
    lines = [case.split]
    if made is not None and not isinstance(owner, ast.Name):
        lines += [f"{name} = {text(made)}"]
    train, test = case.side("train"), case.side("test")
    called = text(node.func).rpartition(".")[2]
    if fit.label in _NEVER_APPLIED:
        return [*lines, f"{train} = {name}.{called}({train})"]
    sides = case.variables("train")
    more = [text(swapped(each, sides)) for each in node.args[1:]]
    named = [each for each in node.keywords if each.arg not in {"X", "x"}]
    more += [f"{each.arg}={text(swapped(each.value, sides))}" for each in named]
    fitted = f"{name}.{called}({', '.join([train, *more])})"
    apply = f"{name}.{_APPLIED_BY.get(called, 'transform')}"
    if called in {"fit_transform", "fit_predict"}:
        return [*lines, f"{train} = {fitted}", f"{test} = {apply}({test})"]
    lines += [fitted]
    if fit.kind in {"model", "search"}:
        return lines
    if case.path.how == "test":
        return [*lines, f"{test} = {apply}({test})"]
    return [*lines, f"{train}, {test} = {apply}({train}), {apply}({test})"]


def _function(case: Early) -> list[str]:
    """Rewrite ``X = scale(X)``, which has no training part to remember."""
    train, test, name = case.side("train"), case.side("test"), NAMES[case.fit.kind]
    return [
        case.split,
        f"{name} = {ESTIMATORS[case.fit.label]}",
        f"{train} = {name}.fit_transform({train})",
        f"{test} = {name}.transform({test})",
    ]
