"""Where groups, sample weights and other metadata go, by scikit-learn's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import get_config
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from nbpipe.errors import DataError, UsageError, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbpipe.evaluation.rows import Rows


@dataclass(frozen=True, slots=True)
class Routes:
    """Keyword arguments of each consumer.

    Attributes
    ----------
    fit, split : dict
    score : dict of str to dict
        By metric.
    notes : tuple of str
    """

    fit: dict[str, Any] = field(default_factory=dict)
    split: dict[str, Any] = field(default_factory=dict)
    score: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def route(
    pipeline: Any,
    splitter: Any,
    scorers: Mapping[str, Callable[..., float]],
    rows: Rows,
    *,
    sample_weight: Any,
    params: Mapping[str, Any] | None,
) -> Routes:
    """Send metadata where it is asked for.

    With routing enabled (``sklearn.set_config(enable_metadata_routing=True)``), the pipeline, the
    splitter and the scorers get what they request. Without it, as in scikit-learn, `params` go to
    ``fit``, groups to the splitter and nothing to the scorers; `sample_weight` goes to the last
    step of a pipeline.
    """
    if not (params is None or isinstance(params, Mapping)):
        raise UsageError(f"params is a dict of keyword arguments, not a {type(params).__name__}.")
    given = {str(name): value for name, value in (params or {}).items()}
    if sample_weight is not None and np.shape(sample_weight) != (rows.n,):
        raise DataError(f"X has {rows.n} rows, so sample_weight needs {rows.n} values.")
    if not get_config()["enable_metadata_routing"]:
        return _by_hand(pipeline, rows, sample_weight, given)
    if sample_weight is not None:
        given["sample_weight"] = np.asarray(sample_weight)
    if rows.groups is not None:
        given["groups"] = rows.groups
    router = (
        MetadataRouter(owner="nbpipe.cv")
        .add(splitter=splitter, method_mapping=MethodMapping().add(caller="fit", callee="split"))
        .add(estimator=pipeline, method_mapping=MethodMapping().add(caller="fit", callee="fit"))
    )
    able = {name: each for name, each in scorers.items() if hasattr(each, "get_metadata_routing")}
    for at, scorer in enumerate(able.values()):
        mapping = MethodMapping().add(caller="fit", callee="score")
        router.add(**{f"scorer_{at}": scorer}, method_mapping=mapping)
    try:
        routed = process_routing(router, "fit", **given)
    except (UnsetMetadataPassedError, TypeError) as error:
        raise UsageError(f"Metadata cannot be routed: {one_line(error)}") from error
    score = {name: dict(routed[f"scorer_{at}"].score) for at, name in enumerate(able)}
    return Routes(dict(routed.estimator.fit), dict(routed.splitter.split), score)


def _by_hand(pipeline: Any, rows: Rows, sample_weight: Any, given: dict[str, Any]) -> Routes:
    notes: tuple[str, ...] = ()
    if sample_weight is not None:
        steps = getattr(pipeline, "steps", None)
        where = f"step {steps[-1][0]!r}" if steps else "the estimator"
        key = f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"
        given[key] = np.asarray(sample_weight)
        notes = (f"sample_weight goes to the fit of {where}; scores are unweighted",)
    split = {} if rows.groups is None else {"groups": rows.groups}
    return Routes(given, split, {}, notes)
