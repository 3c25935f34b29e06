"""The lines to write where rows came to both sides, or the test rows were used to choose."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import names, parts, sides
from nbpipe.leaks.rules.names import argument, definition, receiver, statement, swapped, text

if TYPE_CHECKING:
    from nbpipe.leaks.facts import Copies, Fact, Fit, Groups, Score, Split
    from nbpipe.leaks.rules.parts import Parts
    from nbpipe.leaks.view import View

_ABOVE = 3  # statements above a copy that are written anew with it


def copied_later(view: View, cause: Copies, score: Score) -> str:
    """Split first, then copy rows of the training part; some statements above included."""
    libraries, stated = names.imported(view), statement(view, cause)
    if not isinstance(stated, ast.Assign) or names.function(view, cause) is not None:
        return ""
    resampler = isinstance(receiver(cause), ast.Name | ast.Call)
    if resampler and isinstance(stated.targets[0], ast.Tuple):  # X, y = smote.fit_resample(X, y)
        return _resampled_later(view, cause, score, stated)
    steps, start = [stated], names.root(stated.value, libraries)
    while len(steps) <= _ABOVE and (
        above := definition(view, start, replace(cause, node=steps[0]))
    ):
        before = _source(above, libraries)
        if not before or before == start:
            break
        steps.insert(0, above)
        start = before
    if not start:
        return ""
    used = {each.id: None for each in ast.walk(stated.value) if isinstance(each, ast.Name)}
    for name in used:  # the other parts of the same rows
        beside = definition(view, name, cause)
        if beside is None or beside in steps or name == start:
            continue
        if len(names.targets(beside)) > 1:
            return ""  # where these rows come from is not to be seen
        if names.root(beside.value, libraries) == start:
            steps.insert(0, beside)
    first = f"train, test = {parts.split_call(view.split_of(score.rows), start)}"
    after = names.following(view, cause, stated)
    written, last = _with_sides(view, score, start, steps, after)
    return "\n".join([first, *(text(swapped(each, {start: "train"})) for each in written), *last])


def _source(stated: ast.Assign, libraries: frozenset[str]) -> str:
    """Return the one variable that all parts of an assignment start from."""
    made = names.targets(stated)
    values = stated.value.elts if isinstance(stated.value, ast.Tuple) else [stated.value]
    found = {names.root(each, libraries) for each in values}
    return found.pop() if len(found) == 1 and len(values) == len(made) else ""


def _with_sides(
    view: View, score: Score, start: str, steps: list[ast.Assign], after: ast.Assign | None
) -> tuple[list[ast.Assign], list[str]]:
    """Return the statements that resample, and the lines that take the user's variables."""
    longer = [*steps, after] if after is not None else steps
    for written in (longer, steps):
        made = names.targets(written[-1])
        frame = text(made[0]) if len(made) == 1 else ""
        last = sides.taken(view, score, frame, "train" if frame == start else frame)
        if last:
            return written, last
    return longer, []


def _resampled_later(view: View, cause: Copies, score: Score, stated: ast.Assign) -> str:
    """Rewrite ``X_new, y_new = smote.fit_resample(X, y)``."""
    made = [text(each) for each in names.targets(stated)]
    given = [text(argument(cause.node, i, "X" if i == 0 else "y")) for i in range(2)]
    sampler = receiver(cause)
    maker = names.maker(view, cause, sampler)
    model = parts.model(view, score)
    if score.folds and model is not None and not score.search:
        steps = f"{text(maker or sampler)}, {text(names.maker(view, score, model) or model)}"
        back = dict(zip(made, given, strict=True))
        nodes = {
            id(each): back[text(each)]
            for each in ast.walk(score.node)
            if isinstance(each, ast.Name) and each.id in back
        }
        judged = text(swapped(score.node, nodes={**nodes, id(model): "pipeline"}))
        return f"pipeline = imblearn.pipeline.make_pipeline({steps})\n{judged}"
    found = parts.parts(view, score)
    if found is None or found.target is None:
        return ""
    line = parts.split_line(view, found)
    if line and found.features.whole in made:
        back = dict(zip(made, given, strict=True))
        line = text(swapped(ast.parse(line).body[0], back))
    train = f"{found.features.train}, {found.target.train}"
    call = cause.node
    assert isinstance(call, ast.Call)
    attr = call.func.attr if isinstance(call.func, ast.Attribute) else "fit_resample"
    return "\n".join(each for each in (line, f"{train} = {text(sampler)}.{attr}({train})") if each)


def fitted_on_train(view: View, fit: Fit, score: Score) -> str:
    """Fit the model on the training part that there is, or on one that is made."""
    found = parts.parts(view, score)
    node = fit.node
    if not isinstance(node, ast.Call):
        return ""
    stated = statement(view, fit)
    simple = isinstance(stated, ast.Assign | ast.Expr)
    if found is not None and found.features.whole:
        nodes = {}
        for position, part in enumerate((found.features, *found.others[:1])):
            given = argument(node, position, "X" if position == 0 else "y")
            if given is not None:
                other = text(given).replace("test", "train")
                known = other != text(given) and definition(view, other, fit)
                nodes[id(given)] = other if known else part.train
        return text(swapped(stated if simple else node, nodes=nodes))
    return _cut_apart(view, fit, score) or held_out(fit)


def _cut_apart(view: View, fit: Fit, score: Score) -> str:
    """Let the test slices begin where the training slices end."""
    lines = []
    for position, judged in enumerate((parts.scored(view, score), parts.truth(view, score))):
        trained = argument(fit.node, position, "Xy"[position])
        if judged is None or trained is None:
            break
        test, train = _slice(view, score, judged), _slice(view, score, trained)
        if test is None or train is None or train[1].upper is None or test[1].upper is not None:
            break
        moved = swapped(test[0], nodes={id(test[1].lower): text(train[1].upper)})
        lines.append(f"{text(judged)} = {text(moved)}")
    return "\n".join(lines)


def _slice(view: View, fact: Fact, node: ast.expr) -> tuple[ast.expr, ast.Slice] | None:
    """Return the expression that cuts rows, and its slice."""
    stated, cut = definition(view, text(node), fact), node
    if stated is not None:
        made = [text(each) for each in names.targets(stated)]
        several = isinstance(stated.value, ast.Tuple) and len(stated.value.elts) == len(made)
        cut = stated.value.elts[made.index(text(node))] if several else stated.value  # type: ignore[attr-defined]
    inner = next((each for each in ast.walk(cut) if isinstance(each, ast.Slice)), None)
    return (cut, inner) if inner is not None else None


def held_out(fit: Fit) -> str:
    """Split, fit on one part and judge on the other, where no split was made."""
    X, y = argument(fit.node, 0, "X"), argument(fit.node, 1, "y")
    if not names.simple(X) or receiver(fit) is None or not isinstance(fit.node, ast.Call):
        return ""
    given = [each for each in (X, y) if names.simple(each)]
    train = {text(each): _side(text(each), "train", i) for i, each in enumerate(given)}
    test = {text(each): _side(text(each), "test", i) for i, each in enumerate(given)}
    made = ", ".join(f"{train[text(each)]}, {test[text(each)]}" for each in given)
    split = f"{made} = train_test_split({', '.join(map(text, given))}, random_state=0)"
    fitted = swapped(fit.node, nodes={id(each): train[text(each)] for each in given})
    owner, line = text(receiver(fit)), text(fitted)
    if not names.simple(receiver(fit)):
        owner, line = "model", f"model = {line}"
    return "\n".join([split, line, f"{owner}.score({', '.join(test.values())})"])


def _side(name: str, side: str, position: int) -> str:
    return f"{name}_{side}" if name.isidentifier() else f"{'Xy'[position]}_{side}"


def validated(view: View, score: Score, *, stops: bool = False) -> str:
    """Take validation rows from the training part, and use these where the test rows were used."""
    tried = (parts.parts(view, score), parts.given(view, score))
    return next((each for found in tried if (each := _validated(view, score, found, stops))), "")


def _validated(view: View, score: Score, found: Parts | None, stops: bool) -> str:
    pairs = [found.features, *found.others[:1]] if found is not None else []
    if not pairs or not all(
        each.train.isidentifier() and each.test.isidentifier() for each in pairs
    ):
        return ""
    val = {each.test: _validation(each.train) for each in pairs}
    made = ", ".join(f"{each.train}, {val[each.test]}" for each in pairs)
    lines = [
        f"{made} = train_test_split({', '.join(each.train for each in pairs)}, random_state=0)"
    ]
    fact: Fact = view.fits(score)[-1] if stops else score
    stated = statement(view, fact)
    used: list[ast.AST] = [] if stops else list(parts.predicted(view, score)[:1])
    used.append(stated if isinstance(stated, ast.Assign | ast.Expr) else fact.node)
    held = {part.id for each in used for part in ast.walk(each) if isinstance(part, ast.Name)}
    if not held >= set(val):
        return ""
    return "\n".join([*lines, *(text(swapped(each, val)) for each in used)])


def _validation(train: str) -> str:
    """Return what to call the validation part: ``X_val`` for ``X_train``."""
    for word, other in (("train", "val"), ("Train", "Val")):
        if word in train:
            return train.replace(word, other)
    return f"{train}_val"


def in_order(view: View, split: Split, score: Score) -> str:
    """Split by time."""
    found = parts.parts(view, score)
    if found is not None and (line := parts.split_line(view, found, shuffle="False")):
        call = ast.parse(line).body[0]
        assert isinstance(call, ast.Assign)
        assert isinstance(call.value, ast.Call)
        kept = [
            each for each in call.value.keywords if each.arg not in {"stratify", "random_state"}
        ]
        call.value.keywords = kept
        return text(call)
    if split.how == "sample" and isinstance(split.node, ast.Call):
        rows = text(receiver(split))
        made = names.targets(statement(view, split))
        name = text(made[0]) if len(made) == 1 else "train"
        return f"{name} = {rows}[:int(len({rows}) * 0.8)]"
    rounds = split.node.iter if isinstance(split.node, ast.For) else split.node
    for each in ast.walk(rounds):
        if isinstance(each, ast.Call) and text(each.func).endswith(".split"):
            owner = {id(each.func): "TimeSeriesSplit(n_splits=5).split"}
            return f"folds = {text(swapped(each, nodes=owner))}"
    return ""


def by_group(view: View, groups: Groups, score: Score) -> str:
    """Split so that all rows of a person stay on one side."""
    frame = names.root(
        groups.node if isinstance(groups.node, ast.expr) else None, names.imported(view)
    )
    who = f"{frame}[{groups.column!r}]" if frame else ""
    if not who:
        return ""
    if score.folds and isinstance(score.node, ast.Call):
        call = swapped(score.node)
        call.keywords = [each for each in call.keywords if each.arg not in {"cv", "groups"}]
        positional = 3  # estimator, X, y
        call.args = call.args[:positional]
        for name, value in (("groups", who), ("cv", "GroupKFold(n_splits=5)")):
            call.keywords.append(ast.keyword(name, ast.parse(value, mode="eval").body))
        return text(call)
    found = parts.parts(view, score)
    if found is None or not found.features.whole:
        return ""
    pairs = (found.features, *found.others)
    first = (
        f"GroupShuffleSplit(n_splits=1, random_state=0).split({found.features.whole}, groups={who})"
    )
    lines = [f"train, test = next({first})"]
    lines += [f"{p.train}, {p.test} = {p.whole}.iloc[train], {p.whole}.iloc[test]" for p in pairs]
    return "\n".join(lines)
