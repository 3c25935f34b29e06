"""A form for one row: a text for each feature, the row that the texts stand for, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.opening import content
from nbpipe.bundle.rows.schema import logical_kind
from nbpipe.bundle.trust import probe
from nbpipe.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nbpipe.bundle.model import Answer, Model
    from nbpipe.bundle.rows.problems import Problem
    from nbpipe.bundle.rows.schema import Feature

_BOOLEANS = {"true": True, "false": False}
_SHOWN = 10  # classes, the most probable ones


@dataclass(frozen=True, slots=True)
class Field:
    """One feature, as a form asks for it.

    Attributes
    ----------
    feature : Feature
    text : str
        What stands there at first; ``""`` is a missing value.
    options : tuple of str
        What can be chosen, where values are known.
    free : bool
        Whether other texts can be written, too.
    """

    feature: Feature
    text: str
    options: tuple[str, ...]
    free: bool

    @property
    def name(self) -> str:
        """Name of the feature."""
        return self.feature.name

    @property
    def hint(self) -> str:
        """What is expected, in a few words."""
        seen = self.feature.seen()
        told = f"{logical_kind(self.feature)}{f', {seen}' if seen else ''}"
        return f"{told}; empty is missing" if self.feature.nullable else told

    def value(self, text: str) -> Any:
        """Return the value that a text stands for; what stands for none is left to validation."""
        if not text:
            return None
        known = {_text(each): each for each in self.feature.categories or ()}
        if text in known:
            return known[text]
        kind = logical_kind(self.feature)
        if kind == "boolean":
            return _BOOLEANS.get(text.strip().lower(), text)
        return _number(text) if kind in {"number", "integer"} else text


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model makes of a form.

    Attributes
    ----------
    prediction : str
        ``""`` where the row was refused.
    probabilities : tuple of (str, float)
        Of the most probable classes, where the model gives any.
    errors, warnings : Mapping of str to str
        By feature, what was expected instead.
    """

    prediction: str = ""
    probabilities: tuple[tuple[str, float], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)


def fields(model: Model) -> list[Field]:
    """Return the fields of a model's form, filled with the first row of its probe.

    Raises
    ------
    IntegrityError, ProbeMismatchError
        The probe is not what it was when the model was loaded.
    """
    row = probe.parse(content(model.bundle, probe.FILE)).rows[0]
    return [_field(feature, _text(row[feature.name])) for feature in model.schema.features]


def attempt(model: Model, form: Iterable[Field], texts: Mapping[str, str]) -> Tried:
    """Predict the row that `texts` stand for; the model's own validation says what is wrong.

    Raises
    ------
    DataError
        The row fits, but the pipeline cannot use it.
    """
    row = {each.name: each.value(texts[each.name]) for each in form}
    try:
        answer = model.answer(row)
    except SchemaError as error:
        return Tried(errors=_by_column(error.problems))
    warned = _by_column(each for finding in answer.warned for each in finding.problems())
    label = answer.labels[0]
    shown = label.tolist() if hasattr(label, "tolist") else label
    return Tried(str(shown), _probable(answer, model), warnings=warned)


def _field(feature: Feature, text: str) -> Field:
    kind = logical_kind(feature)
    known = tuple(
        map(_text, feature.categories or (_BOOLEANS.values() if kind == "boolean" else ()))
    )
    missing = ("",) if feature.nullable and known else ()
    options = tuple(dict.fromkeys((*missing, *known, *((text,) if known else ()))))
    return Field(feature, text, options, free=kind != "boolean" and feature.unseen != "error")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _by_column(problems: Iterable[Problem]) -> dict[str, str]:
    return {each.column: f"expected {each.expected}" for each in problems}


def _probable(answer: Answer, model: Model) -> tuple[tuple[str, float], ...]:
    classes = model.manifest.target.classes
    if answer.probabilities is None or classes is None:
        return ()
    pairs = zip(map(str, classes), answer.probabilities[0].tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[1])[:_SHOWN])
