"""A spec under change, over a frame: what a builder shows, and what it can be asked to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sklearn.utils._indexing import _get_column_indices

from nbpipe.errors import SpecError, did_you_mean
from nbpipe.pipeline import editing
from nbpipe.pipeline.build import build
from nbpipe.pipeline.columns import read_columns, selectors
from nbpipe.pipeline.evaluate import evaluate
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.parameters import Parameter, parameters_of
from nbpipe.pipeline.parse import parse
from nbpipe.pipeline.spec import Expression, Route, Spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nbpipe.pipeline.editing import Place

_HEAD = re.compile(r"\s*%%nbpipe[ \t]+build[ \t]+(\S+)[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of an estimator in the spec.

    Attributes
    ----------
    parameter : Parameter
    text : str or None
        What is written; None where it is left at its default.
    """

    parameter: Parameter
    text: str | None


class Editor:
    """Holds a spec and what it was before; every change goes through `change`.

    Parameters
    ----------
    name : str
        The variable that the pipeline is for.
    spec : Spec
    X : DataFrame
        Tells which columns a route takes.
    namespace : mapping
        Where names are looked up before scikit-learn's own.
    """

    def __init__(self, name: str, spec: Spec, X: Any, namespace: Mapping[str, Any]) -> None:
        self.name = name
        self.spec = parse(_body(spec))
        self.namespace = namespace
        self._X = X
        self._past: list[Spec] = []

    @property
    def cell(self) -> str:
        """The text of the cell that builds the pipeline."""
        return f"%%nbpipe build {self.name}{_body(self.spec)}"

    def read(self, text: str) -> None:
        """Take over the text of a cell, with its first line or without.

        Raises
        ------
        SpecError
            Where it is not of the cell language; the spec stays what it was.
        """
        head = _HEAD.match(text)
        spec = parse("\n" + text[head.end() :] if head else text)
        self.name = head[1] if head else self.name
        self.change(spec)

    def change(self, spec: Spec) -> None:
        """Go on with another spec."""
        if spec != self.spec:
            self._past.append(self.spec)
            self.spec = parse(_body(spec))

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    def undo(self) -> None:
        """Take the last change back."""
        self.spec = self._past.pop()

    def pipeline(self) -> Any:
        """Build the pipeline, after a look at whether X has its columns.

        Raises
        ------
        SpecError
            Where it cannot be built.
        """
        built = build(_body(self.spec), self.namespace)
        self.taken()
        return built

    def taken(self) -> dict[int, list[str]]:
        """Return the columns that each of the first routes takes, but for that of the `rest`."""
        return {
            number: self._columns(self._route(number))
            for number in editing.first_routes(self.spec)
            if not self.is_rest(number)
        }

    def is_rest(self, number: int) -> bool:
        """Tell whether a route takes what no other has taken."""
        return self._route(number).columns.text == "rest" and "rest" not in self.namespace

    def routes(self) -> dict[int, str]:
        """Return the first routes by number, each with the name to show."""
        return {
            number: self._route(number).name or self._route(number).columns.text
            for number in editing.first_routes(self.spec)
        }

    def where(self) -> dict[str, list[int]]:
        """Return for every column of X the routes that take it."""
        found: dict[str, list[int]] = {name: [] for name in self._X.columns}
        for number, names in self.taken().items():
            for name in names:
                found[name].append(number)
        for number in filter(self.is_rest, editing.first_routes(self.spec)):
            for name in (name for name, taken in found.items() if not taken):
                found[name].append(number)
        return found

    def used(self) -> list[str]:
        """Return the columns of X that the pipeline reads, or all where it takes them otherwise."""
        everything = list(self._X.columns)
        taken = self.taken()
        names = [name for name, routes in self.where().items() if routes]
        if not taken or not names:
            return everything
        fewer = Editor(self.name, self.spec, self._X[names], self.namespace)
        try:
            return names if fewer.taken() == taken else everything
        except SpecError:  # positions would shift
            return everything

    def move_columns(self, names: Iterable[str], to: int | None) -> None:
        """Move columns into a route; see `nbpipe.pipeline.editing.move_columns`."""
        self.change(editing.move_columns(self.spec, names, to, self.taken()))

    def settings(self, place: Place) -> tuple[Setting, ...]:
        """Describe the parameters of an estimator; none where it is not written as a call."""
        estimator = editing.estimator_at(self.spec, place)
        called = editing.callee(estimator)
        if called is None:
            return ()
        value = evaluate(Expression.read(called).node, self.namespace, self.spec.source)
        known = parameters_of(value)
        given = editing.arguments(estimator, [each.name for each in known])
        return tuple(Setting(each, given.get(each.name)) for each in known)

    def set_parameter(self, place: Place, name: str, text: str | None) -> None:
        """Give a parameter another value; see `nbpipe.pipeline.editing.set_parameter`."""
        order = [each.parameter.name for each in self.settings(place)]
        self.change(editing.set_parameter(self.spec, place, name, text, order))

    def _route(self, number: int) -> Route:
        part = self.spec.parts[number]
        assert isinstance(part, Route)
        return part

    def _columns(self, route: Route) -> list[str]:
        source = self.spec.source
        value = evaluate(route.columns.node, {**selectors(), **self.namespace}, source)
        try:
            names = read_columns(value, None)
            names = names(self._X) if callable(names) else names
            return list(self._X.columns[_get_column_indices(self._X, names)])
        except Exception as error:  # noqa: BLE001 - a callable raises what it likes
            message = self._unknown(value, error)
            raise source.error(message, route.columns.node) from None

    def _unknown(self, value: Any, error: Exception) -> str:
        """Name the first column that X lacks, where that is what is wrong."""
        names = list(value) if isinstance(value, list | tuple) else [value]
        lacking = [n for n in names if isinstance(n, str) and n not in self._X.columns]
        if not lacking:
            return str(error)
        near = did_you_mean(lacking[0], self._X.columns)
        return f"X has no column {lacking[0]!r}.{near}"


def _body(spec: Spec) -> str:
    """Write a spec below an empty first line, so that errors name the lines of the cell."""
    return "\n" + format_spec(spec).rstrip()
