"""``owner.name``, of whatever the owner is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.interpret import subscripts
from nbpipe.leaks.knowledge.frames import HARMLESS
from nbpipe.leaks.rows import NO_ROWS
from nbpipe.leaks.values import UNKNOWN, Class, Data, Function, Instance, Method, Model, Ref

if TYPE_CHECKING:
    from nbpipe.leaks.interpret.machine import Machine

_LOCATORS = frozenset({"loc", "iloc", "ix", "at", "iat"})
_SAME = frozenset({"values", "T", "str", "dt", "cat", "array", "flat", "real", "A", "data"})
_INNER_MODELS = frozenset((
    "best_estimator_", "named_steps", "steps", "estimator", "model", "regressor_", "estimator_",
    "base_estimator", "final_estimator", "named_transformers_", "transformers_", "estimators_",
))  # fmt: skip
# What a fit found out about features: choosing columns by it is choosing by the fit's rows.
_LEARNED = frozenset((
    "feature_importances_", "coef_", "scores_", "pvalues_", "ranking_", "support_", "mean_",
    "scale_", "var_", "data_min_", "data_max_", "components_", "statistics_", "word_index",
    "vocabulary_", "embedding_", "pvalues", "params", "cluster_centers_",
))  # fmt: skip
_SCORES = frozenset({"best_score_", "best_params_", "cv_results_", "oob_score_", "history"})


def attribute(m: Machine, owner: Any, name: str) -> Any:
    """Return ``owner.name``."""
    if isinstance(owner, Ref):
        return Ref(f"{owner.name}.{name}")
    if isinstance(owner, Data):
        return _of_data(owner, name)
    if isinstance(owner, Model):
        return _of_model(m, owner, name)
    if isinstance(owner, Instance):
        return _of_instance(m, owner, name)
    if isinstance(owner, Class):
        found = m.see(owner.methods.get(name, UNKNOWN))
        return found._replace(owner=owner) if marked(found, {"classmethod"}) else found
    return Method(owner, name)


def marked(value: Any, names: set[str]) -> bool:
    """Say whether a local function is decorated so."""
    marks = getattr(getattr(value, "node", None), "decorator_list", ())
    return any(isinstance(mark, ast.Name) and mark.id in names for mark in marks)


def _of_data(owner: Data, name: str) -> Data:
    if name in _LOCATORS:
        return owner._replace(form="loc")
    if name == "index":
        return owner._replace(form="index", oid=0)
    if name == "columns":
        return Data(form="columns", varies=owner.varies)
    if name in {"groups", "indices"} and owner.form == "groups":
        return owner._replace(oid=0, form="")
    if name in HARMLESS:
        return Data(varies=owner.varies)
    if name in _SAME:
        return owner._replace(oid=0)
    if owner.form == "archive":
        return subscripts.from_archive(owner, name)
    if owner.rows and not owner.column:
        return owner.taking_one(name)
    return owner._replace(oid=0)


def _of_model(m: Machine, owner: Model, name: str) -> Any:
    state = m.estimator(owner)
    if name in _INNER_MODELS:
        return owner
    rows = m.facts[min(state.fits)].rows if state.fits else NO_ROWS
    if name == "labels_":
        return Data(rows=rows, learned=state.fits)
    if name in _LEARNED:
        return Data(rows=rows, stat=state.fits)
    if name in _SCORES:
        return UNKNOWN
    given = dict(state.params)
    return m.see(given[name]) if name in given else Method(owner, name)


def _of_instance(m: Machine, owner: Instance, name: str) -> Any:
    fields = m.heap[owner.oid]
    if name in fields:
        return m.see(fields[name])
    found = owner.cls.methods.get(name)
    if not isinstance(found, Function):
        return Method(owner, name) if found is None else m.see(found)
    if marked(found, {"property", "cached_property"}):
        return m.enter(found._replace(owner=owner), [], {})
    return found._replace(owner=owner.cls if marked(found, {"classmethod"}) else owner)
