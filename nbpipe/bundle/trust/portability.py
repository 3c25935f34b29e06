"""What a model is made of, and whether that code exists elsewhere."""

from __future__ import annotations

import io
import json
import pickle
import site
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from nbpipe.errors import ExportError, NotPortableError, one_line

# What writes the bytecode of a function instead of its name; bytecode is one Python's alone.
_BY_VALUE = {"cloudpickle", "cloudpickle_wrapper", "dill"}


def check_portable(estimator: Any) -> tuple[bytes, set[str]]:
    """Pickle `estimator` in memory and find the distributions that its code comes from.

    Returns
    -------
    pickled : bytes
    distributions : set of str
        Names as pip knows them.

    Raises
    ------
    NotPortableError
        It holds a lambda, something defined in the notebook or inside a function, code written
        by value, or code of a module that no installed distribution brings.
    ExportError
        It cannot be pickled for another reason.
    """
    buffer = io.BytesIO()
    pickler = _Recorder(buffer)
    try:
        pickler.dump(estimator)
        failure = None
    except Exception as error:  # noqa: BLE001 - objects raise what they like when pickled
        failure = error
    _refuse_local(pickler.seen)
    if failure is not None:
        raise ExportError(
            f"The pipeline cannot be written to a file: {one_line(failure)}. Remove what holds "
            "open files, locks, connections or generators."
        ) from failure
    return buffer.getvalue(), _distributions({module for module, _ in pickler.seen})


class _Recorder(pickle.Pickler):
    """A pickler that notes every class and function it meets, before any of them can fail."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.seen: set[tuple[str, str]] = set()

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, (type, FunctionType, BuiltinFunctionType)):
            self.seen.add((obj.__module__ or "builtins", obj.__qualname__))
        return NotImplemented


def _refuse_local(seen: set[tuple[str, str]]) -> None:
    def refuse(found: list[str], problem: str, advice: str) -> None:
        if found:
            what = ", ".join(found[:5])
            raise NotPortableError(f"The pipeline {problem}: {what}. {advice}", names=tuple(found))

    names = {f"{module}.{name}": (module, name) for module, name in sorted(seen)}
    refuse(
        [full for full, (_, name) in names.items() if "<lambda>" in name],
        "holds a lambda, which cannot be written to a file",
        "Use a scikit-learn transformer, or a named function from an installed package.",
    )
    refuse(
        [full for full, (module, _) in names.items() if module == "__main__"],
        "uses what is defined in the notebook or script itself, which no other process has",
        "Move it into a module (a cell that starts with %%writefile helpers.py), put that in a "
        "package that is installed here and there, import it, and fit again.",
    )
    refuse(
        [full for full, (_, name) in names.items() if "<locals>" in name],
        "uses what is defined inside a function, which cannot be written to a file",
        "Define it at the top of a module of an installed package.",
    )
    refuse(
        [full for full, (module, _) in names.items() if _BY_VALUE & set(module.split("."))],
        "holds code that is written by value, which another Python reads wrongly or crashes on",
        "Use a named function from an installed package.",
    )


def _distributions(modules: set[str]) -> set[str]:
    """Map modules to the distributions that bring them, refusing those that none does."""
    installed = metadata.packages_distributions()
    editable = _editable_projects()
    found, local = set(), []
    for module in modules:
        origin = _origin(module)
        if origin is None:
            local += [module] if _made_here(module) else []  # else built in
            continue
        package = _installed_package(origin)
        project = next((name for root, name in editable if _packaged(origin, root, module)), None)
        if package is not None and package in installed:
            found.add(installed[package][0])
        elif project is not None:
            found.add(project)
        else:
            local.append(module)
    if local:
        raise NotPortableError(
            "The pipeline uses modules that no installed package brings, so they would not travel "
            f"with it: {', '.join(sorted(local)[:5])}. Make them a package, install it with pip "
            "here and there, import from it, and fit again.",
            names=tuple(sorted(local)),
        )
    return found


def _origin(module: str) -> Path | None:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return None
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file).resolve() if file else None


def _made_here(module: str) -> bool:
    """Say whether a module is of no file because this process made it."""
    found = sys.modules.get(module)
    return found is not None and found.__spec__ is None and module != "__main__"


def _packaged(origin: Path, root: Path, module: str) -> bool:
    """Say whether a file is of a package at the root of a project, and not merely beneath it.

    A notebook's ``helpers.py`` lies in the project, too, but is of no package that it brings.
    """
    package = module.partition(".")[0]
    return any(root / each / package in origin.parents for each in ("", "src"))


def _installed_package(origin: Path) -> str | None:
    """Return the top-level package of a file in site-packages, else None."""
    paths = sysconfig.get_paths()
    folders = {
        paths["purelib"],
        paths["platlib"],
        site.getusersitepackages(),
        *site.getsitepackages(),
    }
    for folder in (Path(each).resolve() for each in folders):
        if folder in origin.parents:
            return origin.relative_to(folder).parts[0].partition(".")[0]
    return None


def _editable_projects() -> list[tuple[Path, str]]:
    """Return the folder and name of each project that is installed in editable mode."""
    found = []
    for distribution in metadata.distributions():
        text = distribution.read_text("direct_url.json")
        if text and json.loads(text).get("dir_info", {}).get("editable"):
            path = url2pathname(urlparse(json.loads(text)["url"]).path)
            found.append((Path(path).resolve(), distribution.metadata["Name"]))
    return found
