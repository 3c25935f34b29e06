"""What a name in a cell means: the user's own objects first, then scikit-learn's public ones."""

from __future__ import annotations

import ast
import builtins
import inspect
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from nbpipe.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

# Modules that hold nothing a pipeline is made of.
_SKIPPED = {
    "base", "callback", "conftest", "datasets", "exceptions", "experimental", "externals",
    "inspection", "tests", "utils",
}  # fmt: skip
# Public modules one level down, whose names their packages do not repeat.
_NESTED = ("feature_extraction.text", "feature_extraction.image", "gaussian_process.kernels")
# name -> its module, and the module whose import makes it available.
EXPERIMENTAL = {
    "IterativeImputer": ("sklearn.impute", "enable_iterative_imputer"),
    "HalvingGridSearchCV": ("sklearn.model_selection", "enable_halving_search_cv"),
    "HalvingRandomSearchCV": ("sklearn.model_selection", "enable_halving_search_cv"),
}


def resolve(name: str, namespace: Mapping[str, Any]) -> Any:
    """Find what a name stands for: in the namespace, in scikit-learn, among the builtins.

    Raises
    ------
    LookupError
        Where it stands for nothing; the message names what is near.
    """
    if name in namespace:
        return namespace[name]
    if name in _homes():
        return _from_sklearn(name)
    if hasattr(builtins, name):
        return getattr(builtins, name)
    known = [*(n for n in map(str, namespace) if not n.startswith("_")), *_homes()]
    near = did_you_mean(name, known)
    advice = f"{near} Otherwise import it" if near else " Define or import it"
    raise LookupError(
        f"`{name}` is no variable here and no scikit-learn name.{advice} in a cell above."
    )


def class_names() -> list[str]:
    """Name scikit-learn's public classes, importing none: estimators, kernels, splitters."""
    return [name for name in sorted(_homes()) if name[0].isupper()]


@cache
def estimator_names() -> tuple[str, ...]:
    """Name scikit-learn's public estimators, in alphabetical order."""
    return tuple(name for name in class_names() if _is_estimator(name))


def parameters(name: str, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters of a class or function by name, with their defaults.

    A parameter without a default has ``inspect.Parameter.empty``; an object whose signature
    Python cannot tell has none.
    """
    return signature_of(resolve(name, namespace))


def signature_of(value: Any) -> dict[str, Any]:
    """Give what `value` can be called with, by name, with the defaults."""
    try:
        found = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return {}
    return {p.name: p.default for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}


def _is_estimator(name: str) -> bool:
    from sklearn.base import BaseEstimator  # noqa: PLC0415 - completion lists names before use

    value = _from_sklearn(name)
    return inspect.isclass(value) and issubclass(value, BaseEstimator) and not _is_abstract(value)


def _is_abstract(cls: type) -> bool:
    return inspect.isabstract(cls) or cls.__name__.startswith("Base")


def _from_sklearn(name: str) -> Any:
    if name in EXPERIMENTAL:
        import_module(f"sklearn.experimental.{EXPERIMENTAL[name][1]}")
    return getattr(import_module(_homes()[name]), name)


@cache
def _homes() -> dict[str, str]:
    """Map each public name to its module by reading scikit-learn's files, importing none."""
    found = find_spec("sklearn")
    root = Path(found.submodule_search_locations[0])  # type: ignore[union-attr,index]
    modules = [m.name for m in iter_modules([str(root)]) if m.name not in _SKIPPED]
    public = [name for name in modules if not name.startswith("_")] + list(_NESTED)
    homes = {name: f"sklearn.{module}" for module in public for name in _names_in(root, module)}
    return homes | {name: module for name, (module, _) in EXPERIMENTAL.items()}


def _names_in(root: Path, module: str) -> list[str]:
    """List ``__all__`` of a module, or what it defines at the top without an underscore."""
    path = root.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for statement in body:
        match statement:
            case ast.Assign([ast.Name("__all__")], ast.List() | ast.Tuple() as listed):
                return [str(name) for name in ast.literal_eval(listed)]
    defined = [s.name for s in body if isinstance(s, ast.ClassDef | ast.FunctionDef)]
    return [name for name in defined if not name.startswith("_")]
