"""What the user calls the training and test rows, the model, and what it is judged on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import names
from nbpipe.leaks.rules.names import argument, definition, receiver, statement, swapped, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.facts import Fact, Fit, Score, Split
    from nbpipe.leaks.view import View

_SPLITS = "train_test_split"
_PREDICTS = ("predict", "predict_proba", "predict_classes", "decision_function", "forecast")
_SIZE = frozenset({"test_size", "train_size", "random_state", "shuffle"})
_JUDGES = ("score", "evaluate", "cross_val_score", "cross_validate")


@dataclass(frozen=True, slots=True)
class Part:
    """One array and the variables that hold its two sides."""

    whole: str
    train: str
    test: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Both sides of a split: of the features first, then of the other arrays that it divides."""

    features: Part
    others: tuple[Part, ...] = ()
    split: Split | None = None

    @property
    def target(self) -> Part | None:
        """The array divided beside the features."""
        return self.others[0] if self.others else None

    def names(self, side: str) -> dict[str, str]:
        """Return what each whole variable becomes on one side, ``train`` or ``test``."""
        known = {part.whole: getattr(part, side) for part in (self.features, *self.others)}
        return {whole: part for whole, part in known.items() if whole.isidentifier() and part}


def parts(view: View, score: Score, about: str = "") -> Parts | None:
    """Return the variables of a score's split; its features are what starts from `about`."""
    split = view.split_of(score.rows)
    if split is not None and (found := divided(view, split, about)):
        return found
    return given(view, score)


def divided(view: View, split: Split, about: str = "") -> Parts | None:
    """Read ``X_train, X_test, y_train, y_test = train_test_split(X, y)``."""
    stated, call = statement(view, split), split.node
    if (
        not isinstance(stated, ast.Assign)
        or stated.value is not call
        or not isinstance(call, ast.Call)
    ):
        return None
    made = [text(each) for each in names.targets(stated)]
    if len(made) != 2 * len(call.args) or len(stated.targets) != 1 or not all(made):
        return None
    found = [Part(text(each), made[2 * i], made[2 * i + 1]) for i, each in enumerate(call.args)]
    libraries = names.imported(view)
    starts = [names.root(each, libraries) for each in call.args]
    wide = [each for each, arg in zip(starts, call.args, strict=True) if not _column(arg)]
    first = starts.index(about) if about in wide else 0
    return Parts(found[first], tuple(each for each in found if each is not found[first]), split)


def _column(node: ast.expr) -> bool:
    """Say whether an expression is one column: ``df["late"]``."""
    key = node.slice if isinstance(node, ast.Subscript) else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def given(view: View, score: Score) -> Parts | None:
    """Read the sides off ``model.fit(A, b)`` and ``model.score(C, d)``."""
    fits = view.fits(score)
    if not fits:
        return None
    fitted = fits[-1].node
    train, judged = argument(fitted, 0, "X", "x"), scored(view, score)
    if not names.simple(train) or not names.simple(judged) or text(train) == text(judged):
        return None
    y_train, y_test = argument(fitted, 1, "y"), truth(view, score)
    features = Part("", text(train), text(judged))
    if not names.simple(y_train) or not names.simple(y_test):
        return Parts(features, split=view.split_of(score.rows))
    return Parts(features, (Part("", text(y_train), text(y_test)),), view.split_of(score.rows))


def split_line(view: View, found: Parts, whole: str = "", **options: str) -> str:
    """Return the user's split, dividing `whole` in place of the features."""
    split = found.split
    stated = statement(view, split) if split is not None else None
    if split is None or not found.features.whole or not isinstance(split.node, ast.Call):
        return ""
    divided = {
        id(each): whole or text(each)
        for each in split.node.args
        if text(each) == found.features.whole
    }
    line = swapped(stated, nodes=divided)
    given = {each.arg: each for each in line.value.keywords}
    for name, value in options.items():
        if name in given:
            given[name].value = ast.parse(value, mode="eval").body
        else:
            line.value.keywords.append(ast.keyword(name, ast.parse(value, mode="eval").body))
    return text(line)


def split_call(split: Split | None, frame: str) -> str:
    """Return a split of a whole frame, as large as the user's."""
    given = split.node.keywords if split is not None and isinstance(split.node, ast.Call) else []
    options = [f"{each.arg}={text(each.value)}" for each in given if each.arg in _SIZE]
    return f"train_test_split({', '.join([frame, *options])})"


def model(view: View, score: Score) -> ast.expr | None:
    """Return the user's expression for the judged model."""
    if score.folds and not score.search:
        return argument(score.node, 0, "estimator")
    fits = view.fits(score)
    found = receiver(fits[-1]) if fits else None
    if isinstance(found, ast.Name) and found.id in names.imported(view):  # lgb.train(...)
        made = names.targets(statement(view, fits[-1]))
        return made[0] if made else None
    return found


def model_name(view: View, score: Score) -> str:
    """Return what to call the judged model: a variable of the user's, or its class."""
    found = model(view, score)
    if names.simple(found):
        return text(found)
    fits = view.fits(score)
    if not fits:
        return "model"
    node = fits[-1].node
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if called[:1].islower() and not score.folds:  # net(X)
        return called
    stated = statement(view, fits[-1])
    fitted = isinstance(stated, ast.Assign) and stated.value is node
    if fitted and (score.search or not score.folds):  # clf = SVC().fit(X, y)
        return text(stated.targets[0])  # type: ignore[union-attr]
    made = names.maker(view, fits[-1], found)
    return text(made.func) if isinstance(made, ast.Call) else fits[-1].label


def scored(view: View, score: Score) -> ast.expr | None:
    """Return the features that a score is computed from, wherever they were predicted."""
    for call in _calls(view, score):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in _PREDICTS or name in _JUDGES:
            return argument(call, 0, "X", "x")
    if score.folds:
        return argument(score.node, int(not score.search), "X")
    return None


def truth(view: View, score: Score) -> ast.expr | None:
    """Return what the predictions are compared with."""
    node = score.node
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr in _JUDGES:
        return argument(node, 1, "y")
    predicted = {id(call) for call in _calls(view, score)}
    for each in node.args[:2]:
        stated = definition(view, text(each), score) if isinstance(each, ast.Name) else None
        within = [each, *([stated.value] if stated else [])]
        if not any(id(part) in predicted for one in within for part in ast.walk(one)):
            return each
    return None


def _calls(view: View, score: Fact) -> Iterator[ast.Call]:
    """Return the predictions and scores inside a score, or behind its variables."""
    for node in ast.walk(score.node):
        if _calls_one_of(node, (*_PREDICTS, *_JUDGES)):
            yield node  # type: ignore[misc]
        if isinstance(node, ast.Name) and (stated := definition(view, node.id, score)):
            for part in ast.walk(stated.value):
                if _calls_one_of(part, _PREDICTS):
                    yield part  # type: ignore[misc]


def _calls_one_of(node: ast.AST, methods: tuple[str, ...]) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in methods


def share(view: View, fit: Fit, score: Score) -> str:
    """Return how many of a fit's rows judge, where a literal says so: ``"30 % of its rows"``."""
    split = view.split_of(score.rows)
    if split is None or split.how != _SPLITS or split.rows != fit.rows:
        return ""
    size = argument(split.node, 99, "test_size")
    if size is None and argument(split.node, 99, "train_size") is None:
        return "25 %"
    if isinstance(size, ast.Constant) and isinstance(size.value, float) and 0 < size.value < 1:
        return f"{size.value * 100:.0f} %"
    return ""


def predicted(view: View, score: Score) -> list[ast.Assign]:
    """Return the statements that predict what a score compares."""
    found = []
    for node in ast.walk(score.node):
        stated = definition(view, node.id, score) if isinstance(node, ast.Name) else None
        if stated and any(_calls_one_of(part, _PREDICTS) for part in ast.walk(stated.value)):
            found.append(stated)
    return found
