"""Scores: where predictions meet what was to be predicted, and where a model meets rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Choice, Fit, Score
from nbpipe.leaks.interpret.call import Call, first
from nbpipe.leaks.interpret.models import models_in
from nbpipe.leaks.knowledge.functions import METRIC_ENDINGS, METRICS, NO_METRIC
from nbpipe.leaks.rows import overlap
from nbpipe.leaks.values import NONE, UNKNOWN, Data, Ids, Model, Seq

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine


def is_metric(name: str) -> bool:
    """Say whether a function of that name scores predictions."""
    return name not in NO_METRIC and (name in METRICS or name.endswith(METRIC_ENDINGS))


def judges(m: Machine, fits: Ids) -> bool:
    """Say whether these are fits of models; what a transformer predicts is not judged."""
    facts = (m.facts[number] for number in fits)
    return any(isinstance(fact, Fit) and fact.kind in {"model", "search"} for fact in facts)


def by_hand(m: Machine, node: ast.AST, left: Data, right: Data) -> Ids:
    """Note a score where predictions and the truth are subtracted or compared."""
    for predicted, actual in ((left, right), (right, left)):
        if not predicted.fits or not _is_truth(actual):
            continue
        apart = predicted.rows and not overlap(predicted.rows, actual.rows)
        if apart and {a.source for a in predicted.rows} & {a.source for a in actual.rows}:
            continue  # two parts of one source are not compared row by row
        how = "a comparison by hand" if isinstance(node, ast.Compare) else "a difference by hand"
        if not isinstance(node, ast.Compare) and _out_of_fold(m, predicted):
            return NONE  # residuals, to go on with
        return _judged(m, node, how, predicted, actual)
    return NONE


def predicted_by_hand(m: Machine, node: ast.AST, rows: Data, weights: Data) -> Data | None:
    """Return predictions where rows of one part meet what was computed from another part."""
    sources = {atom.source for atom in rows.rows} & {atom.source for atom in weights.rows}
    if not sources or overlap(rows.rows, weights.rows):
        return None
    fits = m.learn(node, "model", weights, "weights by hand", setting=f"#{weights.oid}")
    return Data(rows=rows.rows, fits=fits, learned=rows.taint, windows=rows.windows)


def given(m: Machine, call: Call) -> Ids:
    """Note a score where a function is given predictions with the truth, or a model with rows."""
    parts = [part for value in call.given for part in m.data_in(value)]
    predicted = [part for part in parts if part.fits and not part.stat]
    actual = [part for part in parts if _is_truth(part)]
    if predicted and (actual or is_metric(call.last)):
        truth = actual[0] if actual else UNKNOWN
        scores = NONE
        for each in {part.fits: part for part in predicted}.values():
            scores |= _judged(m, call.node, call.last, each, truth)
        return scores
    for model in (model for value in call.given for model in models_in(m, value)):
        fits = m.estimator(model).fits
        fitted_on = [m.facts[number].rows for number in fits]
        tested = [p for p in actual if not any(overlap(p.rows, rows) for rows in fitted_on)]
        if tested and judges(m, fits):
            return m.judge(call.node, call.last, tested[0], fits, certain=is_metric(call.last))
    return NONE


def _is_truth(data: Data) -> bool:
    summary = data.stat and data.form != "table"
    return bool(data.rows) and not data.fits and not summary


def _judged(m: Machine, node: ast.AST, how: str, predicted: Data, truth: Data) -> Ids:
    varies = predicted.varies - truth.varies  # one of several columns of both is no setting
    judged = predicted._replace(rows=predicted.rows or truth.rows, varies=varies)
    folds = _out_of_fold(m, predicted)
    if any(_is_curve(m, number) for number in predicted.scores):  # its threshold was read off one
        m.record(Choice, node, scores=predicted.scores, repeated=True)
    return m.judge(node, how, judged, predicted.fits, target=truth.column, folds=folds)


def _out_of_fold(m: Machine, predicted: Data) -> bool:
    return all(m.fit(number).folds for number in predicted.fits)


def _is_curve(m: Machine, number: int) -> bool:
    fact = m.facts[number]
    return isinstance(fact, Score) and fact.how.endswith("_curve")


def metric(m: Machine, call: Call) -> Data:
    """``accuracy_score(y_test, predicted)``."""
    return Data(scores=given(m, call), varies=m.mix(call.given).varies)


def over_folds(m: Machine, call: Call) -> Data:
    """Cross-validate: the rows given train and judge in turn."""
    models = models_in(m, first(call, "estimator"))
    values = [value for value in call.args if not isinstance(value, Model)]
    rows = call._replace(args=values)
    data = m.mix([first(rows, "X")])
    if not data.rows:  # lgb.cv(params, data)
        data = next((part for part in m.data_in(Seq(tuple(call.given))) if part.rows), UNKNOWN)
    target = m.mix([rows.argument(1, "y")])
    if not data.rows:
        return UNKNOWN
    fits = NONE
    if models:
        state = m.estimator(models[0])
        known: dict[str, Any] = {"setting": state.setting, "varies": state.varies | data.varies}
        known["folds"] = True
        fits = m.learn(
            call.node, "model", data, state.cls, target=target, oid=models[0].oid, **known
        )
    if call.last == "cross_val_predict" and fits:
        return Data(rows=data.rows, fits=fits, learned=data.taint, copies=data.copies)
    shuffled = any(m.estimator(each).shuffles for each in models_in(m, call.kwargs.get("cv")))
    scores = m.judge(
        call.node, call.last, data, fits, folds=True, target=target.column, shuffled=shuffled
    )
    return Data(scores=scores, varies=data.varies)


FUNCTIONS = {"cv": over_folds}
