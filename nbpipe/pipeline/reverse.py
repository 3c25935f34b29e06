"""scikit-learn Pipeline -> spec, also of pipelines built elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from nbpipe.errors import SpecError, UsageError
from nbpipe.pipeline.build import build, make_chain, route_stem, stem_of
from nbpipe.pipeline.columns import selectors
from nbpipe.pipeline.express import express
from nbpipe.pipeline.parse import ENDINGS
from nbpipe.pipeline.references import Imports
from nbpipe.pipeline.spec import Expression, Route, Spec, Step

if TYPE_CHECKING:
    from nbpipe.pipeline.spec import Part


def to_spec(pipeline: Any) -> Spec:
    """Turn a pipeline back into the spec that builds an equal one.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Built here or elsewhere, fitted or not; what a fit has learned is not part of a spec.

    Returns
    -------
    Spec
        Each ``ColumnTransformer`` as routes where these say all of it, and as a constructor's
        call otherwise. Names outside scikit-learn (``np``, ``XGBClassifier``) are expected in
        the namespace that the spec is built in.

    Raises
    ------
    UsageError
        Where the cell language cannot say it: a step's name that is no Python name, a setting
        of the pipeline itself such as ``memory``, a function that cannot be imported.
    """
    if not isinstance(pipeline, Pipeline):
        kind = type(pipeline).__name__
        raise UsageError(f"A scikit-learn Pipeline is needed here, and this is of type {kind}.")
    imports = Imports()
    wanted = express(pipeline, "pipeline", imports)
    reason = "the pipeline's own settings, such as memory, have no place in it."
    for as_routes in (True, False):
        spec = _spec(pipeline, as_routes=as_routes)
        try:
            if express(build(spec, imports.names), "pipeline", Imports()) == wanted:
                return spec
        except SpecError as error:
            reason = str(error)
    raise UsageError(f"A build cell cannot say this pipeline; nbpipe.to_python can. ({reason})")


def _spec(pipeline: Pipeline, *, as_routes: bool) -> Spec:
    parts: list[Part] = []
    for name, value in pipeline.steps:
        if as_routes and type(value) is ColumnTransformer:
            parts += _routes(value)
        else:
            parts.append(Step(_expression(value), _given(name, stem_of(value))))
    return Spec(tuple(parts))


def _routes(value: Any) -> list[Part]:
    parts: list[Part] = []
    for name, transformer, columns in value.transformers:
        start = _columns(columns)
        given = _given(name, route_stem(start.text, transformer))
        parts.append(Route(start, _chain(transformer), given))
    if value.remainder != "drop":
        parts.append(Route(Expression.read("rest"), _chain(value.remainder)))
    return parts


def _given(name: str, stem: str) -> str | None:
    """Leave out a name that building gives by itself, as ``pca`` or ``pca-2``."""
    return None if re.fullmatch(rf"{re.escape(stem)}(-\d+)?", name) else name


def _columns(columns: Any) -> Expression:
    words = {_text(selector): word for word, selector in selectors().items()}
    return Expression.read(words.get(_text(columns), _text(columns)))


def _chain(transformer: Any) -> tuple[Expression, ...]:
    if type(transformer) is Pipeline:
        values = [value for _, value in transformer.steps]
        if len(values) > 1 and _text(make_chain(values)) == _text(transformer):
            return tuple(_expression(value) for value in values)
    return (_expression(transformer),)


def _expression(value: Any) -> Expression:
    word = isinstance(value, str) and value in ENDINGS
    return Expression.read(value if word else _text(value))


def _text(value: Any) -> str:
    return express(value, "pipeline", Imports())
