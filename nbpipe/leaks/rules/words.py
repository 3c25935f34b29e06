"""The sentences of all rules: what learned what, from which rows, and who is judged by them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.findings import Finding, Related
from nbpipe.leaks.knowledge.functions import CATEGORIES, LEARNING
from nbpipe.leaks.rules import imports, names, parts
from nbpipe.leaks.rules.names import receiver, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Fact, Fit, Score
    from nbpipe.leaks.findings import Edit, Severity
    from nbpipe.leaks.rules.rule import Rule
    from nbpipe.leaks.view import View

_LONGEST = 60  # of what is quoted within a sentence
_BY_CLASS = {
    "StandardScaler": "means and standard deviations",
    "MinMaxScaler": "minima and maxima",
    "MaxAbsScaler": "maxima",
    "RobustScaler": "medians and quartiles",
    "KNNImputer": "neighbours that fill gaps",
    "IterativeImputer": "a model that fills gaps",
    "PCA": "principal components",
    "TfidfVectorizer": "a vocabulary and its weights",
    "TfidfTransformer": "how frequent words are",
    "CountVectorizer": "a vocabulary",
    "Tokenizer": "a vocabulary",
    "mean": "a mean",
    "std": "a standard deviation",
    "min": "a minimum",
    "max": "a maximum",
    "median": "a median",
    "mode": "the most frequent value",
    "corr": "which columns correlate",
}
_BY_KIND = {
    "scale": "a scale",
    "impute": "what fills gaps",
    "reduce": "components",
    "select": "which features to keep",
    "text": "a vocabulary",
    "bins": "where bins end",
    "clip": "limits",
    "target": "what the target is like in each category",
    "count": "how frequent each category is",
    "group": "what each group is like",
    "cluster": "clusters",
    "encode": "which categories there are",
    "filter": "what to leave out",
    "threshold": "a threshold",
    "model": "a model",
}
_WATCHING = frozenset(
    {"validation_data", "eval_set", "evals", "valid_sets", "val_data", "validation_generator"}
    | {"X_val", "watchlist", "eval_data"}
)


def quoted(node: ast.AST | str | None) -> str:
    """Return source in backquotes, cut to what a sentence can hold."""
    words = " ".join((node if isinstance(node, str) else text(node)).split()).replace("`", "'")
    return f"`{words if len(words) <= _LONGEST else words[: _LONGEST - 3] + '...'}`"


def does(fact: Fact) -> str:
    """Return what happens at a fact, as the user wrote it: `` `scaler.fit_transform(X)` ``."""
    return quoted(fact.node)


def at(view: View, fact: Fact) -> str:
    """Return a fact's place in brackets."""
    return f"({view.place(fact)})"


def learned(fit: Fit) -> str:
    """Return what a fit learned."""
    return _BY_CLASS.get(fit.label.rpartition(".")[2]) or _BY_KIND.get(fit.kind, "something")


def source(fit: Fit) -> ast.expr | None:
    """Return the expression whose rows a fit learned from."""
    node = fit.node
    if isinstance(node, ast.Compare):
        return node.comparators[0]
    if not isinstance(node, ast.Call):
        return None
    owner = receiver(fit)
    library = isinstance(owner, ast.Name) and owner.id in {"np", "pd", "numpy", "pandas", "stats"}
    if fit.oid or owner is None or library or fit.label in LEARNING.keys() | CATEGORIES:
        return names.argument(node, 0, "X", "x", "data", "raw_documents")
    return owner


def rows_of(fit: Fit) -> str:
    """Return the rows that a fit learned from, in the user's words."""
    found = source(fit)
    if found is None:
        return "its rows"
    start = names.root(found, frozenset({"np", "pd", "numpy", "pandas"}))
    told = text(found)
    return quoted(start if start and ("groupby" in told or len(told) > _LONGEST) else found)


def judged(view: View, score: Score) -> str:
    """Return how rows score a model, to follow "rows that": score `model` in ..."""
    model = quoted(parts.model_name(view, score))
    if score.search:
        return f"choose the setting of {model} {at(view, score)}"
    if score.how in _WATCHING:
        return f"score {model} as its `{score.how}` {at(view, score)}"
    if not score.certain:
        return f"go into `{model[1:-1]}.{score.how}` {at(view, score)}"
    if score.how == "score":
        return f"score {model} {at(view, score)}"
    how = f"`{score.how}`" if score.how.replace(".", "").isidentifier() else score.how
    return f"score {model} in {how} {at(view, score)}"


def score_note(view: View, score: Score) -> Related:
    """Point to a score."""
    model = quoted(parts.model_name(view, score))
    if score.folds:
        message = f"Here each fold scores {model} once."
    elif score.how in _WATCHING:
        message = f"Here {model} is watched on these rows while it is fitted."
    elif not score.certain:
        message = f"Here {model} predicts these rows."
    else:
        message = f"Here these rows score {model}."
    return Related(view.place(score), message)


def split_notes(view: View, score: Score) -> tuple[Related, ...]:
    """Point to the split that put a score's rows into the test part."""
    split = view.split_of(score.rows)
    if split is None:
        return ()
    return (Related(view.place(split), "Here these rows go to the test part."),)


def prompt(view: View, fact: Fact, problem: str, wish: str, fix: str) -> str:
    """Tell an assistant where, what is wrong, what to do, and how it could read."""
    place = str(view.place(fact)).capitalize()
    told = f"{place}, {quoted(fact.node)}: {problem} {wish}"
    return told if fix.startswith("#") or not fix else f"{told} For example:\n{fix}"


def finding(
    rule: type[Rule],
    view: View,
    fact: Fact,
    severity: Severity,
    *,
    problem: str,
    wish: str,
    fix: str = "",
    related: tuple[Related, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Finding:
    """Put a finding together: `problem` goes on from what the user wrote, `wish` is what to do."""
    fix = imports.added(view, fix) if fix else f"# {wish}"
    place = view.place(fact)
    return Finding(
        place=place,
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=f"{does(fact)} {problem}",
        fix=fix,
        prompt=prompt(view, fact, f"it {problem}", wish, fix),
        related=tuple(each for each in related if each.place != place),
        edits=edits,
    )
