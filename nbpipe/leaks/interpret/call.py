"""One call, as everything that answers calls is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nbpipe.leaks.values import UNKNOWN, Const

if TYPE_CHECKING:
    import ast


class Call(NamedTuple):
    """What is called, by its dotted name or its method's, and the values it is given."""

    node: ast.Call
    name: str
    args: list[Any]
    kwargs: dict[str, Any]

    @property
    def last(self) -> str:
        """The part of the name behind the last dot."""
        return self.name.rpartition(".")[2]

    @property
    def given(self) -> list[Any]:
        """All values, by position or by name."""
        return [*self.args, *self.kwargs.values()]

    @property
    def site(self) -> tuple[int, int]:
        """Where it stands in its cell."""
        return self.node.lineno, self.node.col_offset

    def argument(self, position: int, *names: str) -> Any:
        """Return an argument by its position or one of its names; None where it is not given."""
        if position < len(self.args):
            return self.args[position]
        return next((self.kwargs[name] for name in names if name in self.kwargs), None)

    def literal(self, position: int, *names: str) -> Any:
        """Return an argument that is a literal, or None."""
        value = self.argument(position, *names)
        return value.value if isinstance(value, Const) else None

    def option(self, name: str) -> Any:
        """Return a literal that is given by name, or None."""
        value = self.kwargs.get(name)
        return value.value if isinstance(value, Const) else None

    def says(self, name: str) -> bool:
        """Say whether an argument is given as ``True``."""
        return self.kwargs.get(name) == Const(value=True)

    def with_args(self, *args: Any, **kwargs: Any) -> Call:
        """Return the same call with other arguments."""
        return self._replace(args=list(args), kwargs=kwargs)


def first(call: Call, *names: str) -> Any:
    """Return the first argument, or the one of these names; unknown where neither is given."""
    value = call.argument(0, *names)
    return UNKNOWN if value is None else value
