"""Abstract values: what the checker knows of a variable instead of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nbpipe.leaks.rows import NO_ROWS, Pick, Rows

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

Ids = frozenset[int]
NONE: Ids = frozenset()
NO_PICKS: frozenset[Pick] = frozenset()


class Data(NamedTuple):
    """Rows, or whatever was computed from rows; without rows, something unknown.

    `learned`, `stat`, `fits`, `scores`, `copies` and `windows` are numbers of facts.
    """

    rows: Rows = NO_ROWS
    oid: int = 0  # who it is, where a name elsewhere sees it change
    learned: Ids = NONE  # fits whose result is in these values
    inside: frozenset[tuple[str, int]] = frozenset()  # the same, of single columns
    stat: Ids = NONE  # it summarises rows: these fits enter whatever it is mixed with
    fits: Ids = NONE  # it is what these fitted models predict
    scores: Ids = NONE  # it is a score
    copies: Ids = NONE  # rows may stand in it repeatedly, because of these
    windows: Ids = NONE  # a row holds values of other rows, because of these
    varies: Ids = NONE  # it is another one in each round of these loops
    picks: frozenset[Pick] = NO_PICKS  # as a mask or as positions, what it picks
    column: str = ""  # the one column that it is
    without: frozenset[str] = frozenset()  # columns that were dropped
    only: frozenset[str] | None = None  # columns that were chosen, where that is known
    made: frozenset[tuple[str, str]] = frozenset()  # (column, one it was computed from)
    form: str = (
        ""  # "row", "index", "groups", "archive", "order", "folds", "rolling", "mask", "loc"
    )
    foretold: frozenset[tuple[str, int]] = frozenset()  # columns that these models predicted
    counted: bool = False  # as `enumerate` gives it

    @property
    def taint(self) -> Ids:
        """All fits whose result is in these values, in whatever column."""
        if not self.inside and not self.foretold:
            return self.learned
        return self.learned.union(number for _, number in self.inside | self.foretold)

    def as_rows(self) -> Data:
        """Return a table of summaries as the rows that are worked with."""
        return self._replace(stat=NONE, form="") if self.form == "table" else self

    def omitting(self, names: list[Any]) -> Data:
        """Return a list of columns without these: ``frame.columns.drop("late")``."""
        values = [
            each for name in names for each in (name.items if isinstance(name, Seq) else (name,))
        ]
        texts = {each.value for each in values if isinstance(each, Const)}
        return self._replace(
            without=self.without | {text for text in texts if isinstance(text, str)}
        )

    def like(self, content: Data) -> Data:
        """Return what is in `content` as this frame's columns."""
        return content._replace(
            oid=0, form=self.form, column=self.column, without=self.without, only=self.only
        )

    def taking(self, columns: frozenset[str]) -> Data:
        """Return these columns alone."""
        part = self._with_pairs(lambda column: column in columns)
        return part._replace(only=columns, without=frozenset(), column="")

    def taking_one(self, column: str) -> Data:
        """Return one column."""
        part = self.taking(frozenset({column}))
        fits = part.fits.union(number for _, number in part.foretold)
        part = part._replace(learned=part.taint, inside=frozenset(), foretold=frozenset())
        return part._replace(fits=fits, only=None, column=column)

    def leaving(self, columns: frozenset[str]) -> Data:
        """Return all but these columns."""
        part = self._with_pairs(lambda column: column not in columns)
        only = self.only - columns if self.only is not None else None
        return part._replace(without=self.without | columns, only=only)

    def _with_pairs(self, kept: Callable[[str], bool]) -> Data:
        """Return what is known of the columns that are kept."""
        inside = frozenset(pair for pair in self.inside if kept(pair[0]))
        foretold = frozenset(pair for pair in self.foretold if kept(pair[0]))
        return self._replace(oid=0, inside=inside, foretold=foretold)


class Const(NamedTuple):
    """A literal: a number, a string, None."""

    value: Any


class Ref(NamedTuple):
    """Something imported or built in, by its dotted name."""

    name: str

    @property
    def last(self) -> str:
        """The name behind the last dot."""
        return self.name.rpartition(".")[2]


class Seq(NamedTuple):
    """A tuple or list whose elements are known."""

    items: tuple[Any, ...]
    oid: int = 0


class Map(NamedTuple):
    """A dict with known keys."""

    items: tuple[tuple[Any, Any], ...]
    oid: int = 0

    def get(self, key: Any) -> Any:
        """Return the value last set for a literal key, or None."""
        found = [value for known, value in self.items if known == key]
        return found[-1] if found else None


class Function(NamedTuple):
    """A local function or lambda, with the variables around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    cell: int
    around: dict[str, Any]
    owner: Any = None  # the object of a bound method
    bound: tuple[Any, ...] = ()


class Class(NamedTuple):
    """A local class."""

    node: ast.ClassDef
    cell: int
    methods: dict[str, Any]
    bases: tuple[Any, ...]


class Instance(NamedTuple):
    """An object of a local class; the heap holds its attributes."""

    oid: int
    cls: Class


class Model(NamedTuple):
    """An estimator; the heap holds its state."""

    oid: int


class Method(NamedTuple):
    """A method looked up and not yet called."""

    owner: Any
    name: str


class Estimator(NamedTuple):
    """The state of an estimator on the heap."""

    cls: str
    kind: str  # what it learns: a key of KINDS in knowledge.estimators, or "model"
    setting: str  # its source text: two estimators of one setting count as one
    fits: Ids = NONE
    data: Data | None = None  # rows that its constructor took
    steps: tuple[Any, ...] = ()
    varies: Ids = NONE
    params: tuple[tuple[str, Any], ...] = ()
    first: Any = None  # its first positional argument
    learned: Ids = NONE  # fits that are part of it: a layer that was adapted before
    shuffles: bool = False  # a splitter that deals rows out at random


UNKNOWN = Data()
