"""Spec -> scikit-learn Pipeline, which knows nothing of nbpipe."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from nbpipe.errors import UsageError
from nbpipe.pipeline import roles
from nbpipe.pipeline.columns import read_columns, selectors
from nbpipe.pipeline.evaluate import evaluate, find_keyword
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.names import signature_of
from nbpipe.pipeline.parse import ENDINGS, parse
from nbpipe.pipeline.spec import Expression, Route, Spec, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbpipe.errors import SpecError
    from nbpipe.pipeline.source import Source

_INVALID_PARAMETER = re.compile(r"^The '(\w+)' parameter of")


def build(text: str | Spec, namespace: Mapping[str, Any] | None = None) -> Any:
    """Build a scikit-learn pipeline from the text of a build cell.

    Parameters
    ----------
    text : str or Spec
        One step a line: ``name = Estimator(...)``, a bare ``Estimator(...)``, or a route
        ``columns >> Transformer(...) >> ...``. Neighbouring routes form one
        ``ColumnTransformer``, which drops all other columns unless a route takes the ``rest``;
        scikit-learn calls that route ``remainder``, whatever its name in the text.
    namespace : mapping, optional
        Where names are looked up before scikit-learn's own, for instance ``globals()``.
        Nothing is written into it, and estimators found there are cloned.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Unfitted; imbalanced-learn's ``Pipeline`` where a step resamples.

    Raises
    ------
    SpecError
        Where the text, a name, an argument or the order of the steps makes no pipeline.

    Examples
    --------
    >>> from nbpipe import build
    >>> late = build('''
    ... num = numeric >> SimpleImputer() >> StandardScaler()
    ... model = LogisticRegression()
    ... ''')
    >>> list(late.named_steps)
    ['columntransformer', 'model']
    """
    spec = parse(format_spec(text) if isinstance(text, Spec) else text)
    if namespace is not None and not isinstance(namespace, Mapping):
        kind = type(namespace).__name__
        raise UsageError(f"The namespace maps names to objects, as globals() does, not {kind}.")
    return _Builder(namespace or {}, spec.source).pipeline(spec)


def step_names(stems: Sequence[str], given: Sequence[str | None]) -> list[str]:
    """Name the unnamed as ``make_pipeline`` would, and clear of the given names.

    Parameters
    ----------
    stems : sequence of str
        What a part is called when it is not named and nothing else is called so.
    given : sequence of str or None
        The names that were given.
    """
    bare = [stem for stem, name in zip(stems, given, strict=True) if name is None]
    total = Counter(bare) + Counter(set(bare) & set(given))
    used: Counter[str] = Counter()
    names = []
    for stem, name in zip(stems, given, strict=True):
        used[stem] += name is None
        names.append(name or (f"{stem}-{used[stem]}" if total[stem] > 1 else stem))
    return names


def stem_of(value: Any) -> str:
    """Give the name that ``make_pipeline`` and ``make_column_transformer`` start from."""
    return value if isinstance(value, str) else type(value).__name__.lower()


def route_stem(columns: str, transformer: Any) -> str:
    """Give the name of an unnamed route: its columns' name, or else its transformer's."""
    return columns if columns.isidentifier() and "__" not in columns else stem_of(transformer)


def make_chain(values: Sequence[Any]) -> Any:
    """Join a route's transformers: one stands for itself, several make a ``Pipeline``."""
    if len(values) == 1:
        return values[0]
    stems = [stem_of(value) for value in values]
    return Pipeline(list(zip(step_names(stems, [None] * len(stems)), values, strict=True)))


@dataclass(frozen=True, slots=True)
class _Made:
    """A step that is made, with what it was made from."""

    value: Any
    name: str | None
    expression: Expression


@dataclass(frozen=True, slots=True)
class _Builder:
    """Makes the parts of one spec in one namespace."""

    namespace: Mapping[str, Any]
    source: Source

    def error(self, message: str, expression: Expression) -> SpecError:
        return self.source.error(message, expression.node)

    def pipeline(self, spec: Spec) -> Any:
        made: list[_Made] = []
        for are_routes, group in groupby(spec.parts, lambda part: isinstance(part, Route)):
            parts: list[Any] = list(group)
            made += [self.columns_step(parts)] if are_routes else map(self.step, parts)
        for before, after in pairwise(made):
            if not roles.is_transformer(before.value) and not roles.is_sampler(before.value):
                kind = _kind(before.value)
                message = f"No step can follow {kind}, which has no `transform`: make it the last."
                raise self.error(message, after.expression)
        cls = self.pipeline_class(made)
        names = step_names([stem_of(m.value) for m in made], [m.name for m in made])
        self.refuse_reserved(cls, names, [m.expression for m in made])
        return cls(list(zip(names, [m.value for m in made], strict=True)))

    def pipeline_class(self, made: list[_Made]) -> Any:
        sampler = next((m for m in made if roles.is_sampler(m.value)), None)
        if sampler is None:
            return Pipeline
        try:
            from imblearn import pipeline  # noqa: PLC0415 - only where a step resamples
        except ImportError:
            message = f"{_kind(sampler.value)} resamples, which needs imbalanced-learn installed."
            raise self.error(message, sampler.expression) from None
        return pipeline.Pipeline

    def step(self, step: Step) -> _Made:
        return _Made(self.estimator(step.estimator), step.name, step.estimator)

    def columns_step(self, routes: list[Route]) -> _Made:
        """Make the ``ColumnTransformer`` of neighbouring routes."""
        rests = [route for route in routes if self.is_rest(route)]
        if len(rests) > 1:
            raise self.error("Another route takes the `rest` already.", rests[1].columns)
        named = [route for route in routes if not self.is_rest(route)]
        chains = [self.chain(route) for route in named]
        columns = [self.columns(r, c) for r, c in zip(named, chains, strict=True)]
        transformers = [make_chain(chain) for chain in chains]
        stems = [route_stem(r.columns.text, t) for r, t in zip(named, transformers, strict=True)]
        names = step_names(stems, [route.name for route in named])
        self.refuse_reserved(ColumnTransformer, names, [route.columns for route in named])
        triples = list(zip(names, transformers, columns, strict=True))
        remainder = make_chain(self.chain(rests[0])) if rests else "drop"
        value = ColumnTransformer(triples, remainder=remainder)
        return _Made(value, None, routes[0].columns)

    def is_rest(self, route: Route) -> bool:
        return route.columns.text == "rest" and "rest" not in self.namespace

    def chain(self, route: Route) -> list[Any]:
        values = [self.estimator(expression) for expression in route.chain]
        for value, expression in zip(values, route.chain, strict=True):
            if not roles.is_transformer(value):
                message = f"A route takes transformers, and {_kind(value)} has no `transform`."
                raise self.error(message, expression)
        return values

    def columns(self, route: Route, chain: list[Any]) -> Any:
        scope = {**selectors(), **self.namespace}
        value = evaluate(route.columns.node, scope, self.source)
        try:
            return read_columns(value, chain[0])
        except ValueError as error:
            raise self.error(str(error), route.columns) from None

    def estimator(self, expression: Expression) -> Any:
        """Evaluate, check and clone an estimator; ``drop`` and ``passthrough`` stay words."""
        if expression.text in ENDINGS:
            return expression.text
        value = evaluate(expression.node, self.namespace, self.source)
        if isinstance(value, type) and hasattr(value, "fit"):
            message = f"`{expression.text}` is a class: write `{expression.text}()`."
            raise self.error(message, expression)
        if not roles.is_estimator(value):
            message = f"`{expression.text}` gives {_kind(value)}, which is no estimator."
            raise self.error(message, expression)
        if roles.takes_target(value):
            message = f"{_kind(value)} is made for the target, not for columns of X."
            raise self.error(message, expression)
        self.check_parameters(value, expression)
        try:
            return clone(value)
        except (RuntimeError, TypeError) as error:
            message = f"scikit-learn cannot clone {_kind(value)}: {error}"
            raise self.error(message, expression) from None

    def check_parameters(self, value: Any, expression: Expression) -> None:
        """Say now what ``fit`` would say of parameters, for `value` and all within it."""
        try:
            parts = [value, *value.get_params().values()]
        except Exception as error:
            message = f"The parts of {_kind(value)} do not fit ({type(error).__name__}: {error})."
            raise self.error(message, expression) from error
        for part in parts:
            if not hasattr(part, "_parameter_constraints") or isinstance(part, type):
                continue
            try:
                part._validate_params()  # noqa: SLF001 - the check that fit itself starts with
            except ValueError as error:
                found = _INVALID_PARAMETER.match(str(error))
                keyword = find_keyword(expression.node, found[1]) if found else None
                raise self.source.error(str(error), keyword or expression.node) from None

    def refuse_reserved(self, cls: Any, names: list[str], places: list[Expression]) -> None:
        for name, place in zip(names, places, strict=True):
            if name in signature_of(cls):
                message = f"{name!r} is a parameter of {cls.__name__}, so it cannot name a part."
                raise self.error(message, place)


def _kind(value: Any) -> str:
    return type(value).__name__
