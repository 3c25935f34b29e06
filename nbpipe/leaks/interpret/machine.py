"""The state that a notebook is walked with: variables, objects, facts; and how to wind it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbpipe.leaks.facts import Fact, Fit, Score, Split
from nbpipe.leaks.interpret.mixing import mixed
from nbpipe.leaks.values import NONE, UNKNOWN, Const, Data, Estimator, Ids, Map, Model, Ref, Seq

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Sequence

    from nbpipe.leaks.facts import Copies, Windows
    from nbpipe.leaks.interpret.call import Call
    from nbpipe.leaks.rows import Rows
    from nbpipe.leaks.values import Function

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


@dataclass(frozen=True, slots=True)
class Language:
    """What the parts of the walk ask of each other; `language` puts them together."""

    walk: Callable[[Machine, Sequence[ast.stmt]], bool]
    evaluate: Callable[[Machine, ast.expr], Any]
    truth: Callable[[Machine, ast.expr], bool | None]
    assign: Callable[[Machine, ast.expr, Any, ast.AST], None]
    apply: Callable[[Machine, Call, Any], Any]
    enter: Callable[[Machine, Function, list[Any], dict[str, Any]], Any]


class Machine:
    """Variables, objects and facts while cells are walked in order."""

    def __init__(self, language: Language) -> None:
        self._language = language
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
        self.rounds = 0  # loops around, walked round by round
        self.loop_count = 0
        self.loop_data: list[Data] = []  # what the loops around run over
        self.deciding: list[Data] = []  # what decides whether these lines are run at all

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
        self.deciding, self.rounds = [], 0

    def walk(self, body: Sequence[ast.stmt]) -> bool:
        """Walk statements in order; say whether the block was left by return or raise."""
        return self._language.walk(self, body)

    def evaluate(self, node: ast.expr) -> Any:
        """Return the abstract value of an expression."""
        return self._language.evaluate(self, node)

    def truth(self, node: ast.expr) -> bool | None:
        """Return whether a condition holds, where that is known."""
        return self._language.truth(self, node)

    def assign(self, target: ast.expr, value: Any, node: ast.AST) -> None:
        """Assign to whatever stands to the left of ``=``."""
        self._language.assign(self, target, value, node)

    def apply(self, call: Call, function: Any) -> Any:
        """Call whatever a name stood for."""
        return self._language.apply(self, call, function)

    def enter(self, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Walk a local function with these arguments and return what it returns."""
        return self._language.enter(self, function, args, kwargs)

    def try_out(self, function: Function) -> Any:
        """Walk a function that a library calls again and again: ``study.optimize(objective)``."""
        self.loop_count += 1
        number = self.loop_count
        self.loops.append(number)
        free = len(function.node.args.args) - len(function.bound)
        moved = [Data(varies=frozenset({number}), oid=self.number()) for _ in range(free)]
        result = self.enter(function, moved, {})
        self.loops.pop()
        return result

    # Names and objects

    def look_up(self, name: str) -> Any:
        """Return the value of a variable; what nobody assigned is a library's."""
        frame = self.frames[-1]
        for names in (frame.names, frame.around, self.globals):
            if name in names:
                return self.see(names[name])
        return Ref(name)

    def surroundings(self) -> dict[str, Any]:
        """Return the variables around a function that is defined here, but for the global ones."""
        frame = self.frames[-1]
        return {} if len(self.frames) == 1 else {**frame.around, **frame.names}

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
        """Give a value that is about to be named an identity: changes reach all its names."""
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
        state = self.heap.get(value.oid)
        return state if isinstance(state, Estimator) else Estimator("", "model", "")

    def new_estimator(self, state: Estimator) -> Model:
        """Put an estimator on the heap."""
        model = Model(self.number())
        self.heap[model.oid] = state
        return model

    # Facts

    def fit(self, number: int) -> Fit:
        """Return a fit by its number."""
        fact = self.facts[number]
        assert isinstance(fact, Fit)
        return fact

    def record(self, fact: type[Fact], node: ast.AST, **known: Any) -> int:
        """Note a fact and return its number."""
        number = len(self.facts)
        self.facts.append(
            fact(number=number, cell=self.cell, node=node, loops=tuple(self.loops), **known)
        )
        return number

    def mark(self, fact: type[Copies | Windows], node: ast.AST, rows: Rows, how: str) -> Ids:
        """Note that rows were copied, or computed from their neighbours."""
        return frozenset({self.record(fact, node, rows=rows, how=how)})

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

    # Contents

    def elements(self, value: Any) -> list[Any] | None:
        """Return what a loop over a value gives in turn, where that is known."""
        value = self.see(value)
        if isinstance(value, Seq):
            return [self.see(item) for item in value.items]
        if isinstance(value, Map):
            return [UNKNOWN if isinstance(key, Data) else Const(key) for key, _ in value.items]
        return None

    def mix(self, values: Iterable[Any]) -> Data:
        """Return what is computed from several values: their rows and all that is in them."""
        return mixed([part for value in values for part in self.data_in(value)])

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
