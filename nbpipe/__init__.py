"""nbpipe: a scikit-learn model, from notebook to production.

The verbs are functions of this module; the magics of ``%load_ext nbpipe`` and the ``nbpipe``
command are thin doors to them. Names load on first use, so that ``import nbpipe`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbpipe.assistants.prompt import prompt
    from nbpipe.bundle.differences import diff
    from nbpipe.bundle.export import export
    from nbpipe.bundle.loading import load, verify
    from nbpipe.bundle.model import Model
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.bundle.store.promote import history, promote, rollback
    from nbpipe.bundle.store.versions import models
    from nbpipe.evaluation.compare import Comparison, compare
    from nbpipe.evaluation.cv import cv
    from nbpipe.evaluation.data import check_data
    from nbpipe.evaluation.datareport import DataReport
    from nbpipe.evaluation.report import CVReport
    from nbpipe.leaks.check import check, check_text
    from nbpipe.leaks.checked import Checked
    from nbpipe.leaks.explain import explain
    from nbpipe.pipeline.build import build
    from nbpipe.pipeline.code import to_python
    from nbpipe.serving.batch.files import predict_file

__version__ = "0.1.0"

_HOME = {
    "build": "nbpipe.pipeline.build",
    "to_python": "nbpipe.pipeline.code",
    "cv": "nbpipe.evaluation.cv",
    "compare": "nbpipe.evaluation.compare",
    "Comparison": "nbpipe.evaluation.compare",
    "CVReport": "nbpipe.evaluation.report",
    "check_data": "nbpipe.evaluation.data",
    "DataReport": "nbpipe.evaluation.datareport",
    "check": "nbpipe.leaks.check",
    "check_text": "nbpipe.leaks.check",
    "Checked": "nbpipe.leaks.checked",
    "explain": "nbpipe.leaks.explain",
    "prompt": "nbpipe.assistants.prompt",
    "export": "nbpipe.bundle.export",
    "Bundle": "nbpipe.bundle.store.entry",
    "load": "nbpipe.bundle.loading",
    "verify": "nbpipe.bundle.loading",
    "diff": "nbpipe.bundle.differences",
    "Model": "nbpipe.bundle.model",
    "models": "nbpipe.bundle.store.versions",
    "predict_file": "nbpipe.serving.batch.files",
    "promote": "nbpipe.bundle.store.promote",
    "rollback": "nbpipe.bundle.store.promote",
    "history": "nbpipe.bundle.store.promote",
}

__all__ = [
    "Bundle",
    "CVReport",
    "Checked",
    "Comparison",
    "DataReport",
    "Model",
    "build",
    "check",
    "check_data",
    "check_text",
    "compare",
    "cv",
    "diff",
    "explain",
    "export",
    "history",
    "load",
    "models",
    "predict_file",
    "promote",
    "prompt",
    "rollback",
    "to_python",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'nbpipe' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


def load_ipython_extension(shell: Any) -> None:
    """Register the ``%nbpipe`` and ``%%nbpipe`` magics (``%load_ext nbpipe``)."""
    from nbpipe.jupyter.magics import register  # noqa: PLC0415 - IPython only where it is asked for

    register(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take the completion away again (``%unload_ext nbpipe``)."""
    from nbpipe.jupyter.magics import unregister  # noqa: PLC0415 - as above

    unregister(shell)
