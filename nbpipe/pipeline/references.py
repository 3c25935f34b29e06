"""Where a class or function can be imported from, and the import lines of a text."""

from __future__ import annotations

import sys
from collections import defaultdict
from operator import attrgetter
from typing import Any

import numpy as np

from nbpipe.pipeline.layout import WIDTH
from nbpipe.pipeline.names import EXPERIMENTAL

_ALIASES = {"numpy": "np", "pandas": "pd"}  # as everybody writes them


class Imports:
    """The names that a text uses, and what they stand for.

    Attributes
    ----------
    names : dict
        What each top-level name in the text stands for.
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._modules: dict[str, str] = {}  # name -> module
        self._members: dict[str, str] = {}  # name -> the module that it is imported from

    def refer(self, value: Any) -> str | None:
        """Write a reference to a class or function; None where it cannot be imported."""
        name = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", ""))
        home = next((m for m in _homes(value) if _holds(m, name, value)), None)
        if home is None:
            return None
        if home == "builtins":
            return name
        package, dot, inner = home.partition(".")
        if package in _ALIASES:
            return f"{self.module(package)}{dot}{inner}.{name}"
        first = name.partition(".")[0]
        if self.names.get(first, target := getattr(sys.modules[home], first)) is not target:
            return f"{self.module(home)}.{name}"  # another module's thing is called so already
        self.names[first] = target
        self._members[first] = home
        return name

    def module(self, module: str) -> str:
        """Import a module as a whole, and give its name in the text."""
        alias = _ALIASES.get(module)
        name = alias or module.partition(".")[0]
        self.names[name] = sys.modules[module if alias else name]
        self._modules[alias or module] = module
        return alias or module

    def lines(self) -> list[str]:
        """Write the import statements, in the usual order."""
        whole = [
            f"import {module}" if name == module else f"import {module} as {name}"
            for name, module in self._modules.items()
        ]
        members: dict[str, set[str]] = defaultdict(set)
        for name, module in self._members.items():
            members[module].add(name)
            if name in EXPERIMENTAL:
                members["sklearn.experimental"].add(EXPERIMENTAL[name][1])
        parts = [_import_from(module, sorted(found)) for module, found in sorted(members.items())]
        return sorted(whole) + [line for part in parts for line in part]


def _import_from(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if module == "sklearn.experimental":
        return [f"{line}  # noqa: F401 - makes the next imports possible"]
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _homes(value: Any) -> list[str]:
    """List the modules that may hold `value`, the shortest first, since that one is public."""
    if isinstance(value, np.ufunc):
        return ["numpy", "scipy.special"]  # they do not say where they live
    parts = str(getattr(value, "__module__", None) or "builtins").split(".")
    paths = [".".join(parts[: end + 1]) for end in range(len(parts))]
    return [path for path in paths if path != "__main__"]


def _holds(module: str, name: str, value: Any) -> bool:
    try:
        return attrgetter(name)(sys.modules[module]) is value
    except (KeyError, AttributeError):
        return False
