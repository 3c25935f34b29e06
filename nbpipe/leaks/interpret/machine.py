"""The state that a notebook is walked with: variables, objects, facts; and how to wind it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Fact, Fit, Score, Split
from nbpipe.leaks.rows import NO_ROWS, Rows
from nbpipe.leaks.values import (
    NONE,
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Ids,
    Map,
    Model,
    Ref,
    Seq,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

# Past this many statements calls are no longer followed nor loops unrolled: code that nests them
# deeply would take exponential time.
BUDGET = 20_000


@dataclass(slots=True)
class Frame:
    """The variables of one function call, and those around the function."""

    names: dict[str, Any] = field(default_factory=dict)
    around: dict[str, Any] = field(default_factory=dict)
    returned: list[Any] = field(default_factory=list)
    yielded: list[Any] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)  # declared `global`


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a machine's state between two cells."""

    names: dict[str, Any]
    heap: dict[Any, Any]
    facts: int
    counter: int
    loops: int
    called: frozenset[Any]
    definitions: tuple[Any, ...]


class Machine:
    """Variables, objects and facts while cells are walked in order."""

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {}
        self.frames: list[Frame] = [Frame(self.globals)]
        self.heap: dict[Any, Any] = {}  # by identity; files and the like by a name
        self.facts: list[Fact] = []
        self.counter = 0
        self.cell = 0
        self.steps = 0
        self.active: list[ast.AST] = []  # functions that are being walked
        self.called: set[Any] = set()
        self.definitions: list[Any] = []  # functions and classes, for those that nobody calls
        self.loops: list[int] = []  # loops around, walked once for all rounds
        self.loop_count = 0
        self.loop_data: list[Data] = []  # what the loops around run over

    def snapshot(self) -> Snapshot:
        """Return the state, to come back to."""
        return Snapshot(
            dict(self.globals),
            dict(self.heap),
            len(self.facts),
            self.counter,
            self.loop_count,
            frozenset(self.called),
            tuple(self.definitions),
        )

    def restore(self, state: Snapshot) -> None:
        """Go back to a state."""
        self.globals.clear()
        self.globals.update(state.names)
        self.heap = dict(state.heap)
        del self.facts[state.facts :]
        self.counter, self.loop_count = state.counter, state.loops
        self.called, self.definitions = set(state.called), list(state.definitions)
        self.frames = [Frame(self.globals)]
        self.steps, self.active, self.loops, self.loop_data = 0, [], [], []

    # Names and objects

    def look_up(self, name: str) -> Any:
        """Return the value of a variable; what nobody assigned is a library's."""
        frame = self.frames[-1]
        for names in (frame.names, frame.around, self.globals):
            if name in names:
                return self.see(names[name])
        return Ref(name)

    def see(self, value: Any) -> Any:
        """Return a value as it is now, if it was changed in place."""
        if isinstance(value, Data | Seq | Map) and value.oid:
            return self.heap.get(value.oid, value)
        return value

    def bind(self, name: str, value: Any) -> None:
        """Assign a variable."""
        frame = self.frames[-1]
        names = self.globals if name in frame.shared else frame.names
        names[name] = self.identified(value)

    def identified(self, value: Any) -> Any:
        """Give a value that is about to be named an identity, so that changes reach all its names."""
        if isinstance(value, Data | Seq | Map) and not value.oid:
            return value._replace(oid=self.number())
        return value

    def number(self) -> int:
        """Return a number that nothing else has."""
        self.counter += 1
        return self.counter

    def change(self, old: Any, new: Any) -> None:
        """Change a value in place, wherever it is known."""
        if old.oid:
            self.heap[old.oid] = new._replace(oid=old.oid)

    def estimator(self, value: Any) -> Estimator:
        """Return an estimator's state."""
        state = self.heap[value.oid]
        assert isinstance(state, Estimator)
        return state

    def new_estimator(self, state: Estimator) -> Model:
        """Put an estimator on the heap."""
        model = Model(self.number())
        self.heap[model.oid] = state
        return model

    # Facts

    def record(self, fact: type[Fact], node: ast.AST, **known: Any) -> int:
        """Note a fact and return its number."""
        number = len(self.facts)
        self.facts.append(
            fact(number=number, cell=self.cell, node=node, loops=tuple(self.loops), **known)
        )
        return number

    def learn(self, node: ast.AST, kind: str, data: Data, label: str, **known: Any) -> Ids:
        """Note that something was learned from `data`; nothing is, from unknown rows."""
        if not data.rows or data.form == "row":
            return NONE
        number = self.record(
            Fit,
            node,
            kind=kind,
            label=label,
            rows=data.rows,
            learned=data.taint,
            copies=data.copies,
            windows=data.windows,
            data=data,
            **known,
        )
        return frozenset({number})

    def judge(self, node: ast.AST, how: str, data: Data, fits: Ids, **known: Any) -> Ids:
        """Note that the models of `fits` were judged on the rows of `data`."""
        number = self.record(
            Score,
            node,
            how=how,
            rows=data.rows,
            fits=fits,
            learned=data.taint,
            copies=data.copies,
            windows=data.windows,
            varies=data.varies,
            **known,
        )
        return frozenset({number})

    def split(self, node: ast.AST, how: str, rows: Rows, key: object, *, shuffled: bool) -> None:
        """Note that rows were divided."""
        self.record(Split, node, how=how, rows=rows, key=key, shuffled=shuffled)

    # Mixing

    def mix(self, values: Iterable[Any], node: ast.AST | None = None) -> Data:
        """Return what is computed from several values: their rows and all that is in them."""
        parts = [part for value in values for part in self.data_in(value)]
        if not parts:
            return UNKNOWN
        if len(parts) == 1:
            return parts[0]._replace(oid=0)
        main = next((p for p in parts if p.rows and not p.stat), None) or next(
            (p for p in parts if p.rows), parts[0]
        )
        summaries = union(p.stat for p in parts)
        enters = main.rows and not main.stat and summaries
        return Data(
            rows=main.rows,
            learned=union(p.taint for p in parts) | (summaries if enters else NONE),
            stat=NONE if enters else summaries,
            fits=union(p.fits for p in parts),
            scores=union(p.scores for p in parts),
            copies=union(p.copies for p in parts),
            windows=union(p.windows for p in parts),
            varies=union(p.varies for p in parts),
            form="row" if any(p.form == "row" for p in parts) else main.form * (main.form == "table"),
            made=frozenset().union(*(p.made for p in parts)),
            column=main.column if all(p.column in {"", main.column} for p in parts) else "",
            supervised=any(p.supervised for p in parts),
        )

    def data_in(self, value: Any) -> list[Data]:
        """Return all rows that a value holds, however it is packed."""
        value = self.see(value)
        if isinstance(value, Data):
            return [value]
        if isinstance(value, Seq):
            return [part for item in value.items for part in self.data_in(item)]
        if isinstance(value, Map):
            return [part for _, item in value.items for part in self.data_in(item)]
        return []


def union(sets: Iterable[Ids]) -> Ids:
    """Return all that is in any of the sets."""
    return frozenset().union(*sets)


def joined(one: Any, other: Any) -> Any:
    """Return a value that is one or the other, as after an ``if``."""
    if one == other or other is None:
        return one
    if one is None:
        return other
    if isinstance(one, Data) and isinstance(other, Data):
        return _joined_data(one, other)
    if isinstance(one, Estimator) and isinstance(other, Estimator):
        return other._replace(fits=one.fits | other.fits, varies=one.varies | other.varies)
    if isinstance(one, Seq) and isinstance(other, Seq) and len(one.items) == len(other.items):
        pairs = zip(one.items, other.items, strict=True)
        return Seq(tuple(joined(a, b) for a, b in pairs), other.oid)
    # What is known beats what is not: an unknown, a None, an empty list.
    return one if _knows_less(other) else other


def _knows_less(value: Any) -> bool:
    empty = isinstance(value, Seq | Map) and not value.items
    return empty or isinstance(value, Const) or (isinstance(value, Data) and not value.rows)


def _joined_data(one: Data, other: Data) -> Data:
    return other._replace(
        oid=other.oid if one.oid == other.oid else 0,
        rows=one.rows | other.rows or NO_ROWS,
        learned=one.learned | other.learned,
        inside=one.inside | other.inside,
        stat=one.stat | other.stat,
        fits=one.fits | other.fits,
        scores=one.scores | other.scores,
        copies=one.copies | other.copies,
        windows=one.windows | other.windows,
        varies=one.varies | other.varies,
        made=one.made | other.made,
    )
